//! The columns of files. The names of a market's columns stand in its row in `domain/market.rs`.
//!
//! # Fields
//!
//! | simbet's name (for `--map`) | also read as | is |
//! |---|---|---|
//! | `date` | `Date`, `date_GMT`; without these the day of `kickoff` or `commence_time` | the match day, see below; a time of day may follow it |
//! | `time` | `Time`, `kickoff`, `commence_time` | kick-off: a time of day, or a date and a time |
//! | `home_team`, `away_team` | `HomeTeam`, `Home`; `AwayTeam`, `Away` | the teams; `HT` and `AT` where no other column has them, unless they hold goals |
//! | `home_goals`, `away_goals` | `FTHG`, `HG`; `FTAG`, `AG` | goals at full time; both empty for a fixture |
//! | `score` | `Score`, `FT` | goals at full time in one cell, where no columns have those of each side: `2-0`, `2:0`, `2–0 (1–0)` |
//! | `result` | `FTR`, `Res` | `H`, `D` or `A`, only compared with the score; a score, where no other column has one |
//! | `league` | `Div`; `Country` and `League` together; `tournament`, `competition` | without one: `--league`, else the file's name without a season |
//! | `season` | `Season` | `2012`, `2012/13`, `12-13` or `1213`; without one: told from the dates of the league's matches |
//! | `match_id` | | a name for the match; otherwise `league:date:home:away` |
//! | `status` | `Status`, `match_status`, `game_status`, `state` | what became of the match: see below |
//! | `book` | | whose the prices of the row's `odds_...` and `close_...` columns are: a code or a name, `wh` or `William Hill` |
//! | `half_time_home_goals`, `half_time_away_goals` | `HTHG`; `HTAG` | goals at half time |
//! | `home_shots`, `away_shots` | `HS`; `AS`, unless these are read as goals | shots |
//! | `home_shots_on_target`, `away_shots_on_target` | `HST`; `AST` | shots on target |
//! | `home_corners`, `away_corners` | `HC`; `AC` | corners |
//! | `home_fouls`, `away_fouls` | `HF`; `AF` | fouls committed |
//! | `home_yellow_cards`, `away_yellow_cards` | `HY`; `AY` | yellow cards |
//! | `home_red_cards`, `away_red_cards` | `HR`; `AR` | red cards |
//! | `referee` | `Referee` | the referee's name |
//! | `taught_home_goals`, `taught_away_goals` | | what goal models learn in place of the goals (`--goals-column`) |
//! | `taught_weight` | | the weight of the match for goal models (`--weight-column`) |
//! | `as_of` | | when the row's `odds_...` were known: a time of the match day, or a date and a time |
//!
//! These names count first. Where a column has none of them, one counts that differs from a name in case, blanks and
//! underscores alone and is the only one that does (`HOME_TEAM`, `Home Goals`), then one that other sources have for the same
//! beyond doubt (the table `SYNONYMS`). What was read under such a name is said.
//!
//! # Dates and times
//!
//! A date is `2023-08-05`, `20230805`, `05/08/2023`, `5.8.23`, `05-Aug-23`, `Aug 5, 2023` or `Sat 5th August 2023`; names of
//! months and weekdays are English. Which field of `05/08/2023` is the month, and whether a two-digit year comes first, is
//! judged by all dates of the file: a field above 12 is no month, a field that hardly changes while the others do is a year, and a day of the week has to fit.
//! Dates in two orders are refused. Where no date decides, day first is assumed and said, except in football-data's columns,
//! which are day first. `--date-order dmy`, `mdy` or `ymd` decides instead; `--date-order serial` reads a spreadsheet's numbers.
//!
//! A time of day is `15:00`, `15:00:00` or `3:00 pm`, each also with `Z` or an offset such as `+01:00`. With an offset it is
//! converted to UTC by that, else from the zone of the file: UK time for football-data's columns (`Div`, `Date` and `HomeTeam`,
//! or `Country`, `League`, `Home` and `Away`), UTC for others, or `--time-zone`. A local time that a clock shows twice is the
//! first of the two, one that it skips is an hour later. Only instants are converted: the match day, and with it the season
//! and `--from`, stays the source's own. A kick-off that has a date is on that day, which may be the next one in UTC; more
//! than a day and a half from noon of the match day it is refused. `00:00` counts as unknown where most kick-offs are `00:00`.
//!
//! # Status
//!
//! Only a match that was played has a result, whatever goals stand in its row. The column is judged as a whole: where none of
//! its words names a status it is another kind of column and is not looked at, which is said; where some do, a row with
//! another word is refused. Case, blanks and punctuation do not matter. An empty cell says nothing: with goals the match
//! was played, without it is still to be played.
//!
//! | words | the match |
//! |---|---|
//! | `played` `complete` `finished` `ended` `result` `final` `FT` `full time` `AET` `pen` ... | was played; it needs a score |
//! | `abandoned` `interrupted` `suspended` ... | has no result |
//! | `postponed` `PPD` `delayed` `rescheduled` ... | has no result |
//! | `awarded` `walkover` `w.o.` `forfeit` ... | has no result; the score counts in the table of a season |
//! | `cancelled` `canceled` `annulled` `void` ... | has no result |
//! | `scheduled` `not started` `NS` `incomplete` `TBD` `fixture` `timed` ... | is still to be played |
//! | `live` `in play` `HT` `1H` `2H` ... | is still to be played: it is not over |
//!
//! Bets on a match without a result are void: the stakes come back when the result would have been known. See
//! [`MatchStatus`](crate::MatchStatus).
//!
//! # Prices
//!
//! | market | football-data | simbet's own |
//! |---|---|---|
//! | 1X2 | `B365H` `B365D` `B365A` | `odds_home` `odds_draw` `odds_away` |
//! | over/under 2.5 | `B365>2.5` `B365<2.5` | `odds_over` `odds_under`, line in `ou_line` (2.5 without one) |
//! | Asian handicap | `B365AHH` `B365AHA` | `odds_ah_home` `odds_ah_away`, line in `ah_line` |
//! | both teams to score | | `odds_btts_yes` `odds_btts_no` |
//! | closing 1X2 | `B365CH` `B365CD` `B365CA` | `close_home` `close_draw` `close_away` |
//! | closing over/under | `B365C>2.5` `B365C<2.5` | `close_over` `close_under`, line in `close_ou_line`, else `ou_line` |
//! | closing handicap | `B365CAHH` `B365CAHA` | `close_ah_home` `close_ah_away`, line in `close_ah_line` |
//! | closing both teams to score | | `close_btts_yes` `close_btts_no` |
//!
//! Beside prices of totals that name no line in their own names, `total_line`, `totals_line`, `goals_line`, `goal_line`, `line_ou`,
//! `over_under_line` and `line` are read as `ou_line`, and with `close_` or `closing_` before them as `close_ou_line`, which is said;
//! `line` alone is not where a handicap has prices and no line of its own. A column that may be the line of totals and is not read is
//! said as well, since 2.5 is taken then.
//!
//! A handicap is the home side's. football-data's line is `GBAH`, `LBAH` or `B365AH` for that book's own
//! prices, else `AHh`, else `BbAHh`; for closing prices `AHCh`. Before the `H`, `D`, `A` ... stands the book:
//! the table [`BOOKS`]. Names are matched as a whole and by case: `BbAHh` is a line, `BbAvAHH` a price, and
//! `Bb1X2`, `BbOU`, `BbAH` count bookmakers and are no prices at all.
//!
//! Where a market has no column of such a name, columns count that differ from those names in case, blanks and underscores
//! alone (`b365h`), or whose words are a side, the word odds or a book, and closing for closing prices, in any order
//! (`home_odds`, `Pinnacle_home`, `William Hill closing odds 1`), as do `1`, `X` and `2`: but only where every side of the
//! market has one, since a lone column may be anything.
//!
//! The "new leagues" files name Pinnacle `PH` `PD` `PA`, the best price `MaxH` ... and the average `AvgH` ....
//! football-data says that these are closing prices; simbet goes by the name, so without a `C` they are what
//! `--price pre` uses, and there is no closing price to compare with.
//!
//! Prices in simbet's own columns belong to the book in `book`, else to the first book that was asked for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::probability_columns;
use crate::domain::{Book, MarketKind, Side, Statistic};
use crate::schema::{EXPECTED_GOALS, REFEREE, TAUGHT_GOALS, TAUGHT_WEIGHT, statistic_names};
use crate::source::error::{SourceError, suggestion};

