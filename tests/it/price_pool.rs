//! `--pool-with open`: a model pooled with the price that is bet at, by weights that are learned as the run goes.

use std::collections::HashMap;
use std::sync::Arc;

use simbet::internals::significance::{PriceWeights, PricedMatches, log_ratios};
use simbet::{
    Engine, Entry, Forecast, Line, Market, NextRound, Replay, Round, RunConfig, Score, Selection,
    Settings, Side, Source, Time, read_bytes, run,
};

/// Matches of two leagues on 500 days from January 2015 on, five a day: 2,500 matches. A few have no price.
fn csv() -> String {
    let mut csv =
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA,Avg>2.5,Avg<2.5\n".to_owned();
    let mut random = 12345_u64;
    let mut draw = |below: u64| {
        // Knuth's linear congruential generator: what matters is only that results differ
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % below
    };
    for day in 0..500_i64 {
        let date = Time::from_days(16_436 + 4 * day);
        let date = simbet::internals::calendar::format_date(date);
        for pair in 0..5 {
            let (home, away) = (2 * pair, 2 * pair + 1);
            let (home, away) = if day % 2 == 0 {
                (home, away)
            } else {
                (away, home)
            };
            let league = if pair < 3 { "E0" } else { "SP1" };
            let (one, other) = (draw(4), draw(3));
            let tilt = 0.05 * (draw(12) as f64);
            let odds = [1.9 + tilt, 3.5, 4.6 - 2.0 * tilt].map(|odds| format!("{odds:.2}"));
            let odds = match day % 50 {
                49 => [const { String::new() }; 3],
                _ => odds,
            };
            let totals = if odds[0].is_empty() { "," } else { "2.05,1.80" };
            let [h, d, a] = odds;
            csv.push_str(&format!(
                "{league},{date},Team {home},Team {away},{one},{other},{h},{d},{a},{totals}\n"
            ));
        }
    }
    csv
}

fn config(toml: &str) -> RunConfig {
    RunConfig::resolve(&Settings::from_toml(toml).unwrap()).unwrap()
}

const OWN: &str = "model = 'average'\nmin_matches = 1\nmin_ev = 0.0";

fn pooled() -> String {
    format!("{OWN}\npool_with = 'open'")
}

fn replay(config: &RunConfig, csv: &str) -> Replay {
    let matches = read_bytes("matches.csv", csv.as_bytes(), &config.read).unwrap();
    Replay::new(Arc::new(matches), config.replay)
}

/// The entries of a run whose rounds are handed over so many at a time.
fn entries(config: &RunConfig, csv: &str, at_once: usize) -> Vec<Entry> {
    let mut replay = replay(config, csv);
    let rounds = rounds(&mut replay);
    let mut engine = Engine::new(&config.engine).unwrap();
    let mut entries = Vec::new();
    for rounds in rounds.chunks(at_once) {
        engine
            .process(rounds, replay.names(), &mut entries)
            .unwrap();
    }
    entries
}

fn rounds(replay: &mut Replay) -> Vec<Round> {
    let mut rounds = Vec::new();
    loop {
        let mut round = Round::default();
        if replay.next_round(&mut round).unwrap() == NextRound::End {
            return rounds;
        }
        rounds.push(round);
    }
}

/// The forecasts of a run with their scores.
fn scored(entries: &[Entry]) -> Vec<(Forecast, Score)> {
    let scored = entries.iter().filter_map(|entry| match entry {
        Entry::Scored { forecast, score } => Some((Forecast::clone(forecast), *score)),
        _ => None,
    });
    scored.collect()
}

fn day(text: &str) -> Time {
    simbet::internals::calendar::parse_time(&format!("{text}T00:00:00")).unwrap()
}

#[test]
fn weights_rest_on_all_earlier_matches_and_pool_what_follows() {
    let csv = csv();
    let own = scored(&entries(&config(OWN), &csv, 1000));
    let config = config(&pooled());
    let mut matches = PricedMatches::default();
    for (forecast, score) in &own {
        if let (Some(model), Some(market)) = (forecast.model, forecast.market) {
            matches.push(forecast.fixture.day, log_ratios(market, model), *score);
        }
    }
    // 2,000 matches with a price are reached in the spring of 2019
    let fits: Vec<_> = ["2019-08-01", "2020-01-01"]
        .map(|from| matches.fit(day(from)).unwrap())
        .into();
    assert!(matches.before(day("2019-01-01")) < 2000);
    let mut source = replay(&config, &csv);
    let mut engine = Engine::new(&config.engine).unwrap();
    let summary = run(&mut source, &mut engine, &mut [], &mut |_| {}).unwrap();
    let learned = summary.pool_with.unwrap();
    assert_eq!(learned.fits, fits);
    assert_eq!(learned.matches, matches.len() as u64);

    let pooled: HashMap<_, _> = scored(&entries(&config, &csv, 1000))
        .into_iter()
        .map(|(forecast, _)| (forecast.fixture.id.to_string(), forecast))
        .collect();
    assert_eq!(pooled.len(), own.len());
    for (alone, _) in &own {
        let pooled = &pooled[&*alone.fixture.id];
        let market = alone.market.unwrap();
        assert_eq!(pooled.unpooled, alone.model);
        let weights = fits.iter().rfind(|fit| fit.from <= alone.time);
        let weights = weights.map_or_else(PriceWeights::default, |fit| fit.weights);
        let expected = weights.pool(market, alone.model.unwrap());
        for (one, other) in pooled.model.unwrap().into_iter().zip(expected) {
            assert!((one - other).abs() < 1e-9, "{pooled:?}");
        }
    }
}

