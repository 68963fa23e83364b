//! Scores of forecasts, closing-line value, drawdown, and the summary.

use std::sync::Arc;

use simbet::Summary;
use simbet::internals::domain::Closing;
use simbet::internals::metrics::Metrics;
use simbet::internals::significance::{fair_closing_line_value, ignorance};
use simbet::{
    Bankroll, Bet, BetId, Book, Edge, Entry, Fixture, Forecast, LeagueId, Match, MatchState,
    MatchStatus, Money, Odds, Outcome, Quote, Score, Selection, Settlement, TeamId, Time,
};
use simbet::{brier, closing_line_value, log_loss, rps};

const HOME: Score = Score { home: 2, away: 0 };
const DRAW: Score = Score { home: 1, away: 1 };

/// Constantinou & Fenton (2012), table of ten forecasts.
const FORECASTS: [([f64; 3], Score, f64); 10] = [
    ([1.0, 0.0, 0.0], HOME, 0.0),
    ([0.9, 0.1, 0.0], HOME, 0.005),
    ([0.8, 0.1, 0.1], HOME, 0.025),
    ([0.5, 0.25, 0.25], HOME, 0.15625),
    ([0.35, 0.3, 0.35], DRAW, 0.1225),
    ([0.6, 0.3, 0.1], DRAW, 0.185),
    ([0.6, 0.25, 0.15], HOME, 0.09125),
    ([0.6, 0.15, 0.25], HOME, 0.11125),
    ([0.57, 0.33, 0.1], HOME, 0.09745),
    ([0.6, 0.2, 0.2], HOME, 0.1),
];

fn mean(score: impl Fn([f64; 3], Score) -> f64) -> f64 {
    FORECASTS
        .iter()
        .map(|&(forecast, result, _)| score(forecast, result))
        .sum::<f64>()
        / 10.0
}

#[test]
fn the_scores_are_those_of_the_published_table() {
    for (forecast, result, published) in FORECASTS {
        assert!(
            (rps(forecast, result) - published).abs() < 1e-12,
            "{forecast:?}"
        );
    }
    assert!((mean(rps) - 0.08937).abs() < 1e-12);
    assert!((mean(brier) - 0.30838).abs() < 1e-12);
    assert!((mean(ignorance) - 0.796_972_533_477_342_8).abs() < 1e-14);
    assert!((mean(log_loss) - 0.796_972_533_477_342_8 * std::f64::consts::LN_2).abs() < 1e-14);
}

fn odds(decimal: f64) -> Odds {
    Odds::new(decimal).unwrap()
}

/// Bets at 2.20 (closing 2.00 and 1.90 on the other side) and 1.80 (closing 1.70 and 2.20).
#[test]
fn closing_line_value_is_that_of_the_worked_example() {
    let bets = [(2.20, 2.00, 1.90), (1.80, 1.70, 2.20)]
        .map(|(taken, close, other)| (odds(taken), odds(close), odds(other)));
    let plain = bets.map(|(taken, close, _)| closing_line_value(taken, close));
    let fair = bets.map(|(taken, close, other)| fair_closing_line_value(taken, close, &[other]));
    assert!(((plain[0] + plain[1]) / 2.0 - 0.079_411_764_705_882_36).abs() < 1e-15);
    assert!(((fair[0] + fair[1]) / 2.0 - 0.043_589_743_589_743_77).abs() < 1e-15);
}

fn fixture() -> Arc<Fixture> {
    let (home, away) = (TeamId(0), TeamId(1));
    let day = Time::from_days(10);
    Arc::new(Fixture {
        id: "a-b".into(),
        league: LeagueId(0),
        home,
        away,
        season: 2023,
        day,
        kickoff: None,
        neutral: false,
    })
}

fn bet(stake: i64, decimal: f64) -> Bet {
    let (fixture, time) = (fixture(), Time::from_days(10));
    let quote = Quote {
        selection: Selection::HOME,
        odds: odds(decimal),
        book: Book::AVG,
        as_of: time,
    };
    let id = BetId::new(&fixture, Selection::HOME, time, "flat");
    let (edge, stake) = (Edge::new(quote, None), Money::from_minor(stake));
    Bet {
        id,
        fixture,
        state: MatchState::default(),
        edge,
        stake,
        placed_at: time,
        price_probability: None,
        mean_odds: None,
    }
}