/// The prefixes of football-data and their books. All names that a book had over the years map to the same code.
pub const BOOKS: [(&str, &str); 25] = [
    ("B365", "b365"), // Bet365
    ("BW", "bw"),     // Bet&Win, bwin
    ("IW", "iw"),     // Interwetten
    ("PS", "ps"),     // Pinnacle
    ("P", "ps"),      // Pinnacle, over/under, handicap, new leagues
    ("VC", "vc"),     // VC Bet, BetVictor
    ("WH", "wh"),     // William Hill
    ("GB", "gb"),     // Gamebookers
    ("LB", "lb"),     // Ladbrokes
    ("SB", "sb"),     // Sportingbet
    ("SJ", "sj"),     // Stan James
    ("BS", "bs"),     // Blue Square
    ("SY", "sy"),     // Stanleybet
    ("SO", "so"),     // Sporting Odds
    ("BF", "bf"),     // Betfair sportsbook
    ("BFD", "bfd"),   // Betfred
    ("BFE", "bfe"),   // Betfair Exchange
    ("BMGM", "bmgm"), // BetMGM
    ("BV", "bv"),     // BetVictor
    ("CL", "cl"),     // Coral
    ("1XB", "1xb"),   // 1xBet
    ("BbMx", "max"),  // Betbrain maximum
    ("Max", "max"),   // market maximum
    ("BbAv", "avg"),  // Betbrain average
    ("Avg", "avg"),   // market average
];

