//! What an assessment says in sentences. None says more than its figure.

use super::ruin::StakesAs;
use super::tables::shown_summary;
use super::{Assessment, groups, shown};
use crate::report::closing_line;
use crate::report::profit_verdict::ONE_TRY;
use crate::report::significance;
use crate::report::text_table::{chance, count, counted, percent, probability};

/// What the p of groups means.
const MANY_LOOKS: &str = "In the tables of groups p asks whether the profit is what odds that were fair would bring, and “of all” \
                          the same of a group that was picked from so many. An interval holds for one group, chosen beforehand.";

/// The verdict.
pub(super) fn all(found: &Assessment) -> Vec<String> {
    let summary = shown_summary(found);
    let mut sentences = Vec::new();
    sentences.extend(significance::verdict(&summary));
    sentences.extend(closing_line::comparison(&summary));
    sentences.extend(closing_line::skill(&summary));
    sentences.extend(power(found));
    sentences.extend(losing_run(found));
    sentences.extend(ruin(found));
    sentences.extend(picked(found));
    if !found.groups.is_empty() {
        sentences.push(MANY_LOOKS.to_owned());
    }
    sentences.extend(without_dates(found));
    sentences
}

fn power(found: &Assessment) -> Option<String> {
    let power = found.power.as_ref()?;
    let shows = format!(
        "A record of {} at these odds shows a true yield of {} or more in 4 of 5 cases, and smaller ones less often.",
        counted(power.n, "bet", "bets"),
        percent(Some(power.smallest_yield), false)
    );
    let needed = power.bets_needed.filter(|bets| *bets > power.n).map(|bets| {
        format!(
            " If the true yield were the {} of this record, it would take {} to show it as surely.",
            percent(Some(power.r#yield), true),
            counted(bets, "bet", "bets")
        )
    });
    (power.n >= 10).then(|| shows + &needed.unwrap_or_default())
}

fn losing_run(found: &Assessment) -> Option<String> {
    let run = found
        .at_odds
        .losing_run
        .as_ref()
        .filter(|run| run.n >= 10)?;
    let expected = format!("{:.1}", run.expected);
    Some(if run.p < 0.05 {
        format!(
            "The longest losing run of {} is longer than luck makes it at these odds, which is {expected} on average (p {}).",
            count(run.longest),
            probability(run.p)
        )
    } else {
        format!(
            "The longest losing run of {} is no surprise at these odds: it is {expected} on average.",
            count(run.longest)
        )
    })
}

fn ruin(found: &Assessment) -> Option<String> {
    let ruin = found.ruin.as_ref()?;
    let days = counted(ruin.days, "day", "days");
    let Some(share) = ruin.by_days.ruin else {
        let needed = ruin.by_days.bankroll_for_1_percent?;
        return Some(format!(
            "If the next {days} with bets are like those of the record, a bankroll of {} is lost in 1 of 100 cases.",
            shown(needed)
        ));
    };
    let what = match ruin.stakes {
        StakesAs::Shares => format!(
            "{} of the bankroll is lost",
            percent(Some(1.0 - ruin.ruined_at), false)
        ),
        StakesAs::Amounts | StakesAs::Auto => "the bankroll is lost".to_owned(),
    };
    let by_close = ruin
        .by_close
        .and_then(|fate| fate.ruin)
        .map_or_else(String::new, |share| {
            format!(
                ", and with {} if the closing prices are right",
                chance(share, None, ruin.runs)
            )
        });
    Some(format!(
        "If the next {days} with bets are like those of the record, {what} with a chance of {}{by_close}.",
        chance(share, None, ruin.runs)
    ))
}

/// Groups that luck does not explain, although they were picked from many.
fn picked(found: &Assessment) -> Option<String> {
    let beyond = groups::beyond_luck(&found.groups);
    let names: Vec<String> = beyond
        .iter()
        .take(3)
        .map(|(by, group)| format!("{group} (by {})", by.name().replace('-', " ")))
        .collect();
    if names.is_empty() {
        return None;
    }
    let more = if beyond.len() > names.len() {
        " and others"
    } else {
        ""
    };
    Some(format!(
        "Odds that were fair do not explain the profit of {}{more} by luck, also as one of so many groups. {ONE_TRY}",
        names.join(", ")
    ))
}

fn without_dates(found: &Assessment) -> Option<String> {
    found.days.is_none().then(|| {
        "The record has no dates: every bet counts as a day of its own, in the order in which they stand.".to_owned()
    })
}
