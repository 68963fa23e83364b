//! The bets of a record as the entries that an engine would have written, so that the same code sums them up.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chacha20::ChaCha8Rng;
use rand::SeedableRng as _;

use super::money::Scale;
use crate::calendar;
use crate::domain::{
    Bankroll, Bet, BetId, Book, Closing, Edge, Entry, Fixture, LeagueId, MatchState, Money, Odds,
    OutcomeDistribution, Quote, Score, Selection, Settlement, TeamId, Time,
};
use crate::metrics::{Metrics, Summary};
use crate::significance::{Evidence, fair_distribution};
use crate::source::{TrackedBet, TrackedBets};

/// Seed of the bootstrap: that of a backtest, so that the same bets have the same interval.
const SEED: u64 = 1;

/// Bets without dates are days of their own up to this number, and else blocks that make as many.
const MOST_DAYS: usize = 20_000;

/// What the entries of a record come to.
pub(super) struct Folded {
    pub summary: Summary,
}

/// The bets in the order of their settlement. The balances that simbet wrote beside its own bets tell it.
pub(super) fn in_order(record: &TrackedBets) -> Vec<&TrackedBet> {
    let bets: Vec<&TrackedBet> = record.bets.iter().collect();
    if !record.is_own {
        return bets;
    }
    chained(&bets).unwrap_or(bets)
}

/// The bankroll before the first settlement, by the balance beside it.
pub(super) fn initial_bankroll(record: &TrackedBets, bets: &[&TrackedBet]) -> Option<f64> {
    if !record.is_own || record.inputs.len() != 1 || chained(bets).is_none() {
        return None;
    }
    let before = minor_before(bets.first()?)?;
    Some(Money::from_minor(before).units())
}

/// The balance before a bet was settled, in coins.
fn minor_before(bet: &TrackedBet) -> Option<i64> {
    let after = Money::from_units(bet.bankroll_after?)?;
    Some((after - Money::from_units(bet.profit)?).minor())
}

/// Matches of a day may end after midnight, and so among those of the next: at most so many days are looked at together.
const DAYS_TOGETHER: usize = 4;

/// The bets in an order in which every balance follows from the one before; `None` where there is none.
fn chained<'a>(bets: &[&'a TrackedBet]) -> Option<Vec<&'a TrackedBet>> {
    let (mut balance, mut ordered) = (None, Vec::with_capacity(bets.len()));
    let (mut together, mut days) = (Vec::new(), 0);
    for day in bets.chunk_by(|one, next| one.day == next.day) {
        together.extend_from_slice(day);
        days += 1;
        if let Some(trail) = trail(&together, balance) {
            balance = trail.last().and_then(|bet| minor_after(bet));
            ordered.extend(trail);
            together.clear();
            days = 0;
        } else if days == DAYS_TOGETHER {
            return None;
        }
    }
    together.is_empty().then_some(ordered)
}

/// The balance after a bet was settled, in coins.
fn minor_after(bet: &TrackedBet) -> Option<i64> {
    Some(Money::from_units(bet.bankroll_after?)?.minor())
}

/// Bets that were settled one after the other: those of one match in the order of the table, where their balances follow from
/// each other.
fn settled_together<'a>(bets: &[&'a TrackedBet]) -> Vec<Vec<&'a TrackedBet>> {
    let mut matches: BTreeMap<Option<u32>, Vec<&TrackedBet>> = BTreeMap::new();
    for bet in bets {
        matches.entry(bet.event).or_default().push(bet);
    }
    let alone = |bets: Vec<&'a TrackedBet>| bets.into_iter().map(|bet| vec![bet]).collect();
    let of_match = |bets: Vec<&'a TrackedBet>| match follow(&bets) {
        true => vec![bets],
        false => alone(bets),
    };
    matches.into_values().flat_map(of_match).collect()
}

