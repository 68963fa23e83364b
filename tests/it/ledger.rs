//! The ledger: no cent is made or lost, and a bet settles once.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use simbet::Ledger;
use simbet::internals::domain::Closing;
use simbet::internals::match_index::{MatchIndex, Slot};
use simbet::{
    Bet, BetId, Book, Commission, Edge, Entry, Fixture, LeagueId, Line, Market, Match, MatchState,
    MatchStatus, Money, Odds, Outcome, Quote, Refusal, Score, Selection, Settlement, Side, TeamId,
    Time,
};

fn cents(minor: i64) -> Money {
    Money::from_minor(minor)
}

fn fixture(number: u8) -> Arc<Fixture> {
    let (home, away, league, day) = (TeamId(0), TeamId(1), LeagueId(0), Time::default());
    let id = format!("match {number}").into();
    Arc::new(Fixture {
        id,
        league,
        home,
        away,
        season: 2023,
        day,
        kickoff: None,
        neutral: false,
    })
}

fn quote(selection: Selection, decimal: f64, book: Book) -> Quote {
    Quote {
        selection,
        odds: Odds::new(decimal).unwrap(),
        book,
        as_of: Time::default(),
    }
}

fn bet(number: u8, selection: Selection, stake: i64, decimal: f64, minute: i64) -> Bet {
    let (fixture, placed_at) = (fixture(number), Time::from_seconds(60 * minute));
    let id = BetId::new(&fixture, selection, placed_at, "test");
    let edge = Edge::new(quote(selection, decimal, Book::AVG), None);
    Bet {
        id,
        fixture,
        state: MatchState::default(),
        edge,
        stake: cents(stake),
        placed_at,
        price_probability: None,
        mean_odds: None,
    }
}

fn on_home(number: u8, stake: i64, decimal: f64) -> Bet {
    bet(number, Selection::HOME, stake, decimal, 0)
}

fn handicap(quarters: i16, side: Side) -> Selection {
    Selection::new(Market::AsianHandicap(Line::from_quarters(quarters)), side).unwrap()
}

fn ledger(minor: i64, commission: &str) -> Ledger {
    Ledger::new(cents(minor), commission.parse().unwrap()).unwrap()
}

/// Every match has a slot of its own.
fn slot(number: u8) -> Slot {
    Slot(number.into())
}

fn place(ledger: &mut Ledger, bet: Bet) -> Entry {
    let number = bet.fixture.id.strip_prefix("match ").unwrap();
    ledger.place(slot(number.parse().unwrap()), bet)
}

fn settle(ledger: &mut Ledger, number: u8, home: u8, away: u8) -> Vec<Settlement> {
    let settlement = |entry| match entry {
        Entry::Settled(settlement) => settlement,
        other => panic!("{other:?} is no settlement"),
    };
    end(ledger, number, [home, away], MatchStatus::Played)
        .into_iter()
        .map(settlement)
        .collect()
}

/// A later word on a match that is over: the settlements before and after it.
fn correct(
    ledger: &mut Ledger,
    number: u8,
    goals: [u8; 2],
    status: MatchStatus,
) -> Vec<(Settlement, Settlement)> {
    let correction = |entry| match entry {
        Entry::Corrected { before, after } => (*before, after),
        other => panic!("{other:?} is no correction"),
    };
    end(ledger, number, goals, status)
        .into_iter()
        .map(correction)
        .collect()
}

fn end(ledger: &mut Ledger, number: u8, goals: [u8; 2], status: MatchStatus) -> Vec<Entry> {
    let mut entries = Vec::new();
    let [home, away] = goals;
    let played = Match {
        fixture: fixture(number),
        score: Score { home, away },
        status,
        statistics: None,
    };
    ledger.settle(slot(number), &played, Time::from_days(1), &mut entries);
    entries
}

fn refusal(entry: Entry) -> Option<Refusal> {
    match entry {
        Entry::Refused { reason, .. } => Some(reason),
        _ => None,
    }
}

