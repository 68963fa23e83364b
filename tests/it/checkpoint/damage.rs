//! Bytes that are no checkpoint, or were one, are refused.

use clap::ValueEnum as _;
use proptest::prelude::*;
use simbet::Sink;
use simbet::SourceError;
use simbet::internals::checkpoint::{CheckpointError, FORMAT, open, seal};
use simbet::internals::match_index::MatchIndex;
use simbet::internals::predict::build;
use simbet::internals::sink::memory::Memory;
use simbet::internals::source::stream::Refused;
use simbet::internals::source::stream::{Stream, StreamConfig};
use simbet::{Engine, EngineError};
use simbet::{GoalProfile, ModelConfig, ModelKind, PredictError, Predictor};

use super::{Item, Kept, Log, Plan, attempt, config, disturbed, published};

const SETTINGS: &str = "model = 'dixon-coles'\nstrategy = 'proportional'\nmin_ev = -0.5";

/// The last checkpoint of a trader on the first entries, and these.
fn checkpoint() -> (Vec<Item>, Vec<u8>) {
    let items: Vec<Item> = disturbed(published(), 1).into_iter().take(150).collect();
    let mut kept = Kept::default();
    attempt(
        &items,
        &config(SETTINGS),
        None,
        &mut kept,
        None,
        &Plan {
            every: 2,
            dies: vec![],
        },
    )
    .unwrap();
    (items, kept.checkpoint.unwrap().1)
}

/// Why a trader does not go on from these bytes.
fn refusal(items: &[Item], settings: &str, bytes: &[u8]) -> String {
    let state = Some((0, bytes.to_vec()));
    let plan = Plan {
        every: 2,
        dies: vec![],
    };
    attempt(
        items,
        &config(settings),
        None,
        &mut Kept::default(),
        state,
        &plan,
    )
    .unwrap_err()
    .to_string()
}

fn rest(bytes: &[u8]) -> Result<Vec<u8>, SourceError> {
    let (items, mut kept) = (Vec::new(), Kept::default());
    let mut log = Log::open(
        &items,
        &mut kept,
        &Plan {
            every: 2,
            dies: vec![],
        },
    );
    let mut ignore = |_: &Refused<'_>| {};
    Ok(Stream::new(&mut log, StreamConfig::default(), &mut ignore)
        .with_state(bytes)?
        .1)
}

#[test]
fn no_byte_of_a_checkpoint_can_be_another_and_none_can_be_missing() {
    let (items, bytes) = checkpoint();
    assert!(rest(&bytes).is_ok());
    for place in (0..bytes.len()).step_by(bytes.len() / 200).chain(0..60) {
        let mut other = bytes.clone();
        other[place] ^= 1 << (place % 8);
        assert!(
            matches!(
                rest(&other),
                Err(SourceError::State(CheckpointError::Damaged { .. }))
            ),
            "byte {place}"
        );
        assert!(rest(&bytes[..place]).is_err(), "the first {place} bytes");
    }
    let said = refusal(&items, SETTINGS, &bytes[..bytes.len() - 1]);
    assert_eq!(
        said,
        "this is not a checkpoint of a stream of simbet, or it is damaged: its checksum does not match; start \
         without it"
    );
    assert!(rest(&[&bytes[..], b"\0"].concat()).is_err());
    assert!(rest(b"").is_err());
}

#[test]
fn a_checkpoint_is_of_one_format_and_one_kind() {
    let (_, bytes) = checkpoint();
    let run = rest(&bytes).unwrap();
    // what is in it is no checkpoint of a stream, and it is none of a run
    let said = rest(&run).unwrap_err().to_string();
    assert!(
        said.ends_with("it is a checkpoint of a run; start without it"),
        "{said}"
    );
    let mut engine = Engine::new(&config(SETTINGS).engine).unwrap();
    let mut synthetic = simbet::Synthetic::new(&Default::default()).unwrap();
    let error =
        simbet::resume(&bytes, &mut synthetic, &mut engine, &mut [], &mut |_| {}).unwrap_err();
    assert!(
        error.to_string().contains("it is a checkpoint of a stream"),
        "{error}"
    );
    let error =
        simbet::resume(&run, &mut synthetic, &mut engine, &mut [], &mut |_| {}).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("with other outputs: events, not none"),
        "{error}"
    );
    // as many outputs, and another one
    let mut memory = Memory::default();
    let mut other: [&mut dyn Sink; 1] = [&mut memory];
    let error = simbet::resume(&run, &mut synthetic, &mut engine, &mut other, &mut |_| {});
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("with other outputs: events, not memory"),
        "{error}"
    );
    assert_eq!(FORMAT, 8);
    assert!(open::<u8>("part", &seal("part", &7_u8).unwrap()).is_ok());
    assert!(open::<u8>("part", &seal("part", &700_u16).unwrap()).is_err());
}