/// Whether the balance before each bet is that after the one before it.
fn follow(bets: &[&TrackedBet]) -> bool {
    let mut pairs = bets.windows(2);
    pairs.all(|pair| minor_after(pair[0]) == minor_before(pair[1]))
}

/// Bets as steps from balance to balance, each taken once, from this balance on; `None` where there is no such way
/// (Hierholzer 1873, Mathematische Annalen 6).
fn trail<'a>(bets: &[&'a TrackedBet], start: Option<i64>) -> Option<Vec<&'a TrackedBet>> {
    let groups = settled_together(bets);
    let before = |group: &[&TrackedBet]| minor_before(group.first()?);
    let after = |group: &[&TrackedBet]| minor_after(group.last()?);
    let mut from: BTreeMap<i64, VecDeque<usize>> = BTreeMap::new();
    let mut surplus: BTreeMap<i64, i64> = BTreeMap::new();
    for (place, group) in groups.iter().enumerate() {
        from.entry(before(group)?).or_default().push_back(place);
        *surplus.entry(before(group)?).or_default() += 1;
        *surplus.entry(after(group)?).or_default() -= 1;
    }
    let first = surplus.iter().find(|(_, surplus)| **surplus == 1);
    let first = first.map_or_else(|| minor_before(bets[0]), |(balance, _)| Some(*balance));
    let mut steps = vec![(start.or(first)?, None)];
    let mut taken: Vec<usize> = Vec::with_capacity(groups.len());
    while let Some(&(balance, step)) = steps.last() {
        if let Some(next) = from.get_mut(&balance).and_then(VecDeque::pop_front) {
            steps.push((after(&groups[next])?, Some(next)));
        } else {
            steps.pop();
            taken.extend(step);
        }
    }
    let trail: Vec<&TrackedBet> = taken
        .into_iter()
        .rev()
        .flat_map(|place| groups[place].iter().copied())
        .collect();
    (trail.len() == bets.len() && follow(&trail)).then_some(trail)
}

/// The first and the last day.
pub(super) fn days(record: &TrackedBets, bets: &[&TrackedBet]) -> Option<[String; 2]> {
    if !record.has_dates {
        return None;
    }
    let days = bets.iter().filter_map(|bet| bet.day);
    let (first, last) = (days.clone().min()?, days.max()?);
    Some([first, last].map(calendar::format_date))
}

/// The day of a bet; where the record has no dates its place.
pub(super) fn day_of(bets: &[&TrackedBet], place: usize) -> Time {
    let block = bets.len().div_ceil(MOST_DAYS).max(1);
    bets[place]
        .day
        .unwrap_or(Time::from_days((place / block) as i64))
}

/// Feeds the record to the metrics and the tests of a backtest.
pub(super) fn fold(
    record: &TrackedBets,
    bets: &[&TrackedBet],
    bankroll: Option<f64>,
    scale: Scale,
) -> Folded {
    let mut money = bankroll.map_or(Money::ZERO, |bankroll| scale.money(bankroll));
    let mut metrics = Metrics::new(money);
    let mut evidence = Evidence::default();
    let mut known = (0_u64, 0.0_f64);
    // those of open bets are in the summary of simbet's own run, and beside the settled bets of other tables they would be odd
    let open = (record.open_odds.iter().copied()).filter(|_| record.is_own);
    for odds in open.chain(bets.iter().filter_map(|bet| bet.odds)) {
        known = (known.0 + 1, known.1 + odds);
    }
    let without = record
        .counts
        .open
        .saturating_sub(record.open_odds.len() as u64);
    for odds in &record.open_odds {
        metrics.record(&Entry::Placed(open_bet(*odds)));
    }
    for _ in 0..without {
        metrics.record(&Entry::Placed(open_bet(2.0)));
    }
    let mut fixtures = Fixtures::default();
    for (place, bet) in bets.iter().enumerate() {
        money += scale.money(bet.profit);
        let settled = settlement(record, bets, place, money, scale, &mut fixtures);
        metrics.record(&Entry::Placed(settled.bet.clone()));
        let end = Entry::Settled(settled);
        metrics.record(&end);
        evidence.record(&end);
        if is_end_of_period(bets, place) {
            close(&mut metrics, ended_at(bets, place), money);
        }
    }
    let mut summary = metrics.summary();
    let mut significance = evidence.assess(&mut ChaCha8Rng::seed_from_u64(SEED));
    unscale(&mut significance, scale);
    summary.significance = Some(Box::new(significance));
    summary.refused = record.counts.refused;
    if record.counts.without_odds > 0 || without > 0 || !record.is_own {
        summary.average_odds = (known.0 > 0).then(|| known.1 / known.0 as f64);
    }
    Folded { summary }
}

