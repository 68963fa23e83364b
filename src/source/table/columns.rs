//! The columns of files: the only place with their names.
//!
//! # Fields
//!
//! | simbet's name (for `--map`) | also read as | is |
//! |---|---|---|
//! | `date` | `Date` | `dd/mm/yyyy`, `dd/mm/yy` or `yyyy-mm-dd` |
//! | `time` | `Time`, `kickoff` | kick-off, `HH:MM` on the file's own clock |
//! | `home_team`, `away_team` | `HomeTeam`, `Home`, `HT`; `AwayTeam`, `Away`, `AT` | the teams |
//! | `home_goals`, `away_goals` | `FTHG`, `HG`; `FTAG`, `AG` | goals at full time; both empty for a fixture |
//! | `result` | `FTR`, `Res` | `H`, `D` or `A`; only compared with the score |
//! | `league` | `Div`; `Country` and `League` together | without one: the file's name, up to the `_` of `E0_2023-24.csv` |
//! | `season` | `Season` | the year it starts in: `2012`, `2012/13`; without one: told from the summer break |
//! | `match_id` | | a name for the match; otherwise `league:date:home:away` |
//! | `book` | | whose the prices of the row's `odds_...` and `close_...` columns are |
//!
//! # Prices
//!
//! | market | football-data | simbet's own |
//! |---|---|---|
//! | 1X2 | `B365H` `B365D` `B365A` | `odds_home` `odds_draw` `odds_away` |
//! | over/under 2.5 | `B365>2.5` `B365<2.5` | `odds_over` `odds_under`, line in `ou_line` (2.5 without one) |
//! | Asian handicap | `B365AHH` `B365AHA` | `odds_ah_home` `odds_ah_away`, line in `ah_line` |
//! | closing 1X2 | `B365CH` `B365CD` `B365CA` | `close_home` `close_draw` `close_away` |
//! | closing over/under | `B365C>2.5` `B365C<2.5` | `close_over` `close_under`, line in `close_ou_line`, else `ou_line` |
//! | closing handicap | `B365CAHH` `B365CAHA` | `close_ah_home` `close_ah_away`, line in `close_ah_line` |
//!
//! A handicap is the home side's. football-data's line is `GBAH`, `LBAH` or `B365AH` for that book's own
//! prices, else `AHh`, else `BbAHh`; for closing prices `AHCh`. Before the `H`, `D`, `A` ... stands the book:
//! the table [`BOOKS`]. Names are matched as a whole and by case: `BbAHh` is a line, `BbAvAHH` a price, and
//! `Bb1X2`, `BbOU`, `BbAH` count bookmakers and are no prices at all.
//!
//! The "new leagues" files name Pinnacle `PH` `PD` `PA`, the best price `MaxH` ... and the average `AvgH` ....
//! football-data says that these are closing prices; simbet goes by the name, so without a `C` they are what
//! `--price pre` uses, and there is no closing price to compare with.
//!
//! Prices in simbet's own columns belong to the book in `book`, else to the first book that was asked for.

use crate::domain::{MarketKind, Side};

use MarketKind::{AsianHandicap, MatchOdds, OverUnder};
use Side::{Away, Draw, Home, Over, Under};

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

/// The suffixes of prices, after the prefix of the book.
const PRICES: [(&str, Price); 14] = [
    ("H", Price::pre(MatchOdds, Home)),
    ("D", Price::pre(MatchOdds, Draw)),
    ("A", Price::pre(MatchOdds, Away)),
    (">2.5", Price::pre(OverUnder, Over)),
    ("<2.5", Price::pre(OverUnder, Under)),
    ("AHH", Price::pre(AsianHandicap, Home)),
    ("AHA", Price::pre(AsianHandicap, Away)),
    ("CH", Price::close(MatchOdds, Home)),
    ("CD", Price::close(MatchOdds, Draw)),
    ("CA", Price::close(MatchOdds, Away)),
    ("C>2.5", Price::close(OverUnder, Over)),
    ("C<2.5", Price::close(OverUnder, Under)),
    ("CAHH", Price::close(AsianHandicap, Home)),
    ("CAHA", Price::close(AsianHandicap, Away)),
];

/// Market, side and time of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Price {
    pub kind: MarketKind,
    pub side: Side,
    pub closing: bool,
}

impl Price {
    const fn pre(kind: MarketKind, side: Side) -> Self {
        Self {
            kind,
            side,
            closing: false,
        }
    }

