//! A grid of settings: every combination of the values that some of them take.

use std::collections::{BTreeSet, HashSet};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use toml::{Table, Value};

use super::ranges::MOST_SETTINGS;
use super::{
    ConfigError, Purpose, RunConfig, Settings, StrategySpec, effect, forms, ranges, values,
};
use crate::predict::{Learn, ModelConfig};

/// The values that one setting takes, written `min_edge=0.01..0.10:0.01` or `half_life=120,240,480`.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    name: String,
    choices: Vec<Choice>,
}

/// A value: what it is called, and the settings that it sets.
#[derive(Debug, Clone, PartialEq)]
struct Choice {
    label: String,
    settings: Table,
}

/// Every combination of the values of some settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    axes: Vec<Axis>,
}

/// A setting of a grid, as it is run.
#[derive(Debug, Clone, PartialEq)]
pub struct GridPoint {
    /// The value on each axis; `None` where it has no effect, such as a Kelly fraction on flat stakes.
    pub labels: Vec<Option<String>>,
    /// Every setting.
    pub config: RunConfig,
}

/// What taught the models of settings, in a sentence; `None` where nothing but goals did.
pub(crate) fn what_taught(points: &[GridPoint]) -> Option<String> {
    let models = points
        .iter()
        .filter_map(|point| point.config.engine.model.as_ref());
    Learn::sentence_of(models.filter_map(ModelConfig::teachers))
}

/// The settings of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridPoints {
    /// Those that differ, in the order of the grid: the last axis changes fastest.
    pub points: Vec<GridPoint>,
    /// How many were left out because they are the same as an earlier one in all that has an effect.
    pub repeated: usize,
}

impl FromStr for Axis {
    type Err = ConfigError;

    /// # Example
    /// ```
    /// use simbet::internals::config::Axis;
    /// let axis: Axis = "min-edge=0.01..0.05:0.02, 0.1".parse().unwrap();
    /// assert_eq!(axis.labels().collect::<Vec<_>>(), ["0.01", "0.03", "0.05", "0.1"]);
    /// ```
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let (name, values) = text.split_once('=').ok_or_else(|| {
            ConfigError::value(
                "a grid",
                "written setting=values, such as min_edge=0.01..0.10:0.01",
                text,
            )
        })?;
        let name = name.trim().replace('-', "_");
        if !Settings::names().contains(&name) {
            return Err(ConfigError::unknown_key(&name, &Settings::names()));
        }
        let mut choices: Vec<Choice> = Vec::new();
        let parts = ranges::parts(values);
        ensure_decimal_points(&name, &parts)?;
        ensure_whole_amounts(&name, &parts)?;
        for part in parts {
            for value in ranges::values(part)
                .map_err(|problem| ConfigError::range(format!("{name}: {problem}")))?
            {
                choices.push(Choice::new(&name, value)?);
            }
        }
        let mut seen = HashSet::with_capacity(choices.len());
        let mut twice = choices.iter().filter(|choice| {
            let settings = choice.settings.to_string();
            !seen.insert((choice.label.clone(), settings))
        });
        if let Some(twice) = twice.next() {
            return Err(ConfigError::value(
                &name,
                "given different values",
                format!("{} twice", twice.label),
            ));
        }
        Ok(Self { name, choices })
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// Checks that no comma that parts values is a decimal one: `0,04`. No number begins with 0 and has more digits.
fn ensure_decimal_points(name: &str, parts: &[&str]) -> Result<(), ConfigError> {
    for pair in parts.windows(2) {
        let [first, second] = [pair[0], pair[1]];
        let whole = first.strip_prefix('-').unwrap_or(first);
        let end = second.find(|c: char| !c.is_ascii_digit());
        let decimals = &second[..end.unwrap_or(second.len())];
        let is_decimal = decimals.len() > 1 && decimals.starts_with('0');
        // 1,000 is an amount with its thousands parted
        let is_amount = whole != "0" && decimals.len() == 3;
        if is_digits(whole) && is_decimal && !is_amount {
            return Err(ConfigError::range(format!(
                "{name}: {first},{decimals} is two values, {first} and {decimals}; write {first}.{decimals}"
            )));
        }
    }
    Ok(())
}

/// Checks that no comma that parts values is one between the thousands of an amount: `£1,000`.
fn ensure_whole_amounts(name: &str, parts: &[&str]) -> Result<(), ConfigError> {
    for pair in parts.windows(2) {
        let [first, second] = [pair[0], pair[1]];
        let money = forms::without_currency(first);
        let digits = money.unwrap_or(first);
        let group = second.get(..3).filter(|group| is_digits(group));
        let goes_on = group.is_some_and(|_| !second[3..].starts_with(|c: char| c.is_ascii_digit()));
        // no number of a list begins with 0 and has three digits
        let is_cut = money.is_some() || second.starts_with('0');
        if is_cut && goes_on && is_digits(digits) && digits.len() <= 3 {
            return Err(ConfigError::value(
                name,
                &format!(
                    "given amounts without commas or in quotes, such as {name}='{first},{second}'"
                ),
                format!("{first} and {second}"),
            ));
        }
    }
    Ok(())
}

impl Choice {
    /// A value of a setting, put into a list where the setting is one.
    fn new(name: &str, value: Value) -> Result<Self, ConfigError> {
        let label = label(&value);
        let settings = Table::from_iter([(name.to_owned(), value.clone())]);
        let problem = match settings.clone().try_into::<Settings>() {
            Ok(_) => return Ok(Self { label, settings }),
            Err(problem) => values::plain(problem.message()),
        };
        // a setting that is a list is given one value, and one that is a list in a text a list
        let listed = joined(name, &value).unwrap_or(Value::Array(vec![value]));
        let settings = Table::from_iter([(name.to_owned(), listed)]);
        match settings.clone().try_into::<Settings>() {
            Ok(_) => Ok(Self { label, settings }),
            Err(_) => Err(ConfigError::range(format!("{name}={label}: {problem}"))),
        }
    }