#[test]
fn a_stake_is_tied_up_until_its_result_is_known() {
    let mut ledger = ledger(10_000, "0");
    assert!(matches!(
        place(&mut ledger, on_home(1, 6000, 2.5)),
        Entry::Placed(_)
    ));
    assert_eq!(
        (ledger.bankroll().balance(), ledger.bankroll().free()),
        (cents(10_000), cents(4000))
    );
    assert_eq!(
        refusal(place(&mut ledger, on_home(2, 4001, 2.0))),
        Some(Refusal::NoFreeBankroll)
    );
    let settled = settle(&mut ledger, 1, 1, 0);
    assert_eq!(
        (settled[0].outcome, settled[0].payout, settled[0].profit),
        (Outcome::Won, cents(15_000), cents(9000))
    );
    assert_eq!(
        (settled[0].balance, ledger.bankroll().free()),
        (cents(19_000), cents(19_000))
    );
}

#[test]
fn the_same_result_again_changes_nothing_and_betting_on_the_match_has_ended() {
    let mut ledger = ledger(10_000, "0");
    place(&mut ledger, on_home(1, 1000, 2.0));
    assert_eq!(settle(&mut ledger, 1, 0, 0).len(), 1);
    assert_eq!(settle(&mut ledger, 1, 0, 0), []);
    assert_eq!(settle(&mut ledger, 1, 1, 2), [], "it loses as before");
    assert_eq!(ledger.bankroll().balance(), cents(9000));
    assert_eq!(
        refusal(place(&mut ledger, on_home(1, 1000, 2.0))),
        Some(Refusal::MatchOver)
    );
    assert_eq!(settle(&mut ledger, 9, 1, 0), [], "a match without bets");
}

#[test]
fn bets_on_a_match_without_a_result_are_void_whatever_the_goals() {
    for status in MatchStatus::ALL {
        let mut ledger = ledger(10_000, "0.05");
        place(&mut ledger, on_home(1, 6000, 3.0));
        place(&mut ledger, bet(1, handicap(-4, Side::Home), 1000, 2.0, 0));
        let entries = end(&mut ledger, 1, [1, 0], status);
        let payouts: Vec<_> = entries
            .iter()
            .map(|entry| match entry {
                Entry::Settled(settled) => (settled.outcome, settled.payout),
                other => panic!("{other:?}"),
            })
            .collect();
        if status.has_result() {
            // 120.00 less 5 %, and a handicap of a goal that a goal's lead meets
            let expected = [(Outcome::Won, cents(17_400)), (Outcome::Void, cents(1000))];
            assert_eq!(payouts, expected);
        } else {
            let expected = [(Outcome::Void, cents(6000)), (Outcome::Void, cents(1000))];
            assert_eq!(payouts, expected, "{status:?}");
            assert_eq!(ledger.bankroll().free(), cents(10_000), "{status:?}");
        }
    }
}

#[test]
fn a_correction_books_the_difference_to_the_cent() {
    let mut ledger = ledger(100_000, "0.05");
    place(&mut ledger, on_home(1, 1000, 3.0));
    place(&mut ledger, bet(1, Selection::DRAW, 500, 4.0, 0));
    settle(&mut ledger, 1, 2, 0);
    assert!(ledger.end_round(Time::from_days(1)).is_some());
    // 20.00 won, 5.00 lost, 5 % of 15.00
    assert_eq!(ledger.bankroll().balance(), cents(101_425));
    let corrected = correct(&mut ledger, 1, [1, 1], MatchStatus::Played);
    let profits: Vec<_> = corrected
        .iter()
        .map(|(before, after)| (before.profit, after.profit, after.balance))
        .collect();
    // the draw wins 15.00, the home side loses 10.00: 5 % of 5.00, all of it from the draw
    assert_eq!(
        profits,
        [
            (cents(1925), cents(-1000), cents(98_500)),
            (cents(-500), cents(1475), cents(100_475)),
        ]
    );
    assert!(
        ledger.end_round(Time::from_days(2)).is_some(),
        "money moved"
    );
    let void = correct(&mut ledger, 1, [1, 1], MatchStatus::Abandoned);
    assert_eq!(void.len(), 2);
    assert_eq!(ledger.bankroll().balance(), cents(100_000));
    let again = correct(&mut ledger, 1, [2, 0], MatchStatus::Played);
    assert_eq!(again[0].1.payout, cents(2925));
    assert_eq!(ledger.bankroll().balance(), cents(101_425));
    assert_eq!(correct(&mut ledger, 1, [2, 0], MatchStatus::Played), []);
    assert_eq!(ledger.bankroll().reserved(), Money::ZERO);
}

