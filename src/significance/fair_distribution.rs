//! The outcome distribution of a bet at a fair price: its own, or that of another line.

use crate::domain::grid::Along;
use crate::domain::{Odds, OutcomeDistribution, Score, ScoreGrid, Selection};

/// √(home rate · away rate) of a match whose handicap is priced and whose goals are not. The price determines only the
/// difference of the rates.
const EVEN_GOALS: f64 = 1.2;
/// The expected goals of both sides at which [`EVEN_GOALS`] was chosen: the mean by the prices of over and under 2.5.
const USUAL_TOTAL: f64 = 2.6;
/// How much more frequent draws are than independent Poisson goals say, before the whole is scaled back to 1.
const DRAWS: f64 = 1.18;
/// The same of wins by one goal.
const WINS_BY_ONE: f64 = 1.14;
/// The least √(home rate · away rate) that prices of the result can tell.
const FEWEST_GOALS: f64 = 0.3;
/// The most: with more goals the rates of the strongest side would be beyond what a grid is made for.
const MOST_GOALS: f64 = 2.7;
/// The most steps of a search. It takes about ten.
const STEPS: usize = 100;
/// A value this near to 0 ends the search.
const NEAR: f64 = 1e-11;

/// The outcome distribution of a selection whose fair odds are 1 / `probability`.
///
/// A bet that can only win or lose wins with that probability. Where the stake can come back, in part or whole, the
/// price does not determine the five outcomes. They are then those of a model of goals at the rates that make the odds
/// fair. `None` unless the probability lies between 0 and 1, and when no rates make the odds fair.
///
/// # Formula
/// ```text
/// total      Poisson(T)
/// handicap   P(margin m) ∝ w(m) · P(H − A = m),   H ~ Poisson(g·eˣ), A ~ Poisson(g·e⁻ˣ) independent (Skellam 1946)
///            w(0) = 1.18, w(±1) = 1.14, else 1;   g = 1.2
/// ```
/// with T or x such that the expected value at the fair odds is 0.
///
/// g and w were chosen on the odd seasons of 17 divisions, 2005-06 to 2024-25, at the average odds before the match: that
/// draws and narrow wins are more frequent than independent goals say is an old finding (Maher 1982, Statistica Neerlandica
/// 36; Dixon & Coles 1997; Karlis & Ntzoufras 2003, The Statistician 52). It was checked on the even seasons, where so many
/// bets on the home side came back in part or whole (z in brackets):
///
/// | line | bets | happened | independent goals (g = 1.3) | as here |
/// |---|---|---|---|---|
/// | 0 | 11,723 | 3,432 | 3,057 (+7.9) | 3,414 (+0.4) |
/// | ±¼ | 16,228 | 4,665 | 4,215 (+8.1) | 4,685 (−0.4) |
/// | ±¾ | 6,346 | 1,724 | 1,554 (+5.0) | 1,682 (+1.2) |
/// | ±1 | 4,517 | 1,217 | 1,114 (+3.5) | 1,203 (+0.5) |
/// | ±1¼ | 1,486 | 447 | 361 (+5.2) | 386 (+3.6) |
/// | ±1¾ | 556 | 146 | 123 (+2.3) | 119 (+2.8) |
/// | ±2 | 535 | 117 | 119 (−0.2) | 114 (+0.3) |
///
/// All 54,392 such bets on the home side won 24,607 times, by independent goals 24,953 (z −3.0), as here 24,695 (z −0.8).
/// Totals need no correction: three goals fell 11,870 times, where Poisson goals at the prices of over and under 2.5 say
/// 11,669 (z +2.1; +0.1 in the odd seasons), two goals 13,449 for 13,535 (−0.9).
///
/// ```
/// use simbet::{Line, Market, OutcomeDistribution, Selection, Side};
/// use simbet::internals::significance::fair_distribution;
/// assert_eq!(fair_distribution(Selection::HOME, 0.4), Some(OutcomeDistribution::binary(0.4)));
/// let level = Selection::new(Market::AsianHandicap(Line::from_quarters(0)), Side::Home).unwrap();
/// let outcomes = fair_distribution(level, 0.5).unwrap();
/// assert!((outcomes.void - 0.2946).abs() < 1e-4); // independent goals of 1.3 say 0.2639
/// ```
pub fn fair_distribution(selection: Selection, probability: f64) -> Option<OutcomeDistribution> {
    let odds = Odds::new(1.0 / probability).ok()?;
    match selection.market().along() {
        Some(along) if selection.market().may_be_void() => {
            let model = GoalModel::usual(along);
            model.outcomes(selection, model.position(selection, odds)?)
        }
        Some(_) | None => Some(OutcomeDistribution::binary(probability)),
    }
}

