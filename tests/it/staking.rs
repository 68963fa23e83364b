//! Staking rules, filters and caps. Every strategy in `StrategyKind` goes through the battery unasked.

use std::sync::Arc;

use clap::ValueEnum;
use proptest::prelude::*;
use proptest::strategy::Strategy as Arbitrary;
use simbet::internals::strategy::{BankrollHistory, Decision};
use simbet::internals::strategy::{Strategy, exclusive_kelly_fractions, kelly_fraction};
use simbet::{
    Bankroll, Book, Commission, Edge, Fixture, LeagueId, Line, Market, MarketKind, MatchState,
    Money, Odds, Offer, Outcome, OutcomeDistribution, Quote, Refusal, ScoreGrid, Selection, Side,
    TeamId, Time,
};
use simbet::{BookChoice, Slate, StrategyConfig, StrategyKind};

fn odds(decimal: f64) -> Odds {
    Odds::new(decimal).unwrap()
}

fn cents(minor: i64) -> Money {
    Money::from_minor(minor)
}

fn near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() < tolerance,
        "{value} is not {expected}"
    );
}

fn quote(selection: Selection, decimal: f64, book: &str) -> Quote {
    Quote {
        selection,
        odds: odds(decimal),
        book: Book::new(book).unwrap(),
        as_of: Time::default(),
    }
}

fn edge(selection: Selection, decimal: f64, probability: f64) -> Edge {
    Edge::new(
        quote(selection, decimal, "avg"),
        Some(OutcomeDistribution::binary(probability)),
    )
}

/// A slate with one edge for each match.
fn slate(edges: &[Edge]) -> Slate {
    let mut slate = Slate::default();
    for edge in edges {
        slate.next_match();
        slate.push(*edge);
    }
    slate
}

fn bankroll(balance: i64, reserved: i64) -> Bankroll {
    let mut bankroll = Bankroll::new(cents(balance)).unwrap();
    if reserved > 0 {
        bankroll.reserve(cents(reserved)).unwrap();
    }
    bankroll
}

fn of_kind(kind: StrategyKind) -> StrategyConfig {
    StrategyConfig {
        kind,
        ..StrategyConfig::default()
    }
}

fn decide(config: &StrategyConfig, slate: &Slate, bankroll: &Bankroll) -> Vec<Decision> {
    let mut decisions = Vec::new();
    Strategy::new(config).unwrap().size(
        slate,
        bankroll,
        BankrollHistory {
            initial: bankroll.balance(),
            peak: bankroll.balance(),
        },
        &mut decisions,
    );
    decisions
}

// --- the Kelly criterion -------------------------------------------------------------------------------------

#[test]
fn kelly_of_a_single_bet_is_the_closed_form() {
    for (decimal, p, share) in [
        (2.1, 0.55, 0.140_909_090_9),
        (3.5, 0.3, 0.02),
        (2.5, 0.5, 1.0 / 6.0),
        (2.0, 0.6, 0.2),
    ] {
        near(
            kelly_fraction(&OutcomeDistribution::binary(p), odds(decimal)),
            share,
            1e-10,
        );
    }
}

#[test]
fn half_kelly_stakes_half() {
    let config = StrategyConfig {
        kelly_fraction: 0.5,
        max_stake: Some(1.0),
        ..of_kind(StrategyKind::Kelly)
    };
    let decisions = decide(
        &config,
        &slate(&[edge(Selection::HOME, 2.1, 0.55)]),
        &bankroll(10_000_000_000, 0),
    );
    // 0.0704545455 of a hundred million
    assert_eq!(decisions, [Decision::Place(cents(704_545_455))]);
}

/// Independent Poisson 1.6 and 1.1.
fn split_of(quarters: i16) -> OutcomeDistribution {
    let home = Selection::new(
        Market::AsianHandicap(Line::from_quarters(quarters)),
        Side::Home,
    )
    .unwrap();
    OutcomeDistribution::of(home, &ScoreGrid::poisson(1.6, 1.1).unwrap())
}

