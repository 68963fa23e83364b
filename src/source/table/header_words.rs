//! Names of columns taken apart into words: other names of prices, and what may be offered where nothing fits.

use super::columns::{self, Price, Target, canonical};
use crate::domain::{Book, MarketKind, Side};
use crate::printable::shell_word;

/// What the line of totals is called beside simbet's own name, best first; the last one may be that of a handicap.
pub(super) const TOTAL_LINES: [&str; 7] = [
    "total_line",
    "totals_line",
    "goals_line",
    "goal_line",
    "line_ou",
    "over_under_line",
    "line",
];

/// The words of a name, in lower case: `HomeOdds`, `home_odds` and `Home odds` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let starts = before.is_lowercase() && c.is_uppercase();
        let separates = !c.is_alphanumeric() && c != '.';
        if starts || separates {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !separates) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The side and market that a word names, with the line of 2.5 goals in it where it has one.
fn side_of(word: &str) -> Option<(MarketKind, Side)> {
    let side = match word {
        "home" | "1" => (MarketKind::MatchOdds, Side::Home),
        "draw" | "x" => (MarketKind::MatchOdds, Side::Draw),
        "away" | "2" => (MarketKind::MatchOdds, Side::Away),
        "over" | "over2.5" | "over25" => (MarketKind::OverUnder, Side::Over),
        "under" | "under2.5" | "under25" => (MarketKind::OverUnder, Side::Under),
        _ => return None,
    };
    Some(side)
}

const PRICES: [&str; 4] = ["odds", "odd", "price", "prices"];
/// What prices are called in some languages.
const ODDS: [&str; 7] = ["odd", "price", "quota", "quote", "cote", "kurs", "cuota"];
const AT_CLOSE: [&str; 3] = ["close", "closing", "closed"];
/// Words that change nothing about what a price is.
const FILLERS: [&str; 7] = ["ft", "win", "team", "1x2", "open", "opening", "the"];

/// The price that the words of a name make out: a side, and the word odds or a book, in any order. `None` for its book:
/// that of prices without one.
pub(super) fn price_of_words(name: &str) -> Option<(Option<Book>, Price)> {
    let words = words(name);
    let (sides, rest): (Vec<_>, Vec<_>) = words.iter().partition(|word| side_of(word).is_some());
    let [side] = sides[..] else { return None };
    let (kind, side) = side_of(side)?;
    let is_any = |list: &[&str], word: &str| list.contains(&word);
    let priced = rest.iter().any(|word| is_any(&PRICES, word));
    let closing = rest.iter().any(|word| is_any(&AT_CLOSE, word));
    let book: Vec<&str> = rest
        .iter()
        .map(|word| word.as_str())
        .filter(|word| {
            !is_any(&PRICES, word) && !is_any(&AT_CLOSE, word) && !is_any(&FILLERS, word)
        })
        // the line of a total that is written apart
        .filter(|word| kind != MarketKind::OverUnder || !is_any(&["2.5", "25", "goals"], word))
        .collect();
    let price = Price {
        kind,
        side,
        closing,
    };
    if book.is_empty() {
        let bare = words.len() == 1 && is_any(&["1", "x", "2"], &words[0]);
        return (priced || bare).then_some((None, price));
    }
    let book = columns::known_book(&book.join(" "))?;
    let aggregate = [Book::AVG, Book::MAX].contains(&book);
    (priced || !aggregate).then_some((Some(book), price))
}

/// The columns that may be meant by a target that no column answers, each as `Name: --map target=Name`.
pub(super) fn look_alikes(target: Target, header: &[String]) -> Vec<String> {
    let Some((name, ..)) = columns::meanings().find(|(_, known, _)| *known == target) else {
        return Vec::new();
    };
    // a longer one is a line that was not cut into cells
    let alike = header
        .iter()
        .filter(|cell| cell.len() <= 40 && is_like(target, cell));
    alike
        .take(2)
        .map(|cell| format!("{cell}: --map {name}={}", shell_word(cell)))
        .collect()
}

