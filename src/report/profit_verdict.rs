//! What is said of the profit of a run: whether chance explains it.

use super::text_table::{count, counted, probability, thousands};
use crate::metrics::Summary;
use crate::significance::{MIN_BETS, Significance};

/// The level below which a p-value counts as significant.
pub const LEVEL: f64 = 0.05;

/// The level of a loss that luck does not explain. Stakes that follow the bankroll shrink while it is lost, so that the test
/// finds too many losses rare: of simulated Kelly bettors without skill 8 % at 0.05, and fewer than 5 % at this.
const LOSS_LEVEL: f64 = 0.025;

/// What makes a p-value untrue, beside every verdict that chance does not explain.
pub const ONE_TRY: &str = "This holds only if it is the one thing you tried.";

/// A test of profit, of all bets or of most.
struct ProfitTest {
    /// The profit of the bets that were tested.
    profit: f64,
    /// What the comparison would make of them on average.
    expected: f64,
    /// The probability of a profit at least as high.
    at_least: f64,
    /// The probability of one at most as high.
    at_most: f64,
    /// (profit − expected) / standard deviation.
    z: f64,
    /// Who does as well or better by chance, in a number of tries.
    whom: &'static str,
    /// What the comparison leaves out, as a sentence after the verdict; empty where that is nothing.
    remark: String,
}

/// The test against fair prices where they are known of most bets, else that of match days against zero.
fn profit_test(summary: &Summary, tests: &Significance) -> Option<ProfitTest> {
    let known = tests.bets.saturating_sub(tests.fair_unknown);
    match (&tests.fair_profit, &tests.daily_profit) {
        (Some(fair), _) if known >= MIN_BETS && 2 * known > tests.bets => Some(ProfitTest {
            profit: fair.observed,
            expected: fair.expected,
            at_least: fair.p,
            at_most: fair.p_at_most,
            z: fair.z,
            whom: "random bets at these odds",
            remark: known_alone(known, tests.bets),
        }),
        (_, Some(daily)) => Some(ProfitTest {
            profit: summary.profit.units(),
            expected: 0.0,
            at_least: daily.p,
            at_most: 1.0 - daily.p,
            z: daily.t,
            whom: "bets that break even in the long run",
            remark: " What random bets at these odds would lose to the margin is not known, so the comparison is with \
                     breaking even."
                .to_owned(),
        }),
        (_, None) => None,
    }
}

fn known_alone(known: u64, bets: u64) -> String {
    if known == bets {
        return String::new();
    }
    format!(
        " This judges the {} of {} bets whose price without margin is known.",
        count(known),
        count(bets)
    )
}

/// Whether chance explains the profit.
pub fn profit_verdict(summary: &Summary, tests: &Significance) -> Option<String> {
    if tests.bets == 0 {
        return None;
    }
    if tests.bets < MIN_BETS || tests.days < MIN_BETS {
        let bets = counted(tests.bets, "bet", "bets");
        let days = counted(tests.days, "match day", "match days");
        return Some(format!(
            "{bets} on {days} are too few to tell skill from luck: it takes 30 of each."
        ));
    }
    if tests.fair_profit.is_none() && tests.fair_unknown == 0 {
        return Some("What was backed left nothing to luck, so that no test can tell.".to_owned());
    }
    let test = profit_test(summary, tests)?;
    let sentence = if test.profit > 0.0 {
        on_profit(&test, tests.bets)
    } else if test.profit < 0.0 {
        on_loss(&test)
    } else {
        "The bets neither won nor lost money.".to_owned()
    };
    Some(sentence + &test.remark)
}

fn on_profit(test: &ProfitTest, bets: u64) -> String {
    let (whom, chance) = (test.whom, per_hundred(test.at_least));
    if test.at_least < LEVEL {
        return format!(
            "Luck alone would rarely do this well: {whom} would do as well or better in {chance} tries. {ONE_TRY}"
        );
    }
    let more = more_bets(test.z, bets).map_or_else(String::new, |more| {
        format!(
            " It would take about {} more bets that go as well to tell them from {whom}; if this was luck, they will not.",
            thousands(&more)
        )
    });
    format!(
        "This profit may well be luck: {whom} would do as well or better in {chance} tries.{more}"
    )
}

fn on_loss(test: &ProfitTest) -> String {
    let whom = test.whom;
    let better = per_hundred(test.at_least);
    let cost = if test.has_cost() { "margin and " } else { "" };
    if test.is_beyond_luck() {
        return format!(
            "The money shows no sign of skill. The loss is larger than {cost}luck would usually make it: {whom} would do \
             as badly or worse in {} tries.",
            per_hundred(test.at_most)
        );
    }
    if test.at_least < LEVEL {
        return format!(
            "The bets lost money, but less than random bets usually lose to the margin: {whom} would do as well or \
             better in {better} tries. {ONE_TRY}"
        );
    }
    if test.has_cost() {
        let lost = thousands(&format!("{:.2}", -test.expected));
        return format!(
            "The money shows no sign of skill. The loss is what margin and luck would bring: {whom} would lose {lost} on \
             average, and do as well or better in {better} tries."
        );
    }
    format!(
        "The money shows no sign of skill. Luck can explain the loss: {whom} would do as well or better in {better} tries."
    )
}

