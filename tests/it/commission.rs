//! Commission: per book and market, on what is won net, in the ledger, in the choice of prices and in what is expected.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use rand::SeedableRng as _;
use simbet::internals::config::Grid;
use simbet::internals::match_index::Slot;
use simbet::internals::significance::{Evidence, fair_distribution};
use simbet::internals::simulate::RunSimulator;
use simbet::internals::sink::Outputs;
use simbet::internals::sink::significance::SignificanceSink;
use simbet::internals::strategy::{exclusive_kelly_fractions, netted_kelly_fractions};
use simbet::{
    Bet, BetId, Book, Commission, Edge, Entry, Fixture, LeagueId, Ledger, Line, Market, MarketKind,
    Match, MatchState, MatchStatus, Money, Names, Odds, Outcome, Quote, RunConfig, Score,
    Selection, Settings, Settlement, Side, SimulationConfig, SimulationSettings, Sink, SinkError,
    Summary, TeamId, Time, backtest, read_bytes,
};

use crate::backtest::{fails, simbet};

// ------------------------------------------------------------------------------------------ as it is written

fn commission(text: &str) -> Commission {
    text.parse()
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn book(name: &str) -> Book {
    Book::new(name).unwrap()
}

fn rates(text: &str, books: [&str; 2]) -> [f64; 4] {
    let (commission, kinds) = (
        commission(text),
        [MarketKind::MatchOdds, MarketKind::AsianHandicap],
    );
    let mut rates = [0.0; 4];
    for (place, rate) in rates.iter_mut().enumerate() {
        *rate = commission.rate(book(books[place / 2]), kinds[place % 2]);
    }
    rates
}

/// 1X2 and handicap at b365, then at the exchange.
#[test]
fn the_most_specific_rate_holds_in_whatever_order_they_are_given() {
    for (text, expected) in [
        ("0.05", [0.05; 4]),
        ("bfe=0.05", [0.0, 0.0, 0.05, 0.05]),
        ("ah=0.01,0.02", [0.02, 0.01, 0.02, 0.01]),
        ("bfe=0.05,ah=0.01", [0.0, 0.01, 0.05, 0.05]),
        ("bfe:ah=0, bfe=0.05, ah=0.01, 0.02", [0.02, 0.01, 0.05, 0.0]),
        ("0.02,ah=0.01,bfe=0.05,bfe:ah=0", [0.02, 0.01, 0.05, 0.0]),
        (
            "Betfair Exchange = 5%, BFE:AH = 2.5 %",
            [0.0, 0.0, 0.05, 0.025],
        ),
        ("0.1%", [0.001; 4]),
    ] {
        assert_eq!(rates(text, ["b365", "bfe"]), expected, "{text}");
        let written = commission(text).to_string();
        assert_eq!(commission(&written), commission(text), "{written}");
        let json = serde_json::to_string(&commission(text)).unwrap();
        let read: Commission = serde_json::from_str(&json).unwrap();
        assert_eq!(read, commission(text), "{json}");
    }
}

#[test]
fn what_a_market_is_called_is_no_book() {
    assert_eq!(rates("ah=0.05", ["ah", "avg"]), [0.0, 0.05, 0.0, 0.05]);
    assert_eq!(rates("ah:1x2=0.05", ["ah", "avg"]), [0.05, 0.0, 0.0, 0.0]);
}

#[test]
fn a_file_has_a_number_a_text_or_a_table() {
    let read = |toml: &str| Settings::from_toml(toml).map(|settings| settings.commission);
    for toml in [
        "commission = 'bfe=0.05,bfe:ah=0.02'",
        "commission = { bfe = 0.05, 'bfe:ah' = '2%' }",
        "[commission]\n'Betfair Exchange' = '5%'\n'bfe:ah' = 0.02",
    ] {
        let expected = commission("bfe=0.05,bfe:ah=0.02");
        assert_eq!(read(toml).unwrap(), Some(expected), "{toml}");
    }
    assert_eq!(read("commission = 0.05").unwrap(), Some(commission("5%")));
    for (toml, word) in [
        ("commission = 5", "0.05 or 5%"),
        ("commission = true", "a table of rates"),
        ("commission = { bfe = 1.5 }", "0.05 or 5%"),
        (
            "commission = { bfe = 0.05, 'Betfair Exchange' = 0.02 }",
            "one rate for bfe",
        ),
        (
            "commission = { 'bfe:corners' = 0.05 }",
            "one of 1x2, ou, ah, btts",
        ),
    ] {
        let error = read(toml).unwrap_err().to_string();
        assert!(error.contains(word), "{toml}: {error}");
    }
}

#[test]
fn what_cannot_be_understood_is_one_clear_error() {
    for (text, word) in [
        ("5", "from 0 to below 1, such as 0.05 or 5%, not \"5\""),
        ("bfe=100%", "from 0 to below 1"),
        ("-0.05", "from 0 to below 1"),
        ("bfe", "0.05 or 5%, not \"bfe\""),
        ("0,05", "0.05 or 5%, not \"0,05\""),
        ("0.05,0.02", "one rate for everything, not 0.05 and 0.02"),
        ("bfe=0.05,bfe=0.02", "one rate for bfe, not 0.05 and 0.02"),
        (
            "bfe:corners=0.05",
            "a market must be one of 1x2, ou, ah, btts, not \"corners\"",
        ),
        ("1x2:bfe=0.05", "a market must be one of"),
        (
            "b/f=0.05",
            "a market at a book (bfe:ah=0.03), not for \"b/f\"",
        ),
        ("=0.05", "for a market (ah=0.02)"),
        ("0.05,", "0.05 or 5%"),
    ] {
        let error = text.parse::<Commission>().unwrap_err().to_string();
        assert!(error.contains(word), "{text}: {error}");
        fails(
            &[
                "backtest",
                "datasets/epl.csv",
                &format!("--commission={text}"),
            ],
            2,
            &["--commission"],
        );
    }
}

#[test]
fn a_rate_that_no_bet_would_pay_is_an_error() {
    let resolve = |toml: &str| RunConfig::resolve(&Settings::from_toml(toml).unwrap());
    for (toml, unused) in [
        ("commission = 'bfe=0.05'", "bfe"),
        ("commission = 'ah=0.05'", "ah"),
        ("commission = 'corners=0.05'", "corners"),
        ("commission = '0.05,bfe=0.05,ah=0.02'", "ah, bfe"),
        ("commission = '1x2=0.05,avg=0.02'", "1x2"),
        ("commission = 'bfe:ah=0.05'\nbook = 'bfe'", "bfe:ah"),
    ] {
        let error = resolve(toml).unwrap_err().to_string();
        let words = format!("--commission has a rate for {unused} that no bet would pay");
        assert!(error.starts_with(&words), "{error}");
    }
    for toml in [
        "commission = 0.05",
        "commission = '0.05,avg=0.02'\nbook = 'best:avg,max'",
        "commission = 'bfe=0.05'\nbook = 'best:b365,Betfair Exchange'",
        "commission = '1x2=0.05,avg:ah=0.02'\nmarkets = ['1x2', 'ah']",
    ] {
        assert!(resolve(toml).is_ok(), "{toml}");
    }
}

fn grid(axes: &[&str]) -> Grid {
    let axes = axes.iter().map(|axis| axis.parse().unwrap());
    Grid::new(axes.collect(), &[]).unwrap()
}

#[test]
fn in_a_grid_a_rate_need_be_paid_in_some_combination_only() {
    let flags = Settings::from_toml("commission = 'bfe=0.05'\nstrategy = 'flat'").unwrap();
    let found = grid(&["book=b365,bfe"]).resolve(&flags, &RunConfig::resolve);
    let points = found.unwrap().points;
    let rate = |place: usize| {
        let strategy = &points[place].config.engine.strategy;
        let book = strategy.books.books()[0];
        strategy.commission.rate(book, MarketKind::MatchOdds)
    };
    assert_eq!([rate(0), rate(1)], [0.0, 0.05]);
    let error = grid(&["book=b365,ps"]).resolve(&flags, &RunConfig::resolve);
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("a rate for bfe that no bet would pay"),
        "{error}"
    );
    // the rate of another book changes nothing
    let flags = Settings::from_toml("strategy = 'flat'").unwrap();
    let axes = grid(&["book=b365,bfe", "commission=0.02,'0.02,bfe=0.05'"]);
    let found = axes.resolve(&flags, &RunConfig::resolve).unwrap();
    assert_eq!((found.points.len(), found.repeated), (3, 1));
}

