//! What an assessment says in sentences. None says more than its figure.

use super::ruin::StakesAs;
use super::tables::{is_overdrawn, shown_summary};
use super::{Assessment, groups, shown};
use crate::metrics::Summary;
use crate::report::closing_line;
use crate::report::profit_verdict::ONE_TRY;
use crate::report::significance;
use crate::report::text_table::{amount, chance, count, counted, percent, probability};

/// What the p of groups means.
const MANY_LOOKS: &str = "In the tables of groups, p is the chance of a profit so far from the expected one, either way, at fair \
                          odds; “of all” is the same for a group picked from so many. An interval holds for one group, chosen \
                          beforehand.";

/// What fewer bets are, where the verdict names them.
const BY_HALF: &str = "; the fewer above do so in about half of the cases";

/// The verdict.
pub(super) fn all(found: &Assessment) -> Vec<String> {
    let summary = shown_summary(found);
    let mut sentences = Vec::new();
    let verdict = significance::verdict(&summary);
    let names_more = verdict
        .iter()
        .any(|said| said.contains("more bets that go as well"));
    sentences.extend(verdict);
    sentences.extend(overdrawn(found, &summary));
    sentences.extend(free_bets(found));
    sentences.extend(closing_line::comparison(&summary).map(|said| of_record(found, &said)));
    sentences.extend(closing_line::skill(&summary));
    sentences.extend(power(found, names_more));
    sentences.extend(losing_run(found));
    sentences.extend(ruin(found));
    sentences.extend(picked(found));
    if found.groups.iter().any(|(_, groups)| !groups.is_empty()) {
        sentences.push(MANY_LOOKS.to_owned());
    }
    sentences.extend(without_groups(found));
    sentences.extend(without_dates(found));
    sentences
}

/// What free bets made, which says nothing of skill.
fn free_bets(found: &Assessment) -> Option<String> {
    let free = found.free_bets?;
    let profit = found.scale.amount(found.summary.profit);
    Some(format!(
        "{} made {} besides, so that the record made {} in all. A free bet cannot lose, so that what it made is no sign of skill \
         and in none of these figures.",
        counted(free.bets, "free bet", "free bets"),
        shown(free.profit),
        shown(profit + free.profit)
    ))
}

/// What is said of the close in words that fit a record, with what a person can do.
fn of_record(found: &Assessment, said: &str) -> String {
    if found.of_run {
        return said.to_owned();
    }
    said.replace(
        "None of the books used quotes every side at the close, so its margin is not known.",
        "The margin of the closing odds is not known: say it (--closing-margin 3%), or give the odds of the other side \
         (a column closing_odds_other).",
    )
}

/// That the bankroll would not have paid these bets.
fn overdrawn(found: &Assessment, summary: &Summary) -> Option<String> {
    let bankroll = found.bankroll.filter(|_| is_overdrawn(summary))?;
    Some(format!(
        "A bankroll of {} would not have paid these bets: it would have fallen to {}, so that nothing is said as a share of it.",
        shown(bankroll),
        amount(summary.min_bankroll)
    ))
}

fn power(found: &Assessment, names_more: bool) -> Option<String> {
    let power = found.power.as_ref()?;
    // a record without any loss, or without any win, does not tell the spread of its returns
    if found.summary.won + found.summary.half_won == 0
        || found.summary.lost + found.summary.half_lost == 0
    {
        return None;
    }
    let shows = format!(
        "A record of {} with returns as widely spread as these shows a true yield of {} or more in 4 of 5 cases, and smaller ones \
         less often.",
        counted(power.n, "bet", "bets"),
        percent(Some(power.smallest_yield), false)
    );
    let needed = power.bets_needed.filter(|bets| *bets > power.n).map(|bets| {
        format!(
            " If the true yield were the {} of this record, it would take {} in all to show it in 4 of 5 cases{}.",
            percent(Some(power.r#yield), true),
            counted(bets, "bet", "bets"),
            if names_more { BY_HALF } else { "" }
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
    // a run that is shorter than luck makes it is no matter of luck either
    if found.at_odds.losing_run_at_most.is_some_and(|p| p < 0.05) {
        return None;
    }
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
        let needed = ruin
            .by_days
            .bankroll_for_1_percent
            .filter(|needed| *needed > 0.0)?;
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
        .map(|(by, group)| format!("{group} (by {})", by.title()))
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

/// What the bets were to be grouped by, and no row says.
fn without_groups(found: &Assessment) -> impl Iterator<Item = String> {
    let empty = found.groups.iter().filter(|(_, groups)| groups.is_empty());
    empty.map(|(by, _)| {
        format!(
            "No row names a {0} (column {1}): no groups by {0}.",
            by.title(),
            by.by.column()
        )
    })
}

fn without_dates(found: &Assessment) -> Option<String> {
    found.days.is_none().then(|| {
        "The record has no dates: every bet counts as a day of its own, in the order in which they stand.".to_owned()
    })
}
