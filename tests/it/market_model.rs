//! The market as a model: rates and a correction of low scores that have a book's prices of the result and of the goals.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use simbet::internals::predict;
use simbet::internals::predict::margin::fair;
use simbet::internals::predict::market_rates::{Over, rates_at, rates_of_prices};
use simbet::{
    Book, Fixture, LeagueId, Line, MarginMethod, Market, MatchState, ModelConfig, ModelKind, Odds,
    Offer, Opinion, Quote, ReadConfig, Selection, Side, TeamId, Time, read,
};

const NOW: Time = Time::from_days(18_000);

fn total(line: Line, side: Side) -> Selection {
    Selection::new(Market::OverUnder(line), side).unwrap()
}

fn quotes(book: &str, prices: &[(Selection, f64)]) -> Vec<Quote> {
    let quote = |&(selection, odds): &(Selection, f64)| Quote {
        selection,
        odds: Odds::new(odds).unwrap(),
        book: Book::new(book).unwrap(),
        as_of: NOW,
    };
    prices.iter().map(quote).collect()
}

fn result([home, draw, away]: [f64; 3]) -> [(Selection, f64); 3] {
    [
        (Selection::HOME, home),
        (Selection::DRAW, draw),
        (Selection::AWAY, away),
    ]
}

fn totals(quarters: i16, [over, under]: [f64; 2]) -> [(Selection, f64); 2] {
    let line = Line::from_quarters(quarters);
    [
        (total(line, Side::Over), over),
        (total(line, Side::Under), under),
    ]
}

fn opinion_at(state: MatchState, quotes: Vec<Quote>, config: &ModelConfig) -> Option<Opinion> {
    let fixture = Fixture {
        id: "m1".into(),
        league: LeagueId(0),
        home: TeamId(0),
        away: TeamId(1),
        season: 2019,
        day: NOW,
        kickoff: None,
        neutral: false,
    };
    let offer = Offer {
        fixture: Arc::new(fixture),
        state,
        quotes,
    };
    let mut model = predict::build("", config).unwrap();
    model.predict(&offer, NOW).unwrap()
}

fn config() -> ModelConfig {
    ModelConfig {
        kind: ModelKind::Market,
        ..ModelConfig::default()
    }
}

fn opinion(quotes: Vec<Quote>) -> Opinion {
    opinion_at(MatchState::default(), quotes, &config()).unwrap()
}

fn won(opinion: &Opinion, selection: Selection) -> f64 {
    opinion.distribution(selection).unwrap().won
}

#[track_caller]
fn near(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() < tolerance,
        "{value}, expected {expected}"
    );
}

#[test]
fn result_and_total_are_both_those_of_the_prices() {
    let (odds, goals) = ([1.55, 4.07, 7.69], [2.03, 1.79]);
    let mut prices = quotes("avg", &result(odds));
    let alone = opinion(prices.clone()).rates().unwrap();
    near(alone.home, 1.80230, 5e-6);
    near(alone.away, 0.66650, 5e-6);
    prices.extend(quotes("avg", &totals(10, goals)));
    let both = opinion(prices);
    let rates = both.rates().unwrap();
    near(rates.home, 1.84462, 5e-6);
    near(rates.away, 0.69435, 5e-6);
    let (three, two) = (
        fair(&odds, MarginMethod::Power).unwrap(),
        fair(&goals, MarginMethod::Power).unwrap(),
    );
    for (p, expected) in both.outcomes().unwrap().into_iter().zip(three) {
        near(p, expected, 1e-10);
    }
    near(
        won(&both, total(Line::TWO_AND_A_HALF, Side::Over)),
        two[0],
        1e-10,
    );
}

#[test]
fn the_half_line_nearest_to_even_counts_where_two_and_a_half_has_no_price() {
    let odds = [1.55, 4.07, 7.69];
    let with = |lines: &[(i16, [f64; 2])]| {
        let mut prices = quotes("avg", &result(odds));
        for (quarters, odds) in lines {
            prices.extend(quotes("avg", &totals(*quarters, *odds)));
        }
        opinion(prices)
    };
    let over = |quarters: i16| total(Line::from_quarters(quarters), Side::Over);
    let priced = |odds: [f64; 2]| fair(&odds, MarginMethod::Power).unwrap()[0];
    // 3.5 is nearer to even than 1.5; 3 is no half line
    let (low, high) = ([1.25, 3.9], [2.6, 1.5]);
    let found = with(&[(6, low), (12, [2.0, 1.85]), (14, high)]);
    near(won(&found, over(14)), priced(high), 1e-9);
    for (p, expected) in found
        .outcomes()
        .unwrap()
        .into_iter()
        .zip(fair(&odds, MarginMethod::Power).unwrap())
    {
        near(p, expected, 1e-9);
    }
    let found = with(&[(6, low)]);
    near(won(&found, over(6)), priced(low), 1e-8);
    let found = with(&[(6, low), (10, [2.03, 1.79]), (14, [2.0, 1.85])]);
    near(won(&found, over(10)), priced([2.03, 1.79]), 1e-9);
}

#[test]
fn totals_are_those_of_the_book_that_is_asked_for() {
    let mut prices = quotes("avg", &result([1.55, 4.07, 7.69]));
    prices.extend(quotes("b365", &result([1.53, 4.0, 7.5])));
    prices.extend(quotes("b365", &totals(10, [2.03, 1.79])));
    // nobody is asked for: the first result, and the first total
    let any = opinion(prices.clone());
    near(any.rates().unwrap().home, 1.84462, 5e-6);
    let asked = ModelConfig {
        market_book: Some(Book::AVG),
        rho: Some(-0.05),
        ..config()
    };
    let average = opinion_at(MatchState::default(), prices, &asked).unwrap();
    assert_eq!(average.rates().unwrap().rho, -0.05);
}

