//! From what a program says of a match to an opinion, judged before it is believed.

use std::collections::BTreeMap;

use super::answer::{Forecast, Named};
use crate::domain::{
    Line, Market, MarketKind, MatchState, Opinion, Score, ScoreGrid, Selection, Side,
};
use crate::predict::{GoalProfile, MOST_OFF, StatedError, opinion_of_rates, scale, stated};
use crate::printable::excerpt;

/// The opinion on a match, and whether probabilities had to be scaled to sum to 1.
///
/// # Errors
/// When the forecast contradicts itself, says nothing, or is none.
pub fn opinion_of(
    forecast: &Forecast,
    state: MatchState,
    profile: GoalProfile,
) -> Result<(Opinion, bool), String> {
    let mut scaled = Scaled(false);
    let mut opinion = distribution(forecast, state, profile, &mut scaled)?.unwrap_or_default();
    let claims = claims(forecast)?;
    if opinion.grid().is_none() && claims.is_empty() {
        return Err("it says nothing; null says that there is no opinion".to_owned());
    }
    for (market, claims) in &claims {
        name(*market, claims, &mut opinion, &mut scaled)?;
    }
    Ok((opinion, scaled.0))
}

/// Whether something was scaled.
struct Scaled(bool);

impl Scaled {
    /// What to multiply by what should sum to 1.
    fn factor(&mut self, what: &str, sum: f64) -> Result<f64, String> {
        let (factor, is_scaled) = scale(sum).ok_or_else(|| off(what, sum))?;
        self.0 |= is_scaled;
        Ok(factor)
    }
}

/// The error of what sums to something else than 1.
fn off(what: &str, sum: f64) -> String {
    let hint = if (sum - 100.0).abs() <= 100.0 * MOST_OFF {
        ": divide percentages by 100"
    } else {
        ""
    };
    format!("{what} must sum to 1, not {sum}{hint}")
}

/// The distribution over scores, where the forecast has one.
fn distribution(
    forecast: &Forecast,
    state: MatchState,
    profile: GoalProfile,
    scaled: &mut Scaled,
) -> Result<Option<Opinion>, String> {
    match (forecast.rates, &forecast.grid) {
        (Some(_), Some(_)) => Err("it has both rates and grid: give one of them".to_owned()),
        (Some(rates), None) => of_rates(rates, forecast.rho, state, profile).map(Some),
        (None, Some(rows)) => {
            ensure_no_rho(forecast)?;
            of_grid(rows, state, scaled).map(|grid| Some(grid.into()))
        }
        (None, None) => {
            ensure_no_rho(forecast)?;
            Ok(None)
        }
    }
}

fn ensure_no_rho(forecast: &Forecast) -> Result<(), String> {
    match forecast.rho {
        Some(_) => Err("rho needs rates, which it corrects".to_owned()),
        None => Ok(()),
    }
}

fn of_rates(
    rates: [f64; 2],
    rho: Option<f64>,
    state: MatchState,
    profile: GoalProfile,
) -> Result<Opinion, String> {
    let most = ScoreGrid::MAX_RATE;
    if let Some(rate) = rates.iter().find(|rate| !(0.0..=most).contains(*rate)) {
        return Err(format!(
            "rates must be expected goals from 0 to {most}, not {rate}"
        ));
    }
    let rho = rho.unwrap_or(0.0);
    if !(-1.0..=1.0).contains(&rho) {
        return Err(format!("rho must lie between -1 and 1, not {rho}"));
    }
    if !ScoreGrid::is_possible_rho(rates, rho) {
        let [lowest, highest] = ScoreGrid::written_rhos(rates);
        return Err(format!(
            "rho must lie between {lowest:.4} and {highest:.4} at rates {} and {}, where no score has a probability below 0, not \
             {rho}",
            rates[0], rates[1]
        ));
    }
    let opinion = opinion_of_rates(rates, rho, state, profile.into());
    opinion.ok_or_else(|| format!("rates {} and {} make no grid", rates[0], rates[1]))
}