/// Whether a column may be meant by a target.
fn is_like(target: Target, cell: &str) -> bool {
    let words = words(cell);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let starts = |list: &[&str]| {
        let canonical = canonical(cell);
        list.iter().any(|start| canonical.starts_with(start))
    };
    let half_time = any(&["ht", "half", "halftime", "h1", "shots"]) || starts(&["ht"]);
    let home = any(&["home", "h", "local", "host", "hosts", "1", "team1", "heim"])
        || starts(&["home", "host"]);
    let away = any(&[
        "away", "a", "visitor", "visitors", "guest", "guests", "2", "team2", "gast",
    ]) || starts(&["away", "visit", "guest"]);
    let goals = contains(cell, &["goal", "gls", "score", "scored", "result"]);
    // expected goals are none, and one column for both sides says neither
    let goals_of_one = goals && !half_time && !any(&["expected", "xg", "x"]) && home != away;
    let team_of_one = !goals && !half_time && home != away && !is_price(cell);
    match target {
        Target::HomeTeam => home && team_of_one,
        Target::AwayTeam => away && team_of_one,
        Target::HomeGoals => home && goals_of_one,
        Target::AwayGoals => away && goals_of_one,
        Target::Score => !home && !away && !half_time && (goals || any(&["ft", "fulltime"])),
        Target::Date => contains(
            cell,
            &["date", "day", "datum", "fecha", "kickoff", "start", "time"],
        ),
        Target::Time
        | Target::Result
        | Target::League
        | Target::Country
        | Target::Season
        | Target::MatchId
        | Target::Book
        | Target::Status
        | Target::Neutral
        | Target::AsOf
        | Target::Statistic(..)
        | Target::Referee
        | Target::ExpectedGoals(_)
        | Target::TaughtGoals(_)
        | Target::TaughtWeight
        | Target::Price(_)
        | Target::Line { .. } => false,
    }
}

/// Whether the name of a column has the word for what became of a match.
pub(super) fn is_like_status(cell: &str) -> bool {
    let words = words(cell);
    words.iter().any(|word| word == "status" || word == "state")
}

/// Whether a column holds prices if its name lacks the word for it: `Avg Away`.
pub(super) fn may_be_price(cell: &str) -> bool {
    is_like_price(cell) || price_of_words(&format!("{cell} odds")).is_some()
}

/// Whether a column may hold the line of totals, by its name.
pub(super) fn is_like_total_line(cell: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "ah", "handicap", "asian", "spread", "hcp", "corner", "corners", "card", "cards",
    ];
    let words = words(cell);
    let is_line = words.iter().any(|word| word == "line" || word == "lines");
    let is_other = words.iter().any(|word| OTHERS.contains(&word.as_str()));
    let whole = matches!(
        canonical(cell).as_str(),
        "total" | "totals" | "ou" | "overunder"
    );
    whole || is_line && !is_other
}

/// Whether the name of a price has the line of 2.5 goals in it.
pub(super) fn names_two_and_a_half(cell: &str) -> bool {
    let canonical = canonical(cell);
    canonical.contains("2.5") || canonical.contains("25")
}

fn is_price(cell: &str) -> bool {
    is_like_price(cell) || price_of_words(cell).is_some()
}

fn contains(cell: &str, parts: &[&str]) -> bool {
    let canonical = canonical(cell);
    parts.iter().any(|part| canonical.contains(part))
}

/// Whether a column that is not understood may hold prices.
pub(super) fn is_like_price(cell: &str) -> bool {
    let words = words(cell);
    let names_book = words
        .iter()
        .any(|word| word.len() > 3 && columns::known_book(word).is_some());
    let ends_in_price = columns::price_of_any_case(cell).is_some();
    contains(cell, &ODDS) || names_book || ends_in_price
}

