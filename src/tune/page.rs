//! The profile as a page and as a picture.

use super::figures::SettingScore;
use super::sentences::{headline, sentences};
use super::tables::{is_numeric, tables};
use super::{TuneConfig, TuneResult};
use crate::report::chart::{self, Chart, Group, Labels, ProfilePoint, Unit};
use crate::report::page::{Part, of_parts};

/// Half the width of an interval of 95 %, in standard errors.
const WIDE: f64 = 1.96;

/// The page.
pub(crate) fn page(config: &TuneConfig, tuned: &TuneResult) -> String {
    let parts = [
        Part::Verdict(sentences(config, tuned)),
        Part::Charts(vec![chart(config, tuned)]),
        Part::Tables(tables(config, tuned, usize::MAX)),
    ];
    of_parts(&[headline(config, tuned)], &parts)
}

/// The score along the first axis of numbers; without one, the difference of each setting to the best.
pub(crate) fn chart(config: &TuneConfig, tuned: &TuneResult) -> Chart {
    let axis =
        (0..config.names.len()).find(|axis| is_numeric(config, *axis) && values(config, *axis) > 1);
    axis.map_or_else(
        || differences(config, tuned),
        |axis| profile(config, tuned, axis),
    )
}

/// How many values an axis has.
fn values(config: &TuneConfig, axis: usize) -> usize {
    let mut labels: Vec<_> = config
        .points
        .iter()
        .map(|point| &point.labels[axis])
        .collect();
    labels.sort();
    labels.dedup();
    labels.len()
}

fn profile(config: &TuneConfig, tuned: &TuneResult, axis: usize) -> Chart {
    let points = tuned.together.settings.iter().filter_map(|setting| {
        let labels = &config.points[setting.place].labels;
        let others = config.names.iter().zip(labels).enumerate();
        let line: Vec<String> = others
            .filter(|(place, _)| *place != axis)
            .filter_map(|(_, (name, label))| Some(format!("{name}={}", label.as_ref()?)))
            .collect();
        Some(ProfilePoint {
            line: line.join(", "),
            at: labels[axis].as_ref()?.parse().ok()?,
            score: setting.score.mean?,
            error: setting.against_best.map(|test| WIDE * test.std_error),
        })
    });
    let (name, score) = (config.names[axis].replace('_', " "), config.score.name());
    chart::profile(&points.collect::<Vec<_>>(), &name, score)
}

fn differences(config: &TuneConfig, tuned: &TuneResult) -> Chart {
    let row = |setting: &SettingScore| {
        let test = setting.against_best;
        Group {
            name: config.label(setting.place),
            n: setting.score.matches,
            value: Some(test.map_or(0.0, |test| test.difference)),
            interval: test.map(|test| {
                let wide = WIDE * test.std_error;
                (test.difference - wide, test.difference + wide)
            }),
        }
    };
    let rows: Vec<Group> = tuned.together.settings.iter().map(row).collect();
    let title = format!("Mean {} less that of the best, 95 %", config.score.name());
    let labels = Labels {
        title: &title,
        axis: "difference",
        unit: Unit::Number,
        counted: "matches",
    };
    chart::groups(&rows, labels)
}