/// The commission of a market is on its net winnings, so that another bet's correction changes what a winner pays.
#[test]
fn a_bet_that_wins_as_before_may_pay_another_commission() {
    let mut ledger = ledger(100_000, "0.1");
    place(&mut ledger, bet(1, handicap(-2, Side::Home), 1000, 2.0, 0));
    place(&mut ledger, bet(1, handicap(-2, Side::Home), 1000, 2.0, 5));
    place(&mut ledger, bet(1, Selection::HOME, 1000, 2.0, 0));
    settle(&mut ledger, 1, 1, 0);
    let corrected = correct(&mut ledger, 1, [2, 0], MatchStatus::Played);
    assert_eq!(corrected, [], "one goal or two, the same bets win");
    let corrected = correct(&mut ledger, 1, [0, 0], MatchStatus::Played);
    assert_eq!(corrected.len(), 3);
    assert_eq!(ledger.bankroll().balance(), cents(97_000));
}

#[test]
fn a_correction_can_take_back_what_was_staked_since_and_then_nothing_is_free() {
    let mut ledger = ledger(10_000, "0");
    place(&mut ledger, on_home(1, 10_000, 3.0));
    settle(&mut ledger, 1, 1, 0);
    place(&mut ledger, on_home(2, 25_000, 2.0));
    place(&mut ledger, on_home(3, 5_000, 2.0));
    correct(&mut ledger, 1, [0, 1], MatchStatus::Played);
    let bankroll = *ledger.bankroll();
    assert_eq!(
        (bankroll.balance(), bankroll.reserved(), bankroll.free()),
        (cents(0), cents(30_000), cents(0))
    );
    settle(&mut ledger, 2, 0, 1);
    assert_eq!(ledger.bankroll().balance(), cents(-25_000), "a debt");
    assert_eq!(
        refusal(place(&mut ledger, on_home(4, 1, 2.0))),
        Some(Refusal::NoFreeBankroll)
    );
    let saved = ledger.save().unwrap();
    correct(&mut ledger, 1, [1, 0], MatchStatus::Played);
    settle(&mut ledger, 3, 1, 0);
    assert_eq!(ledger.bankroll().balance(), cents(10_000));
    assert_eq!(ledger.bankroll().free(), cents(10_000));
    let mut matches = MatchIndex::<()>::default();
    for number in [1, 2, 3] {
        let slot = matches.intern(&fixture(number).id);
        if number != 3 {
            matches.end(slot, Time::from_days(1));
        }
    }
    ledger.restore(&saved, &matches).unwrap();
    assert_eq!(ledger.save().unwrap(), saved, "a debt is saved, too");
}

#[test]
fn the_same_bet_is_placed_once() {
    let mut ledger = ledger(10_000, "0");
    place(&mut ledger, on_home(1, 1000, 2.0));
    assert_eq!(
        refusal(place(&mut ledger, on_home(1, 2000, 2.2))),
        Some(Refusal::Duplicate)
    );
    assert_eq!(ledger.bankroll().reserved(), cents(1000));
    assert_eq!(
        refusal(place(&mut ledger, bet(1, Selection::HOME, 1000, 2.0, 30))),
        None,
        "later in the match"
    );
    assert_eq!(ledger.open_bets().count(), 2);
}

#[test]
fn a_stake_that_is_no_stake_is_refused() {
    let mut ledger = ledger(10_000, "0");
    assert_eq!(
        refusal(place(&mut ledger, on_home(1, 0, 2.0))),
        Some(Refusal::BelowMinimum)
    );
    assert_eq!(
        refusal(place(&mut ledger, on_home(1, -5, 2.0))),
        Some(Refusal::BelowMinimum)
    );
}

/// A bankroll that grows without end overflowed before bets were held to what can be counted.
#[test]
fn winnings_that_cannot_be_counted_are_refused() {
    let mut ledger = ledger(Money::LIMIT.minor() - 10_000, "0");
    assert_eq!(refusal(place(&mut ledger, on_home(1, 6000, 2.0))), None);
    assert_eq!(
        refusal(place(&mut ledger, on_home(2, 6000, 2.0))),
        Some(Refusal::TooLarge)
    );
    assert_eq!(
        refusal(place(&mut ledger, on_home(2, 1, 1e300))),
        Some(Refusal::TooLarge)
    );
    settle(&mut ledger, 1, 0, 1);
    assert_eq!(refusal(place(&mut ledger, on_home(2, 6000, 2.0))), None);
    assert!(Ledger::new(Money::LIMIT + cents(1), Commission::default()).is_err());
    assert!(Ledger::new(cents(-1), Commission::default()).is_err());
}

