//! What a profile says, in sentences.

use super::figures::SettingScore;
use super::hold_out::HeldOut;
use super::tables::{HALF_WEEK, xi_per_day};
use super::{ScoreBy, TuneConfig, TuneResult};
use crate::calendar;
use crate::config::what_taught;
use crate::report::look_ahead;
use crate::report::profit_verdict::LEVEL;
use crate::report::text_table::{count, counted, decimals};

/// The most settings that are named in a sentence.
const MOST_NAMED: usize = 8;

/// What was tried.
pub(crate) fn headline(config: &TuneConfig, tuned: &TuneResult) -> String {
    let settings = counted(config.points.len() as u64, "setting", "settings");
    let matches = counted(tuned.together.matches, "match", "matches");
    let days = counted(tuned.together.match_days, "match day", "match days");
    let until = config.hold_out.map_or_else(String::new, |day| {
        format!(" before {}", calendar::format_date(day))
    });
    let by = config.score.name();
    format!("{settings} on {matches} of {days}{until}, by {by}")
}

/// Every sentence, in the order of importance.
pub(super) fn sentences(config: &TuneConfig, tuned: &TuneResult) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(best) = tuned.best() {
        sentences.push(best_setting(config, tuned, best));
        sentences.extend(too_good(config, tuned, best));
        sentences.extend(alike(config, tuned));
        sentences.extend(infinite(config, tuned));
        sentences.extend(at_the_edge(config, best));
    }
    sentences.extend(what_taught(&config.points));
    sentences.extend(left_out(config, tuned));
    sentences.extend(hold_out(config, tuned));
    sentences
}

fn best_setting(config: &TuneConfig, tuned: &TuneResult, best: &SettingScore) -> String {
    let error = best
        .score
        .std_error
        .map_or_else(String::new, |error| format!(" (standard error {error:.5})"));
    let market = config.score.of(&tuned.market);
    // a match may have prices and no forecast of some setting, or the other way round
    let others = if tuned.market.n == tuned.together.matches {
        String::new()
    } else {
        let matches = counted(tuned.market.n, "match", "matches");
        format!(" over {matches}")
    };
    let market = market.map_or_else(String::new, |market| {
        format!("; the market's is {market:.5}{others}")
    });
    let xi = config
        .half_life(best.place)
        .map_or_else(String::new, |days| {
            let xi = xi_per_day(days);
            format!(" (ξ {xi:.6} a day, {:.5} a half-week)", xi * HALF_WEEK)
        });
    format!(
        "The lowest {} is that of {}{xi}: {}{error}{market}.",
        config.score.name(),
        config.label(best.place),
        decimals(best.score.mean, 5)
    )
}

/// That the best forecasts better than anybody who has not seen the results.
fn too_good(config: &TuneConfig, tuned: &TuneResult, best: &SettingScore) -> Option<String> {
    let are_same_matches = tuned.market.n == tuned.together.matches;
    if !matches!(config.score, ScoreBy::LogLoss) || !are_same_matches {
        return None;
    }
    let lead = tuned.market.log_loss? - best.score.mean?;
    look_ahead::sentence("Its", lead, tuned.market.n)
}

/// Which settings cannot be told from the best.
fn alike(config: &TuneConfig, tuned: &TuneResult) -> Option<String> {
    let others = tuned.together.settings[1..].iter();
    // one that is infinitely worse is not tested
    let others: Vec<&SettingScore> = others.filter(|one| one.score.mean.is_some()).collect();
    if others.is_empty() {
        return None;
    }
    let is_alike = |one: &&SettingScore| one.against_best.is_none_or(|test| test.p >= LEVEL);
    let alike: Vec<&SettingScore> = others.iter().copied().filter(is_alike).collect();
    let named: Vec<String> = alike
        .iter()
        .take(MOST_NAMED)
        .map(|one| config.label(one.place))
        .collect();
    let more = alike.len() - named.len();
    let more = if more > 0 {
        format!(" and {} more", count(more as u64))
    } else {
        String::new()
    };
    let by = "matches of one day taken together, not corrected for the number of settings";
    Some(match (alike.len(), others.len()) {
        (0, _) => format!(
            "It beats every other setting by more than chance explains (p below 0.05, {by})."
        ),
        (few, all) if few < all || all == 1 => format!(
            "These matches cannot tell it from {}{more} (p 0.05 or more, {by}).",
            named.join("; ")
        ),
        _ => {
            format!("These matches cannot tell it from any other setting (p 0.05 or more, {by}).")
        }
    })
}

