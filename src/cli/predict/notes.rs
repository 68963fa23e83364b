//! What is said beside the predictions: of matches that are none, of old results, and of what the figures mean.

use std::collections::BTreeMap;

use crate::backtest::{Predictions, last_results};
use crate::calendar::format_date;
use crate::domain::{LeagueId, MarketKind, Outcome, Time};
use crate::schema::PricedSelection;

/// Longer than most winters and summers without a match, in days.
const LONG: i64 = 120;

/// How many are named.
const FEW: usize = 3;

/// The rows without a score that lie before the last result of their league.
pub fn on_past(predictions: &Predictions) -> Option<String> {
    let (past, names) = (&predictions.past, &predictions.matches.names);
    let named = past.iter().take(FEW).map(|fixture| {
        let [home, away] = [fixture.home, fixture.away].map(|team| names.team(team));
        format!("{home} – {away} on {}", format_date(fixture.day))
    });
    let more = if past.len() > FEW { ", ..." } else { "" };
    let named = Vec::from_iter(named).join(", ") + more;
    let of_days = "before the last result of";
    match past.len() {
        0 => None,
        1 => Some(format!(
            "1 row without a score is of a day {of_days} its league: called off or without its result, and not predicted ({named})"
        )),
        many => Some(format!(
            "{many} rows without a score are of days {of_days} their leagues: called off or without their results, and not predicted \
             ({named})"
        )),
    }
}

/// A sentence for each league whose results end long before its fixtures.
pub fn on_age(predictions: &Predictions) -> Vec<String> {
    let last = last_results(&predictions.matches);
    let mut first: BTreeMap<LeagueId, Time> = BTreeMap::new();
    for forecast in &predictions.forecasts {
        let fixture = &forecast.fixture;
        let day = first.entry(fixture.league).or_insert(fixture.day);
        *day = fixture.day.min(*day);
    }
    let gaps = first.into_iter().filter_map(|(league, first)| {
        let last = *last.get(&league)?;
        let days = first.day() - last.day();
        (days > LONG).then(|| {
            let league = predictions.matches.names.league(league);
            format!(
                "the results of {league} end on {}, {days} days before the first fixture: nothing is known of what was played since",
                format_date(last)
            )
        })
    });
    gaps.collect()
}

/// That the comparison with the market is not about the other markets that are bet on.
pub fn on_other_markets(predictions: &Predictions, markets: &[MarketKind]) -> Option<String> {
    let others = markets
        .iter()
        .filter(|kind| **kind != MarketKind::MatchOdds);
    let others: Vec<&str> = others.map(|kind| kind.code()).collect();
    let is_compared = predictions.against_market.difference().is_some();
    (is_compared && !others.is_empty()).then(|| {
        format!(
            "How good the forecasts and prices of {} are, this does not say.",
            others.join(", ")
        )
    })
}

/// What P and fair odds are where stakes can come back.
pub fn on_probabilities(selections: &[PricedSelection]) -> Option<String> {
    let comes_back = |row: &PricedSelection| {
        row.distribution.is_some_and(|outcomes| {
            [Outcome::HalfWon, Outcome::Void, Outcome::HalfLost]
                .into_iter()
                .any(|outcome| outcomes.part(outcome) > 0.0)
        })
    };
    selections.iter().any(comes_back).then(|| {
        "P is the probability that a bet pays in full or by half. Where the stake can come back, in full or by\n\
         half, fair odds are not 1 / P: they are the odds at which the expected profit is 0."
            .to_owned()
    })
}
