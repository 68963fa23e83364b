//! Probabilities from files as the model of a run, and how many of its matches have any.

use std::sync::Arc;

use serde::Serialize;

use crate::calendar::format_date;
use crate::config::RunConfig;
use crate::domain::{Names, Time};
use crate::engine::EngineConfig;
use crate::predict::{ModelKind, Outside, ProbabilityTable};
use crate::report::text_table::{count, counted};
use crate::source::{
    Input, MatchRecord, Matches, ProbabilitiesIn, ProbabilityFiles, ProbabilityRows, ReplayConfig,
    ResolvedProbabilities, SourceError, read_probability_bytes,
};

/// The most matches without probabilities that are named.
const MOST_NAMED: usize = 5;

/// The probabilities of files, as they are known to the models of a run.
#[derive(Clone)]
pub(crate) struct LoadedProbabilities {
    pub table: Arc<ProbabilityTable>,
    /// What became of the rows; `None` where their matches come later.
    pub rows: Option<ProbabilityRows>,
    /// Whether every file says when its probabilities were known.
    pub know_when: bool,
    /// The files.
    pub inputs: Vec<Input>,
}

impl LoadedProbabilities {
    /// Brings the probabilities to the matches of a run; without matches they are found as these come.
    ///
    /// # Errors
    /// As [`ProbabilityFiles::resolve`].
    pub(crate) fn of(
        files: &ProbabilityFiles,
        matches: Option<&Matches>,
    ) -> Result<Self, SourceError> {
        let (table, rows) = match matches {
            Some(matches) => {
                let ResolvedProbabilities { table, rows } = files.resolve(matches)?;
                (table, Some(rows))
            }
            None => (files.unresolved()?, None),
        };
        Ok(Self {
            table: Arc::new(table),
            rows,
            know_when: files.know_when(),
            inputs: files.inputs.clone(),
        })
    }

    /// Makes the models of an engine say what the files say.
    pub(crate) fn install(&self, engine: &mut EngineConfig) {
        let is_of_files = |kind: ModelKind| kind == ModelKind::File;
        if let Some(model) = engine
            .model
            .as_mut()
            .filter(|model| is_of_files(model.kind))
        {
            let (source, sha256) = (
                |input: &Input| input.path.clone(),
                |input: &Input| input.sha256.clone(),
            );
            model.outside = Some(Outside {
                source: self.inputs.iter().map(source).collect(),
                sha256: self.inputs.iter().map(sha256).collect(),
                maker: Some(Arc::new(Arc::clone(&self.table))),
            });
        }
    }

    /// Says what the probabilities say of the matches that a replay offers.
    ///
    /// # Errors
    /// When they say nothing of any.
    pub(crate) fn coverage(
        &self,
        matches: &Matches,
        replay: &ReplayConfig,
    ) -> Result<ProbabilityCoverage, SourceError> {
        let mut coverage = ProbabilityCoverage {
            rows: self.rows.clone().unwrap_or_default(),
            files: self.inputs.iter().map(|input| input.path.clone()).collect(),
            ..ProbabilityCoverage::default()
        };
        for record in &matches.records {
            if let Some(time) = replay.last_offer(record) {
                coverage.add(&self.table, time, record, &matches.names);
            }
        }
        coverage.ensure_some()?;
        Ok(coverage)
    }
}

/// Makes the model [`ModelKind::File`] of a run say what a file says of these matches; `bytes` are of a file of any kind that is
/// read, and `name` stands for its path. The page `columns` says what it holds.
///
/// # Errors
/// When a column is missing, a cell is no probability, probabilities do not sum to 1, two rows say the same, or none is about a
/// match that is bet on.
///
/// ```
/// use simbet::{RunConfig, Settings, backtest, read_bytes, use_probabilities};
/// let settings = Settings::from_toml("model = 'file'").unwrap();
/// let mut config = RunConfig::resolve(&settings).unwrap();
/// let matches = b"date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
///     2024-08-16,Ashby,Brae,1,0,2.00,3.50,4.00\n";
/// let matches = read_bytes("mine.csv", matches, &config.read).unwrap();
/// let mine = b"date,home_team,away_team,p_home,p_draw,p_away\n2024-08-16,Ashby,Brae,0.6,0.25,0.15\n";
/// use_probabilities("model.csv", mine, &mut config, &matches).unwrap();
/// let done = backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap();
/// assert_eq!((done.summary.bets, done.summary.profit.units()), (1, 100.0));
/// ```
pub fn use_probabilities(
    name: &str,
    bytes: &[u8],
    config: &mut RunConfig,
    matches: &Matches,
) -> Result<(), SourceError> {
    let files = read_probability_bytes(name, bytes, ProbabilitiesIn::OwnFiles, &config.read)?;
    let loaded = LoadedProbabilities::of(&files, Some(matches))?;
    loaded.install(&mut config.engine);
    loaded.coverage(matches, &config.replay).map(|_| ())
}

