//! Probabilities from files as the model of a run, and how many of its matches have any.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::calendar::format_date;
use crate::config::RunConfig;
use crate::domain::{MarketKind, Names, Time};
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
    /// When they have rows, and say nothing of any.
    pub(crate) fn coverage(
        &self,
        matches: &Matches,
        replay: &ReplayConfig,
        markets: &[MarketKind],
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
        coverage.ensure_markets(markets)?;
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
    let markets = &config.engine.strategy.markets;
    loaded
        .coverage(matches, &config.replay, markets)
        .map(|_| ())
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
    /// The matches that have probabilities of each market.
    #[serde(skip)]
    by_market: BTreeMap<MarketKind, u64>,
    /// The markets that are bet on.
    #[serde(skip)]
    markets: Vec<MarketKind>,
}

impl ProbabilityCoverage {
    fn add(&mut self, table: &ProbabilityTable, last: Time, record: &MatchRecord, names: &Names) {
        self.matches += 1;
        let Some(known) = table.by_id.get(&record.fixture.id) else {
            self.matches_without += 1;
            if self.without.len() < MOST_NAMED {
                let meant = self.rows.meant.get(&record.fixture.id);
                let meant = meant.map_or_else(String::new, |row| format!(" ({row} may mean it)"));
                self.without
                    .push(format!("{}{meant}", shown(record, names)));
            }
            return;
        };
        let is_late = |known_at: Option<Time>| known_at.is_some_and(|known_at| known_at > last);
        let versions = known.0.iter();
        self.too_late += versions.filter(|version| is_late(version.known_at)).count() as u64;
        if let Some(known) = known.at(last) {
            self.matches_with += 1;
            for market in MarketKind::ALL {
                let mut named = known.named.iter().map(|named| named.0.market().kind());
                if known.rates.is_some() || named.any(|named| named == market) {
                    *self.by_market.entry(market).or_default() += 1;
                }
            }
        } else {
            self.matches_too_late += 1;
        }
    }

    fn ensure_some(&self) -> Result<(), SourceError> {
        // files without a row say so by the count of matches that have none
        if self.matches_with > 0 || self.matches == 0 || self.rows.rows == 0 {
            return Ok(());
        }
        let problem = if self.matches_too_late > 0 {
            format!(
                "the probabilities became known only after the prices of their matches, so that none may be used: see the column \
                 known_at{}, and --price close for the prices at kick-off",
                self.of_days()
            )
        } else {
            "no match that can be bet on has probabilities: those that have are before --from, after --to or without a price"
                .to_owned()
        };
        Err(SourceError::NoProbabilities {
            files: self.named_files(),
            problem,
        })
    }

    /// Checks that some market that is bet on has probabilities.
    fn ensure_markets(&mut self, markets: &[MarketKind]) -> Result<(), SourceError> {
        self.markets = markets.to_vec();
        let is_said = |market: &MarketKind| self.by_market.contains_key(market);
        if self.matches_with == 0 || markets.is_empty() || markets.iter().any(is_said) {
            return Ok(());
        }
        let said: Vec<MarketKind> = self.by_market.keys().copied().collect();
        Err(SourceError::NoProbabilities {
            files: self.named_files(),
            problem: format!(
                "there are no probabilities of {}, which is bet on, but of {}: add their columns, or choose another with --markets",
                listed(markets),
                listed(&said)
            ),
        })
    }

    /// The sentence on markets that are bet on and of which not every match with probabilities has some.
    fn on_markets(&self) -> Option<String> {
        let with = |market: &MarketKind| self.by_market.get(market).copied().unwrap_or(0);
        let lacking = self
            .markets
            .iter()
            .any(|market| with(market) < self.matches_with);
        let counts: Vec<String> = self
            .markets
            .iter()
            .map(|market| format!("{market} {}", count(with(market))))
            .collect();
        lacking.then(|| {
            format!(
                "not every match with probabilities has those of every market, and what has none is not bet on: {} of {}",
                counts.join(", "),
                count(self.matches_with)
            )
        })
    }

    /// What a day counts as where `known_at` names some without a time.
    fn of_days(&self) -> &'static str {
        if self.rows.known_by_day {
            " (a day without a time counts as the end of that day: write a time, or the day before)"
        } else {
            ""
        }
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
            "each is used from its known_at on"
        } else if self.files.len() < 2 {
            "look-ahead cannot be excluded: the file has no known_at"
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
        let (rows, days) = (&self.rows, self.of_days());
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
            &format!(
                "forecast became known only after the prices of its match and is not used{days}"
            ),
            &format!(
                "forecasts became known only after the prices of their matches and are not used{days}"
            ),
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
        sentences.extend(self.on_markets());
        sentences
    }
}

fn listed(markets: &[MarketKind]) -> String {
    let names: Vec<String> = markets.iter().map(ToString::to_string).collect();
    names.join(", ")
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