#[test]
fn kelly_of_a_quarter_line_counts_all_five_outcomes() {
    let (level, price) = (split_of(-1), odds(2.05));
    near(level.won, 0.489_573_537, 1e-9);
    near(level.half_lost, 0.248_910_981, 1e-9);
    near(level.lost, 0.261_515_482, 1e-9);
    near(level.expected_value(price), 0.128_081_241, 1e-9);
    let f = kelly_fraction(&level, price);
    near(f, 0.152_260_547_902_006_45, 1e-12);
    near(growth(&level, price, f), 0.009_701_694, 1e-9);

    let (favourite, price) = (split_of(-3), odds(2.55));
    near(favourite.won, 0.255_211_415, 1e-9);
    near(favourite.half_won, 0.234_362_122, 1e-9);
    near(favourite.lost, 0.510_426_463, 1e-9);
    near(favourite.expected_value(price), 0.066_781_875, 1e-9);
    // the reference, 0.053833881, is 1.5e-9 off: a maximiser of the growth stops there. The root of its derivative,
    // bisected with 40 digits, is
    near(
        kelly_fraction(&favourite, price),
        0.053_833_879_475_462_69,
        1e-12,
    );
    near(kelly_fraction(&favourite, price), 0.053_833_881, 2e-9);
}

/// The expected logarithm of the bankroll after staking this share.
fn growth(split: &OutcomeDistribution, odds: Odds, share: f64) -> f64 {
    let log = |outcome: simbet::Outcome| (1.0 + share * outcome.unit_profit(odds)).ln();
    simbet::Outcome::ALL
        .iter()
        .map(|&outcome| split.part(outcome) * log(outcome))
        .sum()
}

/// Smoczynski & Tomkins (2010): what is kept back and the growth belong to the example too.
#[test]
fn kelly_of_exclusive_selections_is_that_of_smoczynski_and_tomkins() {
    let (prices, chances) = ([2.5, 3.2, 2.8], [0.55, 0.25, 0.20]);
    let shares =
        exclusive_kelly_fractions(&[0, 1, 2].map(|side| (chances[side], odds(prices[side]))));
    let kept = 1.0 - shares.iter().sum::<f64>();
    near(kept, 0.695_652_173_9, 1e-10);
    near(
        (0..3)
            .map(|side| chances[side] * (kept + shares[side] * prices[side]).ln())
            .sum(),
        0.046_782_565_5,
        1e-10,
    );
    // nothing to hedge with: the plain Kelly share
    near(
        exclusive_kelly_fractions(&[(0.55, odds(2.1))])[0],
        0.140_909_090_9,
        1e-10,
    );
}

#[test]
fn several_selections_of_one_market_are_sized_together_and_never_hedged_without_an_edge() {
    let config = StrategyConfig {
        multiple: true,
        min_edge: Some(0.0),
        max_stake: Some(1.0),
        ..of_kind(StrategyKind::Kelly)
    };
    let mut one_match = Slate::default();
    one_match.push(edge(Selection::HOME, 2.5, 0.45));
    one_match.push(edge(Selection::DRAW, 4.0, 0.30));
    let joint = exclusive_kelly_fractions(&[(0.45, odds(2.5)), (0.30, odds(4.0))]);
    let decisions = decide(&config, &one_match, &bankroll(1_000_000, 0));
    let expected = joint
        .iter()
        .map(|share| Decision::Place(cents(1_000_000).share(*share)))
        .collect::<Vec<_>>();
    assert_eq!(decisions, expected);

    let mut with_a_bad_price = Slate::default();
    with_a_bad_price.push(edge(Selection::HOME, 2.5, 0.55));
    with_a_bad_price.push(edge(Selection::DRAW, 3.2, 0.25));
    let decisions = decide(&config, &with_a_bad_price, &bankroll(1_000_000, 0));
    assert_eq!(decisions, [Decision::Place(cents(250_000)), Decision::Pass]);
}