// ---------------------------------------------------------------------------------------------- in a backtest

#[derive(Default)]
struct Settled(Vec<Settlement>);

impl Sink for Settled {
    fn name(&self) -> &'static str {
        "settled"
    }

    fn write(&mut self, entry: &Entry, _: &Names) -> Result<(), SinkError> {
        if let Entry::Settled(settlement) = entry {
            self.0.push(settlement.clone());
        }
        Ok(())
    }
}

/// The summary, and each bet with its book and its profit.
fn backtested(csv: &str, toml: &str) -> (Summary, Vec<(String, Money)>) {
    let config = RunConfig::resolve(&Settings::from_toml(toml).unwrap()).unwrap();
    let matches = read_bytes("mine.csv", csv.as_bytes(), &config.read).unwrap();
    let mut settled = Settled::default();
    let found = backtest(
        &config.engine,
        config.replay,
        matches,
        Some(&mut settled),
        &mut |_| {},
    );
    let bets = settled.0.iter().map(|settlement| {
        let book = settlement.bet.edge.quote.book.to_string();
        (book, settlement.profit)
    });
    (found.unwrap().summary, bets.collect())
}

fn cents(minor: i64) -> Money {
    Money::from_minor(minor)
}

fn bets(expected: &[(&str, i64)]) -> Vec<(String, Money)> {
    let bets = expected.iter();
    bets.map(|(book, minor)| ((*book).to_owned(), cents(*minor)))
        .collect()
}