fn settled(bet: Bet, outcome: Outcome, closing: Option<f64>, balance: &mut Money) -> Entry {
    let payout = outcome.payout(bet.stake, bet.edge.quote.odds);
    let profit = payout - bet.stake;
    *balance += profit;
    let (settled_at, closing) = (Time::from_days(11), closing.map(odds));
    Entry::Settled(Settlement {
        bet,
        score: HOME,
        outcome,
        payout,
        profit,
        closing: closing.map(|odds| Closing {
            odds: Some(odds),
            probability: None,
            moved_to: None,
            fair: None,
        }),
        settled_at,
        balance: *balance,
    })
}

fn closed(day: i64, units: f64) -> Entry {
    let bankroll = Bankroll::new(Money::from_units(units).unwrap()).unwrap();
    Entry::Closed {
        time: Time::from_days(day),
        bankroll,
    }
}

fn summary_of_balances(initial: f64, balances: &[(i64, f64)]) -> Summary {
    let mut metrics = Metrics::new(Money::from_units(initial).unwrap());
    balances
        .iter()
        .for_each(|&(day, units)| metrics.record(&closed(day, units)));
    metrics.summary()
}

/// 100 120 120 110 90: a fall of a quarter that lasts three periods, from when 120 was first reached.
#[test]
fn drawdown_is_that_of_the_worked_example() {
    let summary = summary_of_balances(100.0, &[(1, 120.0), (2, 120.0), (3, 110.0), (4, 90.0)]);
    assert_eq!(summary.max_drawdown, 0.25);
    assert_eq!(
        (
            summary.longest_drawdown_rounds,
            summary.longest_drawdown_days
        ),
        (3, 3.0)
    );
    assert_eq!(summary.max_drawdown_days, 3.0);
    assert_eq!(
        (summary.max_bankroll.units(), summary.min_bankroll.units()),
        (120.0, 90.0)
    );
}

#[test]
fn the_deepest_fall_and_the_longest_are_told_apart() {
    let balances = [
        (1, 50.0),
        (2, 110.0),
        (3, 105.0),
        (20, 104.0),
        (40, 111.0),
        (41, 120.0),
    ];
    let summary = summary_of_balances(100.0, &balances);
    assert_eq!(
        (summary.max_drawdown, summary.max_drawdown_days),
        (0.5, 1.0)
    );
    assert_eq!(
        (
            summary.longest_drawdown_days,
            summary.longest_drawdown_rounds
        ),
        (38.0, 3)
    );
}

#[test]
fn a_bankroll_that_only_rises_has_no_drawdown() {
    let summary = summary_of_balances(100.0, &[(1, 101.0), (9, 101.0), (30, 150.0)]);
    assert_eq!(
        (
            summary.max_drawdown,
            summary.longest_drawdown_days,
            summary.longest_drawdown_rounds
        ),
        (0.0, 0.0, 0)
    );
}

#[test]
fn the_summary_counts_what_was_placed_settled_and_refused() {
    let mut metrics = Metrics::new(Money::from_minor(10_000));
    let mut balance = Money::from_minor(10_000);
    let outcomes = [
        (Outcome::Won, Some(2.0)),
        (Outcome::HalfWon, Some(2.2)),
        (Outcome::Void, None),
        (Outcome::HalfLost, Some(2.5)),
        (Outcome::Lost, None),
    ];
    for (outcome, closing) in outcomes {
        metrics.record(&Entry::Placed(bet(101, 2.2)));
        let entry = settled(bet(101, 2.2), outcome, closing, &mut balance);
        metrics.record(&entry);
    }
    metrics.record(&Entry::Placed(bet(100, 4.0)));
    metrics.record(&Entry::Refused {
        bet: bet(1, 4.0),
        reason: simbet::Refusal::BelowMinimum,
    });
    let played = Match {
        fixture: fixture(),
        score: Score { home: 1, away: 0 },
        status: MatchStatus::Played,
        statistics: None,
    };
    metrics.record(&Entry::Played(played));
    let summary = metrics.summary();
    assert_eq!(
        (summary.bets, summary.open, summary.refused, summary.matches),
        (6, 1, 1, 1)
    );
    assert_eq!(
        (
            summary.won,
            summary.half_won,
            summary.void,
            summary.half_lost,
            summary.lost
        ),
        (1, 1, 1, 1, 1)
    );
    // 101 at 2.2: won 121.2 → 121; half won 60.6 → 61; half lost returns 50.5 → 51, so −50; lost −101
    assert_eq!(
        (summary.turnover, summary.profit),
        (
            Money::from_minor(505),
            Money::from_minor(121 + 61 - 50 - 101)
        )
    );
    assert_eq!(summary.final_bankroll, Money::from_minor(10_031));
    assert_eq!(
        (summary.yield_on_turnover, summary.growth),
        (Some(31.0 / 505.0), Some(0.31 / 100.0))
    );
    assert_eq!(summary.win_rate, Some(0.4));
    assert!((summary.average_odds.unwrap() - 2.5).abs() < 1e-15);
    assert_eq!(
        (summary.clv_raw_n, summary.clv_raw_beat_share),
        (3, Some(1.0 / 3.0))
    );
    assert_eq!((summary.clv_n, summary.clv_mean), (0, None));
    assert!((summary.clv_raw_mean.unwrap() - (0.1 + 0.0 - 0.12) / 3.0).abs() < 1e-15);
}