proptest! {
    #[test]
    fn no_other_share_grows_faster_than_kelly(quarters in -8..8_i16, decimal in 1.1..8.0_f64, home in 0.3..3.0_f64, away in 0.3..3.0_f64, other in 0.0..0.999_f64) {
        let selection = Selection::new(Market::AsianHandicap(Line::from_quarters(quarters)), Side::Home).unwrap();
        let split = OutcomeDistribution::of(selection, &ScoreGrid::poisson(home, away).unwrap());
        let share = kelly_fraction(&split, odds(decimal));
        prop_assert!((0.0..=1.0).contains(&share));
        prop_assert_eq!(share > 0.0, split.expected_value(odds(decimal)) > 0.0);
        prop_assert!(growth(&split, odds(decimal), share) >= growth(&split, odds(decimal), other) - 1e-12);
    }

    #[test]
    fn exclusive_shares_never_exceed_the_bankroll(parts in prop::array::uniform3(0.01..1.0_f64), prices in prop::array::uniform3(1.01..20.0_f64)) {
        let sum: f64 = parts.iter().sum();
        let bets = [0, 1, 2].map(|side| (parts[side] / sum, odds(prices[side])));
        let shares = exclusive_kelly_fractions(&bets);
        prop_assert!(shares.iter().all(|share| *share >= 0.0));
        prop_assert!(shares.iter().sum::<f64>() <= 1.0 + 1e-12);
    }
}

// --- the battery: every rule, whatever the slate ---------------------------------------------------------------

fn any_edge() -> impl Arbitrary<Value = Edge> {
    let selections = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    (
        prop::sample::select(selections.to_vec()),
        1.01..30.0_f64,
        0.0..1.0_f64,
    )
        .prop_map(|(selection, decimal, probability)| edge(selection, decimal, probability))
}

fn any_config() -> impl Arbitrary<Value = StrategyConfig> {
    let share = || prop::option::of(0.001..1.0_f64);
    (
        share(),
        share(),
        share(),
        0..2_000_i64,
        1..300_i64,
        0.05..2.0_f64,
        prop::bool::ANY,
    )
        .prop_map(
            |(max_stake, max_round, max_exposure, min_stake, step, kelly_fraction, multiple)| {
                StrategyConfig {
                    max_stake,
                    max_round,
                    max_exposure,
                    min_stake: cents(min_stake),
                    round_stake: cents(step),
                    kelly_fraction,
                    multiple,
                    ..StrategyConfig::default()
                }
            },
        )
}

fn placed(decision: &Decision) -> Money {
    match decision {
        Decision::Place(stake) => *stake,
        _ => Money::ZERO,
    }
}

proptest! {
    #[test]
    fn no_rule_stakes_above_the_free_bankroll_or_a_cap(
        config in any_config(),
        edges in prop::collection::vec(any_edge(), 0..40),
        balance in 0..10_000_000_i64,
        tied_up in 0.0..1.0_f64,
    ) {
        let bankroll = bankroll(balance, cents(balance).share(tied_up).minor());
        for kind in StrategyKind::value_variants() {
            let config = StrategyConfig { kind: *kind, ..config.clone() }.resolved();
            let decisions = decide(&config, &slate(&edges), &bankroll);
            prop_assert_eq!(decisions.len(), edges.len());
            let total: Money = decisions.iter().map(placed).sum();
            prop_assert!(total <= bankroll.free());
            prop_assert!(config.max_round.is_none_or(|share| total <= bankroll.free().share(share)));
            let tied_up = total + bankroll.reserved();
            prop_assert!(total == Money::ZERO
                || config.max_exposure.is_none_or(|share| tied_up <= bankroll.balance().share(share)));
            for stake in decisions.iter().map(placed).filter(|stake| *stake > Money::ZERO) {
                prop_assert!(config.max_stake.is_none_or(|share| stake <= bankroll.free().share(share)));
                prop_assert!(stake >= config.min_stake && stake == stake.floor_to(config.round_stake));
            }
        }
    }

    #[test]
    fn no_rule_that_needs_an_edge_stakes_without_one(config in any_config(), edges in prop::collection::vec(any_edge(), 1..20)) {
        for kind in StrategyKind::value_variants().iter().filter(|kind| kind.needs_edge()) {
            let config = StrategyConfig { kind: *kind, ..config.clone() };
            let mut without_a_model = edges.clone();
            without_a_model.iter_mut().for_each(|edge| edge.distribution = None);
            for edges in [&edges, &without_a_model] {
                for (decision, edge) in decide(&config, &slate(edges), &bankroll(1_000_000, 0)).iter().zip(edges) {
                    prop_assert!(placed(decision) == Money::ZERO || edge.expected_value() > Some(0.0));
                }
            }
        }
    }

    #[test]
    fn no_stake_depends_on_its_place_in_the_slate(config in any_config(), edges in prop::collection::vec(any_edge(), 1..30), turn in 0..30_usize) {
        for kind in StrategyKind::value_variants() {
            let config = StrategyConfig { kind: *kind, ..config.clone() };
            // flat stakes are paid in order when money is short, so let it not be
            let money = if *kind == StrategyKind::Flat { bankroll(700_000_000_003, 12_345) } else { bankroll(700_003, 12_345) };
            let decisions = decide(&config, &slate(&edges), &money);
            let turn = turn % edges.len();
            let mut turned = edges.clone();
            turned.rotate_left(turn);
            turned.reverse();
            let mut expected = decisions;
            expected.rotate_left(turn);
            expected.reverse();
            prop_assert_eq!(decide(&config, &slate(&turned), &money), expected);
        }
    }
}