/// A grid of final scores; none of them may be one that the match has gone past.
fn of_grid(rows: &[Vec<f64>], state: MatchState, scaled: &mut Scaled) -> Result<ScoreGrid, String> {
    let cells = || rows.iter().flatten();
    if cells().next().is_none() {
        return Err("grid needs at least one row with a cell".to_owned());
    }
    if let Some(cell) = cells().find(|cell| **cell < 0.0) {
        return Err(format!("a cell of grid must be at least 0, not {cell}"));
    }
    if let Some(score) = impossible(rows, state) {
        return Err(format!(
            "grid has a final score of {}-{}, and it stands {}-{} already",
            score.home, score.away, state.home_goals, state.away_goals
        ));
    }
    let factor = scaled.factor("the cells of grid", cells().sum())?;
    let rows: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell * factor).collect())
        .collect();
    // its own rule is stricter than the rounding of a program
    let exact: f64 = rows.iter().flatten().sum();
    let rows: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| cell / exact).collect())
        .collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    ScoreGrid::from_rows(&rows).map_err(|error| error.to_string())
}

/// A score that has a probability and lies behind.
fn impossible(rows: &[Vec<f64>], state: MatchState) -> Option<Score> {
    let cells = (0..=u8::MAX).zip(rows).flat_map(|(home, row)| {
        let row = (0..=u8::MAX).zip(row);
        row.map(move |(away, cell)| (Score { home, away }, cell))
    });
    cells
        .filter(|(_, cell)| **cell > 0.0)
        .map(|(score, _)| score)
        .find(|score| score.home < state.home_goals || score.away < state.away_goals)
}

/// What is said of each market: of each side its probability, and of the push.
type Claims = BTreeMap<Market, BTreeMap<Selection, (f64, Option<f64>)>>;

fn claims(forecast: &Forecast) -> Result<Claims, String> {
    let mut claims = Claims::new();
    let mut add = |selection: Selection, probability, push| {
        let market = claims.entry(selection.market()).or_default();
        match market.insert(selection, (probability, push)) {
            Some(_) => Err(format!("{selection} stands there twice")),
            None => Ok(()),
        }
    };
    let of_match = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    for (selection, p) in of_match.into_iter().zip(forecast.p.into_iter().flatten()) {
        ensure_probability("p", p)?;
        add(selection, p, None)?;
    }
    for named in forecast.markets.iter().flatten() {
        ensure_probability("probability", named.probability)?;
        named
            .push
            .map_or(Ok(()), |push| ensure_probability("push", push))?;
        add(selection(named)?, named.probability, named.push)?;
    }
    Ok(claims)
}

fn ensure_probability(name: &str, p: f64) -> Result<(), String> {
    // what is a little above 1 is judged with its sum
    if p >= 0.0 && (p <= 1.0 || scale(p).is_some()) {
        return Ok(());
    }
    let hint = if (1.0..=100.0).contains(&p) {
        ": divide percentages by 100"
    } else {
        ""
    };
    Err(format!("{name} must lie between 0 and 1, not {p}{hint}"))
}

fn selection(named: &Named) -> Result<Selection, String> {
    let kind: MarketKind = named.market.parse().map_err(|_| {
        let known = MarketKind::ALL.map(MarketKind::code).join(", ");
        format!(
            "market must be one of {known}, not {}",
            quoted(&named.market)
        )
    })?;
    let market = market(kind, named.line)?;
    let side = named.selection.parse::<Side>().ok();
    side.and_then(|side| Selection::new(market, side))
        .ok_or_else(|| {
            let sides: Vec<&str> = kind.sides().iter().map(|side| side.code()).collect();
            format!(
                "selection of {kind} must be one of {}, not {}",
                sides.join(", "),
                quoted(&named.selection)
            )
        })
}

