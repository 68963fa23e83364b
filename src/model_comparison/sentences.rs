//! A comparison of models in sentences, none of which says more than its figure.

use super::{ModelComparison, ModelScores, Pair, PoolResult};
use crate::calendar::format_date;
use crate::domain::Time;
use crate::report::look_ahead;
use crate::report::text_table::{count, counted, probability};
use crate::significance::{LEVEL, MIN_BETS, MIN_MATCHES, lacking};

/// What was compared first, then what came out.
pub(crate) fn sentences(compared: &ModelComparison) -> Vec<String> {
    let mut sentences = vec![headline(compared)];
    sentences.extend(compared.models.iter().filter_map(ruled_out));
    sentences.extend(market(compared));
    sentences.extend(verdicts(compared));
    sentences.extend(too_good(compared));
    for pool in &compared.pools {
        sentences.extend(of_pool(pool));
    }
    sentences.push(
        "Lower is better in every score. A ± is a standard error, with matches of one day allowed to depend on each other."
            .to_owned(),
    );
    sentences
}

fn headline(compared: &ModelComparison) -> String {
    let days = compared.days.map_or_else(String::new, |(first, last)| {
        let [first, last] = [first, last].map(|day| format_date(Time::from_days(day)));
        format!(", {first} to {last}")
    });
    let who = match compared.models.len() {
        1 => "that the model has",
        2 => "that both models have",
        _ => "that all models have",
    };
    format!(
        "{} on {} {who}{days}",
        counted(compared.matches, "match", "matches"),
        counted(compared.match_days, "match day", "match days"),
    )
}

fn ruled_out(scores: &ModelScores) -> Option<String> {
    (scores.ruled_out > 0).then(|| {
        let results = counted(scores.ruled_out, "result", "results");
        format!(
            "{} gave a probability of 0 to {results} that came, so its log loss is infinite.",
            scores.model
        )
    })
}

fn market(compared: &ModelComparison) -> Option<String> {
    match &compared.market[..] {
        [] => None,
        [market] if market.matches == compared.matches => None,
        [market] => Some(format!(
            "The market is scored on the {} of these that it priced, and compared there.",
            counted(market.matches, "match", "matches")
        )),
        _ => Some(
            "The files say different things of the market, from different books or times, so each has its own row.".to_owned(),
        ),
    }
}

/// Which differences chance does not explain.
fn verdicts(compared: &ModelComparison) -> Vec<String> {
    let same = compared.pairs.iter().filter(|pair| pair.same);
    let same = same.map(|pair| format!("{} and {} forecast the same.", pair.model, pair.against));
    let mut sentences: Vec<String> = same.collect();
    let pairs = compared.pairs.iter().filter(|pair| !pair.same);
    let (told, short): (Vec<&Pair>, Vec<&Pair>) = pairs.partition(|pair| is_enough(pair));
    sentences.extend(told.iter().filter_map(|pair| better(pair)));
    let open: Vec<String> = told
        .iter()
        .filter(|pair| better(pair).is_none())
        .map(|pair| format!("{} and {}", pair.model, pair.against))
        .collect();
    if !open.is_empty() {
        sentences.push(format!(
            "Chance may explain the difference in log loss: {}.",
            open.join("; ")
        ));
    }
    if !short.is_empty() {
        sentences.push(format!(
            "No verdict from fewer than {MIN_MATCHES} matches on {MIN_BETS} match days: {}.",
            short
                .iter()
                .map(|pair| format!(
                    "{} and {} have {} on {}",
                    pair.model,
                    pair.against,
                    counted(pair.matches, "match", "matches"),
                    count(pair.match_days)
                ))
                .collect::<Vec<_>>()
                .join("; ")
        ));
    }
    let tested = compared
        .pairs
        .iter()
        .filter(|pair| pair.p_corrected.is_some());
    let tested = tested.count();
    if tested > 1 {
        sentences.push(format!(
            "\"p of all\" is corrected for {} pairs (Holm); the sentences go by it.",
            count(tested as u64)
        ));
    }
    sentences
}

/// Which models forecast better than anybody who has not seen the results.
fn too_good(compared: &ModelComparison) -> Vec<String> {
    let is_market = |name: &str| compared.market.iter().any(|market| market.model == name);
    let pairs = compared.pairs.iter();
    let pairs = pairs.filter(|pair| is_market(&pair.against) && !is_market(&pair.model));
    pairs
        .filter_map(|pair| {
            let lead = -pair.log_loss?.difference;
            look_ahead::sentence(&format!("{}'s", pair.model), lead, pair.matches)
        })
        .collect()
}

/// Whether there are matches enough for a verdict, by the rule of a backtest.
const fn is_enough(pair: &Pair) -> bool {
    lacking(pair.matches, pair.match_days).is_none()
}

/// That one of two forecast better, where chance does not explain it.
fn better(pair: &Pair) -> Option<String> {
    let (test, p) = (pair.log_loss?, pair.p_corrected?);
    let [first, second] = [&pair.model, &pair.against];
    let (better, worse) = if test.difference < 0.0 {
        (first, second)
    } else {
        (second, first)
    };
    (p <= 1.0 - LEVEL).then(|| {
        format!(
            "{better} forecast better than {worse}: its log loss was {:.5} ± {:.5} lower, p {}.",
            test.difference.abs(),
            test.std_error,
            probability(p)
        )
    })
}

fn of_pool(pool: &PoolResult) -> Vec<String> {
    let name = &pool.scores.model;
    let how = match pool.refits.first() {
        None => format!(
            "The {name} has equal weights throughout: there were too few matches to fit others (--pool-from)."
        ),
        Some(first) => format!(
            "The {name} is p ∝ Π p^a over {}, weights a ≥ 0 by maximum likelihood on the matches before: first on {} ({}), then \
             each 1 January and 1 August; equal weights until then. It forecast {} so.",
            pool.of.join(", "),
            format_date(Time::from_days(first.day)),
            counted(first.weights.n, "match", "matches"),
            counted(pool.fitted_matches, "match", "matches"),
        ),
    };
    let mut sentences = vec![how];
    sentences.extend(of_best(pool));
    sentences
}

/// The pool against the best of its forecasts.
fn of_best(pool: &PoolResult) -> Option<String> {
    let tests = pool.against.iter().filter(|pair| is_enough(pair));
    let best = tests
        .filter_map(|pair| Some((pair, pair.log_loss?)))
        .max_by(|(_, one), (_, other)| one.difference.total_cmp(&other.difference))?;
    let (pair, test) = best;
    let name = &pool.scores.model;
    let (difference, error) = (test.difference.abs(), test.std_error);
    let against = &pair.against;
    Some(match (test.p <= 1.0 - LEVEL, test.difference < 0.0) {
        (true, true) => format!(
            "The {name} forecast better than {against}, the best in it: its log loss was {difference:.5} ± {error:.5} lower, p {}.",
            probability(test.p)
        ),
        (true, false) => format!(
            "The {name} forecast worse than {against}, the best in it: its log loss was {difference:.5} ± {error:.5} higher, p {}.",
            probability(test.p)
        ),
        (false, _) => format!(
            "Chance may explain the difference in log loss of the {name} and {against}, the best in it (p {}).",
            probability(test.p)
        ),
    })
}