const TWO_BOOKS: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A,BFEH,BFED,BFEA\n\
    X1,05/03/2022,Ashby,Corfield,2,0,2.00,3.60,4.00,2.02,3.50,3.90\n\
    X1,06/03/2022,Dunmore,Eltham,1,0,2.10,3.50,3.60,2.04,3.50,3.70\n";

/// The bookmaker takes nothing, and its 2.00 leaves more than 2.02 at the exchange.
#[test]
fn the_best_price_is_the_one_that_leaves_most_and_the_bookmaker_takes_nothing() {
    let toml = "strategy = 'flat'\nstake = 100\nselections = ['home']\nbook = 'best:b365,bfe'\n";
    let (summary, found) = backtested(TWO_BOOKS, &format!("{toml}commission = 'bfe=0.05'"));
    assert_eq!(found, bets(&[("b365", 10_000), ("b365", 11_000)]));
    assert_eq!(summary.profit, cents(21_000));
    // where everybody takes 5 % it is the higher price again
    let (_, found) = backtested(TWO_BOOKS, &format!("{toml}commission = 0.05"));
    assert_eq!(found, bets(&[("bfe", 9_690), ("b365", 10_450)]));
}

/// The exchange charges 5.10 on its own 102.00; what is lost at the bookmaker is not set off.
#[test]
fn losses_at_another_book_are_not_set_off() {
    let toml = "strategy = 'flat'\nstake = 100\nbook = 'best:b365,bfe'\ncommission = 'bfe=0.02'";
    let csv: Vec<&str> = TWO_BOOKS.lines().take(2).collect();
    let (_, found) = backtested(&csv.join("\n").replace("2.02", "2.06"), toml);
    // 2.06 leaves 2.0388
    let expected = [("bfe", 10_600 - 212), ("b365", -10_000), ("b365", -10_000)];
    assert_eq!(found, bets(&expected));
}