    const fn close(kind: MarketKind, side: Side) -> Self {
        Self {
            kind,
            side,
            closing: true,
        }
    }
}

/// The code of the book and the price that a football-data header names; `None` for any other header.
pub(super) fn price_of(header: &str) -> Option<(&'static str, Price)> {
    PRICES.iter().find_map(|&(suffix, price)| {
        let prefix = header.strip_suffix(suffix)?;
        let (_, book) = BOOKS.iter().find(|(known, _)| *known == prefix)?;
        Some((*book, price))
    })
}

/// The headers that may hold the handicap of a book's prices, best first.
pub(super) fn handicap_headers(book: &str, closing: bool) -> [&'static str; 3] {
    if closing {
        return ["AHCh", "", ""];
    }
    let own = match book {
        "b365" => "B365AH",
        "gb" => "GBAH",
        "lb" => "LBAH",
        _ => "",
    };
    [own, "AHh", "BbAHh"]
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
    Price(Price),
    Line { kind: MarketKind, closing: bool },
}

/// simbet's own names, each with the other headers that mean the same, best first.
pub(super) const TARGETS: [(&str, Target, &[&str]); 30] = [
    ("date", Target::Date, &["Date"]),
    ("time", Target::Time, &["Time", "kickoff"]),
    ("home_team", Target::HomeTeam, &["HomeTeam", "Home", "HT"]),
    ("away_team", Target::AwayTeam, &["AwayTeam", "Away", "AT"]),
    ("home_goals", Target::HomeGoals, &["FTHG", "HG"]),
    ("away_goals", Target::AwayGoals, &["FTAG", "AG"]),
    ("result", Target::Result, &["FTR", "Res"]),
    ("league", Target::League, &["Div", "League"]),
    ("country", Target::Country, &["Country"]),
    ("season", Target::Season, &["Season"]),
    ("match_id", Target::MatchId, &[]),
    ("book", Target::Book, &[]),
    ("odds_home", Target::Price(Price::pre(MatchOdds, Home)), &[]),
    ("odds_draw", Target::Price(Price::pre(MatchOdds, Draw)), &[]),
    ("odds_away", Target::Price(Price::pre(MatchOdds, Away)), &[]),
    ("odds_over", Target::Price(Price::pre(OverUnder, Over)), &[]),
    (
        "odds_under",
        Target::Price(Price::pre(OverUnder, Under)),
        &[],
    ),
    (
        "ou_line",
        Target::Line {
            kind: OverUnder,
            closing: false,
        },
        &[],
    ),
    (
        "odds_ah_home",
        Target::Price(Price::pre(AsianHandicap, Home)),
        &[],
    ),
    (
        "odds_ah_away",
        Target::Price(Price::pre(AsianHandicap, Away)),
        &[],
    ),
    (
        "ah_line",
        Target::Line {
            kind: AsianHandicap,
            closing: false,
        },
        &[],
    ),
    (
        "close_home",
        Target::Price(Price::close(MatchOdds, Home)),
        &[],
    ),
    (
        "close_draw",
        Target::Price(Price::close(MatchOdds, Draw)),
        &[],
    ),
    (
        "close_away",
        Target::Price(Price::close(MatchOdds, Away)),
        &[],
    ),
    (
        "close_over",
        Target::Price(Price::close(OverUnder, Over)),
        &[],
    ),
    (
        "close_under",
        Target::Price(Price::close(OverUnder, Under)),
        &[],
    ),
    (
        "close_ou_line",
        Target::Line {
            kind: OverUnder,
            closing: true,
        },
        &[],
    ),
    (
        "close_ah_home",
        Target::Price(Price::close(AsianHandicap, Home)),
        &[],
    ),
    (
        "close_ah_away",
        Target::Price(Price::close(AsianHandicap, Away)),
        &[],
    ),
    (
        "close_ah_line",
        Target::Line {
            kind: AsianHandicap,
            closing: true,
        },
        &[],
    ),
];

/// simbet's own names, which `--map` accepts.
pub fn targets() -> impl Iterator<Item = &'static str> {
    TARGETS.iter().map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_prices() {
        for (prefix, book) in BOOKS {
            for (suffix, price) in PRICES {
                assert_eq!(
                    price_of(&format!("{prefix}{suffix}")),
                    Some((book, price)),
                    "{prefix}{suffix}"
                );
            }
        }
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
