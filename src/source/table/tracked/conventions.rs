//! What the cells of a table of bets mean, judged by column.

use super::super::cells::{self, DecimalMark, FieldOrder, WrittenDay};
use super::super::conventions::dates::DateEvidence;
use super::super::lines::Line;
use super::super::odds_format::OddsFormat;
use super::super::sheet::Sheet;
use super::amounts::{self, Amount, MarkEvidence};
use super::back_lay::SideCells;
use super::columns::Columns;
use super::currency::Currencies;
use super::free_bets::{self, FreeForm};
use super::names::Target;
use super::odds_column::OddsCells;
use super::percent::ProbabilityCells;
use super::words::{Coding, ResultCells};
use super::{TrackedConfig, words};
use crate::source::error::{Place, SourceError};

/// The columns with odds.
pub(super) const ODDS: [Target; 6] = [
    Target::Odds,
    Target::ClosingOdds,
    Target::ClosingOther,
    Target::ClosingThird,
    Target::ClosingFair,
    Target::MeanOdds,
];
/// The columns with amounts.
const AMOUNTS: [Target; 4] = [
    Target::Stake,
    Target::Payout,
    Target::Profit,
    Target::BankrollAfter,
];
/// The columns with probabilities.
pub(super) const PROBABILITIES: [Target; 3] = [
    Target::Probability,
    Target::PriceProbability,
    Target::ClosingProbability,
];

/// How the cells of a table are read.
#[derive(Debug, Clone)]
pub(super) struct Conventions {
    pub mark: DecimalMark,
    pub dates: FieldOrder,
    pub coding: Coding,
    /// The form of the odds of each column of [`ODDS`].
    odds: [OddsFormat; ODDS.len()],
    /// Whether the probabilities of each column of [`PROBABILITIES`] are percentages.
    percent: [bool; PROBABILITIES.len()],
    /// Whether what is called payout is what was won, the stake not included.
    pub payout_is_net: bool,
    /// Whether losses are written without a sign, so that the result alone tells them.
    pub profit_is_unsigned: bool,
    /// What the column about free bets holds.
    pub free: FreeForm,
    /// What a commission is.
    pub commission: CommissionForm,
}

/// How a commission is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommissionForm {
    /// A share of net winnings.
    Share,
    /// The same in percent.
    Percent,
    /// What was kept.
    Amount,
}

impl Conventions {
    pub fn odds_format(&self, target: Target) -> OddsFormat {
        let place = ODDS.iter().position(|known| *known == target);
        place.map_or(OddsFormat::Decimal, |place| self.odds[place])
    }

    pub fn is_percent(&self, target: Target) -> bool {
        let place = PROBABILITIES.iter().position(|known| *known == target);
        place.is_some_and(|place| self.percent[place])
    }
}

/// What the cells of a table say.
#[derive(Default)]
struct Evidence {
    commas: u64,
    points: u64,
    either: u64,
    first_comma: Option<(u64, usize, String)>,
    first_point: Option<(u64, usize, String)>,
    dates: DateEvidence,
    results: ResultCells,
    currencies: Currencies,
    probabilities: [ProbabilityCells; PROBABILITIES.len()],
    commission_percent: bool,
    free_amounts: bool,
    largest_commission: f64,
    kinds: u64,
    types: u64,
    sides: SideCells,
}

