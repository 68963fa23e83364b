//! Sentences on the search, the corrections, and the hold-out.

use super::rank::MIN_BET_DAYS;
use super::{HoldOutResult, RankBy, Ranked, SweepConfig, SweepResult};
use crate::calendar;
use crate::config::what_taught;
use crate::metrics::Summary;
use crate::report::text_table::{count, counted, decimals, percent, probability};
use crate::report::{closing_line, significance, summary};
use crate::significance::MIN_BETS;

/// The headline: what was tried.
pub(crate) fn headline(config: &SweepConfig, swept: &SweepResult) -> String {
    let settings = counted(config.points.len() as u64, "setting", "settings");
    let days = counted(swept.data_snooping.days, "match day", "match days");
    let until = config.hold_out.map_or_else(String::new, |day| {
        format!(" before {}", calendar::format_date(day))
    });
    let by = ranked_by(config, swept).about();
    if is_unranked(config, swept) {
        return format!("{settings} on {days}{until}, in the order of the grid: none has a {by}");
    }
    format!("{settings} on {days}{until}, ranked by {by}")
}

/// Whether no setting has the figure that they were to be ranked by.
fn is_unranked(config: &SweepConfig, swept: &SweepResult) -> bool {
    let first = swept.ranked.first();
    first.is_some_and(|first| !config.rank_by.has_figure(first))
}

/// The figure that the first settings are ranked by.
pub(super) fn ranked_by(config: &SweepConfig, swept: &SweepResult) -> RankBy {
    let first = swept.ranked.first();
    first.map_or(config.rank_by, |first| config.rank_by.within(first))
}

/// Every sentence, in the order of importance.
pub(super) fn sentences(config: &SweepConfig, swept: &SweepResult) -> Vec<String> {
    let mut sentences = first_sentences(swept);
    sentences.extend(later_sentences(config, swept));
    sentences
}

/// What has to be known before any figure is read.
pub(super) fn first_sentences(swept: &SweepResult) -> Vec<String> {
    spent(swept).into_iter().collect()
}

/// Sentences on the corrections and the hold-out.
pub(super) fn later_sentences(config: &SweepConfig, swept: &SweepResult) -> Vec<String> {
    let mut sentences = ranking(config, swept);
    sentences.extend(what_taught(&config.points));
    sentences.extend(verdict(config, swept));
    sentences.extend(sampled(config, swept));
    if let Some(overfitting) = &swept.data_snooping.overfitting {
        sentences.push(format!(
            "In {} of splits, the setting that was best in one half of the time was no better than the median \
             setting in the other half (50 % is noise); in {} it lost there.",
            percent(Some(overfitting.probability), false),
            percent(Some(overfitting.loss_probability), false)
        ));
    }
    sentences.extend(hold_out(config, swept));
    sentences
}

/// The mark at the rank of a setting that spent its bankroll.
pub(super) const SPENT_MARK: &str = "*";

fn spent(swept: &SweepResult) -> Option<String> {
    let is_spent = |ranked: &&Ranked| ranked.summary.spent_on.is_some();
    let spent = swept.ranked.iter().filter(is_spent).count() as u64;
    let all = swept.ranked.len() as u64;
    (spent > 0).then(|| {
        format!(
            "{SPENT_MARK} The bankroll was spent, or too small for the smallest stake, before the end and later bets were \
             left out: {} of {}.",
            count(spent),
            counted(all, "setting", "settings")
        )
    })
}

/// What a reader of the ranks has to know of it.
fn ranking(config: &SweepConfig, swept: &SweepResult) -> Vec<String> {
    let by = config.rank_by;
    let mut sentences = Vec::new();
    if let (Some(first), true) = (swept.ranked.first(), by == RankBy::LogLoss) {
        sentences.extend(forecasts(config, first));
    }
    let by_yield_instead = ranked_by(config, swept) != by;
    sentences.extend(match (losers(swept), by_yield_instead) {
        (None, false) => None,
        (None, true) => Some(format!(
            "No setting that bet on {MIN_BET_DAYS} match days or more made money, so they are ranked by yield."
        )),
        (Some(losers), true) => Some(format!("{losers}, so they are ranked by yield.")),
        (Some(losers), false) => Some(format!("{losers}.")),
    });
    let bettors = || swept.ranked.iter().filter(|ranked| has_bet(ranked));
    let few = bettors().filter(|ranked| ranked.has_too_few_days()).count() as u64;
    if by.is_ratio() && few > 0 && few < bettors().count() as u64 {
        let (settings, come) = if few == 1 {
            ("setting", "comes")
        } else {
            ("settings", "come")
        };
        sentences.push(format!(
            "{} {settings} bet on fewer than {MIN_BET_DAYS} match days, too few to rank by {}, and {come} after the others.",
            count(few),
            ranked_by(config, swept).about()
        ));
    }
    sentences
}

/// That no setting made money; `None` where one did, or none bet.
fn losers(swept: &SweepResult) -> Option<&'static str> {
    let bettors = || swept.ranked.iter().filter(|ranked| has_bet(ranked));
    if bettors().next().is_none() || !bettors().all(Ranked::has_lost) {
        return None;
    }
    let all_bet = bettors().count() == swept.ranked.len();
    let all_lost = bettors().all(|ranked| ranked.summary.profit.minor() < 0);
    Some(match (all_bet, all_lost) {
        (true, true) => "Every setting lost",
        (false, true) => "Every setting that bet lost",
        (true | false, false) => "No setting made money",
    })
}