/// Closing odds of home, and of nothing else.
fn closing_at(decimal: f64) -> impl Fn(&Bet) -> Option<Closing> {
    move |bet| {
        let odds = Some(Odds::new(decimal).unwrap());
        (bet.edge.quote.selection == Selection::HOME).then_some(Closing {
            odds,
            probability: None,
            moved_to: None,
            fair: None,
        })
    }
}

/// Which closing prices are a bet's is for the engine to say.
#[test]
fn what_the_close_says_is_noted_on_open_bets_and_stays_until_it_says_more() {
    let mut ledger = ledger(100_000, "0");
    place(&mut ledger, on_home(1, 1000, 2.0));
    place(&mut ledger, bet(1, handicap(-1, Side::Home), 1000, 1.9, 0));
    place(&mut ledger, on_home(2, 1000, 2.0));
    let before = *ledger.bankroll();
    ledger.close(slot(1), closing_at(1.7));
    ledger.close(slot(1), closing_at(1.8));
    ledger.close(slot(1), |_| None);
    ledger.close(slot(99), closing_at(1.5));
    assert_eq!(*ledger.bankroll(), before);
    let closing = |settled: &Settlement| Some(settled.closing?.odds?.decimal());
    assert_eq!(
        settle(&mut ledger, 1, 1, 0)
            .iter()
            .map(closing)
            .collect::<Vec<_>>(),
        [Some(1.8), None]
    );
    assert_eq!(
        settle(&mut ledger, 2, 1, 0)
            .iter()
            .map(closing)
            .collect::<Vec<_>>(),
        [None]
    );
}

#[test]
fn commission_is_paid_on_the_net_winnings_of_a_market() {
    let mut ledger = ledger(100_000, "0.05,ah=0.02");
    place(&mut ledger, on_home(1, 1000, 3.0));
    place(&mut ledger, bet(1, Selection::DRAW, 500, 4.0, 0));
    place(&mut ledger, bet(1, handicap(-1, Side::Home), 1000, 2.0, 0));
    let settled = settle(&mut ledger, 1, 2, 0);
    // 1X2: 20.00 won, 5.00 lost, 5 % of 15.00; handicap: 2 % of 10.00
    let profits: Vec<Money> = settled.iter().map(|settlement| settlement.profit).collect();
    assert_eq!(profits, [cents(1925), cents(-500), cents(980)]);
    assert_eq!(settled[0].payout, cents(2925));
}

#[test]
fn a_market_that_loses_net_pays_no_commission() {
    let mut ledger = ledger(100_000, "0.05");
    place(&mut ledger, on_home(1, 1000, 1.5));
    place(&mut ledger, bet(1, Selection::DRAW, 500, 4.0, 0));
    let profits: Vec<Money> = settle(&mut ledger, 1, 1, 0)
        .iter()
        .map(|settlement| settlement.profit)
        .collect();
    assert_eq!(profits, [cents(500), cents(-500)]);
}

#[test]
fn commission_that_does_not_divide_is_shared_out_to_the_cent() {
    let mut ledger = ledger(100_000, "0.05");
    for minute in 0..3 {
        place(&mut ledger, bet(1, Selection::HOME, 111, 2.0, minute));
    }
    // 5 % of 3.33 is 0.1665, so 0.17 in three parts
    let profits: Vec<Money> = settle(&mut ledger, 1, 1, 0)
        .iter()
        .map(|settlement| settlement.profit)
        .collect();
    assert_eq!(profits, [cents(106), cents(105), cents(105)]);
}

#[test]
fn rounds_in_which_money_moved_are_told_and_peaks_are_those_of_rounds() {
    let mut ledger = ledger(10_000, "0");
    assert_eq!(ledger.end_round(Time::from_days(0)), None);
    place(&mut ledger, on_home(1, 1000, 2.0));
    place(&mut ledger, on_home(2, 1000, 2.0));
    assert!(matches!(
        ledger.end_round(Time::from_days(0)),
        Some(Entry::Closed { .. })
    ));
    settle(&mut ledger, 1, 1, 0);
    settle(&mut ledger, 2, 0, 1);
    assert!(ledger.end_round(Time::from_days(1)).is_some());
    assert_eq!(
        ledger.peak(),
        cents(10_000),
        "the balance between two settlements is no peak"
    );
    assert_eq!(ledger.end_round(Time::from_days(2)), None);
}

