//! Why there is no bet, from the reasons of the rows.

use std::cmp::Reverse;

use crate::domain::{Refusal, Withheld};
use crate::schema::{NoBet, PricedSelection};
use crate::strategy::Rejection;

/// Why nothing is bet on though there are prices and forecasts: the reasons, each with the number of its prices, the most
/// frequent first.
pub fn of_no_bets(selections: &[PricedSelection]) -> String {
    let priced = selections.iter().filter(|row| row.quote.is_some());
    let reasons: Vec<NoBet> = priced.filter_map(|row| row.reason).collect();
    if reasons.iter().all(is_too_low) {
        return "no odds were far enough above the model's fair odds".to_owned();
    }
    let prices = if reasons.len() == 1 {
        "price"
    } else {
        "prices"
    };
    format!("of {} {prices} {}", reasons.len(), counted(&reasons))
}

/// What was wanted and not placed, as a sentence after that on the bets; empty where there is nothing.
pub fn of_refused(selections: &[PricedSelection]) -> String {
    let reasons = selections.iter().filter_map(|row| row.reason);
    let refused: Vec<NoBet> = reasons
        .filter(|reason| matches!(reason, NoBet::Refused(_)))
        .collect();
    match refused.len() {
        0 => String::new(),
        1 => format!(
            " 1 more bet was wanted and not placed: {}.",
            counted(&refused)
        ),
        many => format!(
            " {many} more bets were wanted and not placed: {}.",
            counted(&refused)
        ),
    }
}

const fn is_too_low(reason: &NoBet) -> bool {
    matches!(
        reason,
        NoBet::Rejected(Rejection::ExpectedValue | Rejection::Advantage)
    )
}

/// `57 with odds below --min-odds, 3 of too low a probability (--min-prob)`.
fn counted(reasons: &[NoBet]) -> String {
    let mut counts: Vec<(&str, u32)> = Vec::new();
    for phrase in reasons.iter().map(|reason| phrase(*reason)) {
        match counts.iter_mut().find(|(known, _)| *known == phrase) {
            Some((_, count)) => *count += 1,
            None => counts.push((phrase, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let counts = counts.iter();
    let texts = counts.map(|(phrase, count)| format!("{count} {phrase}"));
    Vec::from_iter(texts).join(", ")
}

const fn phrase(reason: NoBet) -> &'static str {
    match reason {
        NoBet::Unpriced => "without a price",
        NoBet::NoForecast => "without a forecast",
        NoBet::Withheld(Withheld::UnknownLeague) => "of a league without a result",
        NoBet::Withheld(Withheld::Misspelt { .. }) => "of a team that is probably misspelt",
        NoBet::Withheld(Withheld::Newcomer { .. }) => {
            "in matches of a team that the model has seen too little of (--min-matches)"
        }
        NoBet::Rejected(Rejection::Side) => "of sides that --selections leaves out",
        NoBet::Rejected(Rejection::Odds) => "outside --min-odds and --max-odds",
        NoBet::Rejected(Rejection::Probability) => "of a probability below --min-prob",
        NoBet::Rejected(Rejection::ExpectedValue) => "of too low an expected value (--min-ev)",
        NoBet::Rejected(Rejection::Advantage) => "of too small an edge (--min-edge)",
        NoBet::Rejected(Rejection::OtherSelection) => "beside a better selection of the same match",
        NoBet::Refused(refusal) => refused(refusal),
    }
}

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoFreeBankroll => "for more than is free of the bankroll",
        Refusal::BankrollTooSmall => "for which the bankroll is too small",
        Refusal::BelowMinimum => "with a stake that the bankroll makes 0 or less than --min-stake",
        Refusal::RoundCap => "beyond --max-round",
        Refusal::Exposure => "beyond --max-exposure",
        Refusal::DrawdownStop => "after the stop of --stop-drawdown",
        Refusal::Duplicate => "on which a bet is open already",
        Refusal::MatchOver => "on matches that are over",
        Refusal::TooLarge => "with winnings beyond all reckoning",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_and_the_most_frequent_comes_first() {
        let side = NoBet::Rejected(Rejection::Side);
        let odds = NoBet::Rejected(Rejection::Odds);
        assert_eq!(
            counted(&[side, odds, odds]),
            "2 outside --min-odds and --max-odds, 1 of sides that --selections leaves out"
        );
        assert_eq!(counted(&[]), "");
    }
}