fn close(metrics: &mut Metrics, time: Time, balance: Money) {
    // below zero only credit leads, which a record does not tell
    let bankroll = Bankroll::try_from((balance, Money::ZERO, true));
    if let Ok(bankroll) = bankroll {
        metrics.record(&Entry::Closed { time, bankroll });
    }
}

/// Whether no later bet was settled at the same time, so far as the record tells.
pub(super) fn is_end_of_period(bets: &[&TrackedBet], place: usize) -> bool {
    let bet = bets[place];
    let next = bets.get(place + 1);
    next.is_none_or(|next| bet.day.is_none() || (next.day, next.time) != (bet.day, bet.time))
}

fn ended_at(bets: &[&TrackedBet], place: usize) -> Time {
    day_of(bets, place) + i64::from(bets[place].time.unwrap_or(0))
}

/// Amounts among the tests, in the units of the record.
fn unscale(tests: &mut crate::significance::Significance, scale: Scale) {
    if let Some(profit) = &mut tests.fair_profit {
        profit.observed = scale.down(profit.observed);
        profit.expected = scale.down(profit.expected);
        profit.std_dev = scale.down(profit.std_dev);
    }
    if let Some(daily) = &mut tests.daily_profit {
        daily.mean = scale.down(daily.mean);
        daily.std_error = scale.down(daily.std_error);
    }
}

/// The fixture before, which several bets in a row may share.
#[derive(Default)]
struct Fixtures {
    last: Option<(Time, u32, Arc<Fixture>)>,
}

impl Fixtures {
    /// The fixture of a bet: that of the bet before where both name the same event of the same day.
    fn of(
        &mut self,
        record: &TrackedBets,
        bet: &TrackedBet,
        day: Time,
        place: usize,
    ) -> Arc<Fixture> {
        if let (Some(event), Some((known, last, fixture))) = (bet.event, &self.last)
            && (day, event) == (*known, *last)
        {
            return Arc::clone(fixture);
        }
        let id = match bet.event {
            Some(event) => format!("{}:{}", day.day(), record.labels.text(event)),
            None => format!("#{place}"),
        };
        let fixture = Arc::new(Fixture {
            id: id.into(),
            league: LeagueId(0),
            home: TeamId(0),
            away: TeamId(1),
            season: bet.season.unwrap_or(0),
            day,
            kickoff: None,
            neutral: false,
        });
        self.last = bet.event.map(|event| (day, event, Arc::clone(&fixture)));
        fixture
    }
}