#[test]
fn bets_that_are_never_settled_stay_open_in_the_order_of_their_matches() {
    let mut ledger = ledger(10_000, "0");
    for (number, minute) in [(3, 0), (1, 0), (3, 5), (2, 0)] {
        place(&mut ledger, bet(number, Selection::HOME, 100, 2.0, minute));
    }
    settle(&mut ledger, 1, 0, 0);
    let open: Vec<&str> = ledger.open_bets().map(|bet| &*bet.fixture.id).collect();
    assert_eq!(open, ["match 3", "match 3", "match 2"]);
    assert_eq!(ledger.bankroll().reserved(), cents(300));
}

#[derive(Debug, Clone)]
enum Step {
    Place(Bet),
    Result(u8, [u8; 2], MatchStatus),
    Close(u8, f64),
}

fn any_selection() -> impl Strategy<Value = Selection> {
    let two_sided =
        (-8..8_i16, prop::bool::ANY, prop::bool::ANY).prop_map(|(quarters, total, first)| {
            let line = Line::from_quarters(quarters);
            if total {
                Selection::new(
                    Market::OverUnder(line),
                    if first { Side::Over } else { Side::Under },
                )
                .unwrap()
            } else {
                handicap(quarters, if first { Side::Home } else { Side::Away })
            }
        });
    prop_oneof![
        Just(Selection::HOME),
        Just(Selection::DRAW),
        Just(Selection::AWAY),
        two_sided
    ]
}

fn any_status() -> impl Strategy<Value = MatchStatus> {
    prop_oneof![3 => Just(MatchStatus::Played), 2 => prop::sample::select(&MatchStatus::ALL[..])]
}

/// The profits of these bets if the last result of each match had come first.
fn profits_at_once(
    bets: &[Bet],
    results: &BTreeMap<u8, ([u8; 2], MatchStatus)>,
    commission: &str,
) -> BTreeMap<BetId, Money> {
    let mut ledger = ledger(Money::LIMIT.minor() / 2, commission);
    for bet in bets {
        assert!(matches!(place(&mut ledger, bet.clone()), Entry::Placed(_)));
    }
    let mut profits = BTreeMap::new();
    for (&number, &(goals, status)) in results {
        for entry in end(&mut ledger, number, goals, status) {
            let Entry::Settled(settled) = entry else {
                panic!("a first result settles: {entry:?}");
            };
            profits.insert(settled.bet.id, settled.profit);
        }
    }
    profits
}

fn any_step() -> impl Strategy<Value = Step> {
    let place = (
        0..12_u8,
        any_selection(),
        1..30_000_i64,
        1_001..30_000_u32,
        0..3_i64,
    )
        .prop_map(|(number, selection, stake, thousandths, minute)| {
            Step::Place(bet(
                number,
                selection,
                stake,
                f64::from(thousandths) / 1000.0,
                minute,
            ))
        });
    prop_oneof![
        4 => place,
        2 => (0..12_u8, [0..5_u8, 0..5_u8], any_status())
            .prop_map(|(number, goals, status)| Step::Result(number, goals, status)),
        1 => (0..12_u8, 1.01..9.0_f64).prop_map(|(number, decimal)| Step::Close(number, decimal)),
    ]
}