// --- what the rules ask for --------------------------------------------------------------------------------------

#[test]
fn each_rule_stakes_what_it_says_by_default() {
    let slate = slate(&[edge(Selection::HOME, 2.1, 0.55)]);
    // of 9,876.55 free: 1 %, Kelly capped at 5 %, 100, 2.5 %
    let expected = [
        ("ev", 9877),
        ("kelly", 49_383),
        ("flat", 10_000),
        ("proportional", 24_691),
    ];
    assert_eq!(StrategyKind::value_variants().len(), expected.len());
    for (kind, (name, stake)) in StrategyKind::value_variants().iter().zip(expected) {
        let strategy = Strategy::new(&of_kind(*kind)).unwrap();
        assert_eq!(
            (strategy.name(), strategy.needs_model()),
            (name, kind.needs_edge())
        );
        let decisions = decide(&of_kind(*kind), &slate, &bankroll(1_000_000, 12_345));
        assert_eq!(decisions, [Decision::Place(cents(stake))], "{name}");
    }
}

#[test]
fn when_the_round_cap_binds_all_stakes_shrink_alike() {
    let config = StrategyConfig {
        max_round: Some(0.015),
        ..of_kind(StrategyKind::Flat)
    };
    let decisions = decide(
        &config,
        &slate(&[edge(Selection::HOME, 2.0, 0.5); 4]),
        &bankroll(1_000_000, 0),
    );
    assert_eq!(decisions, [Decision::Place(cents(3750)); 4]);
}

#[test]
fn flat_stakes_do_not_shrink_for_want_of_money() {
    let decisions = decide(
        &of_kind(StrategyKind::Flat),
        &slate(&[edge(Selection::HOME, 2.0, 0.5); 3]),
        &bankroll(25_000, 0),
    );
    let (placed, refused) = (
        Decision::Place(cents(10_000)),
        Decision::Refuse(Refusal::NoFreeBankroll, cents(10_000)),
    );
    assert_eq!(decisions, [placed, placed, refused]);
}

#[test]
fn when_nothing_is_free_every_rule_says_so() {
    for kind in StrategyKind::value_variants() {
        let decisions = decide(
            &of_kind(*kind),
            &slate(&[edge(Selection::HOME, 2.1, 0.55)]),
            &bankroll(500, 500),
        );
        assert!(
            matches!(
                decisions[..],
                [Decision::Refuse(Refusal::NoFreeBankroll, _)]
            ),
            "{kind:?}: {decisions:?}"
        );
    }
}