/// Market, side and time of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Price {
    pub kind: MarketKind,
    pub side: Side,
    pub closing: bool,
}

/// The code of the book and the price that a football-data header names; `None` for any other header.
pub(super) fn price_of(header: &str) -> Option<(&'static str, Price)> {
    MarketKind::ALL.into_iter().find_map(|kind| {
        let suffixes = kind.football_data()?.suffixes;
        let sides = kind.sides().iter().zip(suffixes);
        sides.into_iter().find_map(|(&side, suffix)| {
            let prefix = header.strip_suffix(suffix)?;
            let (book, closing) = book_of(prefix)?;
            let price = Price {
                kind,
                side,
                closing,
            };
            Some((book, price))
        })
    })
}

/// The code of the book that a prefix stands for, and whether the price is a closing one.
fn book_of(prefix: &str) -> Option<(&'static str, bool)> {
    let code = |prefix: &str| BOOKS.iter().find(|(known, _)| *known == prefix);
    let closing = || code(prefix.strip_suffix('C')?);
    code(prefix)
        .map(|(_, code)| (*code, false))
        .or_else(|| closing().map(|(_, code)| (*code, true)))
}

/// As [`price_of`], without regard to case, blanks and underscores.
pub(super) fn price_of_any_case(header: &str) -> Option<(&'static str, Price)> {
    let header = canonical(header);
    MarketKind::ALL.into_iter().find_map(|kind| {
        let suffixes = kind.football_data()?.suffixes;
        kind.sides()
            .iter()
            .zip(suffixes)
            .find_map(|(&side, suffix)| {
                let prefix = header.strip_suffix(&suffix.to_lowercase())?;
                let code = |prefix: &str| {
                    let mut books = BOOKS.iter();
                    books.find(|(known, _)| known.eq_ignore_ascii_case(prefix))
                };
                let before = code(prefix).map(|(_, book)| (*book, false));
                let at_close = || Some((code(prefix.strip_suffix('c')?)?.1, true));
                let (book, closing) = before.or_else(at_close)?;
                let price = Price {
                    kind,
                    side,
                    closing,
                };
                Some((book, price))
            })
    })
}

/// A name without regard to case, blanks, underscores and hyphens.
pub(super) fn canonical(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The book that a name of a column has in it: its prefix at football-data, its code or its name. A single letter is no book.
pub(super) fn known_book(name: &str) -> Option<Book> {
    let prefix = BOOKS
        .iter()
        .find(|(prefix, code)| {
            [*prefix, *code]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        })
        .map(|(_, code)| *code);
    let book = Book::new(prefix.unwrap_or(name)).ok()?;
    let is_known = BOOKS.iter().any(|(_, code)| *code == book.as_str());
    (is_known && name.len() > 1).then_some(book)
}

/// The headers that may hold the line of a book's prices, best first.
pub(super) fn line_headers(
    kind: MarketKind,
    book: &str,
    closing: bool,
) -> impl Iterator<Item = &'static str> {
    let headers = match kind.football_data().and_then(|columns| columns.line) {
        Some([_, at_close]) if closing => [None, Some(at_close), None],
        Some([before, _]) => [own_handicap_header(book), Some(before), Some("BbAHh")],
        None => [None; 3],
    };
    headers.into_iter().flatten()
}