/// The outcome distribution of a selection when the fair odds of its side are known on another line of the same market:
/// 1 / `probability` for `quoted`. `even_goals` is g of a handicap where other prices tell it, as [`even_goals_by_result`] and
/// [`even_goals_by_total`] do.
///
/// The model is that of [`fair_distribution`]. On the matches that it was chosen and checked on, with g by the prices of the
/// result, bets at its fair odds on a line half a goal from the one that is priced were worth between −0.7 % (z −1.2) and
/// +0.6 % (z +1.9), and up to a goal away |z| is at most 1.9. By independent goals it is up to −3.6 % (z −6.8) half a goal
/// away and −7.1 % (z −9.9) a goal away.
///
/// `None` for selections of different markets or sides, and where [`fair_distribution`] is.
///
/// # Example
/// Home −½ was backed at 1.95. The close has home −1 at a fair 2.00, where a win by one goal is void. By the model it comes with
/// 0.267, so that home −½ wins with (1 − 0.267) / 2 + 0.267 = 0.633: the bet is worth 1.95 · 0.633 − 1 = +23.5 %.
///
/// ```
/// use simbet::{Line, Market, Odds, Selection, Side};
/// use simbet::internals::significance::distribution_at_line;
/// let home = |quarters| Selection::new(Market::AsianHandicap(Line::from_quarters(quarters)), Side::Home).unwrap();
/// let outcomes = distribution_at_line(home(-2), home(-4), 0.5, None).unwrap();
/// assert!((outcomes.won - 0.6334).abs() < 1e-4);
/// assert!((outcomes.expected_value(Odds::new(1.95).unwrap()) - 0.2351).abs() < 1e-4);
/// ```
pub fn distribution_at_line(
    selection: Selection,
    quoted: Selection,
    probability: f64,
    even_goals: Option<f64>,
) -> Option<OutcomeDistribution> {
    let (one, other) = (selection.market().kind(), quoted.market().kind());
    if one != other || selection.side() != quoted.side() {
        return None;
    }
    let model = GoalModel {
        along: quoted.market().along()?,
        even_goals: even_goals.unwrap_or(EVEN_GOALS),
    };
    let position = model.position(quoted, Odds::new(1.0 / probability).ok()?)?;
    model.outcomes(selection, position)
}

/// √(home rate · away rate) at which the fair odds of a total are 1 / `probability`, by Poisson goals: 1.2 where 2.6 goals are
/// expected, and in proportion. `None` for other markets.
///
/// ```
/// use simbet::{Line, Market, Selection, Side};
/// use simbet::internals::significance::even_goals_by_total;
/// let over = Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), Side::Over).unwrap();
/// // at even odds 2.674 goals are expected
/// assert!((even_goals_by_total(over, 0.5).unwrap() - 1.2 * 2.674 / 2.6).abs() < 1e-3);
/// ```
pub fn even_goals_by_total(selection: Selection, probability: f64) -> Option<f64> {
    match selection.market().along()? {
        along @ Along::Total => {
            let model = GoalModel::usual(along);
            let odds = Odds::new(1.0 / probability).ok()?;
            let [home, away] = model.rates(model.position(selection, odds)?);
            Some(EVEN_GOALS * (home + away) / USUAL_TOTAL)
        }
        Along::Margin => None,
    }
}

/// √(home rate · away rate) at which the model has these probabilities of a home win and a draw: the more goals, the fewer
/// draws. `None` when no rates give them.
///
/// ```
/// use simbet::internals::significance::even_goals_by_result;
/// let (many, few) = (even_goals_by_result(0.45, 0.23), even_goals_by_result(0.45, 0.32));
/// assert!(many.unwrap() > 1.5 && few.unwrap() < 1.0);
/// ```
pub fn even_goals_by_result(home: f64, draw: f64) -> Option<f64> {
    let odds = Odds::new(1.0 / home).ok()?;
    let chance_of_draw = |even_goals| {
        let model = GoalModel {
            along: Along::Margin,
            even_goals,
        };
        let position = model.position(Selection::HOME, odds)?;
        Some(model.outcomes(Selection::DRAW, position)?.won)
    };
    root(fewest_goals(chance_of_draw)?, MOST_GOALS, |even_goals| {
        Some(chance_of_draw(even_goals)? - draw)
    })
}

