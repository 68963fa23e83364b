//! What a run says of the closing line, in rows and in sentences.

use super::profit_verdict::{LEVEL, is_loss_beyond_luck, may_be_chance};
use super::text_table::{count, counted, percent};
use crate::domain::Money;
use crate::metrics::Summary;
use crate::significance::{MIN_BETS, MeanTest, Significance};

/// The rows of the summary: name, value and note.
pub fn rows(summary: &Summary) -> Vec<[String; 3]> {
    let mut rows = vec![[
        "closing-line value".to_owned(),
        mean(summary),
        beat_close(summary),
    ]];
    let is_raw_known = summary.clv_raw_n > 0 && !is_placed_at_close(summary);
    rows.extend(is_raw_known.then(|| {
        [
            "raw, with margin".to_owned(),
            percent(summary.clv_raw_mean, true),
            format!(
                "{} of {} at better odds than at the close",
                percent(summary.clv_raw_beat_share, false),
                count(summary.clv_raw_n)
            ),
        ]
    }));
    let moved = moved(summary);
    rows.extend((moved > 0).then(|| ["lines that moved".to_owned(), count(moved), moves(summary)]));
    rows
}

/// The mean closing-line value; nothing of bets at the close, of which it is the margin.
pub fn mean(summary: &Summary) -> String {
    percent(
        summary.clv_mean.filter(|_| !is_placed_at_close(summary)),
        true,
    )
}

/// What stands in place of the value of bets that were placed at the closing price.
pub const AT_THE_CLOSE: &str = "bet at the close";

/// How many bets beat the close, or why that is not known.
pub fn beat_close(summary: &Summary) -> String {
    if is_placed_at_close(summary) {
        return AT_THE_CLOSE.to_owned();
    }
    match (summary.clv_n, summary.clv_raw_n) {
        (0, 0) if has_moved(summary) => without_odds(summary),
        (0, 0) if summary.bets == 0 => "no bets".to_owned(),
        (0, 0) => "no bet has a closing price".to_owned(),
        (0, _) => "no book prices every side at the close".to_owned(),
        (n, _) => format!(
            "{} of {} beat the close",
            percent(summary.clv_beat_share, false),
            counted(n, "bet", "bets")
        ),
    }
}

fn has_moved(summary: &Summary) -> bool {
    moved(summary) > 0
}

fn moved(summary: &Summary) -> u64 {
    summary.clv_moved_for + summary.clv_moved_against
}

fn settled(summary: &Summary) -> u64 {
    summary.bets.saturating_sub(summary.open)
}

/// Why no bet has a closing price on its line, where lines moved.
fn without_odds(summary: &Summary) -> String {
    if moved(summary) == settled(summary) {
        "every line had moved".to_owned()
    } else {
        "no bet has a closing price on its line".to_owned()
    }
}

/// The same as a sentence.
fn not_comparable(summary: &Summary) -> String {
    let (moved, all) = (moved(summary), settled(summary));
    if moved == all {
        return "No bet can be compared with the closing prices, since every line had moved."
            .to_owned();
    }
    format!(
        "No bet can be compared with the closing prices: {} had moved, and {} no closing price.",
        counted(moved, "line", "lines"),
        counted(all.saturating_sub(moved), "bet has", "bets have")
    )
}

/// The sentence on bets that were placed at the closing price: all, or all that have one.
fn placed_at_close(summary: &Summary) -> String {
    let who = match summary.clv_raw_n {
        n if n == settled(summary) => "The bets were placed at the closing price itself".to_owned(),
        1 => "The only bet with a closing price was placed at it".to_owned(),
        n => format!(
            "The {} bets with a closing price were placed at it",
            count(n)
        ),
    };
    format!("{who}, so closing-line value says nothing.")
}

fn moves(summary: &Summary) -> String {
    format!(
        "{} moved in favour, {} against",
        counted(summary.clv_moved_for, "line", "lines"),
        count(summary.clv_moved_against)
    )
}

/// Whether every bet with a closing price was placed at that price.
pub fn is_placed_at_close(summary: &Summary) -> bool {
    (summary.clv_raw_mean, summary.clv_raw_beat_share) == (Some(0.0), Some(0.0))
        && !has_moved(summary)
}

/// What the close says of the bets; `None` where it says nothing of any.
pub fn comparison(summary: &Summary) -> Option<String> {
    if is_placed_at_close(summary) {
        return Some(placed_at_close(summary));
    }
    match (summary.clv_n, summary.clv_raw_n) {
        (0, 0) => has_moved(summary).then(|| not_comparable(summary)),
        (0, n) => Some(without_fair_close(summary, n)),
        (n, _) if n < MIN_BETS => Some(format!(
            "Only {} a closing-line value: too few to judge by.",
            counted(n, "bet has", "bets have")
        )),
        (_, _) => summary
            .clv_mean
            .map(|mean| against_fair_close(summary, mean)),
    }
}

