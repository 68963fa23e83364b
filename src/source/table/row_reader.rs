//! The state of reading the rows of one table.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::config::{OnBadRow, ReadConfig};
use super::contents::HeldPrices;
use super::conventions::{Conventions, Evidence};
use super::counts::ReadCounts;
use super::layout::Layout;
use super::layouts::Layouts;
use super::left_out::LeftOut;
use super::lines::Cells;
use super::local_clock::LocalClock;
use super::prices::Notes;
use super::row::{DateCell, Row};
use super::season_label::{RowSeason, Styles};
use super::sheet::Sheet;
use super::teams::Teams;
use super::width::Widths;
use crate::calendar::Zone;
use crate::domain::{Book, Quote};
use crate::source::error::SourceError;

/// Turns the rows of one table into matches.
pub(super) struct RowReader<'a> {
    pub file: &'a str,
    /// From what the league is told where no column says it.
    pub origin: &'a str,
    pub config: &'a ReadConfig,
    pub conventions: Conventions,
    pub evidence: Evidence,
    pub layout: Layout,
    pub widths: Widths,
    pub unnamed_book: Book,
    pub notes: Notes,
    pub teams: Teams,
    /// The books that rows name.
    pub books: BTreeSet<Book>,
    /// Prices whose columns have been empty so far.
    pub unseen: Vec<HeldPrices>,
    /// Whether a row was left out whose date may be a spreadsheet's number.
    pub has_serials: bool,
    pub rows: Vec<Row>,
    /// The season that each row names.
    pub row_seasons: Vec<RowSeason>,
    pub season_styles: Styles,
    /// The first row beyond repair. Reading goes on after it, since the rows that follow may show that it was read under the
    /// wrong conventions.
    pub error: Option<SourceError>,
    pub clock: LocalClock,
    /// Whether the zone of the clock is a guess.
    pub zone_is_assumed: bool,
    /// The last date that was read, and what it says.
    pub last_date: (Vec<u8>, DateCell),
    pub pre: Vec<Quote>,
    pub close: Vec<Quote>,
    pub left_out: LeftOut,
    /// The names of referees, by their cells.
    pub referees: HashMap<Vec<u8>, Arc<str>, FixedState>,
}

impl<'a> RowReader<'a> {
    pub fn new(
        sheet: &'a Sheet<'_>,
        header: Cells<'_>,
        conventions: Conventions,
        config: &'a ReadConfig,
        layouts: &Layouts,
    ) -> Result<Self, SourceError> {
        let mut layout = layouts.of(&sheet.name, header, config)?;
        layout.adopt_status(conventions.like_status);
        let zone = config.time_zone.clone().or(layout.zone());
        let mut evidence = Evidence::default();
        evidence.status.header = layout
            .status
            .map_or_else(String::new, |at| layout.header(at));
        evidence.dates.is_day_first = layout.is_uk || layout.football_data;
        Ok(Self {
            file: &sheet.name,
            origin: &sheet.origin,
            config,
            conventions,
            widths: Widths::default(),
            evidence,
            zone_is_assumed: zone.is_none(),
            clock: LocalClock::new(zone.unwrap_or(Zone::UTC)),
            unseen: layout.contents.prices.clone(),
            has_serials: false,
            layout,
            unnamed_book: config.unnamed_book(),
            notes: Notes {
                strict: config.on_bad_row == OnBadRow::Error,
                counts: ReadCounts::default(),
            },
            teams: Teams::default(),
            books: BTreeSet::new(),
            rows: Vec::with_capacity(sheet.rows()),
            row_seasons: Vec::with_capacity(sheet.rows()),
            season_styles: Styles::default(),
            error: None,
            last_date: (Vec::new(), DateCell::default()),
            pre: Vec::new(),
            close: Vec::new(),
            left_out: LeftOut::default(),
            referees: HashMap::default(),
        })
    }
}