/// Which settings ruled out a result that came.
fn infinite(config: &TuneConfig, tuned: &TuneResult) -> Option<String> {
    let settings = tuned.together.settings.iter();
    let ruled_out = settings.filter(|one| one.score.mean.is_none());
    let named: Vec<String> = ruled_out.map(|one| config.label(one.place)).collect();
    let more = match named.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {} more", count(more as u64)),
    };
    let shown = &named[..named.len().min(MOST_NAMED)];
    (!named.is_empty() && matches!(config.score, ScoreBy::LogLoss)).then(|| {
        format!(
            "{}{more} gave a probability of 0 to a result that came: the log loss is infinite (–).",
            shown.join("; ")
        )
    })
}

/// That the best is the outermost value of an axis, so that a better one may lie beyond.
fn at_the_edge(config: &TuneConfig, best: &SettingScore) -> Option<String> {
    let values = |axis: usize| -> Option<Vec<f64>> {
        let points = config.points.iter();
        let labels = points.filter_map(|point| point.labels[axis].as_ref());
        let mut values: Vec<f64> = labels
            .map(|label| label.parse().ok())
            .collect::<Option<_>>()?;
        values.sort_by(f64::total_cmp);
        values.dedup();
        (values.len() > 2).then_some(values)
    };
    let edges: Vec<&str> = (0..config.names.len())
        .filter(|axis| {
            let own = config.points[best.place].labels[*axis].as_ref();
            let own: Option<f64> = own.and_then(|label| label.parse().ok());
            let ends = values(*axis).and_then(|all| Some([*all.first()?, *all.last()?]));
            own.zip(ends).is_some_and(|(own, ends)| ends.contains(&own))
        })
        .map(|axis| config.names[axis].as_str())
        .collect();
    (!edges.is_empty()).then(|| {
        format!(
            "It lies at the edge of the grid in {}: a better one may lie beyond.",
            edges.join(" and ")
        )
    })
}

fn left_out(config: &TuneConfig, tuned: &TuneResult) -> Vec<String> {
    let mut sentences = Vec::new();
    if tuned.left_out > 0 {
        let matches = counted(tuned.left_out, "match is", "matches are");
        sentences.push(format!(
            "{matches} left out because some setting has no forecast of it: all are scored on the same matches."
        ));
    }
    if !tuned.unscored.is_empty() {
        let named: Vec<String> = tuned
            .unscored
            .iter()
            .take(MOST_NAMED)
            .map(|place| config.label(*place))
            .collect();
        sentences.push(format!(
            "{} without a forecast that has this score: {}.",
            counted(tuned.unscored.len() as u64, "setting is", "settings are"),
            named.join("; ")
        ));
    }
    sentences
}

fn hold_out(config: &TuneConfig, tuned: &TuneResult) -> Vec<String> {
    let Some(day) = config.hold_out else {
        let several = config.points.len() > 1;
        let flatters = "On the matches that it was chosen by, the best of several looks better than it is: --hold-out DAY \
                        chooses on earlier matches and scores the choice once on later ones.";
        return several.then(|| flatters.to_owned()).into_iter().collect();
    };
    let Some(held_out) = &tuned.held_out else {
        return vec![
            "No match of the hold-out can be scored with the best setting, so it was not looked at."
                .to_owned(),
        ];
    };
    let market = config.score.of(&held_out.market);
    let market = market.map_or_else(String::new, |market| format!(", the market's {market:.5}"));
    let error = held_out
        .score
        .std_error
        .map_or_else(String::new, |error| format!(" (standard error {error:.5})"));
    vec![format!(
        "From {} on, which the choice did not see, its {} is {}{error}{market}, on {}. {}",
        calendar::format_date(day),
        config.score.name(),
        decimals(held_out.score.mean, 5),
        counted(held_out.score.matches, "match", "matches"),
        earlier_looks(held_out)
    )]
}

/// Whether a hold-out is still valid after earlier looks.
fn earlier_looks(held_out: &HeldOut) -> String {
    match held_out.touched.len() {
        0 if held_out.is_uncertain => {
            "It may have been looked at before: damaged lines of the journal cannot tell.".to_owned()
        }
        0 if !held_out.is_recorded => {
            "A hold-out can be used once. Without --out nothing records that it has been.".to_owned()
        }
        0 => "That was the only look it allows: the hold-out is used up. The journal has no earlier one.".to_owned(),
        1 => "Another search had looked at it before, so it proves nothing.".to_owned(),
        looks => format!("{looks} other searches had looked at it before, so it proves nothing."),
    }
}