    fn of(contestant: &StrategySpec) -> Self {
        Self {
            label: contestant.name(),
            settings: contestant.table(),
        }
    }
}

/// A list of texts as one text, for the setting whose text is a list: `--book b365,avg`; `None` of another.
fn joined(name: &str, value: &Value) -> Option<Value> {
    if name != "book" {
        return None;
    }
    let texts = value.as_array()?.iter().map(Value::as_str);
    let texts: Option<Vec<&str>> = texts.collect();
    texts.map(|texts| Value::String(texts.join(",")))
}

/// A value as it is shown: a list joined by `+`.
fn label(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(label).collect::<Vec<_>>().join("+"),
        Value::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}

impl Axis {
    /// What it is called: the name of a setting, with `_`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its values are called.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.choices.iter().map(|choice| choice.label.as_str())
    }

    /// The settings that it sets.
    fn sets(&self) -> BTreeSet<&String> {
        self.choices
            .iter()
            .flat_map(|choice| choice.settings.keys())
            .collect()
    }
}

impl Grid {
    /// The grid of these axes, the strategies, if there are any, being the first.
    ///
    /// # Errors
    /// When there is none, a setting is on two axes, or there are more than [`MOST_SETTINGS`] combinations.
    ///
    /// ```
    /// use simbet::internals::config::Grid;
    /// let axes = vec!["min_edge=0.01,0.02".parse().unwrap(), "half_life=120,240,480".parse().unwrap()];
    /// let grid = Grid::new(axes, &["ev".parse().unwrap(), "kelly:0.5".parse().unwrap()]).unwrap();
    /// assert_eq!((grid.names(), grid.len()), (vec!["strategy", "min_edge", "half_life"], 12));
    /// ```
    pub fn new(axes: Vec<Axis>, strategies: &[StrategySpec]) -> Result<Self, ConfigError> {
        let contest = Axis {
            name: "strategy".to_owned(),
            choices: strategies.iter().map(Choice::of).collect(),
        };
        let axes: Vec<Axis> = Some(contest)
            .filter(|_| !strategies.is_empty())
            .into_iter()
            .chain(axes)
            .collect();
        if axes.is_empty() {
            let what = "a grid such as --grid min_edge=0.01..0.10:0.01, or --strategies";
            return Err(ConfigError::value(
                "a sweep",
                &format!("given {what}"),
                "nothing",
            ));
        }
        for (place, axis) in axes.iter().enumerate() {
            let earlier: BTreeSet<&String> = axes[..place].iter().flat_map(Axis::sets).collect();
            if let Some(twice) = axis.sets().intersection(&earlier).next() {
                return Err(ConfigError::value(
                    twice,
                    "on one axis of the grid",
                    "on two",
                ));
            }
        }
        let size = axes
            .iter()
            .try_fold(1_usize, |size, axis| size.checked_mul(axis.choices.len()));
        match size.filter(|size| *size <= MOST_SETTINGS) {
            Some(_) => Ok(Self { axes }),
            None => Err(too_many_settings(&axes)),
        }
    }