/// 1.95 at the bookmaker is 2.00 less 5 %, however the numbers are rounded: the book named first is taken.
#[test]
fn of_prices_that_leave_the_same_the_book_named_first_is_taken() {
    for (plain, charged) in [
        ("1.95", "2.00"),
        ("1.969", "2.02"),
        ("1.0665", "1.07"),
        ("11.45", "12.00"),
    ] {
        for books in ["b365,bfe", "bfe,b365"] {
            let csv = format!(
                "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A,BFEH,BFED,BFEA\n\
                 X1,05/03/2022,Ashby,Corfield,2,0,{plain},,,{charged},,\n"
            );
            let toml = format!(
                "strategy = 'flat'\nstake = 100\nbook = 'best:{books}'\ncommission = 'bfe=0.05'"
            );
            let (_, found) = backtested(&csv, &toml);
            assert_eq!(
                found[0].0,
                books.split(',').next().unwrap(),
                "{plain} and {charged}"
            );
        }
    }
}

/// Forty matches at 2, 4 and 4 without margin: 20 home wins, 10 draws and 10 away wins, as priced.
fn forty() -> String {
    let mut csv =
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    for number in 0..40 {
        let goals = ["1,0", "0,0", "1,0", "0,1"][number % 4];
        let (month, day) = (1 + number / 20, 1 + number % 20);
        csv += &format!("2021-{month:02}-{day:02},A{number},B{number},{goals},2,4,4\n");
    }
    csv
}

/// A home win pays 10 − 20, which nothing is charged on; a draw or an away win 30 − 20, of which half a unit is charged.
#[test]
fn several_sides_are_expected_to_pay_on_what_they_win_together() {
    let toml = "strategy = 'flat'\nstake = 10\ncommission = 0.05";
    let (summary, _) = backtested(&forty(), toml);
    assert_eq!(summary.profit, cents(-1_000));
    let profit = summary.significance.unwrap().fair_profit.unwrap();
    assert!(
        (profit.expected - -10.0).abs() < 1e-9,
        "{}",
        profit.expected
    );
    assert!(profit.z.abs() < 1e-9 && profit.n == 40, "{profit:?}");
}

/// Two sides of one market at two books: each charges on its own.
#[test]
fn sides_at_two_books_are_expected_to_pay_each() {
    let rows: Vec<String> = forty()
        .lines()
        .skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            let row = format!("X,{}", cells[..5].join(","));
            // both books are fair; the home price of the one is better, and the away price of the other
            format!("{row},2.5,5,2.5,2,4,4\n")
        })
        .collect();
    let head = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A,BFEH,BFED,BFEA\n";
    let csv = format!("{head}{}", rows.concat());
    let toml = "strategy = 'flat'\nstake = 10\nselections = ['home', 'away']\nbook = 'best:b365,bfe'\n\
        commission = 'b365=0.1,bfe=0.05'";
    let (summary, found) = backtested(&csv, toml);
    assert_eq!(found[0].0, "b365");
    assert_eq!(found[1].0, "bfe");
    let profit = summary.significance.unwrap().fair_profit.unwrap();
    // by the mean of both books home wins with 0.45, away with 0.325
    let expected = 0.45 * (15.0 - 1.5 - 10.0) + 0.325 * (30.0 - 1.5 - 10.0) - 0.225 * 20.0;
    assert!(
        (profit.expected - 40.0 * expected).abs() < 1e-9,
        "{}",
        profit.expected
    );
}

// -------------------------------------------------------------------------------------------- in the ledger

fn fixture() -> Arc<Fixture> {
    Arc::new(Fixture {
        id: "match".into(),
        league: LeagueId(0),
        home: TeamId(0),
        away: TeamId(1),
        season: 2023,
        day: Time::default(),
        kickoff: None,
        neutral: false,
    })
}

