//! The columns of files. The names of a market's columns stand in its row in `domain/market.rs`.
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
//! | `status` | `Status`, `match_status`, `game_status`, `state` | what became of the match: see below |
//! | `book` | | whose the prices of the row's `odds_...` and `close_...` columns are |
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
    Price(Price),
    Line { kind: MarketKind, closing: bool },
}

/// What the fields of a row are called, each with the other headers that mean the same, best first.
const FIELDS: [(&str, Target, &[&str]); 16] = [
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
    ("score", Target::Score, &[]),
    (
        "status",
        Target::Status,
        &["Status", "match_status", "game_status", "state"],
    ),
    ("neutral", Target::Neutral, &[]),
    ("as_of", Target::AsOf, &[]),
];

/// simbet's own names with what they mean, and the other headers that mean the same, best first.
pub(super) fn meanings() -> impl Iterator<Item = (&'static str, Target, &'static [&'static str])> {
    let others: &[&str] = &[];
    let prices = [false, true].into_iter().flat_map(|closing| {
        MarketKind::ALL
            .into_iter()
            .flat_map(move |kind| prices(kind, closing))
    });
    let prices = prices.map(move |(name, target)| (name, target, others));
    FIELDS.into_iter().chain(prices)
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