/// simbet's own name for the price that a column may hold.
pub(super) fn offered_target(cell: &str) -> Option<&'static str> {
    let words = words(cell);
    let (kind, side) = words
        .iter()
        .find_map(|word| side_of(word))
        .or_else(|| offered_side(&canonical(cell)))?;
    let closing = words.iter().any(|word| AT_CLOSE.contains(&word.as_str()));
    let place = kind.place_of(side);
    place.map(|place| kind.odds_columns(closing)[place])
}

/// The side that a name may mean which has no word of its own for it: `HomeWinOdds`, `oddsh`, `odd1`, `odds_u25`.
fn offered_side(canonical: &str) -> Option<(MarketKind, Side)> {
    let whole = ["home", "draw", "away", "over", "under"]
        .into_iter()
        .find(|side| canonical.contains(side));
    let rest = || {
        let mut names = ODDS.iter().chain(&PRICES);
        names.find_map(|name| {
            let rest = canonical.strip_prefix(name);
            rest.or_else(|| canonical.strip_suffix(name))
        })
    };
    let short = |rest: &str| match rest {
        "h" | "1" => Some("home"),
        "d" | "x" => Some("draw"),
        "a" | "2" => Some("away"),
        "o25" | "o2.5" => Some("over"),
        "u25" | "u2.5" => Some("under"),
        _ => None,
    };
    let longer = |rest: &str| short(rest.strip_prefix('s').unwrap_or(rest));
    side_of(whole.or_else(|| longer(rest()?))?)
}

/// The mapping that is offered for a column that may hold a price.
pub(super) fn offered_price(cell: &str) -> String {
    match offered_target(cell) {
        Some(name) => format!("{cell}: --map {name}={}", shell_word(cell)),
        None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(name: &str) -> Option<(Option<String>, Side, bool)> {
        let (book, price) = price_of_words(name)?;
        Some((book.map(|book| book.to_string()), price.side, price.closing))
    }

    #[test]
    fn a_side_and_the_word_odds_or_a_book_make_a_price_in_any_order() {
        for name in [
            "home_odds",
            "HomeOdds",
            "Odds Home",
            "odds_1",
            "1",
            "odds_ft_home_team_win",
        ] {
            assert_eq!(price(name), Some((None, Side::Home, false)), "{name}");
        }
        let pinnacle = Some("ps".to_owned());
        for name in [
            "Pinnacle_draw",
            "pinnacle draw odds",
            "draw_pinnacle",
            "Draw Odds Pinnacle",
            "PS_Draw",
        ] {
            assert_eq!(
                price(name),
                Some((pinnacle.clone(), Side::Draw, false)),
                "{name}"
            );
        }
        assert_eq!(
            price("b365_closing_away"),
            Some((Some("b365".to_owned()), Side::Away, true))
        );
        assert_eq!(
            price("William Hill Away"),
            Some((Some("wh".to_owned()), Side::Away, false))
        );
        assert_eq!(price("over25_odds"), Some((None, Side::Over, false)));
        assert_eq!(price("odds_under_2.5"), Some((None, Side::Under, false)));
    }

    #[test]
    fn what_may_be_anything_is_no_price() {
        for name in [
            "home",
            "Away",
            "home_win_prob",
            "avg_home",
            "home_goals",
            "home_xg_odds",
            "H",
            "odds",
            "2.5",
        ] {
            assert_eq!(price(name), None, "{name}");
        }
    }

    #[test]
    fn columns_that_may_be_meant_are_offered_with_their_map() {
        let header = ["Hosts", "Visitors side", "HomeGls", "HT_home_goals"].map(str::to_owned);
        assert_eq!(
            look_alikes(Target::HomeTeam, &header),
            ["Hosts: --map home_team=Hosts"]
        );
        assert_eq!(
            look_alikes(Target::AwayTeam, &header),
            ["Visitors side: --map away_team='Visitors side'"]
        );
        assert_eq!(
            look_alikes(Target::HomeGoals, &header),
            ["HomeGls: --map home_goals=HomeGls"]
        );
    }
}
