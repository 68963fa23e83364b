//! The columns of a table of bets, and which of a file's columns each is.
//!
//! Names count without regard to case, blanks, marks and what stands in brackets: `Stake (£)` is `stake`. `--map` names
//! what is called otherwise.

use std::collections::BTreeMap;

use crate::source::error::{SourceError, suggestion};
use crate::source::table::cells;
use crate::source::table::lines::Cells;
use crate::source::table::parquet;

use super::super::container::TableKind;

/// A column of a table of bets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Date,
    Time,
    Stake,
    Odds,
    Result,
    Payout,
    Profit,
    ClosingOdds,
    ClosingOther,
    ClosingThird,
    ClosingFair,
    ClosingProbability,
    ClosingValue,
    ClosingLine,
    Probability,
    PriceProbability,
    ExpectedValue,
    MeanOdds,
    Market,
    Selection,
    Line,
    Book,
    Tag,
    Sport,
    League,
    Event,
    HomeTeam,
    AwayTeam,
    Commission,
    Kind,
    Legs,
    EachWay,
    BetId,
    PlacedAt,
    Season,
    BankrollAfter,
    Status,
}

/// How many columns there are.
pub(super) const TARGETS: usize = NAMES.len();

/// A column as it is documented and found.
pub(super) struct Name {
    pub target: Target,
    /// The name for `--map`.
    pub name: &'static str,
    /// Other names, as [`normal`] makes them.
    others: &'static [&'static str],
}