/// Judges a table; columns that are something else than their names say are taken for that.
///
/// # Errors
/// When something cannot be decided.
pub(super) fn judge(
    sheet: &Sheet<'_>,
    columns: &mut Columns,
    config: &TrackedConfig,
    header_line: u64,
    assumptions: &mut Vec<String>,
) -> Result<Conventions, SourceError> {
    let mut evidence = Evidence::default();
    for_each_row(sheet, header_line, columns.headers.len(), |line| {
        evidence.add(line, columns, config);
    });
    evidence.sides.take(columns, assumptions);
    let mark = evidence.mark(&sheet.name, columns, assumptions)?;
    let stake = columns.get(Target::Stake);
    let currencies = &evidence.currencies;
    currencies.ensure_one(&sheet.name, stake, |at| columns.header(at), assumptions)?;
    let coding = evidence.results.coding();
    if coding == Coding::Amounts {
        take_amounts(columns, &sheet.name, assumptions)?;
    }
    let dates = match config.date_order.fields() {
        Some(order) => order,
        None => evidence.dates.judge(&sheet.name, assumptions)?,
    };
    if evidence.kinds * 2 <= evidence.types && columns.get(Target::Market).is_none() {
        columns.turn(Target::Kind, Target::Market);
    }
    let odds = odds_forms(sheet, columns, config, mark, header_line, assumptions)?;
    let percent = evidence.percent(mark, &sheet.name, columns, assumptions)?;
    Ok(Conventions {
        mark,
        dates,
        coding,
        odds,
        percent,
        payout_is_net: false,
        profit_is_unsigned: false,
        free: if evidence.free_amounts {
            FreeForm::Amount
        } else {
            FreeForm::Flag
        },
        commission: evidence.commission(),
    })
}