/// What is bet: side of the market, odds, stake in cents, book and minute.
type Backed = (usize, f64, i64, &'static str, i64);

fn bet(market: Market, backed: Backed, commission: &Commission, probability: Option<f64>) -> Bet {
    let (side, decimal, stake, name, minute) = backed;
    let selection = Selection::new(market, market.kind().sides()[side]).unwrap();
    let placed_at = Time::from_seconds(60 * minute);
    let quote = Quote {
        selection,
        odds: Odds::new(decimal).unwrap(),
        book: book(name),
        as_of: placed_at,
    };
    Bet {
        // the same side can be backed at several books at once
        id: BetId::new(&fixture(), selection, placed_at, name),
        fixture: fixture(),
        state: MatchState::default(),
        edge: Edge {
            commission: commission.rate(quote.book, market.kind()),
            ..Edge::new(quote, None)
        },
        stake: cents(stake),
        placed_at,
        price_probability: probability,
        mean_odds: None,
    }
}

fn ended(score: Score, status: MatchStatus) -> Match {
    Match {
        fixture: fixture(),
        score,
        status,
        statistics: None,
    }
}

fn profits(entries: &[Entry]) -> Vec<i64> {
    let profit = |entry: &Entry| match entry {
        Entry::Settled(settled) | Entry::Corrected { after: settled, .. } => settled.profit.minor(),
        other => panic!("{other:?}"),
    };
    entries.iter().map(profit).collect()
}

#[test]
fn each_book_charges_each_market_and_corrections_do_too() {
    let commission = commission("bfe=0.05,sb:ou=0.1");
    let mut ledger = Ledger::new(cents(1_000_000), commission.clone()).unwrap();
    let (goals, more) = (Line::TWO_AND_A_HALF, Line::from_quarters(14));
    for (market, backed) in [
        (Market::MatchOdds, (0, 2.02, 10_000, "bfe", 0)),
        (Market::MatchOdds, (1, 3.6, 10_000, "b365", 0)),
        (Market::MatchOdds, (2, 4.0, 5_000, "bfe", 30)),
        (Market::OverUnder(goals), (0, 2.0, 1_000, "sb", 0)),
        (Market::OverUnder(more), (0, 3.0, 1_000, "sb", 0)),
    ] {
        let entry = ledger.place(Slot(0), bet(market, backed, &commission, None));
        assert!(matches!(entry, Entry::Placed(_)));
    }
    let mut end = |score, status| {
        let mut entries = Vec::new();
        ledger.settle(
            Slot(0),
            &ended(score, status),
            Time::default(),
            &mut entries,
        );
        (profits(&entries), ledger.bankroll().balance().minor())
    };
    // 3:0: the exchange 102.00 − 50.00, less 2.60; over 2.5 pays a tenth, over 3.5 loses and is another market
    let (won, balance) = end(Score { home: 3, away: 0 }, MatchStatus::Played);
    assert_eq!(won, [10_200 - 260, -10_000, -5_000, 900, -1_000]);
    assert_eq!(balance, 1_000_000 + won.iter().sum::<i64>());
    // 0:1: the exchange 150.00 − 100.00
    let (corrected, balance) = end(Score { home: 0, away: 1 }, MatchStatus::Played);
    assert_eq!(corrected, [-10_000, 15_000 - 250, -1_000]);
    assert_eq!(balance, 1_000_000 - 10_000 - 10_000 + 14_750 - 2_000);
    let (void, balance) = end(Score { home: 0, away: 0 }, MatchStatus::Abandoned);
    assert_eq!((void, balance), (vec![0; 5], 1_000_000));
}

/// Settles bets on one market at a score: their settlements.
fn settled(bets: &[Bet], commission: &Commission, score: Score) -> Vec<Entry> {
    let mut ledger = Ledger::new(cents(100_000_000), commission.clone()).unwrap();
    for bet in bets {
        assert!(matches!(
            ledger.place(Slot(0), bet.clone()),
            Entry::Placed(_)
        ));
    }
    let mut entries = Vec::new();
    let played = ended(score, MatchStatus::Played);
    ledger.settle(Slot(0), &played, Time::default(), &mut entries);
    entries
}

/// The probability of each way in which a market settles by the price of its first side, and a score of that way.
fn ways(market: Market, probabilities: [f64; 3]) -> Vec<(f64, Score)> {
    let sides = market.kind().sides();
    let selection = |side: usize| Selection::new(market, sides[side]).unwrap();
    let scores = (0..9).flat_map(|home| (0..9).map(move |away| Score { home, away }));
    let first = |outcome, side: usize| {
        scores
            .clone()
            .find(|score| selection(side).settle(*score) == outcome)
    };
    if !market.kind().is_two_way() {
        let won = |side: usize| (probabilities[side], first(Outcome::Won, side).unwrap());
        return (0..3).map(won).collect();
    }
    let distribution = fair_distribution(selection(0), probabilities[0]).unwrap();
    let way = |outcome| {
        let chance = distribution.part(outcome);
        let score = first(outcome, 0);
        assert!(score.is_some() || chance < 1e-9, "{market:?} {outcome:?}");
        Some((chance, score?))
    };
    Outcome::ALL.into_iter().filter_map(way).collect()
}

fn any_market() -> impl Strategy<Value = Market> {
    prop_oneof![
        2 => Just(Market::MatchOdds),
        1 => Just(Market::BothTeamsToScore),
        1 => (4..16_i16).prop_map(|line| Market::OverUnder(Line::from_quarters(line))),
        1 => (-6..7_i16).prop_map(|line| Market::AsianHandicap(Line::from_quarters(line))),
    ]
}

fn any_backed() -> impl Strategy<Value = Vec<Backed>> {
    let one = (
        0..3_usize,
        1_010..9_000_u32,
        100..50_000_i64,
        prop::sample::select(vec!["bfe", "b365", "sb"]),
        0..3_i64,
    );
    let one = one.prop_map(|(side, thousandths, stake, book, minute)| {
        (side, f64::from(thousandths) / 1000.0, stake, book, minute)
    });
    prop::collection::vec(one, 1..7)
}

proptest! {
    /// Bets placed together or one after the other, on sides of one market at one book or several.
    #[test]
    fn what_bets_are_expected_to_pay_is_the_mean_of_what_the_ledger_pays(
        market in any_market(),
        mut backed in any_backed(),
        weights in [0.05..1.0_f64, 0.05..1.0_f64, 0.05..1.0_f64],
        text in prop::sample::select(vec!["0", "0.05", "bfe=0.05", "0.02,bfe=0.3", "sb=0.1,bfe=0.01"]),
    ) {
        let total: f64 = weights.iter().sum();
        let sides = market.kind().sides().len();
        let probabilities = if sides == 3 {
            weights.map(|weight| weight / total)
        } else {
            let first = weights[0] / (weights[0] + weights[1]);
            [first, 1.0 - first, 0.0]
        };
        // bets are placed in time, and one side of one book once at a time
        backed.iter_mut().for_each(|bet| bet.0 %= sides);
        backed.sort_by_key(|bet| (bet.4, bet.0, bet.3));
        backed.dedup_by_key(|bet| (bet.4, bet.0, bet.3));
        // another book prices a side alike only where the price says all of how the market ends
        let wins_or_loses = market.line().is_none_or(|line| line.quarters().rem_euclid(4) == 2);
        backed.retain(|bet| bet.0 == 0 || wins_or_loses);
        prop_assume!(!backed.is_empty());
        let commission = commission(text);
        let bets: Vec<Bet> = backed
            .iter()
            .map(|one| bet(market, *one, &commission, Some(probabilities[one.0])))
            .collect();
        let ways = ways(market, probabilities);
        let mean: f64 = ways
            .iter()
            .map(|(chance, score)| {
                let paid = profits(&settled(&bets, &commission, *score)).iter().sum::<i64>();
                chance * paid as f64 / 100.0
            })
            .sum();
        let mut evidence = Evidence::default();
        settled(&bets, &commission, ways[0].1).iter().for_each(|entry| evidence.record(entry));
        let expected = evidence.assess(&mut chacha20::ChaCha8Rng::seed_from_u64(1)).fair_profit;
        // without variance there is no test
        if let Some(expected) = expected {
            let rounding = 0.01 * bets.len() as f64;
            prop_assert!(
                (expected.expected - mean).abs() < rounding,
                "{} should be {mean}",
                expected.expected
            );
        }
    }
}

/// Opposite sides of a quarter line: half a win and half a loss are set off.
#[test]
fn half_a_win_is_set_off_against_half_a_loss_in_what_is_expected() {
    let market = Market::AsianHandicap(Line::from_quarters(-1));
    let commission = commission("0.1");
    let selection = |side| Selection::new(market, side).unwrap();
    let home = fair_distribution(selection(Side::Home), 0.5).unwrap();
    let backed = [(0, 2.1, 10_000, "bfe", 0), (1, 2.1, 10_000, "bfe", 0)];
    let bets: Vec<Bet> = backed
        .iter()
        .map(|one| bet(market, *one, &commission, Some(0.5)))
        .collect();
    let mut evidence = Evidence::default();
    let level = Score { home: 0, away: 0 };
    let entries = settled(&bets, &commission, level);
    entries.iter().for_each(|entry| evidence.record(entry));
    // 110.00 − 100.00 less a tenth, or half of it
    assert_eq!(profits(&entries), [-5_000, 5_500 - 50]);
    let expected = evidence
        .assess(&mut chacha20::ChaCha8Rng::seed_from_u64(1))
        .fair_profit
        .unwrap();
    let halves = home.half_won + home.half_lost;
    let mean = 9.0 * (1.0 - halves) + 4.5 * halves;
    assert!(
        (expected.expected - mean).abs() < 1e-9,
        "{}",
        expected.expected
    );
}

// -------------------------------------------------------------------------------------------- in simulations

/// Mean growth less expected growth, and the standard error of that; and mean profit.
fn unexpected(toml: &str, change: impl Fn(&mut SimulationSettings)) -> [f64; 3] {
    let mut settings = SimulationSettings {
        seed: 3,
        every: 10,
        ruin: 0.0,
        matches: Some(300),
        ..SimulationSettings::default()
    };
    change(&mut settings);
    let settings =
        SimulationConfig::resolve(&Settings::from_toml(toml).unwrap(), &settings, None).unwrap();
    let mut simulator = RunSimulator::new(&settings).unwrap();
    let runs = 60;
    let mut differences = Vec::new();
    let mut expected = 0.0;
    for run in 1..=runs {
        let found = simulator.play(run, &AtomicBool::new(false)).unwrap();
        let summary = &found[0].summary;
        let profit = summary.expected_profit.unwrap().units();
        expected += profit / runs as f64;
        differences.push(summary.profit.units() - profit);
    }
    let n = runs as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences
        .iter()
        .map(|one| (one - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    [mean, (variance / n).sqrt(), expected]
}

#[test]
fn mean_and_expected_growth_agree_with_commission() {
    let flat = "bankroll = 10000000\nstrategy = 'flat'\nstake = 10\ncommission = 0.05\n";
    let all = "markets = ['1x2', 'ou', 'ah', 'btts']";
    for (more, in_play) in [
        ("model = 'truth'", false),
        (all, false),
        ("", true),
        (all, true),
    ] {
        let toml = format!("{flat}{more}");
        let [difference, error, expected] = unexpected(&toml, |one| {
            one.in_play = in_play;
            one.matches = Some(if in_play { 60 } else { 300 });
        });
        assert!(
            difference.abs() < 3.0 * error,
            "{more:?}, in play {in_play}: {difference} ± {error} beside {expected}"
        );
    }
}

/// Bets on every side in play pay on what all of them win, and nobody is skilled.
#[test]
fn in_play_too_the_profit_at_fair_prices_is_the_expected_one() {
    let toml = "bankroll = 10000000\nstrategy = 'flat'\nstake = 10\ncommission = 0.1";
    let settings = SimulationSettings {
        seed: 1,
        every: 10,
        ruin: 0.5,
        matches: Some(40),
        in_play: true,
        margin: Some(0.0),
        bookmaker_noise: Some(0.0),
        odds_decimals: Some(10),
        ..SimulationSettings::default()
    };
    let config =
        SimulationConfig::resolve(&Settings::from_toml(toml).unwrap(), &settings, None).unwrap();
    let mut simulator = RunSimulator::new(&config).unwrap();
    let mut differences = Vec::new();
    for run in 1..=60 {
        let mut outputs = Outputs {
            significance: Some(SignificanceSink::default()),
            ..Outputs::default()
        };
        simulator
            .play_one(run, 0, &mut outputs, &AtomicBool::new(false))
            .unwrap();
        let test = outputs.significance.unwrap().assess().fair_profit.unwrap();
        differences.push(test.observed - test.expected);
    }
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let variance = differences
        .iter()
        .map(|one| (one - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!(mean.abs() < 3.0 * error, "{mean} ± {error}");
}

// ------------------------------------------------------------------------------------------------ with Kelly

/// The expected logarithm of the bankroll; `None` when it can be lost.
fn growth(bets: &[(f64, Odds)], shares: &[f64], rate: f64) -> Option<f64> {
    let staked: f64 = shares.iter().sum();
    let mut chance_of_none = 1.0;
    let mut growth = 0.0;
    for ((chance, odds), share) in bets.iter().zip(shares) {
        let gross = share * odds.decimal() - staked;
        let net = gross - rate * gross.max(0.0);
        growth += chance * (1.0 + net).ln();
        chance_of_none -= chance;
    }
    if chance_of_none > 1e-12 {
        growth += chance_of_none * (1.0 - staked).ln();
    }
    growth.is_finite().then_some(growth)
}

proptest! {
    #[test]
    fn no_other_stakes_grow_faster_after_commission_on_net_winnings(
        weights in prop::collection::vec(0.05..1.0_f64, 4),
        values in prop::collection::vec(0.7..1.8_f64, 3),
        rate in prop::sample::select(vec![0.01, 0.05, 0.2, 0.6]),
        changes in prop::collection::vec(-0.05..0.05_f64, 3),
    ) {
        let total: f64 = weights.iter().sum();
        let bets: Vec<(f64, Odds)> = weights
            .iter()
            .zip(&values)
            .map(|(weight, value)| (weight / total, Odds::new(1.0 + (total / weight - 1.0) * value).unwrap()))
            .collect();
        let shares = netted_kelly_fractions(&bets, rate);
        let best = growth(&bets, &shares, rate).unwrap();
        prop_assert!(best >= 0.0);
        for scale in [1.0, 0.1, 0.01] {
            let other: Vec<f64> = shares
                .iter()
                .zip(&changes)
                .map(|(share, change)| (share + scale * change).max(0.0))
                .collect();
            if other.iter().sum::<f64>() < 1.0 {
                let other = growth(&bets, &other, rate).unwrap();
                prop_assert!(other <= best + 1e-12, "{other} above {best}");
            }
        }
        for (netted, plain) in netted_kelly_fractions(&bets, 0.0).iter().zip(exclusive_kelly_fractions(&bets)) {
            prop_assert!((netted - plain).abs() < 1e-12);
        }
    }
}

/// Both sides have an edge; at one book the winner pays on what the loser leaves, so that more is staked than alone.
#[test]
fn kelly_knows_that_one_book_charges_on_net_winnings() {
    let sides =
        [(0.5, 2.4), (0.3, 4.0)].map(|(chance, decimal)| (chance, Odds::new(decimal).unwrap()));
    let alone = sides.map(|(chance, odds)| (chance, odds.after_commission(0.05)));
    let (netted, apart) = (
        netted_kelly_fractions(&sides, 0.05),
        exclusive_kelly_fractions(&alone),
    );
    let sum = |shares: &[f64]| shares.iter().sum::<f64>();
    assert!(sum(&netted) > sum(&apart), "{netted:?} {apart:?}");
}

// ------------------------------------------------------------------------------------------ on the command line

#[test]
fn the_command_line_says_what_a_commission_can_be() {
    let help = simbet().args(["backtest", "--help"]).assert().success();
    let help = String::from_utf8_lossy(&help.get_output().stdout).into_owned();
    assert!(help.contains("bfe:ah=0.03"), "{help}");
    fails(
        &[
            "backtest",
            "datasets/epl.csv",
            "--strategy=flat",
            "--commission=bfe=0.05",
        ],
        2,
        &[
            "--commission has a rate for bfe that no bet would pay: bets are on 1x2 at the prices of avg",
        ],
    );
}