const fn name(target: Target, name: &'static str, others: &'static [&'static str]) -> Name {
    Name {
        target,
        name,
        others,
    }
}

/// Every column in the order of [`Target`].
#[rustfmt::skip]
pub(super) const NAMES: [Name; 37] = [
    name(Target::Date, "date", &["eventdate", "matchdate", "gamedate", "day", "settleddate", "datesettled", "settledat", "settled", "betdate", "dateplaced", "placeddate", "datetime", "eventtime", "starttime", "kickoff", "commencetime", "timestamp", "created", "createdat", "betplaced"]),
    name(Target::Time, "time", &["kickofftime", "timeofday", "clock"]),
    name(Target::Stake, "stake", &["stakes", "staked", "wager", "wagered", "wageramount", "amount", "amountstaked", "amountwagered", "stakeamount", "betamount", "betsize", "risk", "risked", "riskamount", "unit", "units", "unitsstaked", "unitstaked", "stakeunits", "size", "totalstake"]),
    name(Target::Odds, "odds", &["price", "odd", "decimalodds", "oddsdecimal", "decodds", "americanodds", "usodds", "oddsamerican", "fractionalodds", "oddsfractional", "ukodds", "oddstaken", "takenodds", "betodds", "pricetaken", "takenprice", "oddsplaced", "openingodds", "totalodds", "combinedodds", "matchedodds", "averageodds", "avgodds"]),
    name(Target::Result, "result", &["outcome", "betresult", "betoutcome", "resultstatus", "wl", "winloss", "winlose", "wonlost", "winorloss", "won", "win", "wonlose", "wlp", "betwon", "iswin", "iswon", "settlement", "resultwl", "winlosspush", "wonloss"]),
    name(Target::Payout, "payout", &["return", "returns", "returned", "totalreturn", "totalreturns", "payoutamount", "paidout", "totalpayout", "actualreturn", "amountreturned", "creditamount", "payoff"]),
    name(Target::Profit, "profit", &["pl", "pnl", "pandl", "profitloss", "profitandloss", "profitorloss", "plunits", "net", "netprofit", "netresult", "netreturn", "netpl", "gain", "gainloss", "profits", "unitswon", "profitunits", "unitswonlost", "netunits", "units+"]),
    name(Target::ClosingOdds, "closing_odds", &["closing", "close", "closingprice", "closeodds", "closeprice", "closinglineodds", "oddsclosing", "oddsclose", "clodds", "startingprice", "sp", "bsp", "finalodds", "pinnacleclosing", "pinnacleclosingodds", "pinnacleclose", "psclosing", "closingpinnacle", "closingoddspinnacle", "closingdecimal"]),
    name(Target::ClosingOther, "closing_odds_other", &["closingother", "closingoddsopposite", "oppositeclosingodds", "closingopposite", "closingoddsagainst", "closingoddsotherside", "otherclosingodds", "closingodds2", "closingopponent", "closingoddsopponent", "oppositeclosing", "closingotherodds", "closingotherside"]),
    name(Target::ClosingThird, "closing_odds_third", &["closingodds3", "closingthird", "closingoddsother2", "closingother2", "closingoddsdraw"]),
    name(Target::ClosingFair, "closing_fair_odds", &["fairclosingodds", "fairclosing", "novigclosingodds", "closingoddsnovig", "closingnovig", "novigclosing", "novigclose", "fairclose", "closingfair", "closingoddsfair", "closingfairprice", "devigclosing", "devigedclosing", "truecloseodds"]),
    name(Target::ClosingProbability, "closing_probability", &["closingprob", "closeprobability", "closingprobabilitynovig", "fairclosingprobability", "novigclosingprobability", "closingfairprobability"]),
    name(Target::ClosingValue, "closing_value", &[]),
    name(Target::ClosingLine, "closing_line", &["closeline"]),
    name(Target::Probability, "probability", &["prob", "p", "myprobability", "myprob", "ownprobability", "modelprobability", "modelprob", "estimatedprobability", "winprobability", "winprob", "trueprobability", "trueprob", "estprob", "predictedprobability"]),
    name(Target::PriceProbability, "price_probability", &["fairprobability", "novigprobability", "fairprob", "novigprob", "devigprobability", "marketprobability", "priceprob"]),
    name(Target::ExpectedValue, "expected_value", &["ev"]),
    name(Target::MeanOdds, "mean_odds", &[]),
    name(Target::Market, "market", &["markets", "marketname", "bettingmarket", "markettype", "bettypename"]),
    name(Target::Selection, "selection", &["pick", "picks", "bet", "side", "selectionname", "runner", "backed", "betselection", "prediction", "tip", "betname"]),
    name(Target::Line, "line", &["handicap", "spread", "points", "handicapline", "total"]),
    name(Target::Book, "book", &["bookmaker", "bookie", "bookmakers", "sportsbook", "sportsbooks", "bookmakername", "site", "exchange", "operator", "bettingsite"]),
    name(Target::Tag, "tag", &["tags", "tipster", "capper", "strategy", "system", "model", "method", "label", "labels", "group", "category", "account"]),
    name(Target::Sport, "sport", &["sports", "sportname", "discipline"]),
    name(Target::League, "league", &["competition", "tournament", "div", "division", "leaguename"]),
    name(Target::Event, "event", &["match", "fixture", "game", "eventname", "matchname", "teams", "race", "matchup", "eventdescription", "description"]),
    name(Target::HomeTeam, "home_team", &["home", "hometeam"]),
    name(Target::AwayTeam, "away_team", &["away", "awayteam"]),
    name(Target::Commission, "commission", &["comm", "commissionrate", "fee", "fees", "commissionpaid"]),
    name(Target::Kind, "type", &["bettype", "kind", "bettypes", "wagertype", "structure"]),
    name(Target::Legs, "legs", &["selections", "folds", "numberoflegs", "nlegs", "legcount", "numlegs", "numberofselections"]),
    name(Target::EachWay, "each_way", &["ew", "iseachway"]),
    name(Target::BetId, "bet_id", &["id", "betid", "betreference", "reference", "betref", "ticket", "ticketid", "receipt", "betslipid", "slipid", "ticketnumber", "betnumber"]),
    name(Target::PlacedAt, "placed_at", &["placed", "placedon", "timeplaced", "bettime", "placedtime"]),
    name(Target::Season, "season", &[]),
    name(Target::BankrollAfter, "bankroll_after", &["balanceafter"]),
    name(Target::Status, "status", &["betstatus", "state"]),
];

/// The name of a column without case, blanks, marks, and what stands in brackets or behind them.
pub(super) fn normal(name: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth > 0 || !(c.is_alphanumeric() || c == '+') => {}
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain
}

/// The columns of one table.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub headers: Vec<String>,
    at: [Option<usize>; TARGETS],
    /// Which columns were named by `--map`.
    mapped: [bool; TARGETS],
    own: bool,
}

/// Columns that together only simbet writes.
const OWN: [&str; 4] = [
    "placed_at",
    "price_probability",
    "expected_value",
    "bankroll_after",
];