fn market(kind: MarketKind, line: Option<f64>) -> Result<Market, String> {
    let line = match line {
        Some(_) if !kind.has_line() => return Err(format!("{kind} has no line")),
        Some(goals) => Some(
            Line::from_goals(goals)
                .filter(|line| kind.is_plausible_line(*line))
                .ok_or_else(|| {
                    format!("{goals} is no line of {kind}: lines are in quarter goals")
                })?,
        ),
        None => kind.usual_line(),
    };
    Market::new(kind, line).ok_or_else(|| format!("{kind} needs a line"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", excerpt(text))
}

/// Names the selections of a market.
fn name(
    market: Market,
    claims: &BTreeMap<Selection, (f64, Option<f64>)>,
    opinion: &mut Opinion,
    scaled: &mut Scaled,
) -> Result<(), String> {
    let sides: Vec<Option<f64>> = market
        .kind()
        .sides()
        .iter()
        .filter_map(|side| Selection::new(market, *side))
        .map(|selection| claims.get(&selection).map(|(p, _)| *p))
        .collect();
    let stated = stated(market, &sides, push(market, claims)?).map_err(|error| {
        let what = shown(market);
        match error {
            StatedError::NoPush => {
                format!("{what} settles every score in full, so it has no push")
            }
            StatedError::Sum(sum) if sides.contains(&None) => {
                format!("the probabilities of {what} sum to {sum}, which is more than 1")
            }
            StatedError::Sum(sum) => {
                off(&format!("the probabilities of {what}"), sum)
                    + lacks_push(market, claims, sum).unwrap_or_default()
            }
        }
    })?;
    scaled.0 |= stated.is_scaled;
    for (selection, outcomes) in stated.named {
        opinion.set(selection, outcomes);
    }
    Ok(())
}

/// The hint of a market without a push that lacks what one may be.
fn lacks_push(
    market: Market,
    claims: &BTreeMap<Selection, (f64, Option<f64>)>,
    sum: f64,
) -> Option<&'static str> {
    let has_push = claims.values().any(|(_, push)| push.is_some());
    (market.may_be_void() && sum < 1.0 && !has_push)
        .then_some("; what comes back on this line is its push")
}

fn shown(market: Market) -> String {
    let kind = market.kind();
    market
        .line()
        .map_or_else(|| kind.to_string(), |line| format!("{kind} {line}"))
}

/// The probability of a push, which is one of the market, whichever side it is said of.
fn push(
    market: Market,
    claims: &BTreeMap<Selection, (f64, Option<f64>)>,
) -> Result<Option<f64>, String> {
    let mut pushes = claims.values().filter_map(|(_, push)| *push);
    let Some(push) = pushes.next() else {
        return Ok(None);
    };
    if pushes.any(|other| other != push) {
        return Err(format!(
            "{} has two different pushes: it is of both sides",
            shown(market)
        ));
    }
    Ok(Some(push))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::OutcomeDistribution;

    fn of(json: &str) -> Result<(Opinion, bool), String> {
        let forecast = serde_json::from_str(json).unwrap();
        opinion_of(&forecast, MatchState::default(), GoalProfile::default())
    }

    fn at(kind: MarketKind, goals: f64, side: Side) -> Selection {
        let market = Market::new(kind, Line::from_goals(goals)).unwrap();
        Selection::new(market, side).unwrap()
    }

    fn goals(goals: f64, side: Side) -> Selection {
        at(MarketKind::OverUnder, goals, side)
    }

    #[test]
    fn probabilities_are_of_the_result_alone() {
        let (opinion, is_scaled) = of(r#"{"p":[0.5,0.3,0.2]}"#).unwrap();
        assert_eq!(opinion.outcomes(), Some([0.5, 0.3, 0.2]));
        assert_eq!(opinion.distribution(goals(2.5, Side::Over)), None);
        assert!(!is_scaled);
    }

    #[test]
    fn rates_make_a_grid_and_probabilities_take_precedence_over_it() {
        let (opinion, _) = of(r#"{"rates":[1.6,1.1]}"#).unwrap();
        assert!((opinion.outcomes().unwrap()[0] - 0.489573537).abs() < 1e-9);
        let (opinion, _) = of(r#"{"rates":[1.6,1.1],"rho":-0.1,"p":[0.5,0.3,0.2]}"#).unwrap();
        assert_eq!(opinion.outcomes(), Some([0.5, 0.3, 0.2]));
        assert!(opinion.distribution(goals(2.5, Side::Over)).is_some());
        assert_eq!(opinion.rates().unwrap().rho, -0.1);
    }

    #[test]
    fn a_grid_is_of_final_scores() {
        let (opinion, is_scaled) = of(r#"{"grid":[[0.1,0.2],[0.3,0.4]]}"#).unwrap();
        let [home, draw, away] = opinion.outcomes().unwrap();
        assert!(
            (home - 0.3).abs() < 1e-15 && (draw - 0.5).abs() < 1e-15 && (away - 0.2).abs() < 1e-15
        );
        assert!(!is_scaled);
        let forecast = serde_json::from_str(r#"{"grid":[[0.1,0.2],[0.3,0.4]]}"#).unwrap();
        let state = MatchState {
            minute: 50,
            home_goals: 1,
            away_goals: 0,
        };
        let error = opinion_of(&forecast, state, GoalProfile::default()).unwrap_err();
        assert_eq!(
            error,
            "grid has a final score of 0-0, and it stands 1-0 already"
        );
    }

    #[test]
    fn a_push_is_what_the_line_makes_of_it() {
        // 2.25: two goals lose half of an over, and win half of an under
        let (opinion, _) = of(
            r#"{"markets":[{"market":"ou","selection":"over","line":2.25,"probability":0.5,"push":0.2},
                {"market":"ou","selection":"under","line":2.25,"probability":0.3}]}"#,
        )
        .unwrap();
        let over = opinion.distribution(goals(2.25, Side::Over)).unwrap();
        assert_eq!((over.won, over.half_lost), (0.5, 0.2));
        assert!((over.lost - 0.3).abs() < 1e-15);
        let under = opinion.distribution(goals(2.25, Side::Under)).unwrap();
        assert_eq!((under.won, under.half_won), (0.3, 0.2));
        // a handicap of −1 for the home side: a win by one goal returns the stake
        let (opinion, _) = of(
            r#"{"markets":[{"market":"ah","selection":"home","line":-1,"probability":0.3,"push":0.25}]}"#,
        )
        .unwrap();
        let home = opinion
            .distribution(at(MarketKind::AsianHandicap, -1.0, Side::Home))
            .unwrap();
        assert_eq!((home.won, home.void), (0.3, 0.25));
        assert!((home.lost - 0.45).abs() < 1e-15);
        // one side tells the other, and two results the third
        let (opinion, _) = of(r#"{"markets":[{"market":"btts","selection":"yes","probability":0.6},
            {"market":"1x2","selection":"home","probability":0.5},{"market":"1x2","selection":"draw","probability":0.25}]}"#).unwrap();
        let no = Selection::new(Market::BothTeamsToScore, Side::No).unwrap();
        assert_eq!(opinion.distribution(no).unwrap().lost, 0.6);
        assert_eq!(opinion.outcomes(), Some([0.5, 0.25, 0.25]));
        // without a push it is the share of what is settled in full
        let (opinion, _) =
            of(r#"{"markets":[{"market":"ah","selection":"home","line":0.75,"probability":0.6}]}"#)
                .unwrap();
        let home = opinion
            .distribution(at(MarketKind::AsianHandicap, 0.75, Side::Home))
            .unwrap();
        assert_eq!(home, OutcomeDistribution::binary(0.6));
    }

    #[test]
    fn sums_are_scaled_a_little_and_refused_beyond() {
        let (opinion, is_scaled) = of(r#"{"p":[0.5,0.3,0.21]}"#).unwrap();
        assert!(is_scaled);
        let sum: f64 = opinion.outcomes().unwrap().iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert!(!of(r#"{"p":[0.5,0.3,0.2000009]}"#).unwrap().1);
        // 0.5 + 0.3 + 0.22 is a hair above 1.02
        assert!(of(r#"{"p":[0.5,0.3,0.22]}"#).unwrap().1);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (json, expected) in [
            ("{}", "it says nothing; null says that there is no opinion"),
            (
                r#"{"markets":[]}"#,
                "it says nothing; null says that there is no opinion",
            ),
            (
                r#"{"p":[0.5,0.3,0.3]}"#,
                "the probabilities of 1x2 must sum to 1, not 1.1",
            ),
            (
                r#"{"p":[-0.1,0.6,0.5]}"#,
                "p must lie between 0 and 1, not -0.1",
            ),
            (
                r#"{"p":[45,30,25]}"#,
                "p must lie between 0 and 1, not 45: divide percentages by 100",
            ),
            (
                r#"{"rates":[1.5,-1]}"#,
                "rates must be expected goals from 0 to 20, not -1",
            ),
            (
                r#"{"rates":[1.5,1],"rho":3}"#,
                "rho must lie between -1 and 1, not 3",
            ),
            (
                r#"{"rates":[1.6,1.1],"rho":0.9}"#,
                "rho must lie between -0.6250 and 0.5681 at rates 1.6 and 1.1, where no score has a probability below 0, not 0.9",
            ),
            (r#"{"rho":0.1}"#, "rho needs rates, which it corrects"),
            (r#"{"grid":[]}"#, "grid needs at least one row with a cell"),
            (
                r#"{"rates":[1,1],"grid":[[1]]}"#,
                "it has both rates and grid: give one of them",
            ),
            (
                r#"{"grid":[[0.5],[0.2,0.3]]}"#,
                "a grid of scores must have 1 to 256 rows of 1 to 256 cells, all of one length",
            ),
            (
                r#"{"grid":[[1.5,-0.5]]}"#,
                "a cell of grid must be at least 0, not -0.5",
            ),
            (
                r#"{"grid":[[0.5,0.2]]}"#,
                "the cells of grid must sum to 1, not 0.7",
            ),
            (
                r#"{"markets":[{"market":"corners","selection":"over","probability":0.5}]}"#,
                "market must be one of 1x2, ou, ah, btts, not \"corners\"",
            ),
            (
                r#"{"markets":[{"market":"btts","selection":"over","probability":0.5}]}"#,
                "selection of btts must be one of yes, no, not \"over\"",
            ),
            (
                r#"{"markets":[{"market":"ah","selection":"home","probability":0.5}]}"#,
                "ah needs a line",
            ),
            (
                r#"{"markets":[{"market":"btts","selection":"yes","line":1,"probability":0.5}]}"#,
                "btts has no line",
            ),
            (
                r#"{"markets":[{"market":"ou","selection":"over","line":2.6,"probability":0.5}]}"#,
                "2.6 is no line of ou: lines are in quarter goals",
            ),
            (
                r#"{"markets":[{"market":"ou","selection":"over","probability":0.5,"push":0.1}]}"#,
                "ou 2.5 settles every score in full, so it has no push",
            ),
            (
                r#"{"p":[0.5,0.3,0.2],"markets":[{"market":"1x2","selection":"home","probability":0.5}]}"#,
                "1x2 home stands there twice",
            ),
            (
                r#"{"markets":[{"market":"ou","selection":"over","probability":0.6},{"market":"ou","selection":"under","probability":0.6}]}"#,
                "the probabilities of ou 2.5 must sum to 1, not 1.2",
            ),
            (
                r#"{"markets":[{"market":"ou","selection":"over","line":3,"probability":0.45},{"market":"ou","selection":"under","line":3,"probability":0.3}]}"#,
                "the probabilities of ou 3 must sum to 1, not 0.75; what comes back on this line is its push",
            ),
        ] {
            assert_eq!(of(json).unwrap_err(), expected, "{json}");
        }
    }
}