fn without_fair_close(summary: &Summary, n: u64) -> String {
    let unknown =
        "None of the books used quotes every side at the close, so its margin is not known.";
    match summary.clv_raw_mean {
        Some(mean) if n >= MIN_BETS => format!(
            "{unknown} The odds taken were {} {} than at the close on average, margin included.",
            percent(Some(mean.abs()), false),
            if mean < 0.0 { "worse" } else { "better" }
        ),
        Some(_) | None => unknown.to_owned(),
    }
}

fn against_fair_close(summary: &Summary, mean: f64) -> String {
    let test = summary
        .significance
        .as_deref()
        .and_then(|tests| tests.closing_value.as_ref());
    // the test is one-sided, and the sentence is about either side
    let chance = may_be_chance(test.map(|test| 2.0 * test.p.min(1.0 - test.p)));
    format!(
        "If the closing prices, margin removed, were the true chances, {} would {} {} of the stake on average \
         (closing-line value).{chance}",
        those_with_one(summary),
        if mean < 0.0 { "lose" } else { "gain" },
        percent(Some(mean.abs()), false)
    )
}

fn those_with_one(summary: &Summary) -> String {
    let settled = settled(summary);
    if summary.clv_n >= settled {
        return "the bets".to_owned();
    }
    format!(
        "the {} of {} bets that have one",
        count(summary.clv_n),
        count(settled)
    )
}

/// What the closing line says of skill, beside the sentence on the profit.
///
/// It speaks of skill only where all of this holds: the value at the close without its margin is above 0 by more than
/// chance, also without the choice among books; most bets beat the close; there are enough bets and match days; neither the
/// loss, if there is one, nor the mean return of a bet is lower than luck makes it.
pub fn skill(summary: &Summary) -> Option<String> {
    let tests = summary.significance.as_deref()?;
    let test = tests.closing_value.as_ref()?;
    // of returns that are all alike nothing can be told
    tests.mean_return.as_ref()?;
    let profitable = summary.profit > Money::ZERO;
    if test.n < MIN_BETS || is_placed_at_close(summary) {
        return None;
    }
    if !is_above_chance(test) {
        let sentence = if test.mean > 0.0 {
            "The bets beat the closing line, but not by more than chance explains."
        } else {
            "The bets did not beat the closing line."
        };
        return profitable.then(|| sentence.to_owned());
    }
    Some(match objection(summary, tests) {
        Some(objection) => objection,
        None if profitable => format!("The bets {BEAT}, a better sign of skill than the profit."),
        None => format!("Yet the bets {BEAT}, a better sign of skill than the money."),
    })
}

const BEAT: &str = "beat the closing line by more than chance explains";

/// Whether a value is above 0 by more than chance. The sentence on the value is about either side of 0 and so is this, or
/// one would call chance what the other calls skill.
fn is_above_chance(test: &MeanTest) -> bool {
    2.0 * test.p < LEVEL
}

/// Why bets that beat the closing line by more than chance are no sign of skill yet.
fn objection(summary: &Summary, tests: &Significance) -> Option<String> {
    if tests.closing_unchosen_unknown > 0 {
        return Some(format!(
            "The bets beat the closing line at the best price of several books. The mean price is not known of {} of \
             them, so skill cannot be told from the choice among books.",
            count(tests.closing_unchosen_unknown)
        ));
    }
    let unchosen = tests.closing_value_unchosen.as_ref();
    if unchosen.is_some_and(|test| !is_above_chance(test)) {
        return Some(
            "The bets beat the closing line at the best price of several books, but not at their mean price: \
             choosing among books explains it, not skill."
                .to_owned(),
        );
    }
    if summary.clv_beat_share.is_none_or(|share| share <= 0.5) {
        return Some(
            "No more than half of the bets beat the close: the mean comes from a few at long odds."
                .to_owned(),
        );
    }
    if tests.closing_days < MIN_BETS {
        return Some(format!(
            "The bets beat the closing line, but on only {}: too few to judge by.",
            counted(tests.closing_days, "match day", "match days")
        ));
    }
    if is_loss_beyond_luck(summary, tests) {
        return Some(
            "The bets beat the closing line, but lost more than luck explains: that is no sign of skill."
                .to_owned(),
        );
    }
    let of_returns = tests.mean_return.as_ref().map(|test| test.p);
    let of_profit = tests.fair_profit.as_ref().map(|test| test.p);
    let is_low = |p: f64| p > 1.0 - LEVEL;
    (of_returns.is_some_and(is_low) || of_profit.is_some_and(is_low)).then(|| {
        "The bets beat the closing line, but bets worth more than nothing would rarely return so little: that is no \
         sign of skill."
            .to_owned()
    })
}