    /// The names of its axes.
    pub fn names(&self) -> Vec<&str> {
        self.axes.iter().map(|axis| axis.name.as_str()).collect()
    }

    /// The names of the settings that it sets in every combination.
    pub fn settings(&self) -> Vec<String> {
        let axes = self.axes.iter();
        let in_all = |axis: &Axis, name: &str| {
            axis.choices
                .iter()
                .all(|choice| choice.settings.contains_key(name))
        };
        axes.flat_map(|axis| {
            let names = axis.sets().into_iter();
            names.filter(move |name| in_all(axis, name)).cloned()
        })
        .collect()
    }

    /// The number of combinations, at least 1.
    pub fn len(&self) -> usize {
        self.axes.iter().map(|axis| axis.choices.len()).product()
    }

    /// Never: a grid has at least one value on each axis.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every combination laid over `flags`, and resolved by `resolve`.
    ///
    /// # Errors
    /// When a setting is both on an axis and among the flags, cannot be resolved, or has no effect in any combination; the
    /// error names the setting or the combination.
    pub fn resolve(
        &self,
        flags: &Settings,
        resolve: &dyn Fn(&Settings) -> Result<RunConfig, ConfigError>,
    ) -> Result<GridPoints, ConfigError> {
        let flags = Table::try_from(flags).map_err(ConfigError::layer)?;
        if let Some(twice) = self
            .axes
            .iter()
            .flat_map(Axis::sets)
            .find(|name| flags.contains_key(*name))
        {
            return Err(ConfigError::value(twice, "a flag or in the grid", "both"));
        }
        self.check_commissions(&flags)?;
        let (mut points, mut seen, mut repeated) = (Vec::new(), HashSet::new(), 0);
        for number in 0..self.len() {
            let choices = self.choices(number);
            let point = point(&choices, &flags, resolve, &self.names())?;
            if seen.insert(digest_of(&point.config)?) {
                points.push(point)
            } else {
                repeated += 1
            }
        }
        self.ensure_effect(&points)?;
        Ok(GridPoints { points, repeated })
    }

    /// Checks that every rate of commission is paid in some combination; in the others it is left out.
    fn check_commissions(&self, flags: &Table) -> Result<(), ConfigError> {
        let mut given = flags.keys().chain(self.axes.iter().flat_map(Axis::sets));
        if !given.any(|name| name == "commission") {
            return Ok(());
        }
        let (mut books, mut markets, mut commissions) = (BTreeSet::new(), BTreeSet::new(), vec![]);
        for number in 0..self.len() {
            let Ok(settings) = settings_at(&self.choices(number), flags) else {
                // its own error says more
                continue;
            };
            let Ok(strategy) = super::staking::strategy(&settings) else {
                continue;
            };
            books.extend(strategy.books.books().iter().copied());
            markets.extend(strategy.markets);
            if !commissions.contains(&strategy.commission) {
                commissions.push(strategy.commission);
            }
        }
        let (books, markets) = (Vec::from_iter(books), Vec::from_iter(markets));
        commissions
            .iter()
            .try_for_each(|commission| super::checks::commission(commission, &books, &markets))
    }

