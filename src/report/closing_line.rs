//! What a run says of the closing line, in rows and in sentences.

use super::profit_verdict::LEVEL;
use super::significance::may_be_chance;
use super::text_table::{count, percent};
use crate::metrics::Summary;
use crate::significance::MIN_BETS;
use crate::significance::Significance;

/// The rows of the summary: name, value and note.
pub fn rows(summary: &Summary) -> Vec<[String; 3]> {
    let mut rows = vec![[
        "closing-line value".to_owned(),
        percent(summary.clv_mean, true),
        beat_close(summary),
    ]];
    rows.extend((summary.clv_raw_n > 0).then(|| {
        [
            "raw, with margin".to_owned(),
            percent(summary.clv_raw_mean, true),
            format!(
                "{} of {} at better odds than the last",
                percent(summary.clv_raw_beat_share, false),
                count(summary.clv_raw_n)
            ),
        ]
    }));
    let moved = summary.clv_moved_for + summary.clv_moved_against;
    rows.extend((moved > 0).then(|| ["lines that moved".to_owned(), count(moved), moves(summary)]));
    rows
}

/// How many bets beat the close, or why that is not known.
pub fn beat_close(summary: &Summary) -> String {
    match (summary.clv_n, summary.clv_raw_n) {
        (0, 0) if has_moved(summary) => without_odds(summary),
        (0, 0) => "no bet has a closing price".to_owned(),
        (0, _) => "no book prices every side at the close".to_owned(),
        (n, _) => format!(
            "{} of {} beat the close",
            percent(summary.clv_beat_share, false),
            super::text_table::counted(n, "bet", "bets")
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
        super::text_table::counted(moved, "line", "lines"),
        super::text_table::counted(all.saturating_sub(moved), "bet has", "bets have")
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
    let lines = match summary.clv_moved_for {
        1 => "line",
        _ => "lines",
    };
    format!(
        "{} {lines} moved in favour, {} against",
        count(summary.clv_moved_for),
        count(summary.clv_moved_against)
    )
}

/// Whether every bet with a closing price was placed at that price.
fn is_placed_at_close(summary: &Summary) -> bool {
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
            "{} with a closing-line value {} too few to conclude from.",
            bets(n),
            if n == 1 { "is" } else { "are" }
        )),
        (_, _) => summary
            .clv_mean
            .map(|mean| against_fair_close(summary, mean)),
    }
}

fn bets(n: u64) -> String {
    match n {
        1 => "1 bet".to_owned(),
        n => format!("{} bets", count(n)),
    }
}

fn without_fair_close(summary: &Summary, n: u64) -> String {
    let unknown =
        "No book that was bet at prices every side at the close, so its margin is not known.";
    match summary.clv_raw_mean {
        Some(mean) if n >= MIN_BETS => format!(
            "{unknown} The odds taken were {} {} than the last ones on average, margin included.",
            percent(Some(mean.abs()), false),
            if mean < 0.0 { "worse" } else { "better" }
        ),
        Some(_) | None => unknown.to_owned(),
    }
}

fn against_fair_close(summary: &Summary, mean: f64) -> String {
    let test = summary
        .significance
        .as_ref()
        .and_then(|tests| tests.closing_value.as_ref());
    // the test is one-sided, and the sentence is about either side
    let chance = may_be_chance(test.map(|test| 2.0 * test.p.min(1.0 - test.p)));
    format!(
        "By the closing prices without their margin the bets would {} {} of a stake on average.{chance}",
        if mean < 0.0 { "lose" } else { "gain" },
        percent(Some(mean.abs()), false)
    )
}

/// What the closing line says of skill, beside the sentence on the profit.
///
/// It speaks of skill only where all of this holds: the value at the close without its margin is above 0 by more than
/// chance, also at the mean price of the books asked; most bets beat the close; there are enough bets and match days; the
/// loss, if there is one, is not larger than luck makes it.
pub fn skill(summary: &Summary) -> Option<String> {
    let tests = summary.significance.as_ref()?;
    let test = tests.closing_value.as_ref()?;
    let profitable = tests.mean_return.as_ref()?.mean > 0.0;
    if test.n < MIN_BETS || is_placed_at_close(summary) {
        return None;
    }
    if test.p >= LEVEL {
        return profitable.then(|| {
            "The bets did not beat the closing line by more than chance explains.".to_owned()
        });
    }
    Some(match objection(summary, tests) {
        Some(objection) => objection,
        None if profitable => {
            "The bets also beat the closing line by more than chance explains, which is the better sign of skill."
                .to_owned()
        }
        None => {
            "Yet the bets beat the closing line by more than chance explains, which is the better sign of skill."
                .to_owned()
        }
    })
}

/// Why bets that beat the closing line by more than chance are no sign of skill yet.
fn objection(summary: &Summary, tests: &Significance) -> Option<String> {
    if tests
        .closing_value_unchosen
        .as_ref()
        .is_some_and(|test| test.p >= LEVEL)
    {
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
            "The bets beat the closing line, but on {} match {}: too few to conclude from.",
            count(tests.closing_days),
            if tests.closing_days == 1 {
                "day"
            } else {
                "days"
            }
        ));
    }
    is_loss_beyond_luck(tests).then(|| {
        "The bets beat the closing line, but lost more than luck explains: that is no sign of skill."
            .to_owned()
    })
}

/// Whether a loss is larger than luck would usually make it, by the test against fair prices or by that against zero.
fn is_loss_beyond_luck(tests: &Significance) -> bool {
    let beyond = |p: f64| p > 1.0 - LEVEL;
    tests
        .mean_return
        .as_ref()
        .is_some_and(|test| beyond(test.p))
        || tests
            .fair_profit
            .as_ref()
            .is_some_and(|test| beyond(test.p))
}
