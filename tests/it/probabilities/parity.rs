//! A model in Rust and a file with what it says give the same bets, byte for byte.

use std::fmt::Write as _;
use std::sync::Arc;

use simbet::internals::sink::memory::Memory;
use simbet::{
    Engine, Match, Matches, Offer, Opinion, OutcomeDistribution, PredictError, Predictor, Rates,
    Replay, RunConfig, ScoreGrid, Selection, Settings, Sink, Summary, Time, read, run,
    use_probabilities,
};

const MARKETS: &str =
    "model = 'file'\nstrategy = 'kelly'\nkelly_fraction = 0.25\nmarkets = ['1x2', 'ou', 'ah']";

/// Two numbers between 0 and 1 that a match has, whoever asks.
fn numbers(id: &str) -> [f64; 2] {
    let mut state = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    [(); 2].map(|()| {
        state ^= state >> 33;
        state = state.wrapping_mul(0xff51_afd7_ed55_8ccd);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    })
}

/// Goal rates of a match.
fn rates(id: &str) -> Rates {
    let [home, away] = numbers(id);
    Rates {
        home: 0.7 + 1.9 * home,
        away: 0.5 + 1.6 * away,
        rho: -0.13,
    }
}

/// Probabilities of home win, draw and away win.
fn probabilities(id: &str) -> [f64; 3] {
    let [home, away] = numbers(id);
    let (home, draw) = (0.15 + 0.5 * home, 0.15 + 0.15 * away);
    [home, draw, 1.0 - home - draw]
}

/// What a model says of a match.
type Say = fn(&str) -> Opinion;

struct Own(Say);

impl Predictor for Own {
    fn observe(&mut self, _: &Match) {}

    fn predict(&mut self, offer: &Offer, _: Time) -> Result<Option<Opinion>, PredictError> {
        Ok(Some(self.0(&offer.fixture.id)))
    }
}

fn matches(config: &RunConfig) -> Matches {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv");
    read(&[file.to_owned()], &config.read, &|_, _| {}).unwrap()
}

/// Every bet of an engine on the sample, and the summary.
fn played(mut engine: Engine, config: &RunConfig, matches: Matches) -> (String, Summary) {
    let matches = Arc::new(matches);
    let mut memory = Memory::default();
    let mut sinks: [&mut dyn Sink; 1] = [&mut memory];
    let mut replay = Replay::new(Arc::clone(&matches), config.replay);
    let summary = run(&mut replay, &mut engine, &mut sinks, &mut |_| {}).unwrap();
    let mut bets = String::new();
    for row in memory.bets(&matches.names) {
        writeln!(bets, "{:?} {:?}", row.bet, row.refusal).unwrap();
    }
    (bets, summary)
}

fn assert_same(say: Say, header: &str, row: impl Fn(&str) -> String, least: u64) {
    let settings = Settings::from_toml(MARKETS).unwrap();
    let mut config = RunConfig::resolve(&settings).unwrap();
    let read = matches(&config);
    let mut text = format!("date,home_team,away_team,{header}\n");
    for record in &read.records {
        let fixture = &record.fixture;
        let id: Vec<&str> = fixture.id.split(':').collect();
        let cells = row(&fixture.id);
        writeln!(text, "{},{},{},{cells}", id[1], id[2], id[3]).unwrap();
    }
    let own = Engine::new(&config.engine).unwrap();
    let own = own.with_models(move |_| Box::new(Own(say)));
    let (expected, of_own) = played(own, &config, read.clone());
    assert!(of_own.bets > least, "{}", of_own.bets);
    use_probabilities("p.csv", text.as_bytes(), &mut config, &read).unwrap();
    let (bets, of_file) = played(Engine::new(&config.engine).unwrap(), &config, read);
    assert_eq!(bets, expected);
    let json = |summary: &Summary| serde_json::to_string(summary).unwrap();
    assert_eq!(json(&of_file), json(&of_own));
}

#[test]
fn goal_rates_give_the_same_bets() {
    let say: Say = |id| {
        let Rates { home, away, rho } = rates(id);
        let grid = ScoreGrid::dixon_coles(home, away, rho).unwrap();
        Opinion::of_rates(rates(id), grid)
    };
    let row = |id: &str| {
        let Rates { home, away, rho } = rates(id);
        format!("{home},{away},{rho}")
    };
    let header = "expected_goals_home,expected_goals_away,rho";
    assert_same(say, header, row, 500);
    // what the grid says besides changes nothing
    let row = |id: &str| {
        let [home, draw, away] = say(id).outcomes().unwrap();
        format!("{home:.12},{draw:.12},{away:.12},{}", row(id))
    };
    assert_same(say, &format!("p_home,p_draw,p_away,{header}"), row, 500);
}

#[test]
fn single_probabilities_give_the_same_bets() {
    let say: Say = |id| {
        let mut opinion = Opinion::default();
        let sides = [Selection::HOME, Selection::DRAW, Selection::AWAY];
        for (side, probability) in sides.into_iter().zip(probabilities(id)) {
            opinion.set(side, OutcomeDistribution::binary(probability));
        }
        opinion
    };
    let row = |id: &str| probabilities(id).map(|p| p.to_string()).join(",");
    assert_same(say, "p_home,p_draw,p_away", row, 200);
}