/// The best forecasts, beside those of the market.
fn forecasts(config: &SweepConfig, first: &Ranked) -> Option<String> {
    let scores = log_losses(&first.summary)?;
    let name = config.label(first.place);
    Some(format!("The lowest log loss is that of {name}: {scores}."))
}

/// `log loss 0.97512 (market 0.96201)`.
fn log_losses(summary: &Summary) -> Option<String> {
    let model = decimals(Some(summary.model.log_loss?), 5);
    let market = summary.market.log_loss;
    Some(market.map_or_else(
        || model.clone(),
        |market| format!("{model} (market {})", decimals(Some(market), 5)),
    ))
}

fn verdict(config: &SweepConfig, swept: &SweepResult) -> Option<String> {
    let best = swept.ranked.first().filter(|best| has_bet(best))?;
    if is_unranked(config, swept) {
        return None;
    }
    let name = config.label(best.place);
    if best.has_lost() {
        let (yielded, by) = (
            percent(best.summary.yield_on_turnover, true),
            ranked_by(config, swept),
        );
        let lost = if best.summary.profit.minor() < 0 {
            "lost"
        } else {
            "made no money"
        };
        return Some(format!(
            "The first by {}, {name}, {lost}: yield {yielded}.",
            by.about()
        ));
    }
    if best.summary.bets < MIN_BETS || best.has_too_few_days() {
        return Some(format!(
            "The first by {}, {name}, made {} on {}: too few to tell skill from luck.",
            config.rank_by.about(),
            counted(best.summary.bets, "bet", "bets"),
            counted(best.bet_days, "match day", "match days")
        ));
    }
    let check = swept.data_snooping.reality_check?;
    let spa = swept.data_snooping.spa?;
    let explanation = if is_beyond_chance(swept, spa.p, check.p) {
        "luck is a poor explanation"
    } else {
        "it could well be luck"
    };
    // the tests look at every setting with returns of its own, whatever ranks them: the best of them need not be the first
    let tried = if check.settings == 1 {
        "Without any skill it".to_owned()
    } else if swept.data_snooping.sample.is_some() {
        format!(
            "Over a sample of {} settings with returns of their own: if none had skill, the best of them",
            count(check.settings)
        )
    } else {
        format!(
            "Over all {} settings with returns of their own: if none had skill, the best",
            count(check.settings)
        )
    };
    Some(format!(
        "The best setting, {name}: {explanation}. {tried} would look as good as here in {} of searches (SPA; reality \
         check {}){}.",
        chance(spa.p),
        chance(check.p),
        deflated(swept)
    ))
}

/// What it costs that not all settings are tested.
fn sampled(config: &SweepConfig, swept: &SweepResult) -> Option<String> {
    let sample = swept.data_snooping.sample?;
    let all = config.points.len() as u64;
    let share = sample as f64 / all as f64;
    // so many equally good settings that none of them is in the sample once in a hundred times
    let seen = (0.01_f64.ln() / (-share).ln_1p()).ceil();
    Some(format!(
        "Reality check, SPA and overfitting look at {} of the {} settings, drawn by the seed before any was run. Their p is \
         valid for the best of those; good settings that were not drawn escape them: a single one is drawn with a chance of {}, and \
         of {} equally good ones at least one is with 99 %.",
        count(sample),
        count(all),
        percent(Some(share), false),
        count(seen as u64)
    ))
}

/// The correction of the first setting itself, which is the third part of the verdict.
fn deflated(swept: &SweepResult) -> String {
    let deflated_sharpe = swept.data_snooping.deflated_sharpe;
    deflated_sharpe.map_or_else(String::new, |dsr| {
        format!(
            "; the deflated Sharpe ratio of the first is {}",
            probability(dsr)
        )
    })
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
            .map(|_| reason_without_hold_out(config, swept));
        return reason.into_iter().collect();
    };
    let mut sentences = vec![format!(
        "From {} on, which the search did not see, it made {}. {}",
        calendar::format_date(day),
        figures(config.rank_by, &held_out.summary),
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

fn figures(by: RankBy, summary: &Summary) -> String {
    let scores = log_losses(summary).filter(|_| by == RankBy::LogLoss);
    let scores = scores.map_or_else(String::new, |scores| format!(", log loss {scores}"));
    bets(summary) + &scores
}

fn bets(summary: &Summary) -> String {
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
        0 if !held_out.is_recorded => {
            "A hold-out can be used once. Without --out nothing records that it has been.".to_owned()
        }
        0 => "That was the only look it allows: the hold-out is used up. The journal has no earlier one.".to_owned(),
        1 => "Another sweep had looked at it before, so it proves nothing.".to_owned(),
        looks => format!("{looks} other sweeps had looked at it before, so it proves nothing."),
    }
}

/// The reason why the hold-out was not run.
fn reason_without_hold_out(config: &SweepConfig, swept: &SweepResult) -> String {
    if !swept.ranked.iter().any(has_bet) {
        "No setting bet, so the hold-out was not looked at.".to_owned()
    } else if is_unranked(config, swept) {
        format!(
            "No setting has a {}, so none was chosen and the hold-out was not looked at.",
            config.rank_by.about()
        )
    } else {
        "No match of the hold-out has a price for the first setting, so it was not looked at."
            .to_owned()
    }
}

fn has_bet(ranked: &Ranked) -> bool {
    ranked.summary.bets > 0
}