fn forecast(model: [f64; 3], market: Option<[f64; 3]>) -> Forecast {
    let (fixture, time) = (fixture(), Time::from_days(10));
    Forecast {
        fixture,
        time,
        state: MatchState::default(),
        model: Some(model),
        unpooled: None,
        expected_goals: Some([1.5, 1.1]),
        standard_errors: None,
        rates: None,
        named: Box::default(),
        market,
        prices: Box::default(),
        seen: None,
        newcomer: false,
    }
}

#[test]
fn model_and_market_are_scored_on_the_same_matches() {
    let mut metrics = Metrics::new(Money::ZERO);
    let priced = forecast([0.5, 0.25, 0.25], Some([0.8, 0.1, 0.1]));
    for forecast in [priced, forecast([0.1, 0.1, 0.8], None)].map(Arc::new) {
        metrics.record(&Entry::Predicted(forecast.clone()));
        metrics.record(&Entry::Scored {
            forecast,
            score: HOME,
        });
    }
    let summary = metrics.summary();
    assert_eq!(
        (summary.predicted, summary.model.n, summary.market.n),
        (2, 1, 1)
    );
    assert_eq!(
        (summary.model.rps, summary.model.brier),
        (Some(0.15625), Some(0.375))
    );
    assert!((summary.market.rps.unwrap() - 0.025).abs() < 1e-15);
}

#[test]
fn a_model_without_a_market_is_scored_alone() {
    let mut metrics = Metrics::new(Money::ZERO);
    metrics.record(&Entry::Scored {
        forecast: Arc::new(forecast([0.5, 0.25, 0.25], None)),
        score: HOME,
    });
    let summary = metrics.summary();
    assert_eq!(
        (summary.model.n, summary.market.n, summary.market.log_loss),
        (1, 0, None)
    );
    assert_eq!(summary.model.rps, Some(0.15625));
}

#[test]
fn what_was_given_no_chance_and_happened_leaves_the_log_loss_undefined() {
    let mut metrics = Metrics::new(Money::ZERO);
    for model in [[0.0, 0.5, 0.5], [0.5, 0.25, 0.25]] {
        metrics.record(&Entry::Scored {
            forecast: Arc::new(forecast(model, None)),
            score: HOME,
        });
    }
    let model = metrics.summary().model;
    assert_eq!((model.n, model.log_loss), (2, None));
    assert!((model.brier.unwrap() - (1.5 + 0.375) / 2.0).abs() < 1e-15);
}

#[test]
fn nothing_at_all_has_no_ratios_and_the_keys_that_were_promised() {
    let summary = Metrics::new(Money::ZERO).summary();
    let json = serde_json::to_value(&summary).unwrap();
    for key in [
        "yield",
        "growth",
        "win_rate",
        "average_odds",
        "clv_mean",
        "clv_beat_share",
        "clv_raw_mean",
        "clv_raw_beat_share",
    ] {
        assert!(json[key].is_null(), "{key}");
    }
    let keys = "matches predicted bets won half_won void half_lost lost turnover profit yield growth win_rate average_odds \
                initial_bankroll final_bankroll max_bankroll min_bankroll max_drawdown clv_mean clv_beat_share";
    for key in keys.split_whitespace() {
        assert!(json.get(key).is_some(), "{key}");
    }
    for key in ["n", "log_loss", "brier", "rps"] {
        assert!(
            json["model"].get(key).is_some() && json["market"].get(key).is_some(),
            "{key}"
        );
    }
    assert_eq!(serde_json::from_value::<Summary>(json).unwrap(), summary);
}