/// Where three books have their own handicap.
fn own_handicap_header(book: &str) -> Option<&'static str> {
    match book {
        "b365" => Some("B365AH"),
        "gb" => Some("GBAH"),
        "lb" => Some("LBAH"),
        _ => None,
    }
}

/// A part of a row other than a price of football-data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Date,
    Time,
    HomeTeam,
    AwayTeam,
    HomeGoals,
    AwayGoals,
    Result,
    League,
    Country,
    Season,
    MatchId,
    Book,
    Score,
    Status,
    Neutral,
    AsOf,
    /// Of the home side (0) or of the away side (1).
    Statistic(Statistic, usize),
    Referee,
    /// Of the home side (0) or of the away side (1).
    ExpectedGoals(usize),
    /// What is learned in place of the goals of the home side (0) or of the away side (1).
    TaughtGoals(usize),
    TaughtWeight,
    Price(Price),
    Line {
        kind: MarketKind,
        closing: bool,
    },
}

impl Target {
    /// Whether it is counted in a match beside the goals.
    pub const fn is_statistic(self) -> bool {
        matches!(
            self,
            Self::Statistic(..)
                | Self::Referee
                | Self::ExpectedGoals(_)
                | Self::TaughtGoals(_)
                | Self::TaughtWeight
        )
    }
}

/// What the fields of a row are called, each with the other headers that mean the same, best first.
const FIELDS: [(&str, Target, &[&str]); 16] = [
    (
        "date",
        Target::Date,
        &["Date", "date_GMT", "kickoff", "commence_time"],
    ),
    ("time", Target::Time, &["Time", "kickoff", "commence_time"]),
    ("home_team", Target::HomeTeam, &["HomeTeam", "Home"]),
    ("away_team", Target::AwayTeam, &["AwayTeam", "Away"]),
    ("home_goals", Target::HomeGoals, &["FTHG", "HG"]),
    ("away_goals", Target::AwayGoals, &["FTAG", "AG"]),
    ("result", Target::Result, &["FTR", "Res"]),
    (
        "league",
        Target::League,
        &["Div", "League", "tournament", "competition"],
    ),
    ("country", Target::Country, &["Country"]),
    ("season", Target::Season, &["Season"]),
    ("match_id", Target::MatchId, &[]),
    ("book", Target::Book, &[]),
    ("score", Target::Score, &["Score", "FT"]),
    (
        "status",
        Target::Status,
        &["Status", "match_status", "game_status", "state"],
    ),
    (
        "neutral",
        Target::Neutral,
        &["Neutral", "neutral_venue", "is_neutral"],
    ),
    ("as_of", Target::AsOf, &[]),
];

/// Names that other sources have for a field, beyond doubt; case, blanks and underscores do not matter.
const SYNONYMS: [(Target, &[&str]); 9] = [
    (Target::Date, &["match_date", "game_date"]),
    (
        Target::HomeTeam,
        &[
            "home_team_name",
            "home_name",
            "team_home",
            "team1",
            "local_team",
        ],
    ),
    (
        Target::AwayTeam,
        &[
            "away_team_name",
            "away_name",
            "team_away",
            "team2",
            "visitor_team",
            "visiting_team",
            "visitor",
        ],
    ),
    (
        Target::HomeGoals,
        &[
            "home_score",
            "score_home",
            "goals_home",
            "home_goal",
            "hgoal",
            "hgoals",
            "home_team_goals",
            "home_team_score",
            "home_team_goal_count",
            "ft_home_goals",
            "home_goals_ft",
        ],
    ),
    (
        Target::AwayGoals,
        &[
            "away_score",
            "score_away",
            "goals_away",
            "away_goal",
            "vgoal",
            "agoal",
            "agoals",
            "away_team_goals",
            "away_team_score",
            "away_team_goal_count",
            "ft_away_goals",
            "away_goals_ft",
        ],
    ),
    (
        Target::Score,
        &[
            "full_time",
            "ft_score",
            "score_ft",
            "full_time_score",
            "final_score",
        ],
    ),
    (Target::League, &["league_name"]),
    (Target::MatchId, &["game_id", "fixture_id"]),
    (Target::Book, &["bookmaker", "bookie", "sportsbook"]),
];