impl Columns {
    /// The columns of a header.
    ///
    /// # Errors
    /// When columns are missing, or `--map` names one that is not there.
    pub fn of(
        file: &str,
        header: Cells<'_>,
        map: &BTreeMap<String, String>,
        flat: bool,
    ) -> Result<Self, SourceError> {
        let headers: Vec<String> = header
            .iter()
            .map(|cell| {
                let text = cells::text(cell);
                let text = text.trim_start_matches('\u{feff}');
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect();
        let mut columns = Self {
            headers,
            at: [None; TARGETS],
            mapped: [false; TARGETS],
            own: false,
        };
        columns.own = OWN
            .iter()
            .all(|name| columns.headers.iter().any(|header| header == name));
        columns.take_mapped(file, map)?;
        columns.take_named();
        columns.settle_doubts();
        columns.ensure_enough(file, flat)?;
        Ok(columns)
    }

    /// The column of a target.
    pub const fn get(&self, target: Target) -> Option<usize> {
        self.at[target as usize]
    }

    /// Whether `--map` names the column of a target.
    pub const fn is_mapped(&self, target: Target) -> bool {
        self.mapped[target as usize]
    }

    /// Reads a column as another target.
    pub const fn turn(&mut self, from: Target, to: Target) {
        self.at[to as usize] = self.at[from as usize].take();
    }

    /// That other columns might be the tag as well, where a tag was found by its name.
    pub fn other_tags(&self) -> Option<String> {
        let at = self
            .get(Target::Tag)
            .filter(|_| !self.is_mapped(Target::Tag))?;
        let names = NAMES[Target::Tag as usize].others;
        let others = self.headers.iter().enumerate().filter(|(place, header)| {
            names.contains(&normal(header).as_str()) && !self.at.contains(&Some(*place))
        });
        let others: Vec<&str> = others.map(|(_, header)| header.as_str()).collect();
        (!others.is_empty()).then(|| {
            format!(
                "{} is read as the tag of bets; --map tag=... takes another: {}",
                self.header(at),
                others.join(", ")
            )
        })
    }

    /// Every column that is read.
    pub fn used(&self) -> impl Iterator<Item = usize> {
        self.at.iter().copied().flatten()
    }

    /// The header of a column.
    pub fn header(&self, column: usize) -> String {
        self.headers.get(column).cloned().unwrap_or_default()
    }

    /// Whether these are the columns of simbet's own `bets.csv`.
    pub const fn are_own(&self) -> bool {
        self.own
    }

    fn take_mapped(
        &mut self,
        file: &str,
        map: &BTreeMap<String, String>,
    ) -> Result<(), SourceError> {
        for (target, header) in map {
            let known = NAMES.iter().find(|known| known.name == target);
            let known = known.ok_or_else(|| unknown_target(target))?;
            let wanted = header.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut all = self.headers.iter();
            let exact = all.position(|own| *own == wanted);
            let mut all = self.headers.iter();
            let place = exact.or_else(|| all.position(|own| normal(own) == normal(&wanted)));
            let place = place.ok_or_else(|| self.not_there(file, target, header))?;
            self.at[known.target as usize] = Some(place);
            self.mapped[known.target as usize] = true;
        }
        Ok(())
    }

    /// Finds the others by their names: simbet's own first, then in the order of the list.
    fn take_named(&mut self) {
        let normals: Vec<String> = self.headers.iter().map(|header| normal(header)).collect();
        for exact in [true, false] {
            for known in &NAMES {
                if self.at[known.target as usize].is_some() {
                    continue;
                }
                let own = [normal(known.name)];
                let found = if exact {
                    self.free(&normals, &own[0])
                } else {
                    known
                        .others
                        .iter()
                        .find_map(|other| self.free(&normals, other))
                };
                self.at[known.target as usize] = found;
            }
        }
    }

    /// The first column of this name that nothing else is read from.
    fn free(&self, normals: &[String], name: &str) -> Option<usize> {
        let mut places = normals.iter().enumerate();
        let found = places.find(|(place, own)| *own == name && !self.at.contains(&Some(*place)));
        found.map(|(place, _)| place)
    }

    /// What has one name and may be either of two things, by what else there is.
    fn settle_doubts(&mut self) {
        if self.get(Target::Date).is_none() {
            self.turn(Target::PlacedAt, Target::Date);
        }
        if self.get(Target::Date).is_none() {
            self.turn(Target::Time, Target::Date);
        }
        // a table whose only column about the end of a bet is its status has the result in it
        if self.get(Target::Result).is_none() {
            self.turn(Target::Status, Target::Result);
        }
        // people call the closing odds the closing line
        let has_close = self.get(Target::ClosingOdds).is_some();
        if !has_close && !self.are_own() && !self.is_mapped(Target::ClosingLine) {
            self.turn(Target::ClosingLine, Target::ClosingOdds);
        }
    }

    fn ensure_enough(&self, file: &str, flat: bool) -> Result<(), SourceError> {
        let has = |target: Target| self.get(target).is_some();
        let mut missing = Vec::new();
        if !has(Target::Stake) && !flat {
            missing.push("stake");
        }
        if !has(Target::Profit) && !has(Target::Payout) {
            if !has(Target::Result) {
                missing.push("result, payout or profit");
            }
            if !has(Target::Odds) {
                missing.push("odds");
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(SourceError::Header {
            file: file.to_owned(),
            missing: missing.join(", "),
            headers: self.listed(),
            advice: self.advice(&missing),
        })
    }

    fn advice(&self, missing: &[&str]) -> String {
        let first = missing[0].split([',', ' ']).next().unwrap_or("stake");
        if first == "stake" {
            return "Name the column with --map, such as --map stake=Einsatz, or say --stake 1 where every stake was the same"
                .to_owned();
        }
        format!("Name the column with --map, such as --map {first}=\"...\"")
    }

    fn not_there(&self, file: &str, target: &str, header: &str) -> SourceError {
        SourceError::MappedHeader {
            file: file.to_owned(),
            target: target.to_owned(),
            header: header.to_owned(),
            suggestion: suggestion(header, self.headers.iter().map(String::as_str)),
            headers: self.listed(),
        }
    }

    fn listed(&self) -> String {
        let named: Vec<String> = self
            .headers
            .iter()
            .filter(|header| !header.is_empty())
            .take(16)
            .map(|header| header.chars().take(24).collect())
            .collect();
        named.join(", ")
    }
}

fn unknown_target(target: &str) -> SourceError {
    SourceError::UnknownTarget {
        target: target.to_owned(),
        suggestion: suggestion(target, NAMES.iter().map(|known| known.name)),
        allowed: NAMES
            .iter()
            .map(|known| known.name)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Tables of bets.
pub(super) struct BetTables<'c> {
    pub map: &'c BTreeMap<String, String>,
    pub flat: bool,
}

impl TableKind for BetTables<'_> {
    fn columns(&self, file: &str, header: Cells<'_>) -> Result<parquet::Columns, SourceError> {
        let columns = Columns::of(file, header, self.map, self.flat)?;
        Ok(parquet::Columns {
            numbers: Vec::new(),
            needed: columns.used().collect(),
            welcome: Vec::new(),
        })
    }

    fn rows(&self) -> &'static str {
        "bets"
    }

    fn expected(&self) -> &'static str {
        EXPECTED
    }
}

/// The words about a header that was expected.
pub(super) const EXPECTED: &str = "expected a header such as date,stake,odds,result, its names separated by commas, semicolons, tabs or |";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_stand_in_the_order_of_their_targets() {
        for (place, known) in NAMES.iter().enumerate() {
            assert_eq!(known.target as usize, place, "{}", known.name);
        }
    }

    #[test]
    fn no_name_is_of_two_columns() {
        let mut seen = BTreeMap::new();
        for known in &NAMES {
            for name in known.others.iter().map(|name| (*name).to_owned()) {
                assert_eq!(normal(&name), name, "of {}", known.name);
                let before = seen.insert(name.clone(), known.name);
                assert_eq!(before, None, "{name}");
            }
        }
    }

    #[test]
    fn marks_and_brackets_are_no_part_of_a_name() {
        for (name, plain) in [
            ("Stake (£)", "stake"),
            ("P/L", "pl"),
            ("Bet Result", "betresult"),
            ("closing_odds [Pinnacle]", "closingodds"),
            ("Einsatz €", "einsatz"),
        ] {
            assert_eq!(normal(name), plain);
        }
    }
}
