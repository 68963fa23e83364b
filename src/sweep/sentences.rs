//! What was tried, what the corrections say, and what came of the best afterwards.

use super::{HeldOut, Ranked, SweepConfig, Swept};
use crate::calendar;
use crate::metrics::Summary;
use crate::report::significance;
use crate::report::text_table::{percent, thousands};

/// What was tried, in a line.
pub(crate) fn headline(config: &SweepConfig, swept: &Swept) -> String {
    let settings = count(config.points.len() as u64);
    let days = count(swept.data_snooping.days);
    let until = config.hold_out.map_or_else(String::new, |day| {
        format!(" before {}", calendar::format_date(day))
    });
    let by = config.rank_by.about();
    format!("{settings} settings on {days} match days{until}, ranked by {by}")
}

pub(super) fn count(number: u64) -> String {
    thousands(&number.to_string())
}

/// What the corrections say, and what came of the best afterwards.
pub(super) fn sentences(config: &SweepConfig, swept: &Swept) -> Vec<String> {
    let mut sentences: Vec<String> = verdict(config, swept).into_iter().collect();
    if let Some(overfitting) = &swept.data_snooping.overfitting {
        sentences.push(format!(
            "Chosen by one half of the time, the best setting was no better than the middling one in the other half in \
             {} of splits.",
            percent(Some(overfitting.probability), false)
        ));
    }
    sentences.extend(hold_out(config, swept));
    sentences
}

fn verdict(config: &SweepConfig, swept: &Swept) -> Option<String> {
    let best = swept.ranked.first().filter(|best| has_bet(best))?;
    let check = swept.data_snooping.reality_check?;
    let spa = swept.data_snooping.spa?;
    let name = config.label(best.place);
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
        "The best setting, {name}: {explanation}. Without any skill {tried} would do as well with a chance of {} (SPA; \
         reality check {}).",
        chance(spa.p),
        chance(check.p)
    ))
}

/// Whether all three corrections find that chance does not explain the best.
fn is_beyond_chance(swept: &Swept, spa: f64, reality_check: f64) -> bool {
    let deflated_sharpe = swept.data_snooping.deflated_sharpe;
    spa < 0.05 && reality_check < 0.05 && deflated_sharpe.is_some_and(|dsr| dsr > 0.95)
}

fn chance(p: f64) -> String {
    if p < 0.001 {
        "less than 0.1 %".to_owned()
    } else {
        format!("{:.1} %", p * 100.0)
    }
}

fn hold_out(config: &SweepConfig, swept: &Swept) -> Vec<String> {
    let (Some(held_out), Some(day)) = (&swept.hold_out, config.hold_out) else {
        let reason = config.hold_out.map(|_| why_not_looked_at(swept).to_owned());
        return reason.into_iter().collect();
    };
    let mut sentences = vec![format!(
        "From {} on, which the search did not see, it made {}. {}",
        calendar::format_date(day),
        figures(&held_out.summary),
        earlier_looks(held_out)
    )];
    // one setting, chosen beforehand: what the statistics of luck ask for
    sentences.extend(significance::verdict(&held_out.summary));
    sentences
}

fn figures(summary: &Summary) -> String {
    if summary.bets == 0 {
        return "no bets".to_owned();
    }
    format!(
        "{} bets, yield {}, ROI {}, drawdown {}",
        count(summary.bets),
        percent(summary.yield_on_turnover, true),
        percent(summary.roi, true),
        percent(Some(summary.max_drawdown), false)
    )
}

/// What is left of a hold-out that was looked at.
fn earlier_looks(held_out: &HeldOut) -> String {
    match held_out.touched.len() {
        0 if held_out.is_uncertain => {
            "It may have been looked at before, which damaged lines of the journal no longer tell."
                .to_owned()
        }
        0 => "That was its one look: the hold-out is spent.".to_owned(),
        1 => "Another sweep had looked at it before: it proves nothing more.".to_owned(),
        looks => format!("{looks} other sweeps had looked at it before: it proves nothing more."),
    }
}

/// Why the hold-out was not looked at.
fn why_not_looked_at(swept: &Swept) -> &'static str {
    if swept.ranked.first().is_some_and(has_bet) {
        "No match of the hold-out has a price for the best setting, so it was not looked at."
    } else {
        "No setting bet, so the hold-out was not looked at."
    }
}

fn has_bet(ranked: &Ranked) -> bool {
    ranked.summary.bets > 0
}