/// Calls `take` for each row below the header.
pub(super) fn for_each_row(
    sheet: &Sheet<'_>,
    header_line: u64,
    width: usize,
    mut take: impl FnMut(&Line<'_>),
) {
    let mut lines = sheet.lines();
    lines.expect_width(width);
    while let Some(line) = lines.next() {
        if line.number > header_line && !line.cells.is_blank() {
            take(&line);
        }
    }
}

/// A column of results that holds amounts is one of profits.
fn take_amounts(
    columns: &mut Columns,
    file: &str,
    assumptions: &mut Vec<String>,
) -> Result<(), SourceError> {
    let at = columns.get(Target::Result).unwrap_or_default();
    let header = columns.header(at);
    if columns.get(Target::Profit).is_some() || columns.get(Target::Payout).is_some() {
        return Err(SourceError::Undecided {
            place: Box::new(Place {
                file: file.to_owned(),
                line: 1,
                column: Some((at + 1, header)),
            }),
            problem: "the column of results holds amounts, and another column has those; name the one with won and lost \
                      with --map result=..."
                .to_owned(),
        });
    }
    columns.turn(Target::Result, Target::Profit);
    assumptions.push(format!(
        "{header} is read as profit, since it holds amounts"
    ));
    Ok(())
}

fn odds_forms(
    sheet: &Sheet<'_>,
    columns: &Columns,
    config: &TrackedConfig,
    mark: DecimalMark,
    header_line: u64,
    assumptions: &mut Vec<String>,
) -> Result<[OddsFormat; ODDS.len()], SourceError> {
    let mut tallies: [OddsCells; ODDS.len()] = Default::default();
    for_each_row(sheet, header_line, columns.headers.len(), |line| {
        for (target, tally) in ODDS.iter().zip(&mut tallies) {
            if let Some(at) = columns.get(*target) {
                tally.add(line.cells.get(at), mark, line.number);
            }
        }
    });
    let mut forms = [OddsFormat::Decimal; ODDS.len()];
    for ((target, tally), form) in ODDS.iter().zip(&tallies).zip(&mut forms) {
        if let Some(at) = columns.get(*target) {
            let column = (at + 1, columns.header(at));
            *form = tally.judge(config.odds_format, &sheet.name, column, assumptions)?;
        }
    }
    Ok(forms)
}

impl Evidence {
    fn add(&mut self, line: &Line<'_>, columns: &Columns, config: &TrackedConfig) {
        for target in AMOUNTS.iter().chain(&ODDS).chain(&PROBABILITIES) {
            if let Some(at) = columns.get(*target) {
                self.add_mark(line, at);
            }
        }
        if let Some(at) = columns.get(Target::Date) {
            let cell = line.cells.get(at);
            if let Some(WrittenDay::Fields(fields)) = cells::moment(cell).map(|moment| moment.day) {
                self.dates.note(fields, cell, line.number);
            }
        }
        if let Some(at) = columns.get(Target::Result) {
            self.results.add(line.cells.get(at), &config.result_words);
        }
        for target in AMOUNTS {
            if let Some(at) = columns.get(target) {
                self.currencies
                    .add_amount(line.cells.get(at), line.number, at);
            }
        }
        if let Some(at) = columns.get(Target::Currency) {
            self.currencies
                .add_name(line.cells.get(at), line.number, at);
        }
        for (place, target) in PROBABILITIES.iter().enumerate() {
            if let Some(at) = columns.get(*target) {
                self.probabilities[place].add(line.cells.get(at), line.number);
            }
        }
        if let Some(at) = columns.get(Target::FreeBet) {
            self.free_amounts |= free_bets::is_amount(line.cells.get(at));
        }
        self.sides.add(line);
        self.add_type(line, columns);
        self.add_commission(line, columns);
    }

    fn add_mark(&mut self, line: &Line<'_>, at: usize) {
        let cell = line.cells.get(at);
        let example = || Some((line.number, at, cells::text(cell).trim().to_owned()));
        match amounts::evidence(cell) {
            MarkEvidence::None => {}
            MarkEvidence::Point => {
                self.points += 1;
                if self.first_point.is_none() {
                    self.first_point = example();
                }
            }
            MarkEvidence::Comma => {
                self.commas += 1;
                if self.first_comma.is_none() {
                    self.first_comma = example();
                }
            }
            MarkEvidence::EitherComma => self.either += 1,
        }
    }

    fn add_type(&mut self, line: &Line<'_>, columns: &Columns) {
        if let Some(at) = columns.get(Target::Kind) {
            let cell = line.cells.get(at);
            self.types += u64::from(!cell.trim_ascii().is_empty());
            let is_kind = words::is_single(cell)
                || words::is_multiple(cell)
                || words::is_each_way(cell)
                || words::is_free_bet(cell);
            self.kinds += u64::from(is_kind);
        }
    }

    fn add_commission(&mut self, line: &Line<'_>, columns: &Columns) {
        if let Some(at) = columns.get(Target::Commission) {
            let cell = line.cells.get(at);
            self.commission_percent |= amounts::unit(cell) == "%";
            if let Amount::Value(value) = amounts::amount(cell, DecimalMark::Point) {
                self.largest_commission = self.largest_commission.max(value.abs());
            }
        }
    }

    /// Which columns of probabilities hold percentages.
    fn percent(
        &self,
        mark: DecimalMark,
        file: &str,
        columns: &Columns,
        assumptions: &mut Vec<String>,
    ) -> Result<[bool; PROBABILITIES.len()], SourceError> {
        let mut percent = [false; PROBABILITIES.len()];
        let judged = PROBABILITIES.iter().zip(&self.probabilities);
        for ((target, cells), percent) in judged.zip(&mut percent) {
            let Some(at) = columns.get(*target) else {
                continue;
            };
            *percent = cells.are_percent(mark, file, (at + 1, columns.header(at)))?;
            if *percent {
                assumptions.push(format!("{} is read as percentages", columns.header(at)));
            }
        }
        Ok(percent)
    }

    /// A commission of less than a half on every row is a share.
    fn commission(&self) -> CommissionForm {
        if self.commission_percent {
            CommissionForm::Percent
        } else if self.largest_commission < 0.5 {
            CommissionForm::Share
        } else {
            CommissionForm::Amount
        }
    }

    fn mark(
        &self,
        file: &str,
        columns: &Columns,
        assumptions: &mut Vec<String>,
    ) -> Result<DecimalMark, SourceError> {
        if let (Some(comma), Some(point)) = (&self.first_comma, &self.first_point) {
            let (line, at, text) = comma;
            return Err(SourceError::Undecided {
                place: Box::new(Place {
                    file: file.to_owned(),
                    line: *line,
                    column: Some((at + 1, columns.header(*at))),
                }),
                problem: format!(
                    "{text:?} has a decimal comma, and {:?} in line {} a decimal point: write numbers in one way",
                    point.2, point.0
                ),
            });
        }
        if self.commas > 0 {
            assumptions.push("numbers are read with a decimal comma".to_owned());
            return Ok(DecimalMark::Comma);
        }
        if self.either > 0 {
            assumptions
                .push("a comma before three digits is read as the mark of thousands".to_owned());
        }
        Ok(DecimalMark::Point)
    }
}