#[test]
fn a_stake_that_rounds_to_nothing_is_refused_as_too_small() {
    // 1 % of 0.30 is less than half a cent
    let decisions = decide(
        &of_kind(StrategyKind::Ev),
        &slate(&[edge(Selection::HOME, 2.1, 0.55)]),
        &bankroll(30, 0),
    );
    assert_eq!(
        decisions,
        [Decision::Refuse(Refusal::BelowMinimum, Money::ZERO)]
    );
    let config = StrategyConfig {
        min_stake: cents(20_000),
        ..of_kind(StrategyKind::Flat)
    };
    let decisions = decide(
        &config,
        &slate(&[edge(Selection::HOME, 2.0, 0.5)]),
        &bankroll(1_000_000, 0),
    );
    assert_eq!(
        decisions,
        [Decision::Refuse(Refusal::BelowMinimum, cents(10_000))]
    );
}

#[test]
fn a_stake_below_the_minimum_because_of_a_cap_is_refused_for_the_cap() {
    let slate = slate(&[edge(Selection::HOME, 2.0, 0.5); 3]);
    let flat = StrategyConfig {
        min_stake: cents(5000),
        ..of_kind(StrategyKind::Flat)
    };
    let exposed = StrategyConfig {
        max_exposure: Some(0.1),
        ..flat.clone()
    };
    let refused = [Decision::Refuse(Refusal::Exposure, cents(10_000)); 3];
    assert_eq!(
        decide(&exposed, &slate, &bankroll(1_000_000, 100_000)),
        refused
    );
    assert_eq!(
        decide(&exposed, &slate, &bankroll(1_000_000, 90_000)),
        refused
    );
    let capped = StrategyConfig {
        max_round: Some(0.01),
        ..flat
    };
    let refused = [Decision::Refuse(Refusal::RoundCap, cents(10_000)); 3];
    assert_eq!(decide(&capped, &slate, &bankroll(1_000_000, 0)), refused);
}

#[test]
fn a_drawdown_stops_new_bets_from_the_limit_on() {
    let config = StrategyConfig {
        stop_drawdown: Some(0.2),
        ..of_kind(StrategyKind::Flat)
    };
    let strategy = Strategy::new(&config).unwrap();
    let decision = |balance: i64| {
        let mut decisions = Vec::new();
        let slate = slate(&[edge(Selection::HOME, 2.0, 0.5)]);
        strategy.size(
            &slate,
            &bankroll(balance, 0),
            BankrollHistory {
                initial: cents(1_000_000),
                peak: cents(1_000_000),
            },
            &mut decisions,
        );
        decisions[0]
    };
    assert_eq!(decision(800_001), Decision::Place(cents(10_000)));
    assert_eq!(
        decision(800_000),
        Decision::Refuse(Refusal::DrawdownStop, cents(10_000))
    );
}

// --- which prices, which edges -----------------------------------------------------------------------------------

fn offer(quotes: Vec<Quote>) -> Offer {
    let (home, away, league, day) = (TeamId(0), TeamId(1), LeagueId(0), Time::default());
    let fixture = Fixture {
        id: "a-b".into(),
        league,
        home,
        away,
        season: 2023,
        day,
        kickoff: None,
        neutral: false,
    };
    Offer {
        fixture: Arc::new(fixture),
        state: MatchState::default(),
        quotes,
    }
}

fn over_under(side: Side) -> Selection {
    Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), side).unwrap()
}

fn handicap(quarters: i16, side: Side) -> Selection {
    Selection::new(Market::AsianHandicap(Line::from_quarters(quarters)), side).unwrap()
}

/// Prices in no order at all; b365 lacks the draw.
fn prices() -> Vec<Quote> {
    vec![
        quote(Selection::AWAY, 4.2, "ps"),
        quote(over_under(Side::Under), 1.95, "ps"),
        quote(Selection::HOME, 2.2, "b365"),
        quote(handicap(-1, Side::Home), 1.9, "ps"),
        quote(Selection::DRAW, 3.4, "ps"),
        quote(handicap(-2, Side::Away), 2.0, "b365"),
        quote(Selection::AWAY, 4.0, "b365"),
        quote(handicap(-1, Side::Away), 2.0, "ps"),
        quote(Selection::HOME, 2.1, "ps"),
        quote(over_under(Side::Over), 1.9, "ps"),
    ]
}

fn edges_of(config: &StrategyConfig, quotes: Vec<Quote>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let opinion = simbet::Opinion::from(ScoreGrid::poisson(1.6, 1.1).unwrap());
    Strategy::new(config)
        .unwrap()
        .edges(&offer(quotes), Some(&opinion), &mut edges);
    edges
}

