//! Which model, as it is named on the command line, in files and in requests.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum as _;
use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use serde::{Deserialize, Serialize};

use crate::predict::ModelKind;

/// A kind of model, with its argument where it takes one: `dixon-coles`, `exec:python my_model.py`, `onnx:trees.onnx`.
///
/// ```
/// use simbet::ModelKind;
/// use simbet::internals::config::ModelSpec;
/// let spec: ModelSpec = "exec:python my_model.py".parse().unwrap();
/// assert_eq!((spec.kind, spec.argument.as_deref()), (ModelKind::Exec, Some("python my_model.py")));
/// assert_eq!(ModelSpec::from(ModelKind::Poisson).to_string(), "poisson");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelSpec {
    /// The kind.
    pub kind: ModelKind,
    /// The command of a program, or the path of a file.
    pub argument: Option<String>,
}

impl From<ModelKind> for ModelSpec {
    fn from(kind: ModelKind) -> Self {
        Self {
            kind,
            argument: None,
        }
    }
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = super::value_name(self.kind);
        match &self.argument {
            Some(argument) => write!(f, "{name}:{argument}"),
            None => f.write_str(&name),
        }
    }
}

impl FromStr for ModelSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument.trim())),
            None => (text, None),
        };
        let kind = ModelKind::from_str(name, false).map_err(|_| unknown(text))?;
        match (kind.argument(), argument) {
            (Some(what), None | Some("")) => Err(format!(
                "{name}:{what} is needed: what comes after {name}:?"
            )),
            (None, Some(file)) if kind == ModelKind::File => Err(format!(
                "the model file has no argument: name its files with --probabilities {file}"
            )),
            (None, Some(_)) => Err(format!("{name} takes nothing after a colon")),
            (_, argument) => Ok(Self {
                kind,
                argument: argument.map(str::to_owned),
            }),
        }
    }
}

fn unknown(text: &str) -> String {
    let forms: Vec<String> = ModelKind::value_variants().iter().map(form).collect();
    format!("no model {text:?}: expected {}", forms.join(", "))
}

/// How a kind is written: `poisson`, `exec:COMMAND`.
fn form(kind: &ModelKind) -> String {
    let name = super::value_name(*kind);
    kind.argument()
        .map_or_else(|| name.clone(), |what| format!("{name}:{what}"))
}

impl TryFrom<String> for ModelSpec {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ModelSpec> for String {
    fn from(spec: ModelSpec) -> Self {
        spec.to_string()
    }
}

/// Reads a [`ModelSpec`] on the command line, which lists the kinds.
#[derive(Debug, Clone, Copy)]
pub(super) struct ModelSpecParser;

impl TypedValueParser for ModelSpecParser {
    type Value = ModelSpec;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<ModelSpec, clap::Error> {
        let spec = value.to_str().map(str::parse);
        if let Some(Ok(spec)) = spec {
            return Ok(spec);
        }
        let has_argument = value.to_str().is_some_and(|text| text.contains(':'));
        let kinds = EnumValueParser::<ModelKind>::new();
        match spec {
            Some(Err(message))
                if has_argument || kinds.parse_ref(command, argument, value).is_ok() =>
            {
                let message = format!("invalid value for '--model <MODEL>': {message}\n");
                Err(
                    clap::Error::raw(clap::error::ErrorKind::ValueValidation, message)
                        .with_cmd(command),
                )
            }
            Some(_) | None => kinds
                .parse_ref(command, argument, value)
                .map(ModelSpec::from),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let kinds = ModelKind::value_variants().iter();
        Some(Box::new(kinds.filter_map(|kind| {
            let known = kind.to_possible_value()?;
            let listed = PossibleValue::new(form(kind));
            Some(match known.get_help() {
                Some(help) => listed.help(help.clone()),
                None => listed,
            })
        })))
    }
}
