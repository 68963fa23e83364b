//! How selections settle on a score, and what that makes of prices.

use proptest::prelude::*;
use simbet::{
    Line, Market, MarketKind, Money, Odds, Outcome, OutcomeDistribution, Score, ScoreGrid,
    Selection, Side,
};

const fn score(home: u8, away: u8) -> Score {
    Score { home, away }
}

fn on(market: Market, side: Side) -> Selection {
    Selection::new(market, side).unwrap()
}

fn line(goals: f64) -> Line {
    Line::from_goals(goals).unwrap()
}

/// The home side with this handicap.
fn handicap(goals: f64) -> Selection {
    on(Market::AsianHandicap(line(goals)), Side::Home)
}

fn total(goals: f64, side: Side) -> Selection {
    on(Market::OverUnder(line(goals)), side)
}

/// The usual rules of quarter lines, as bookmakers print them.
#[test]
fn every_line_settles_as_the_books_say() {
    use Outcome::{HalfLost, HalfWon, Lost, Void, Won};
    let cases = [
        (handicap(-0.25), score(1, 1), HalfLost),
        (handicap(-0.75), score(2, 1), HalfWon),
        (handicap(0.25), score(0, 0), HalfWon),
        (handicap(0.75), score(0, 1), HalfLost),
        (total(2.25, Side::Over), score(1, 1), HalfLost),
        (total(2.75, Side::Over), score(2, 1), HalfWon),
        (total(2.25, Side::Under), score(2, 0), HalfWon),
        (total(2.75, Side::Under), score(0, 3), HalfLost),
        (handicap(1.5), score(0, 1), Won),
        (handicap(2.0), score(0, 2), Void),
        (handicap(-1.0), score(3, 2), Void),
        (handicap(-0.5), score(0, 0), Lost),
        (handicap(0.0), score(2, 2), Void),
        (total(3.0, Side::Over), score(2, 1), Void),
        (total(2.5, Side::Over), score(2, 1), Won),
        (total(2.5, Side::Under), score(2, 1), Lost),
        (Selection::HOME, score(1, 0), Won),
        (Selection::DRAW, score(1, 0), Lost),
        (Selection::DRAW, score(4, 4), Won),
        (Selection::AWAY, score(0, 1), Won),
        (Selection::AWAY, score(1, 1), Lost),
    ];
    for (selection, score, outcome) in cases {
        assert_eq!(
            selection.settle(score),
            outcome,
            "{selection} at {}-{}",
            score.home,
            score.away
        );
    }
}

/// A quarter line is two half stakes on its neighbours: +½ & +1 losing 0-1 loses one half and pushes the other.
#[test]
fn a_quarter_line_is_two_half_stakes_on_the_lines_beside_it() {
    for quarters in (-15..=15).step_by(2) {
        let lines = [-1, 0, 1].map(|step| Line::from_quarters(quarters + step));
        let odds = Odds::new(1.95).unwrap();
        for (home, away) in (0..6).flat_map(|home| (0..6).map(move |away| (home, away))) {
            let [low, both, high] = lines.map(|line| {
                on(Market::AsianHandicap(line), Side::Home)
                    .settle(score(home, away))
                    .unit_profit(odds)
            });
            assert!(
                (both - (low + high) / 2.0).abs() < 1e-12,
                "{quarters} at {home}-{away}"
            );
        }
    }
    assert_eq!(handicap(0.5).settle(score(0, 1)), Outcome::Lost);
    assert_eq!(handicap(1.0).settle(score(0, 1)), Outcome::Void);
    assert_eq!(handicap(0.75).settle(score(0, 1)), Outcome::HalfLost);
}

/// £10 at 2.05 on +1.5 returns £20.50 after a 0-1; +2 gives the stake back after a 0-2.
#[test]
fn ten_pounds_on_a_head_start_return_what_the_books_print() {
    let (stake, odds) = (Money::from_minor(1000), Odds::new(2.05).unwrap());
    let payout = |selection: Selection, score| selection.settle(score).payout(stake, odds);
    assert_eq!(payout(handicap(1.5), score(0, 1)), Money::from_minor(2050));
    assert_eq!(payout(handicap(2.0), score(0, 2)), stake);
    assert_eq!(payout(handicap(0.75), score(0, 1)), Money::from_minor(500));
}