impl ProfitTest {
    /// Whether the margin, or a commission, makes a loss of what has no skill.
    fn has_cost(&self) -> bool {
        self.expected < -0.005
    }

    fn is_beyond_luck(&self) -> bool {
        self.profit < 0.0 && self.at_most < LOSS_LEVEL
    }
}

/// Whether there is a loss, and a larger one than luck would usually make it.
pub fn is_loss_beyond_luck(summary: &Summary, tests: &Significance) -> bool {
    profit_test(summary, tests).is_some_and(|test| test.is_beyond_luck())
}

/// The remark on a difference that may be chance, by the p of its test; empty when it is significant or untested.
pub fn may_be_chance(p: Option<f64>) -> String {
    p.filter(|p| *p >= LEVEL).map_or_else(String::new, |p| {
        format!(" That may be chance (p {}).", probability(p))
    })
}

/// How many more bets of the same profit and spread would be significant; `None` where no number is, or none is needed.
///
/// # Formula
/// ```text
/// n·((1.645/z)² − 1)
/// ```
fn more_bets(z: f64, bets: u64) -> Option<String> {
    const SIGNIFICANT: f64 = 1.644_853_627;
    let more = bets as f64 * ((SIGNIFICANT / z).powi(2) - 1.0);
    (z > 0.0 && (1.0..1e12).contains(&more)).then(|| format!("{:.0}", more.ceil()))
}

/// A probability as a number of a hundred tries.
fn per_hundred(p: f64) -> String {
    match p {
        p if p < 0.01 => "fewer than 1 of 100".to_owned(),
        p if p > 0.99 => "more than 99 of 100".to_owned(),
        p => format!("{:.0} of 100", p * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(profit: f64, at_least: f64, at_most: f64) -> ProfitTest {
        ProfitTest {
            profit,
            expected: 0.0,
            at_least,
            at_most,
            z: 1.0,
            whom: "random bets at these odds",
            remark: String::new(),
        }
    }

    /// The most probable total of 30 bets at long odds is no win at all: at least as good is certain, and yet the loss is no
    /// larger than luck mostly makes it.
    #[test]
    fn a_loss_that_is_likely_is_not_larger_than_luck_makes_it() {
        let likely = on_loss(&test(-30.0, 1.0, 0.74));
        assert!(likely.contains("Luck can explain the loss"), "{likely}");
        let rare = on_loss(&test(-30.0, 0.99, 0.02));
        assert!(
            rare.contains("as badly or worse in 2 of 100 tries"),
            "{rare}"
        );
    }

    #[test]
    fn a_loss_smaller_than_the_margin_is_no_word_of_skill_beside_its_absence() {
        let small = on_loss(&test(-3.0, 0.03, 0.97));
        assert!(
            small.contains("less than random bets usually lose to the margin"),
            "{small}"
        );
        assert!(
            small.contains("in 3 of 100 tries. This holds only if it is the one thing you tried."),
            "{small}"
        );
        assert!(!small.contains("no sign of skill"), "{small}");
    }

    /// Who lost to the margin was not unlucky, and the interval of the yield may lie below 0.
    #[test]
    fn a_loss_to_the_margin_is_not_called_luck() {
        let margin = |at_most| ProfitTest {
            expected: -5_861.0,
            ..test(-5_900.0, 0.31, at_most)
        };
        assert_eq!(
            on_loss(&margin(0.69)),
            "The money shows no sign of skill. The loss is what margin and luck would bring: random bets at these odds \
             would lose 5,861.00 on average, and do as well or better in 31 of 100 tries."
        );
        assert!(
            on_loss(&margin(0.01)).contains("larger than margin and luck would usually make it")
        );
    }

    /// It said that about 0 more bets were needed where one test was significant and the other was not.
    #[test]
    fn no_bet_more_is_asked_for_than_the_same_test_needs() {
        assert_eq!(more_bets(1.0, 100), Some("171".to_owned()));
        assert_eq!(
            [1.7, 0.0, -1.0, f64::NAN].map(|z| more_bets(z, 100)),
            [None, None, None, None]
        );
        assert!(on_profit(&test(5.0, 0.16, 0.84), 100).contains(
            "about 171 more bets that go as well to tell them from random bets at these odds; if this was luck, they will not."
        ));
    }

    #[test]
    fn chances_of_a_hundred_never_round_to_none_or_all() {
        let texts = [0.0, 0.009, 0.01, 0.5, 0.99, 0.999, 1.0].map(per_hundred);
        assert_eq!(texts[1], "fewer than 1 of 100");
        assert_eq!([&texts[2], &texts[4]], ["1 of 100", "99 of 100"]);
        assert_eq!(texts[5], "more than 99 of 100");
    }
}
