//! Sentences on the search, the corrections, and the hold-out.

use super::{HoldOutResult, Ranked, SweepConfig, SweepResult};
use crate::calendar;
use crate::metrics::Summary;
use crate::report::text_table::{counted, percent, thousands};
use crate::report::{closing_line, significance, summary};
use crate::significance::MIN_BETS;

/// The headline: what was tried.
pub(crate) fn headline(config: &SweepConfig, swept: &SweepResult) -> String {
    let settings = counted(config.points.len() as u64, "setting", "settings");
    let days = counted(swept.data_snooping.days, "match day", "match days");
    let until = config.hold_out.map_or_else(String::new, |day| {
        format!(" before {}", calendar::format_date(day))
    });
    let by = config.rank_by.about();
    format!("{settings} on {days}{until}, ranked by {by}")
}

pub(super) fn count(number: u64) -> String {
    thousands(&number.to_string())
}

/// Sentences on the corrections and the hold-out.
pub(super) fn sentences(config: &SweepConfig, swept: &SweepResult) -> Vec<String> {
    let mut sentences: Vec<String> = spent(swept).into_iter().collect();
    sentences.extend(verdict(config, swept));
    if let Some(overfitting) = &swept.data_snooping.overfitting {
        sentences.push(format!(
            "In {} of splits, the setting that was best in one half of the time was no better than the median \
             setting in the other half.",
            percent(Some(overfitting.probability), false)
        ));
    }
    sentences.extend(hold_out(config, swept));
    sentences
}

/// The mark at the rank of a setting that spent its bankroll.
pub(super) const SPENT_MARK: &str = "*";

/// What has to be known before any figure is read.
fn spent(swept: &SweepResult) -> Option<String> {
    let is_spent = |ranked: &&Ranked| ranked.summary.spent_on.is_some();
    let spent = swept.ranked.iter().filter(is_spent).count() as u64;
    let all = swept.ranked.len() as u64;
    (spent > 0).then(|| {
        format!(
            "{SPENT_MARK} The bankroll was spent before the end and later bets were left out: {} of {}.",
            count(spent),
            counted(all, "setting", "settings")
        )
    })
}

fn verdict(config: &SweepConfig, swept: &SweepResult) -> Option<String> {
    let best = swept.ranked.first().filter(|best| has_bet(best))?;
    let check = swept.data_snooping.reality_check?;
    let spa = swept.data_snooping.spa?;
    let name = config.label(best.place);
    if best.summary.bets < MIN_BETS || swept.data_snooping.best_days < MIN_BETS {
        return Some(format!(
            "{} bets of the best setting, {name}, on {} match days are too few to tell skill from luck.",
            count(best.summary.bets),
            count(swept.data_snooping.best_days)
        ));
    }
    if best.summary.profit.minor() <= 0 {
        return Some(format!("The best setting, {name}, made no money."));
    }
    let explanation = if is_beyond_chance(swept, spa.p, check.p) {
        "luck is a poor explanation"
    } else {
        "it could well be luck"
    };
    let tried = if check.settings == 1 {
        "it".to_owned()
    } else {
        format!("the best of {}", count(check.settings))
    };
    Some(format!(
        "The best setting, {name}: {explanation}. Without any skill, {tried} would do as well with a chance of {} \
         (SPA; reality check {}).",
        chance(spa.p),
        chance(check.p)
    ))
}

/// Whether all three corrections find that chance does not explain the best.
fn is_beyond_chance(swept: &SweepResult, spa: f64, reality_check: f64) -> bool {
    let deflated_sharpe = swept.data_snooping.deflated_sharpe;
    spa < 0.05 && reality_check < 0.05 && deflated_sharpe.is_some_and(|dsr| dsr > 0.95)
}

fn chance(p: f64) -> String {
    match p {
        p if p < 0.001 => "less than 0.1 %".to_owned(),
        p if p > 0.999 => "more than 99.9 %".to_owned(),
        p => format!("{:.1} %", p * 100.0),
    }
}

fn hold_out(config: &SweepConfig, swept: &SweepResult) -> Vec<String> {
    let (Some(held_out), Some(day)) = (&swept.hold_out, config.hold_out) else {
        let reason = config
            .hold_out
            .map(|_| reason_without_hold_out(swept).to_owned());
        return reason.into_iter().collect();
    };
    let mut sentences = vec![format!(
        "From {} on, which the search did not see, it made {}. {}",
        calendar::format_date(day),
        figures(&held_out.summary),
        earlier_looks(held_out)
    )];
    sentences.extend(summary::first_sentences(&held_out.summary));
    // a single setting was chosen beforehand, as the tests of significance require, unless somebody looked before
    if held_out.touched.is_empty() && !held_out.is_uncertain {
        sentences.extend(significance::verdict(&held_out.summary));
        sentences.extend(closing_line::skill(&held_out.summary));
    }
    sentences
}

fn figures(summary: &Summary) -> String {
    if summary.bets == 0 {
        return "no bets".to_owned();
    }
    format!(
        "{}, yield {}, growth {}, drawdown {}",
        counted(summary.bets, "bet", "bets"),
        percent(summary.yield_on_turnover, true),
        percent(summary.growth, true),
        percent(Some(summary.max_drawdown), false)
    )
}

/// Whether a hold-out is still valid after earlier looks.
fn earlier_looks(held_out: &HoldOutResult) -> String {
    match held_out.touched.len() {
        0 if held_out.is_uncertain => {
            "It may have been looked at before: damaged lines of the journal cannot tell."
                .to_owned()
        }
        0 => "That was the only look it allows: the hold-out is used up.".to_owned(),
        1 => "Another sweep had looked at it before, so it proves nothing.".to_owned(),
        looks => format!("{looks} other sweeps had looked at it before, so it proves nothing."),
    }
}

/// The reason why the hold-out was not run.
fn reason_without_hold_out(swept: &SweepResult) -> &'static str {
    if swept.ranked.first().is_some_and(has_bet) {
        "No match of the hold-out has a price for the best setting, so it was not looked at."
    } else {
        "No setting bet, so the hold-out was not looked at."
    }
}

fn has_bet(ranked: &Ranked) -> bool {
    ranked.summary.bets > 0
}