/// Every target with its names and their synonyms in [`canonical`] form, best first. They are made once, since every header
/// is searched for them.
static CANONICAL: LazyLock<Vec<(Target, Vec<String>)>> = LazyLock::new(|| {
    meanings()
        .map(|(name, target, others)| {
            // initials are too short to go by their likeness
            let others = if target.is_statistic() { &[] } else { others };
            let names = std::iter::once(name).chain(others.iter().copied());
            let names = names.chain(synonyms(target).iter().copied());
            (target, names.map(canonical).collect())
        })
        .collect()
});

/// The names that a target may have where case, blanks and underscores do not matter, best first.
pub(super) fn canonical_names(target: Target) -> &'static [String] {
    let known = CANONICAL.iter().find(|(known, _)| *known == target);
    known.map_or(&[], |(_, names)| names)
}

/// The names that other sources have for a field.
fn synonyms(target: Target) -> &'static [&'static str] {
    let known = SYNONYMS.iter().find(|(known, _)| *known == target);
    known.map_or(&[], |(_, names)| *names)
}

/// The initials of a field that mean something else as well.
pub(super) fn initials(target: Target) -> Option<&'static str> {
    match target {
        Target::HomeTeam => Some("HT"),
        Target::AwayTeam => Some("AT"),
        Target::Date
        | Target::Time
        | Target::HomeGoals
        | Target::AwayGoals
        | Target::Result
        | Target::League
        | Target::Country
        | Target::Season
        | Target::MatchId
        | Target::Book
        | Target::Score
        | Target::Status
        | Target::Neutral
        | Target::AsOf
        | Target::Statistic(..)
        | Target::Referee
        | Target::ExpectedGoals(_)
        | Target::TaughtGoals(_)
        | Target::TaughtWeight
        | Target::Price(_)
        | Target::Line { .. } => None,
    }
}