/// √(home rate · away rate) from which on a function of it has a value. Few goals, at no position, make a strong side win as
/// often as its price says.
fn fewest_goals(function: impl Fn(f64) -> Option<f64>) -> Option<f64> {
    if function(FEWEST_GOALS).is_some() {
        return Some(FEWEST_GOALS);
    }
    function(MOST_GOALS)?;
    let (mut without, mut with) = (FEWEST_GOALS, MOST_GOALS);
    while with - without > 1e-6 {
        let middle = f64::midpoint(without, with);
        if function(middle).is_some() {
            with = middle;
        } else {
            without = middle;
        }
    }
    Some(with)
}

/// The goals of a match as far as a price determines them: one number, from 0 to 1, is free.
struct GoalModel {
    along: Along,
    /// √(home rate · away rate) of a handicap.
    even_goals: f64,
}

impl GoalModel {
    const fn usual(along: Along) -> Self {
        Self {
            along,
            even_goals: EVEN_GOALS,
        }
    }

    /// The position at which the odds are fair; the expected value is monotone in it.
    fn position(&self, selection: Selection, odds: Odds) -> Option<f64> {
        root(0.0, 1.0, |position| {
            Some(self.outcomes(selection, position)?.expected_value(odds))
        })
    }

    fn outcomes(&self, selection: Selection, position: f64) -> Option<OutcomeDistribution> {
        let [home, away] = self.rates(position);
        let grid = ScoreGrid::poisson(home, away).ok()?;
        match self.along {
            Along::Total => Some(OutcomeDistribution::of(selection, &grid)),
            Along::Margin => narrowed(selection, &grid),
        }
    }

    /// Both rates rise with the position, or the home rate at the expense of the away rate.
    fn rates(&self, position: f64) -> [f64; 2] {
        match self.along {
            Along::Total => [0.01 + 6.0 * position; 2],
            Along::Margin => {
                let lead = (4.0 * position - 2.0).exp();
                [self.even_goals * lead, self.even_goals / lead]
            }
        }
    }
}

/// Where a monotone function is 0, by false position with the Illinois rule (Dowell & Jarratt 1971, BIT 11); `None` when it
/// is not between these ends.
fn root(low: f64, high: f64, function: impl Fn(f64) -> Option<f64>) -> Option<f64> {
    let (mut before, mut last) = ([low, function(low)?], [high, function(high)?]);
    if before[1] * last[1] > 0.0 {
        return None;
    }
    for _ in 0..STEPS {
        if last[1].abs() < NEAR {
            break;
        }
        let at = (before[0] * last[1] - last[0] * before[1]) / (last[1] - before[1]);
        let next = [at, function(at)?];
        if next[1] * last[1] < 0.0 {
            before = last;
        } else {
            before[1] /= 2.0;
        }
        last = next;
    }
    (last[1].abs() < 1e-6).then_some(last[0])
}

/// The outcomes of a grid whose draws and wins by one goal are made more frequent.
fn narrowed(selection: Selection, grid: &ScoreGrid) -> Option<OutcomeDistribution> {
    let mut outcomes = OutcomeDistribution::of(selection, grid);
    let [_, draw, _] = grid.outcomes();
    let narrow = [
        (Score { home: 0, away: 0 }, draw * (DRAWS - 1.0)),
        (
            Score { home: 1, away: 0 },
            grid.exactly(Along::Margin, 1) * (WINS_BY_ONE - 1.0),
        ),
        (
            Score { home: 0, away: 1 },
            grid.exactly(Along::Margin, -1) * (WINS_BY_ONE - 1.0),
        ),
    ];
    let whole = 1.0 + narrow.iter().map(|(_, more)| more).sum::<f64>();
    for (score, more) in narrow {
        *outcomes.part_mut(selection.settle(score)) += more;
    }
    Some(outcomes.scaled(1.0 / whole))
}