#[test]
fn totals_have_the_probabilities_of_their_prices() {
    let csv = csv();
    let entries = entries(
        &config(&format!("{}\nmarkets = ['1x2', 'ou']", pooled())),
        &csv,
        500,
    );
    let over = Selection::new(Market::OverUnder(Line::TWO_AND_A_HALF), Side::Over).unwrap();
    let priced =
        simbet::internals::predict::margin::fair(&[2.05, 1.80], simbet::MarginMethod::Power)
            .unwrap();
    let mut seen = 0;
    for entry in &entries {
        let Entry::Predicted(forecast) = entry else {
            continue;
        };
        let Forecast {
            named,
            unpooled: Some(_),
            rates,
            ..
        } = &**forecast
        else {
            continue;
        };
        let (_, named) = named
            .iter()
            .find(|(selection, _)| *selection == over)
            .unwrap();
        assert!((named.won - priced[0]).abs() < 1e-12);
        // the grid, from which handicaps follow, has the same number of goals
        let total = rates.unwrap().home + rates.unwrap().away;
        let under = (-total).exp() * (1.0 + total + 0.5 * total * total);
        assert!((1.0 - under - priced[0]).abs() < 1e-9);
        seen += 1;
    }
    assert!(seen > 2000);
}

#[test]
fn nothing_depends_on_how_rounds_are_cut() {
    let (config, csv) = (config(&pooled()), csv());
    let whole = entries(&config, &csv, usize::MAX);
    for at_once in [1, 7, 300] {
        assert_eq!(entries(&config, &csv, at_once), whole, "{at_once} at once");
    }
}

#[test]
fn a_run_goes_on_from_a_saved_state_as_if_nothing_had_happened() {
    let (config, csv) = (config(&pooled()), csv());
    let mut replay = replay(&config, &csv);
    let (rounds, names) = (rounds(&mut replay), replay.names().clone());
    let whole = entries(&config, &csv, 64);
    // before the first weights, between the two, and after them
    for cut in [300, rounds.len() - 160, rounds.len() - 20] {
        let mut entries = Vec::new();
        let mut first = Engine::new(&config.engine).unwrap();
        first.process(&rounds[..cut], &names, &mut entries).unwrap();
        let mut second = Engine::new(&config.engine).unwrap();
        second.restore(&first.save().unwrap()).unwrap();
        second
            .process(&rounds[cut..], &names, &mut entries)
            .unwrap();
        assert_eq!(entries, whole, "cut at {cut}");
    }
}

#[test]
fn matches_before_the_period_teach_the_weights() {
    let csv = csv();
    let all = scored(&entries(&config(&pooled()), &csv, 100));
    let late = config(&format!("{}\nfrom = '2020-02-01'", pooled()));
    let of_period = scored(&entries(&late, &csv, 100));
    let same: Vec<_> = all
        .into_iter()
        .filter(|(forecast, _)| forecast.fixture.day >= day("2020-02-01"))
        .collect();
    assert!(!same.is_empty());
    assert_eq!(of_period, same);
}

#[test]
fn a_later_result_changes_no_earlier_forecast() {
    let csv = csv();
    let config = config(&pooled());
    let lines: Vec<&str> = csv.lines().collect();
    let (kept, changed) = lines.split_at(2100);
    let changed: Vec<String> = changed
        .iter()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            (cells[4], cells[5]) = ("5", "0");
            cells.join(",")
        })
        .collect();
    let other = format!("{}\n{}\n", kept.join("\n"), changed.join("\n"));
    let first = changed[0].split(',').nth(1).unwrap();
    let early = |csv: &str| -> Vec<Forecast> {
        let entries = entries(&config, csv, 100).into_iter();
        let forecasts = entries.filter_map(|entry| match entry {
            Entry::Predicted(forecast) => Some(Arc::unwrap_or_clone(forecast)),
            _ => None,
        });
        forecasts
            .filter(|forecast| forecast.time <= day(first))
            .collect()
    };
    let before = early(&csv);
    assert!(before.len() > 2000);
    assert_eq!(before, early(&other));
}

#[test]
fn a_corrected_result_teaches_what_it_is() {
    let (config, csv) = (config(&pooled()), csv());
    let mut replay = replay(&config, &csv);
    let (mut rounds, names) = (rounds(&mut replay), replay.names().clone());
    let place = rounds
        .iter()
        .position(|round| !round.results.is_empty())
        .unwrap();
    let summary = |rounds: &[Round]| {
        let mut engine = Engine::new(&config.engine).unwrap();
        engine.process(rounds, &names, &mut Vec::new()).unwrap();
        let offers = rounds.iter().flat_map(|round| &round.offers);
        let offer = offers.last().unwrap();
        let time = rounds[rounds.len() - 1].time;
        engine.assess(offer, &names, time).unwrap().forecast
    };
    let mut corrected = rounds[place].results[0].clone();
    corrected.score = Score { home: 0, away: 4 };
    // the result is right at once, or corrected a day later
    let mut late = rounds.clone();
    let next = late
        .iter()
        .position(|round| round.time > rounds[place].time)
        .unwrap();
    late[next].results.insert(0, corrected.clone());
    rounds[place].results[0] = corrected;
    let (one, other) = (summary(&rounds).unwrap(), summary(&late).unwrap());
    for (one, other) in one.model.unwrap().into_iter().zip(other.model.unwrap()) {
        assert!((one - other).abs() < 1e-9);
    }
}

#[test]
fn a_pool_without_a_model_has_no_effect_and_says_so() {
    let settings = Settings::from_toml("strategy = 'flat'\npool_with = 'open'").unwrap();
    let config = RunConfig::resolve(&settings).unwrap();
    let idle = settings.idle(
        &[&config.engine],
        simbet::internals::config::Purpose::Backtest,
    );
    assert_eq!(idle.len(), 1);
    assert!(idle[0].sentence("--pool-with").contains("without a model"));
}