fn chosen(books: &str, markets: &[MarketKind]) -> Vec<(String, f64, String)> {
    let config = StrategyConfig {
        books: books.parse().unwrap(),
        markets: markets.to_vec(),
        ..StrategyConfig::default()
    };
    let told = |quote: Quote| {
        (
            quote.selection.to_string(),
            quote.odds.decimal(),
            quote.book.to_string(),
        )
    };
    edges_of(&config, prices())
        .into_iter()
        .map(|edge| told(edge.quote))
        .collect()
}

fn row(selection: &str, decimal: f64, book: &str) -> (String, f64, String) {
    (selection.to_owned(), decimal, book.to_owned())
}

#[test]
fn the_first_book_with_a_whole_market_is_bet_at() {
    let match_odds = [MarketKind::MatchOdds];
    let pinnacle = [
        row("1x2 home", 2.1, "ps"),
        row("1x2 draw", 3.4, "ps"),
        row("1x2 away", 4.2, "ps"),
    ];
    assert_eq!(chosen("b365,ps", &match_odds), pinnacle);
    // no listed book has all three: what the first has, and nothing from another
    assert_eq!(
        chosen("b365,avg", &match_odds),
        [row("1x2 home", 2.2, "b365"), row("1x2 away", 4.0, "b365")]
    );
    assert_eq!(chosen("avg", &match_odds), []);
}

#[test]
fn the_two_sides_of_a_handicap_are_on_one_line() {
    let both = [
        row("ah -0.25 home", 1.9, "ps"),
        row("ah -0.25 away", 2.0, "ps"),
    ];
    assert_eq!(chosen("b365,ps", &[MarketKind::AsianHandicap]), both);
}

#[test]
fn the_best_price_is_chosen_selection_by_selection() {
    let best = [
        row("1x2 home", 2.2, "b365"),
        row("1x2 draw", 3.4, "ps"),
        row("1x2 away", 4.2, "ps"),
    ];
    assert_eq!(chosen("best:ps,b365", &[MarketKind::MatchOdds]), best);
    let config = StrategyConfig {
        books: "best:ps,b365".parse().unwrap(),
        ..StrategyConfig::default()
    };
    let equal = vec![
        quote(Selection::HOME, 2.0, "b365"),
        quote(Selection::HOME, 2.0, "ps"),
    ];
    assert_eq!(edges_of(&config, equal)[0].quote.book.as_str(), "ps");
}

#[test]
fn the_order_of_prices_changes_nothing() {
    for books in ["b365,ps", "best:ps,b365"] {
        let config = StrategyConfig {
            books: books.parse().unwrap(),
            markets: MarketKind::ALL.to_vec(),
            ..StrategyConfig::default()
        };
        let mut turned = prices();
        for _ in 0..turned.len() {
            turned.rotate_left(1);
            assert_eq!(
                edges_of(&config, turned.clone()),
                edges_of(&config, prices())
            );
        }
    }
}

#[test]
fn edges_carry_the_split_of_their_own_selection() {
    let config = StrategyConfig {
        books: "ps".parse().unwrap(),
        markets: MarketKind::ALL.to_vec(),
        ..StrategyConfig::default()
    };
    let edges = edges_of(&config, prices());
    assert_eq!(edges.len(), 7);
    for edge in edges {
        let split =
            OutcomeDistribution::of(edge.quote.selection, &ScoreGrid::poisson(1.6, 1.1).unwrap());
        // one side of a market may be computed as what the others leave over
        for outcome in Outcome::ALL {
            let part = edge.distribution.unwrap().part(outcome);
            assert!(
                (part - split.part(outcome)).abs() < 1e-14,
                "{}",
                edge.quote.selection
            );
        }
    }
}