fn settlement(
    record: &TrackedBets,
    bets: &[&TrackedBet],
    place: usize,
    balance: Money,
    scale: Scale,
    fixtures: &mut Fixtures,
) -> Settlement {
    let bet = bets[place];
    let day = day_of(bets, place);
    let stake = scale.money(bet.stake);
    let profit = scale.money(bet.profit);
    let edge = edge(record, bet);
    let fixture = fixtures.of(record, bet, day, place);
    // bets on one event count as dependent; only simbet's own tell which were sides of one market
    let placed_at = bet
        .placed_at
        .filter(|_| record.is_own)
        .unwrap_or(Time::from_seconds(place as i64));
    let closing = closing(bet, &edge);
    Settlement {
        bet: Bet {
            id: BetId::new(
                &fixture,
                edge.quote.selection,
                Time::from_seconds(place as i64),
                "",
            ),
            fixture,
            state: MatchState::default(),
            edge,
            stake,
            placed_at,
            price_probability: bet
                .price_probability
                .filter(|_| bet.odds.is_some() && !bet.cashed_out && !bet.off_price),
            mean_odds: bet.mean_odds.and_then(|odds| Odds::new(odds).ok()),
        },
        score: Score { home: 0, away: 0 },
        outcome: bet.outcome,
        payout: stake + profit,
        profit,
        closing,
        settled_at: day,
        balance,
    }
}

fn edge(record: &TrackedBets, bet: &TrackedBet) -> Edge {
    let odds = Odds::new(bet.odds.unwrap_or(2.0)).unwrap_or(Odds::LIMITS[0]);
    let book = bet.book.filter(|_| record.is_own);
    let book = book.and_then(|book| Book::new(record.labels.text(book)).ok());
    let quote = Quote {
        selection: bet.selection.unwrap_or(Selection::HOME),
        odds,
        book: book.unwrap_or(Book::AVG),
        as_of: Time::default(),
    };
    Edge {
        commission: bet.commission,
        ..Edge::new(quote, None)
    }
}

/// What the close says of a bet: what simbet wrote, or what the columns with closing prices say.
fn closing(bet: &TrackedBet, edge: &Edge) -> Option<Closing> {
    let line = bet.closing_line.and_then(crate::domain::Line::from_goals);
    let line = line.filter(|_| bet.placed_at.is_some());
    let odds = bet.closing_odds.and_then(|odds| Odds::new(odds).ok());
    // the value that simbet wrote has all its digits, and the probability beside it lacks some
    let fair = match (bet.closing_probability, bet.closing_value) {
        (Some(chance), Some(value)) if bet.mean_odds.is_some() => {
            let fair = fair_distribution(edge.quote.selection, chance);
            fair.map(|fair| worth(fair, value, edge))
        }
        (_, Some(value)) => Some(worth(OutcomeDistribution::binary(0.0), value, edge)),
        (Some(chance), None) => fair_distribution(edge.quote.selection, chance),
        (None, None) => None,
    };
    let is_known = bet.odds.is_some() && (odds.is_some() || fair.is_some() || line.is_some());
    is_known.then_some(Closing {
        odds,
        probability: bet.closing_probability,
        moved_to: line,
        fair,
    })
}

/// The distribution with which the bet is worth what simbet wrote, by moving what it lacks from lost to won.
fn worth(fair: OutcomeDistribution, value: f64, edge: &Edge) -> OutcomeDistribution {
    let odds = edge.net_odds();
    let lacking = (value - fair.expected_value(odds)) / odds.decimal();
    OutcomeDistribution {
        won: fair.won + lacking,
        lost: fair.lost - lacking,
        ..fair
    }
}

fn open_bet(decimal: f64) -> Bet {
    let odds = Odds::new(decimal).unwrap_or(Odds::LIMITS[0]);
    let quote = Quote {
        selection: Selection::HOME,
        odds,
        book: Book::AVG,
        as_of: Time::default(),
    };
    let fixture = Fixture {
        id: "".into(),
        league: LeagueId(0),
        home: TeamId(0),
        away: TeamId(1),
        season: 0,
        day: Time::default(),
        kickoff: None,
        neutral: false,
    };
    Bet {
        id: BetId::new(&fixture, Selection::HOME, Time::default(), ""),
        fixture: Arc::new(fixture),
        state: MatchState::default(),
        edge: Edge::new(quote, None),
        stake: Money::ZERO,
        placed_at: Time::default(),
        price_probability: None,
        mean_odds: None,
    }
}