proptest! {
    #[test]
    fn money_is_conserved_through_voids_and_corrections(
        steps in prop::collection::vec(any_step(), 1..120),
        initial in 0..1_000_000_i64,
        commission in prop_oneof![Just("0"), Just("0.05"), Just("0.137,ou=0"), Just("0.999")],
    ) {
        let mut ledger = ledger(initial, commission);
        let mut placed: Vec<Bet> = Vec::new();
        let mut open: BTreeMap<BetId, Money> = BTreeMap::new();
        let mut profits: BTreeMap<BetId, Money> = BTreeMap::new();
        let mut last = BTreeMap::new();
        for step in steps {
            let before = ledger.bankroll().balance();
            let reserved = ledger.bankroll().reserved();
            match step {
                Step::Place(bet) => {
                    if let Entry::Placed(bet) = place(&mut ledger, bet) {
                        prop_assert!(bet.stake <= before - reserved);
                        prop_assert_eq!(open.insert(bet.id, bet.stake), None);
                        placed.push(bet);
                    }
                }
                Step::Result(number, goals, status) => {
                    for entry in end(&mut ledger, number, goals, status) {
                        let settled = match entry {
                            Entry::Settled(settled) => {
                                prop_assert_eq!(open.remove(&settled.bet.id), Some(settled.bet.stake));
                                prop_assert_eq!(profits.insert(settled.bet.id, settled.profit), None);
                                settled
                            }
                            Entry::Corrected { before, after } => {
                                prop_assert_eq!(&before.bet, &after.bet);
                                prop_assert_eq!(profits.insert(after.bet.id, after.profit), Some(before.profit));
                                prop_assert_ne!((before.outcome, before.payout), (after.outcome, after.payout));
                                after
                            }
                            other => panic!("{other:?} of a result"),
                        };
                        prop_assert_eq!(settled.payout - settled.bet.stake, settled.profit);
                        prop_assert!(settled.payout >= Money::ZERO);
                        prop_assert!(status.has_result() || settled.profit == Money::ZERO);
                        let gross = settled.outcome.payout(settled.bet.stake, settled.bet.edge.quote.odds);
                        prop_assert!(settled.payout <= gross);
                        prop_assert!(settled.profit >= Money::ZERO || settled.payout == gross);
                        prop_assert_eq!(settled.balance, cents(initial) + profits.values().copied().sum::<Money>());
                    }
                    last.insert(number, (goals, status));
                }
                Step::Close(number, decimal) => {
                    ledger.close(slot(number), closing_at(decimal));
                }
            }
            let bankroll = *ledger.bankroll();
            prop_assert_eq!(bankroll.balance(), ledger.initial() + profits.values().copied().sum::<Money>());
            prop_assert_eq!(bankroll.reserved(), open.values().copied().sum::<Money>());
            prop_assert_eq!(bankroll.free(), (bankroll.balance() - bankroll.reserved()).max(Money::ZERO));
            prop_assert_eq!(ledger.open_bets().count(), open.len());
        }
        prop_assert_eq!(profits, profits_at_once(&placed, &last, commission));
    }
}

#[test]
fn a_slot_is_given_away_only_when_no_bet_is_open_on_it() {
    let mut ledger = ledger(10_000, "0");
    place(&mut ledger, on_home(1, 1000, 2.0));
    assert!(!ledger.forget(slot(1)), "an open bet belongs to");
    settle(&mut ledger, 1, 1, 0);
    assert!(ledger.forget(slot(1)));
    assert_eq!(ledger.remembered(), 0);
    assert_eq!(
        refusal(place(&mut ledger, on_home(1, 1000, 2.0))),
        None,
        "of another match"
    );
}

#[test]
fn a_saved_ledger_is_of_the_matches_that_were_remembered() {
    let mut before = ledger(10_000, "0");
    for number in [1, 2] {
        place(&mut before, on_home(number, 1000, 2.0));
    }
    settle(&mut before, 1, 1, 0);
    let saved = before.save().unwrap();
    let mut matches = MatchIndex::<()>::default();
    assert!(ledger(0, "0").restore(&saved, &matches).is_err());
    let second = matches.intern(&fixture(2).id);
    assert!(ledger(0, "0").restore(&saved, &matches).is_err());
    let first = matches.intern(&fixture(1).id);
    assert!(
        ledger(0, "0").restore(&saved, &matches).is_err(),
        "a settled bet of an open match"
    );
    matches.end(first, Time::from_days(1));
    let mut after = ledger(0, "0");
    after.restore(&saved, &matches).unwrap();
    assert!(before.open_bets().eq(after.open_bets()));
    assert_eq!(after.save().unwrap(), saved);
    let mut corrected = Vec::new();
    let lost = Match {
        fixture: fixture(1),
        score: Score { home: 0, away: 1 },
        status: MatchStatus::Played,
        statistics: None,
    };
    after.settle(first, &lost, Time::from_days(2), &mut corrected);
    let Some(Entry::Corrected {
        before: won,
        after: lost,
    }) = corrected.first()
    else {
        panic!("{corrected:?}");
    };
    assert_eq!((won.profit, lost.profit), (cents(1000), cents(-1000)));
    after.restore(&saved, &matches).unwrap();
    matches.end(second, Time::from_days(1));
    assert!(after.restore(&saved, &matches).is_err(), "it is over");
}