#[test]
fn expected_value_is_net_of_commission() {
    let commission: Commission = "0.05".parse().unwrap();
    let config = StrategyConfig {
        books: "ps".parse().unwrap(),
        commission: commission.clone(),
        ..StrategyConfig::default()
    };
    let edge = edges_of(&config, prices())[0];
    near(edge.net_odds().decimal(), 1.0 + 1.1 * 0.95, 1e-12);
    near(
        edge.expected_value().unwrap(),
        0.489_573_537 * 1.1 * 0.95 - 0.510_426_463,
        1e-9,
    );
}

fn selected(config: &StrategyConfig, edges: &[Edge]) -> Vec<Selection> {
    let mut slate = Slate::default();
    Strategy::new(config).unwrap().select(edges, &mut slate);
    slate
        .edges()
        .iter()
        .map(|edge| edge.quote.selection)
        .collect()
}

#[test]
fn one_selection_of_a_market_is_backed_and_it_is_the_best() {
    let edges = [
        edge(Selection::HOME, 2.0, 0.55),
        edge(Selection::DRAW, 4.0, 0.30),
        edge(Selection::AWAY, 7.0, 0.15),
        edge(over_under(Side::Over), 2.0, 0.60),
    ];
    let one = StrategyConfig::default();
    assert_eq!(
        selected(&one, &edges),
        [Selection::DRAW, over_under(Side::Over)]
    );
    let many = StrategyConfig {
        multiple: true,
        ..one
    };
    assert_eq!(
        selected(&many, &edges),
        [Selection::HOME, Selection::DRAW, over_under(Side::Over)]
    );
}

#[test]
fn of_equal_expected_values_the_first_selection_is_backed() {
    let edges = [
        edge(Selection::HOME, 2.5, 0.5),
        edge(Selection::DRAW, 2.5, 0.5),
    ];
    assert_eq!(
        selected(&StrategyConfig::default(), &edges),
        [Selection::HOME]
    );
}

#[test]
fn without_a_model_every_selection_that_passes_is_backed() {
    let edges = [Selection::HOME, Selection::DRAW, Selection::AWAY]
        .map(|side| Edge::new(quote(side, 3.0, "avg"), None));
    assert_eq!(selected(&of_kind(StrategyKind::Flat), &edges).len(), 3);
    let home = StrategyConfig {
        selections: Some(vec![Side::Home]),
        ..of_kind(StrategyKind::Flat)
    };
    assert_eq!(selected(&home, &edges), [Selection::HOME]);
    let valued = StrategyConfig {
        min_ev: Some(0.0),
        ..of_kind(StrategyKind::Flat)
    };
    assert!(Strategy::new(&valued).unwrap().needs_model());
    assert_eq!(selected(&valued, &edges), []);
}

#[test]
fn filters_keep_what_is_within_their_bounds() {
    let edges = [
        edge(Selection::HOME, 1.5, 0.8),
        edge(Selection::DRAW, 4.0, 0.3),
        edge(Selection::AWAY, 9.0, 0.2),
    ];
    let all = StrategyConfig {
        multiple: true,
        ..StrategyConfig::default()
    };
    let kept = |config: StrategyConfig| selected(&config, &edges);
    assert_eq!(
        kept(StrategyConfig {
            min_odds: Some(4.0),
            ..all.clone()
        }),
        [Selection::DRAW, Selection::AWAY]
    );
    assert_eq!(
        kept(StrategyConfig {
            max_odds: Some(4.0),
            ..all.clone()
        }),
        [Selection::HOME, Selection::DRAW]
    );
    assert_eq!(
        kept(StrategyConfig {
            min_prob: Some(0.3),
            ..all.clone()
        }),
        [Selection::HOME, Selection::DRAW]
    );
    // expected values 0.2, 0.2 and 0.8: the bound itself is not enough
    assert_eq!(
        kept(StrategyConfig {
            min_ev: Some(0.5),
            ..all.clone()
        }),
        [Selection::AWAY]
    );
    // edges 0.1333, 0.05 and 0.0889
    assert_eq!(
        kept(StrategyConfig {
            min_edge: Some(0.06),
            ..all
        }),
        [Selection::HOME, Selection::AWAY]
    );
    let at_the_bound = [edge(Selection::HOME, 2.0, 0.75)];
    assert_eq!(
        selected(
            &StrategyConfig {
                min_ev: Some(0.5),
                ..StrategyConfig::default()
            },
            &at_the_bound
        ),
        []
    );
}