/// Odd cents of the stake are neither lost nor made: half lost returns the half rounded up, half won the stake and
/// the winnings of exactly half of it.
#[test]
fn an_odd_cent_of_a_halved_stake_is_rounded_once() {
    let (stake, odds) = (Money::from_minor(101), Odds::new(2.0).unwrap());
    assert_eq!(Outcome::HalfLost.payout(stake, odds), Money::from_minor(51));
    assert_eq!(Outcome::HalfWon.payout(stake, odds), Money::from_minor(152));
}

fn opposite(outcome: Outcome) -> Outcome {
    Outcome::ALL[Outcome::ALL.len() - 1 - outcome as usize]
}

fn any_score() -> impl Strategy<Value = Score> {
    (0..12_u8, 0..12_u8).prop_map(|(home, away)| score(home, away))
}

fn any_line() -> impl Strategy<Value = Line> {
    (-40..=40_i16).prop_map(Line::from_quarters)
}

/// The market of a kind, on this line where it has one.
fn of_kind(kind: MarketKind, line: Line) -> Market {
    Market::new(kind, kind.has_line().then_some(line)).unwrap()
}

fn any_selection() -> impl Strategy<Value = Selection> {
    (
        prop::sample::select(&MarketKind::ALL[..]),
        any_line(),
        0..3_usize,
    )
        .prop_map(|(kind, line, index)| {
            on(
                of_kind(kind, line),
                kind.sides()[index % kind.sides().len()],
            )
        })
}

proptest! {
    #[test]
    fn complementary_selections_settle_opposite(line in any_line(), score in any_score()) {
        for kind in MarketKind::ALL {
            let market = of_kind(kind, line);
            let ends: Vec<_> = kind.sides().iter().map(|side| on(market, *side).settle(score)).collect();
            if let [one, other] = ends[..] {
                prop_assert_eq!(one, opposite(other));
            } else {
                let won = ends.iter().filter(|end| **end == Outcome::Won).count();
                let lost = ends.iter().filter(|end| **end == Outcome::Lost).count();
                prop_assert_eq!((won, lost), (1, ends.len() - 1));
            }
        }
    }

    #[test]
    fn a_handicap_on_one_side_is_its_negative_on_the_mirrored_match(line in any_line(), at in any_score()) {
        let mirrored = Line::from_quarters(-line.quarters());
        let away = on(Market::AsianHandicap(mirrored), Side::Away);
        let home = on(Market::AsianHandicap(line), Side::Home);
        prop_assert_eq!(home.settle(at), away.settle(score(at.away, at.home)));
    }

    #[test]
    fn exactly_one_side_of_match_odds_wins(score in any_score()) {
        let won = [Selection::HOME, Selection::DRAW, Selection::AWAY].map(|side| side.settle(score) == Outcome::Won);
        prop_assert_eq!(won.iter().filter(|won| **won).count(), 1);
    }

    #[test]
    fn a_fair_price_has_expected_value_0(selection in any_selection(), home in 0.2..4.0_f64, away in 0.2..4.0_f64) {
        let split = OutcomeDistribution::of(selection, &ScoreGrid::poisson(home, away).unwrap());
        let (gain, loss) = (split.won + split.half_won / 2.0, split.lost + split.half_lost / 2.0);
        if let Ok(fair) = Odds::new(1.0 + loss / gain) {
            prop_assert!(split.expected_value(fair).abs() < 1e-12 * fair.decimal());
        }
    }

    #[test]
    fn a_split_sums_to_1_and_the_other_side_has_the_opposite(selection in any_selection(), home in 0.2..4.0_f64, away in 0.2..4.0_f64) {
        let grid = ScoreGrid::poisson(home, away).unwrap();
        let split = OutcomeDistribution::of(selection, &grid);
        let sum: f64 = Outcome::ALL.iter().map(|&outcome| split.part(outcome)).sum();
        prop_assert!((sum - 1.0).abs() < 1e-12);
        let sides = selection.market().kind().sides();
        if let [one, other] = sides {
            let across = if selection.side() == *one { *other } else { *one };
            prop_assert_eq!(OutcomeDistribution::of(on(selection.market(), across), &grid), split.opposite());
        }
    }

    #[test]
    fn the_expected_value_is_the_mean_of_what_settlement_pays(selection in any_selection(), home in 0.2..4.0_f64, away in 0.2..4.0_f64, decimal in 1.05..20.0_f64) {
        let (grid, odds) = (ScoreGrid::poisson(home, away).unwrap(), Odds::new(decimal).unwrap());
        let mean: f64 = grid.cells().map(|(score, p)| p * selection.settle(score).unit_profit(odds)).sum();
        let value = OutcomeDistribution::of(selection, &grid).expected_value(odds);
        prop_assert!((mean - value).abs() < 1e-12 * odds.decimal(), "{mean} {value}");
    }
}