#[test]
fn a_run_goes_on_with_the_settings_it_began_with() {
    let (items, bytes) = checkpoint();
    for other in ["model = 'poisson'", "bankroll = 5000", "strategy = 'kelly'"] {
        let said = refusal(&items, other, &bytes);
        assert!(
            said.contains("with other settings of model, strategy or bankroll"),
            "{other}: {said}"
        );
    }
}

/// Says nothing, and keeps nothing.
struct Mute;

impl Predictor for Mute {
    fn observe(&mut self, _: &simbet::Match) {}

    fn predict(
        &mut self,
        _: &simbet::Offer,
        _: simbet::Time,
    ) -> Result<Option<simbet::Opinion>, PredictError> {
        Ok(None)
    }
}

#[test]
fn a_model_that_cannot_be_saved_is_named() {
    let mut engine = Engine::new(&config(SETTINGS).engine)
        .unwrap()
        .with_models(|_| Box::new(Mute));
    let empty = engine.save().unwrap();
    let mut replay = super::replay(0, 20, Default::default());
    simbet::run(&mut replay, &mut engine, &mut [], &mut |_| {}).unwrap();
    assert_eq!(
        engine.save().unwrap_err().to_string(),
        "the model of E0 cannot be saved: choose another, or run without checkpoints"
    );
    engine.restore(&empty).unwrap();
    assert!(engine.save().is_ok());
}

/// Every model with something to remember.
fn models() -> Vec<Box<dyn Predictor>> {
    let kinds = ModelKind::value_variants().iter().copied();
    let make = |kind| {
        build(
            "",
            &ModelConfig {
                kind,
                profile: GoalProfile::Uniform,
                ..ModelConfig::default()
            },
        )
        .unwrap()
    };
    kinds
        .filter(|kind| !kind.knows_truth() && !kind.is_from_outside())
        .map(make)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_refused_or_read_but_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(rest(&bytes).is_err());
        let mut engine = Engine::new(&config(SETTINGS).engine).unwrap();
        let refused = engine.restore(&bytes);
        prop_assert!(matches!(refused, Err(EngineError::State(_))));
        let mut ledger = engine.ledger().clone();
        let _ = ledger.restore(&bytes, &MatchIndex::<()>::default());
        for mut model in models() {
            let _ = model.restore(&bytes);
        }
    }
}

#[test]
fn a_model_with_a_number_that_is_no_team_is_refused() {
    let config = config(SETTINGS);
    let mut model = build("", config.engine.model.as_ref().unwrap()).unwrap();
    let mut names = simbet::Names::default();
    let teams = ["A", "B", "C"].map(|name| names.intern_team(name));
    let league = names.intern_league("L");
    for (home, away) in [(0, 1), (1, 2), (2, 0)] {
        let day = simbet::Time::from_days(100);
        let (home, away) = (teams[home], teams[away]);
        let fixture = simbet::Fixture {
            id: "x".into(),
            league,
            home,
            away,
            season: 2020,
            day,
            kickoff: None,
            neutral: false,
        };
        model.observe(&simbet::Match {
            fixture: fixture.into(),
            score: Default::default(),
            status: simbet::MatchStatus::Played,
            statistics: None,
        });
    }
    let saved = model.save().unwrap();
    assert!(model.restore(&saved).is_ok());
    // the roster has three teams of three bytes or more, then the seasons, then the matches
    let mut damaged = 0;
    for place in 0..saved.len() {
        let mut other = saved.clone();
        other[place] = 99;
        damaged += usize::from(model.restore(&other).is_err());
    }
    assert!(damaged > 6, "{damaged} of {}", saved.len());
}