// --- settings ----------------------------------------------------------------------------------------------------

#[test]
fn a_setting_out_of_range_is_named_with_what_is_allowed() {
    let base = StrategyConfig::default;
    let kelly = || of_kind(StrategyKind::Kelly);
    let cases = [
        (
            StrategyConfig {
                stake: Some(1.5),
                ..base()
            },
            "stake must be a share above 0 and at most 1, not 1.5: write 1.5% or 0.015",
        ),
        (
            StrategyConfig {
                stake: Some(f64::NAN),
                ..base()
            },
            "stake must be a share above 0 and at most 1, not NaN",
        ),
        (
            StrategyConfig {
                stake: Some(0.001),
                ..of_kind(StrategyKind::Flat)
            },
            "stake must be an amount of at least 0.01, not 0.001",
        ),
        (
            StrategyConfig {
                min_ev: Some(-0.1),
                ..base()
            },
            "min_ev must be 0 or more, not -0.1",
        ),
        (
            StrategyConfig {
                min_edge: Some(-0.1),
                ..kelly()
            },
            "min_edge must be 0 or more, not -0.1",
        ),
        (
            StrategyConfig {
                kelly_fraction: 0.0,
                ..kelly()
            },
            "kelly_fraction must be above 0 and at most 2, not 0",
        ),
        (
            StrategyConfig {
                max_stake: Some(0.0),
                ..kelly()
            },
            "max_stake must be a share above 0 and at most 1, not 0",
        ),
        (
            StrategyConfig {
                markets: vec![],
                ..base()
            },
            "markets must be a list of at least one market, not empty",
        ),
        (
            StrategyConfig {
                books: BookChoice::Best(vec![]),
                ..base()
            },
            "books must be a list of at least one book, not empty",
        ),
        (
            StrategyConfig {
                selections: Some(vec![Side::Over]),
                ..base()
            },
            "selections must be sides of the chosen markets, not over",
        ),
        (
            StrategyConfig {
                min_odds: Some(3.0),
                max_odds: Some(2.0),
                ..base()
            },
            "max_odds must be above 1 and not below min_odds, not 2",
        ),
        (
            StrategyConfig {
                round_stake: Money::ZERO,
                ..base()
            },
            "round_stake must be an amount of at least 0.01, not 0",
        ),
        (
            StrategyConfig {
                min_stake: cents(-1),
                ..base()
            },
            "min_stake must be an amount of 0 or more, not -0.01",
        ),
    ];
    for (config, message) in cases {
        assert_eq!(Strategy::new(&config).err().unwrap().to_string(), message);
    }
}

#[test]
fn settings_read_as_they_are_written() {
    let config = StrategyConfig {
        kind: StrategyKind::Kelly,
        books: "best:ps,b365".parse().unwrap(),
        commission: "0.02,ah=0".parse().unwrap(),
        selections: Some(vec![Side::Home, Side::Over]),
        ..StrategyConfig::default()
    };
    let json = serde_json::to_string(&config).unwrap();
    assert!(
        json.contains(r#""kind":"kelly""#) && json.contains(r#""books":"best:ps,b365""#),
        "{json}"
    );
    assert_eq!(
        serde_json::from_str::<StrategyConfig>(&json).unwrap(),
        config
    );
    let toml: StrategyConfig =
        toml::from_str("kind = \"flat\"\nstake = 50.0\ncommission = 0.05").unwrap();
    assert_eq!((toml.kind, toml.stake), (StrategyKind::Flat, Some(50.0)));
    assert!(toml::from_str::<StrategyConfig>("min_evv = 0.1").is_err());
    for kind in StrategyKind::value_variants() {
        assert_eq!(kind.to_possible_value().unwrap().get_name(), kind.code());
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
    }
}

#[test]
fn a_choice_of_books_that_cannot_be_read_is_shown() {
    for text in ["", "best:", "b365,,ps", "b/365"] {
        let error = text.parse::<BookChoice>().unwrap_err().to_string();
        assert!(error.contains(&format!("{text:?}")), "{error}");
    }
}