#[test]
fn in_play_the_result_alone_counts() {
    let mut prices = quotes("avg", &result([2.6, 1.9, 6.0]));
    let state = MatchState {
        minute: 70,
        ..MatchState::default()
    };
    let alone = opinion_at(state, prices.clone(), &config()).unwrap();
    prices.extend(quotes("avg", &totals(10, [9.0, 1.05])));
    assert_eq!(opinion_at(state, prices, &config()).unwrap(), alone);
    let expected = fair(&[2.6, 1.9, 6.0], MarginMethod::Power).unwrap();
    for (p, expected) in alone.outcomes().unwrap().into_iter().zip(expected) {
        near(p, expected, 1e-10);
    }
}

#[test]
fn with_the_wrong_correction_rates_are_too_low() {
    // 1.50 and 1.15 at ρ −.08: by the result alone and ρ 0 they seem 1.336 and 1.005
    let grid = simbet::ScoreGrid::dixon_coles(1.50, 1.15, -0.08).unwrap();
    let found = rates_at(grid.outcomes(), None, 0.0).unwrap();
    near(found.home, 1.336, 2e-3);
    near(found.away, 1.005, 2e-3);
    let right = rates_of_prices(grid.outcomes(), None).unwrap();
    near(right.home, 1.50, 1e-9);
    near(right.away, 1.15, 1e-9);
    let over = Over {
        goals: 2,
        probability: 1.0 - (-2.65_f64).exp() * (1.0 + 2.65 + 2.65 * 2.65 / 2.0),
    };
    near(
        rates_at(grid.outcomes(), Some(over), 0.3).unwrap().rho,
        -0.08,
        1e-9,
    );
}

/// The five seasons by which nothing was chosen.
fn seasons() -> Option<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/football-data");
    let years = ["2018-19", "2019-20", "2020-21", "2021-22", "2022-23"];
    let files: Vec<PathBuf> = years
        .map(|year| folder.join(format!("E0_{year}.csv")))
        .into();
    if files.iter().all(|file| file.exists()) {
        let files = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        return Some(files);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

/// A complete set of average prices before the match, without its margin.
fn set<const SIDES: usize>(
    quotes: &[Quote],
    selections: [Selection; SIDES],
    method: MarginMethod,
) -> [f64; SIDES] {
    let odds = selections.map(|selection| {
        let quote = quotes
            .iter()
            .find(|quote| quote.selection == selection && quote.book == Book::AVG);
        quote.unwrap().odds.decimal()
    });
    fair(&odds, method).unwrap().try_into().unwrap()
}

#[test]
fn the_figures_of_totals_on_five_seasons_come_out() {
    let Some(files) = seasons() else { return };
    let config = ReadConfig::default();
    let matches = read(&files, &config, &|_, _| {}).unwrap();
    let over = total(Line::TWO_AND_A_HALF, Side::Over);
    let under = total(Line::TWO_AND_A_HALF, Side::Under);
    let one_x_two = [Selection::HOME, Selection::DRAW, Selection::AWAY];
    let (mut sums, mut count) = ([0.0; 3], 0.0);
    for record in &matches.records {
        let score = record.result().unwrap();
        let result = set(&record.pre, one_x_two, MarginMethod::Power);
        let [priced, _] = set(&record.pre, [over, under], MarginMethod::Power);
        let total = |rho: Option<f64>| {
            let rates = match rho {
                Some(rho) => rates_at(result, None, rho),
                None => rates_of_prices(result, Some(priced)),
            };
            let total = rates.map(|rates| rates.home + rates.away).unwrap();
            1.0 - (-total).exp() * (1.0 + total + total * total / 2.0)
        };
        let is_over = score.home + score.away > 2;
        for (sum, rho) in sums.iter_mut().zip([Some(0.0), Some(-0.08), None]) {
            let p = total(rho);
            *sum -= if is_over { p } else { 1.0 - p }.ln();
        }
        count += 1.0;
    }
    assert_eq!(count, 1900.0);
    for (sum, expected) in sums.into_iter().zip([0.68786, 0.68318, 0.67841]) {
        near(sum / count, expected, 5e-6);
    }
}

#[test]
fn the_figures_of_margins_on_five_seasons_come_out() {
    let Some(files) = seasons() else { return };
    let config = ReadConfig {
        books: Some(vec![Book::new("ps").unwrap()]),
        ..ReadConfig::default()
    };
    let matches = read(&files, &config, &|_, _| {}).unwrap();
    for (method, expected) in [
        (MarginMethod::Multiplicative, 0.95175),
        (MarginMethod::Additive, 0.95187),
        (MarginMethod::Power, 0.95173),
        (MarginMethod::OddsRatio, 0.95164),
        (MarginMethod::Shin, 0.95179),
        (MarginMethod::Goto, 0.95199),
    ] {
        let losses = matches.records.iter().map(|record| {
            let odds = [Selection::HOME, Selection::DRAW, Selection::AWAY].map(|selection| {
                let quote = record
                    .close
                    .iter()
                    .find(|quote| quote.selection == selection);
                quote.unwrap().odds.decimal()
            });
            let p = fair(&odds, method).unwrap();
            simbet::log_loss(p.try_into().unwrap(), record.result().unwrap())
        });
        let losses: Vec<f64> = losses.collect();
        near(
            losses.iter().sum::<f64>() / losses.len() as f64,
            expected,
            5.1e-6,
        );
    }
}