    /// Checks that every axis changes something somewhere.
    fn ensure_effect(&self, points: &[GridPoint]) -> Result<(), ConfigError> {
        for (place, axis) in self.axes.iter().enumerate() {
            let reason = |point: &GridPoint| {
                effect::why_idle(&axis.name, &point.config.engine, Purpose::Backtest)
            };
            let is_idle = points.iter().all(|point| point.labels[place].is_none());
            if let Some(reason) = points.first().and_then(reason).filter(|_| is_idle) {
                let name = &axis.name;
                return Err(ConfigError::range(format!(
                    "{name} has no effect in this grid: {reason}"
                )));
            }
        }
        Ok(())
    }

    /// The values of combination `number`, one on each axis.
    fn choices(&self, mut number: usize) -> Vec<&Choice> {
        let mut choices = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            choices.push(&axis.choices[number % axis.choices.len()]);
            number /= axis.choices.len();
        }
        choices.reverse();
        choices
    }
}

fn point(
    choices: &[&Choice],
    flags: &Table,
    resolve: &dyn Fn(&Settings) -> Result<RunConfig, ConfigError>,
    names: &[&str],
) -> Result<GridPoint, ConfigError> {
    let config = settings_at(choices, flags)
        .and_then(playable)
        .and_then(|settings| resolve(&settings))
        .map_err(|error| at_point(&error, names, choices))?;
    let axes = names.iter().zip(choices);
    Ok(GridPoint {
        labels: axes
            .map(|(name, choice)| has_effect(name, &config).then(|| choice.label.clone()))
            .collect(),
        config,
    })
}

/// The values of a combination laid over the flags.
fn settings_at(choices: &[&Choice], flags: &Table) -> Result<Settings, ConfigError> {
    let mut table = flags.clone();
    table.extend(choices.iter().flat_map(|choice| choice.settings.clone()));
    table.try_into().map_err(ConfigError::toml)
}

/// The settings without what is for other combinations: rates of commission of other books and markets, and the credit of
/// level stakes.
fn playable(settings: Settings) -> Result<Settings, ConfigError> {
    let (settings, _) = settings.without_unpaid_rates()?;
    Ok(settings.without_idle_credit())
}

/// The error of a point of the grid, with the point's settings.
fn at_point(error: &ConfigError, names: &[&str], choices: &[&Choice]) -> ConfigError {
    let settings: Vec<_> = names
        .iter()
        .zip(choices)
        .map(|(name, choice)| format!("{name}={}", choice.label))
        .collect();
    ConfigError::range(format!("with {}: {error}", settings.join(", ")))
}

/// Whether a setting can change what comes out.
fn has_effect(name: &str, config: &RunConfig) -> bool {
    effect::why_idle(name, &config.engine, Purpose::Backtest).is_none()
}

/// A digest of the settings that have an effect: the text of a million settings would fill the memory.
fn digest_of(config: &RunConfig) -> Result<[u8; 32], ConfigError> {
    let text = serde_json::to_string(&effect::canonical(config)).map_err(ConfigError::range)?;
    Ok(Sha256::digest(text).into())
}

fn too_many_settings(axes: &[Axis]) -> ConfigError {
    let sizes: Vec<_> = axes
        .iter()
        .map(|axis| axis.choices.len().to_string())
        .collect();
    ConfigError::value(
        "a grid",
        &format!("of at most {MOST_SETTINGS} settings"),
        format!("of {}", sizes.join(" times ")),
    )
}