fn both_score(side: Side) -> Selection {
    on(Market::BothTeamsToScore, side)
}

#[test]
fn both_teams_to_score_settles_on_who_has_scored() {
    use Outcome::{Lost, Won};
    for (at, yes, no) in [
        (score(0, 0), Lost, Won),
        (score(3, 0), Lost, Won),
        (score(0, 1), Lost, Won),
        (score(1, 1), Won, Lost),
        (score(4, 2), Won, Lost),
    ] {
        assert_eq!(both_score(Side::Yes).settle(at), yes, "{at:?}");
        assert_eq!(both_score(Side::No).settle(at), no, "{at:?}");
    }
}

/// Of this grid's cells 1-1, 1-2, 2-1 and 2-2 have goals of both sides: 0.1 + 0.05 + 0.05 + 0.1.
#[test]
fn both_teams_to_score_is_priced_by_the_cells_with_goals_of_both() {
    let grid =
        ScoreGrid::from_rows(&[&[0.1, 0.2, 0.1], &[0.2, 0.1, 0.05], &[0.1, 0.05, 0.1]]).unwrap();
    let [yes, no] =
        [Side::Yes, Side::No].map(|side| OutcomeDistribution::of(both_score(side), &grid));
    assert!((yes.fair_odds().unwrap() - 10.0 / 3.0).abs() < 1e-12);
    assert!((no.fair_odds().unwrap() - 10.0 / 7.0).abs() < 1e-12);
}

/// One side has scored: what is left is the other's first goal. Both have: nothing is left.
#[test]
fn in_play_both_teams_to_score_knows_who_has() {
    let yes = |grid: &ScoreGrid| OutcomeDistribution::of(both_score(Side::Yes), grid).won;
    let led = ScoreGrid::remaining(score(1, 0), 0.7, 0.9).unwrap();
    assert!((yes(&led) - (1.0 - (-0.9_f64).exp())).abs() < 1e-12);
    let level = ScoreGrid::remaining(score(2, 1), 0.7, 0.9).unwrap();
    assert_eq!(yes(&level), 1.0);
    for base in [score(0, 0), score(1, 0), score(0, 1), score(0, 3)] {
        for left in [1.0, 0.4, 0.0] {
            let grid = ScoreGrid::in_play(base, [1.6, 1.1], -0.12, left).unwrap();
            let cells = grid.cells().filter(|(at, _)| at.home > 0 && at.away > 0);
            let sum: f64 = cells.map(|(_, p)| p).sum();
            assert!((yes(&grid) - sum).abs() < 1e-12, "{base:?} {left}");
        }
    }
}

#[test]
fn markets_and_sides_read_as_they_are_written() {
    for kind in MarketKind::ALL {
        assert_eq!(kind.code().parse::<MarketKind>().unwrap(), kind);
    }
    for side in Side::ALL {
        assert_eq!(side.code().to_uppercase().parse::<Side>().unwrap(), side);
    }
    let error = "corners".parse::<MarketKind>().unwrap_err().to_string();
    assert_eq!(
        error,
        "a market is one of 1x2, ou, ah, btts, not \"corners\""
    );
}