/// What files of probabilities say of the matches of a run.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ProbabilityCoverage {
    /// The files.
    pub files: Vec<String>,
    #[serde(flatten)]
    pub rows: ProbabilityRows,
    /// The matches that are offered.
    pub matches: u64,
    /// Of those, matches with probabilities that were known when they were offered.
    pub matches_with: u64,
    /// Of those, matches whose probabilities became known only after their prices, and are not used.
    pub matches_too_late: u64,
    /// Of those, matches of which no row says anything.
    pub matches_without: u64,
    /// Probabilities of a match, as of one time, that became known only after its last prices, and are not used.
    pub too_late: u64,
    /// The first matches without probabilities.
    pub without: Vec<String>,
}

impl ProbabilityCoverage {
    fn add(&mut self, table: &ProbabilityTable, last: Time, record: &MatchRecord, names: &Names) {
        self.matches += 1;
        let Some(known) = table.by_id.get(&record.fixture.id) else {
            self.matches_without += 1;
            if self.without.len() < MOST_NAMED {
                self.without.push(shown(record, names));
            }
            return;
        };
        let is_late = |known_at: Option<Time>| known_at.is_some_and(|known_at| known_at > last);
        let versions = known.0.iter();
        self.too_late += versions.filter(|version| is_late(version.known_at)).count() as u64;
        if known.at(last).is_some() {
            self.matches_with += 1;
        } else {
            self.matches_too_late += 1;
        }
    }

    fn ensure_some(&self) -> Result<(), SourceError> {
        if self.matches_with > 0 || self.matches == 0 {
            return Ok(());
        }
        let problem = if self.matches_too_late > 0 {
            "the probabilities became known only after the prices of their matches, so that none may be used: see the column \
             known_at, and --price close for the prices at kick-off"
        } else {
            "no match that can be bet on has probabilities: those that have are before --from, after --to or without a price"
        };
        Err(SourceError::NoProbabilities {
            files: self.named_files(),
            problem: problem.to_owned(),
        })
    }

    fn named_files(&self) -> String {
        match &self.files[..] {
            [] => "the match files".to_owned(),
            [only] => only.clone(),
            [first, others @ ..] => format!("{first} and {} more", others.len()),
        }
    }

    /// How many matches have probabilities, and whether they were known in time.
    pub(crate) fn headline(&self) -> String {
        let guard = if self.rows.known_at {
            "known_at rules out look-ahead"
        } else {
            "look-ahead cannot be excluded: not every file has known_at"
        };
        format!(
            "{} of {} matches have probabilities ({}); {guard}",
            count(self.matches_with),
            count(self.matches),
            self.named_files()
        )
    }

    /// What did not fit, each with the first of its kind.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let rows = &self.rows;
        let mut sentences = Vec::new();
        let mut say = |number: u64, one: &str, several: &str, named: &[String]| {
            if number > 0 {
                let said = counted(number, one, several);
                let list = named.iter().map(|name| format!("\n  {name}"));
                let colon = if named.is_empty() { "" } else { ":" };
                sentences.push(format!("{said}{colon}{}", list.collect::<String>()));
            }
        };
        say(
            rows.without_match,
            "row of probabilities is about no match",
            "rows of probabilities are about no match",
            &rows.unmatched,
        );
        say(
            self.matches_without,
            "match has no row of probabilities",
            "matches have no row of probabilities",
            &self.without,
        );
        say(
            self.too_late,
            "forecast became known only after the prices of its match and is not used",
            "forecasts became known only after the prices of their matches and are not used",
            &[],
        );
        say(
            rows.normalised,
            "set of probabilities did not sum to 1 and was normalised",
            "sets of probabilities did not sum to 1 and were normalised",
            &[],
        );
        say(
            rows.skipped,
            "row of probabilities is beyond repair and was left out",
            "rows of probabilities are beyond repair and were left out",
            &[],
        );
        sentences
    }
}

/// `E0 2024-08-17 Arsenal – Wolves`.
fn shown(record: &MatchRecord, names: &Names) -> String {
    let fixture = &record.fixture;
    format!(
        "{} {} {} – {}",
        names.league(fixture.league),
        format_date(fixture.day),
        names.team(fixture.home),
        names.team(fixture.away)
    )
}