/// simbet's own names with what they mean, and the other headers that mean the same, best first.
pub(super) fn meanings() -> impl Iterator<Item = (&'static str, Target, &'static [&'static str])> {
    static MEANINGS: LazyLock<Vec<Meaning>> = LazyLock::new(|| all_meanings().collect());
    MEANINGS.iter().copied()
}

/// simbet's own name, what it means, and the other headers that mean the same.
type Meaning = (&'static str, Target, &'static [&'static str]);

fn all_meanings() -> impl Iterator<Item = Meaning> {
    let others: &[&str] = &[];
    let prices = [false, true].into_iter().flat_map(|closing| {
        MarketKind::ALL
            .into_iter()
            .flat_map(move |kind| prices(kind, closing))
    });
    let prices = prices.map(move |(name, target)| (name, target, others));
    FIELDS.into_iter().chain(statistics()).chain(prices)
}

/// The columns of what is counted in a match.
fn statistics() -> impl Iterator<Item = Meaning> {
    let counted = Statistic::ALL.into_iter().flat_map(|statistic| {
        let names = statistic_names(statistic)
            .into_iter()
            .zip(initials_of(statistic));
        (0..).zip(names).map(move |(side, (name, initials))| {
            (name, Target::Statistic(statistic, side), initials)
        })
    });
    let referee: &[&str] = &["Referee"];
    let others: [&[&str]; 2] = [
        &["home_xG", "HxG", "xG_home", "h_xg"],
        &["away_xG", "AxG", "xG_away", "a_xg"],
    ];
    let expected = (0..).zip(EXPECTED_GOALS.into_iter().zip(others));
    let expected =
        expected.map(|(side, (name, others))| (name, Target::ExpectedGoals(side), others));
    let none: &[&str] = &[];
    let taught = (0..).zip(TAUGHT_GOALS);
    let taught = taught.map(move |(side, name)| (name, Target::TaughtGoals(side), none));
    counted
        .chain([(REFEREE, Target::Referee, referee)])
        .chain(expected)
        .chain(taught)
        .chain([(TAUGHT_WEIGHT, Target::TaughtWeight, none)])
}

/// What football-data calls a statistic of the home and of the away side.
const fn initials_of(statistic: Statistic) -> [&'static [&'static str]; 2] {
    match statistic {
        Statistic::HalfTimeGoals => [&["HTHG"], &["HTAG"]],
        Statistic::Shots => [&["HS"], &["AS"]],
        Statistic::ShotsOnTarget => [&["HST"], &["AST"]],
        Statistic::Corners => [&["HC"], &["AC"]],
        Statistic::Fouls => [&["HF"], &["AF"]],
        Statistic::YellowCards => [&["HY"], &["AY"]],
        Statistic::RedCards => [&["HR"], &["AR"]],
    }
}

/// The columns of a market: its odds, and its line where it has one.
fn prices(kind: MarketKind, closing: bool) -> impl Iterator<Item = (&'static str, Target)> {
    let line = kind
        .line_column(closing)
        .map(|name| (name, Target::Line { kind, closing }));
    let sides = kind.odds_columns(closing).iter().zip(kind.sides());
    let price = move |(name, side): (&&'static str, &Side)| {
        let price = Price {
            kind,
            side: *side,
            closing,
        };
        (*name, Target::Price(price))
    };
    sides.map(price).chain(line)
}

/// simbet's own names, which `--map` accepts.
pub fn targets() -> impl Iterator<Item = &'static str> {
    meanings().map(|(name, ..)| name)
}

/// Whether a header is the name of a column that is read, regardless of case.
pub(super) fn is_known(header: &str) -> bool {
    let is_named = |known: &str| known.eq_ignore_ascii_case(header);
    price_of(header).is_some()
        || meanings().any(|(name, target, others)| {
            let has_initials = !target.is_statistic();
            is_named(name) || has_initials && others.iter().any(|other| is_named(other))
        })
}

/// Checks that `target` is a column of simbet.
pub(super) fn check_target(target: &str) -> Result<(), SourceError> {
    let known = || targets().chain(probability_columns::names());
    if known().any(|known| known == target) {
        return Ok(());
    }
    let mut allowed: Vec<_> = known().collect();
    let mut seen = BTreeSet::new();
    allowed.retain(|name| seen.insert(*name));
    Err(SourceError::UnknownTarget {
        target: target.to_owned(),
        suggestion: suggestion(target, known()),
        allowed: allowed.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_prices() {
        for (prefix, book) in BOOKS {
            for kind in MarketKind::ALL {
                let suffixes = kind.football_data().map_or(&[][..], |data| data.suffixes);
                for (&side, suffix) in kind.sides().iter().zip(suffixes) {
                    for (mark, closing) in [("", false), ("C", true)] {
                        let header = format!("{prefix}{mark}{suffix}");
                        let price = Price {
                            kind,
                            side,
                            closing,
                        };
                        assert_eq!(price_of(&header), Some((book, price)), "{header}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_two_prices_differ_in_case_alone() {
        for (prefix, book) in BOOKS {
            for suffix in ["H", "D", "A", "CH", "AHH", ">2.5"] {
                let header = format!("{prefix}{suffix}");
                let lower = price_of_any_case(&header.to_lowercase());
                assert_eq!(lower, price_of(&header), "{header}");
                assert_eq!(lower.map(|(code, _)| code), Some(book), "{header}");
            }
        }
        for line in ["bbahh", "ahh", "ahch", "b365ah", "hs", "ht", "at", "hst"] {
            assert_eq!(price_of_any_case(line), None, "{line}");
        }
    }

    #[test]
    fn books_go_by_prefix_code_and_name() {
        let code = |name| known_book(name).map(|book| book.to_string());
        for name in ["PS", "ps", "Pinnacle", "pinnacle sports"] {
            assert_eq!(code(name).as_deref(), Some("ps"), "{name}");
        }
        assert_eq!(code("P"), None);
        assert_eq!(code("unibet"), None);
    }

    #[test]
    fn no_synonym_means_two_fields() {
        let names = SYNONYMS.iter().flat_map(|(_, names)| *names);
        let own = meanings()
            .flat_map(|(name, _, others)| std::iter::once(name).chain(others.iter().copied()));
        let own: std::collections::BTreeSet<String> = own.map(canonical).collect();
        let mut seen = own;
        for name in names {
            assert!(seen.insert(canonical(name)), "{name}");
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        let names: Vec<_> = targets().collect();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }

    #[test]
    fn lines_counts_and_statistics_are_no_prices() {
        for header in [
            "B365AH", "GBAH", "LBAH", "BbAH", "BbAHh", "AHh", "AHCh", "Bb1X2", "BbOU", "AHW",
            "HHW", "ABP", "HBP", "HS", "AS", "HST", "AST", "HTHG", "HTAG", "HTR", "FTR", "HC",
            "AC", "HR", "AR", "HO", "AO", "HT", "AT", "GB_2_5",
        ] {
            assert_eq!(price_of(header), None, "{header}");
        }
    }
}
