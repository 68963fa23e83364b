//! A comparison of models as tables.

use std::io::{self, Write};

use super::{GroupScores, MeanScore, ModelComparison, ModelScores, Pair, PoolResult, sentences};
use crate::report::Format;
use crate::report::text_table::{TextTable, count, decimals, probability};
use crate::significance::{BINS, ScoreTest};

/// Writes the comparison as tables to read, and its sentences.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn write_text(
    out: &mut dyn Write,
    compared: &ModelComparison,
    format: Format,
) -> io::Result<()> {
    let sentences = sentences(compared);
    if let Some((headline, _)) = sentences.split_first() {
        writeln!(out, "{}\n", format.prose(headline))?;
    }
    for table in tables(compared) {
        table.write(out, format)?;
        writeln!(out)?;
    }
    for sentence in sentences.iter().skip(1) {
        writeln!(out, "{}", format.prose(sentence))?;
        if format == Format::Markdown {
            writeln!(out)?;
        }
    }
    Ok(())
}

fn tables(compared: &ModelComparison) -> Vec<TextTable> {
    let mut tables = vec![scores_table(compared), pairs_table(compared)];
    tables.extend(weights_table(&compared.pools));
    for (title, groups) in [
        ("league", &compared.by_league),
        ("season", &compared.by_season),
    ] {
        if groups.len() > 1 {
            tables.push(groups_table(title, groups));
        }
    }
    tables.push(reliability_table(compared));
    tables
}

/// Every row of scores: the models, the market, the pools.
fn all_scores(compared: &ModelComparison) -> impl Iterator<Item = &ModelScores> {
    let pools = compared.pools.iter().map(|pool| &pool.scores);
    compared.models.iter().chain(&compared.market).chain(pools)
}

/// Every pair: of the models and the market, and of the pools.
fn all_pairs(compared: &ModelComparison) -> impl Iterator<Item = &Pair> {
    let pools = compared.pools.iter().flat_map(|pool| &pool.against);
    compared.pairs.iter().chain(pools)
}

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn scores_table(compared: &ModelComparison) -> TextTable {
    let rows = all_scores(compared).map(|scores| {
        vec![
            scores.model.clone(),
            count(scores.own_matches),
            count(scores.matches),
            decimals(scores.log_loss.mean, 5),
            decimals(scores.log_loss.std_error, 5),
            decimals(scores.brier.mean, 5),
            decimals(scores.brier.std_error, 5),
            decimals(scores.rps.mean, 5),
            decimals(scores.rps.std_error, 5),
            decimals(scores.calibration.map(|table| table.calibration_error), 4),
        ]
    });
    TextTable {
        header: header(&[
            "forecast",
            "has",
            "scored",
            "log loss",
            "±",
            "Brier",
            "±",
            "RPS",
            "±",
            "calibration",
        ]),
        rows: rows.collect(),
        numeric: (1..10).collect(),
        spare: vec![8, 6, 1, 9],
        ..TextTable::default()
    }
}

fn pairs_table(compared: &ModelComparison) -> TextTable {
    let rows = all_pairs(compared).map(|pair| {
        let p = |test: Option<ScoreTest>| {
            test.map_or_else(|| "–".to_owned(), |test| probability(test.p))
        };
        vec![
            pair.model.clone(),
            pair.against.clone(),
            count(pair.matches),
            count(pair.match_days),
            test_difference(pair.log_loss),
            decimals(pair.log_loss.map(|test| test.std_error), 5),
            p(pair.log_loss),
            pair.p_corrected.map_or_else(|| "–".to_owned(), probability),
            test_difference(pair.brier),
            p(pair.brier),
            test_difference(pair.rps),
            p(pair.rps),
        ]
    });
    TextTable {
        header: header(&[
            "forecast", "less", "matches", "days", "log loss", "±", "p", "p of all", "Brier", "p",
            "RPS", "p",
        ]),
        rows: rows.collect(),
        numeric: (2..12).collect(),
        spare: vec![3, 11, 10, 9, 8, 2],
        ..TextTable::default()
    }
}

fn test_difference(test: Option<ScoreTest>) -> String {
    test.map_or_else(|| "–".to_owned(), |test| format!("{:+.5}", test.difference))
}

/// The last weights of each pool.
fn weights_table(pools: &[PoolResult]) -> Option<TextTable> {
    let rows: Vec<Vec<String>> = pools.iter().flat_map(weight_rows).collect();
    (!rows.is_empty()).then(|| TextTable {
        header: header(&["pool", "of", "last weight", "±", "fitted to"]),
        rows,
        numeric: vec![2, 3, 4],
        ..TextTable::default()
    })
}

fn weight_rows(pool: &PoolResult) -> Vec<Vec<String>> {
    let of = pool.of.iter().enumerate();
    of.map(|(place, name)| {
        let last = pool.last.as_ref();
        let weight = last.map_or(1.0 / pool.of.len() as f64, |last| last.weights[place]);
        let error = last.and_then(|last| last.std_errors[place]);
        let fitted = last.map_or_else(|| "–".to_owned(), |last| count(last.n));
        vec![
            pool.scores.model.clone(),
            name.clone(),
            format!("{weight:.3}"),
            decimals(error, 3),
            fitted,
        ]
    })
    .collect()
}

/// The log loss of each model in each group.
fn groups_table(title: &str, groups: &[GroupScores]) -> TextTable {
    let models = groups.first().map_or(&[][..], |first| &first.models[..]);
    let names = models.iter().map(|model| model.model.clone());
    let rows = groups.iter().map(|group| {
        let losses = group.models.iter().map(|model| {
            let loss = decimals(model.log_loss.mean, 5);
            if model.matches == group.matches {
                loss
            } else {
                format!("{loss} ({})", count(model.matches))
            }
        });
        [group.group.clone(), count(group.matches)]
            .into_iter()
            .chain(losses)
            .collect()
    });
    TextTable {
        title: format!("Log loss by {title}"),
        header: [title.to_owned(), "matches".to_owned()]
            .into_iter()
            .chain(names)
            .collect(),
        rows: rows.collect(),
        numeric: (1..models.len() + 2).collect(),
        spare: [1].into_iter().chain((3..models.len() + 2).rev()).collect(),
    }
}

/// What happened of what was forecast, for each tenth of probability: `27.1 → 25.8 (812)`.
fn reliability_table(compared: &ModelComparison) -> TextTable {
    let tables: Vec<_> = all_scores(compared)
        .filter_map(|scores| Some((scores.model.clone(), scores.calibration?)))
        .collect();
    let rows = (0..BINS).map(|bin| {
        let mut row = vec![format!("{}–{} %", 10 * bin, 10 * (bin + 1))];
        row.extend(tables.iter().map(|(_, table)| {
            let bin = table.bins[bin];
            match (bin.mean_forecast, bin.observed) {
                (Some(forecast), Some(observed)) => format!(
                    "{:.1} → {:.1} ({})",
                    100.0 * forecast,
                    100.0 * observed,
                    count(bin.n)
                ),
                _ => String::new(),
            }
        }));
        row
    });
    let rows = rows.filter(|row| row[1..].iter().any(|cell| !cell.is_empty()));
    let names = tables.iter().map(|(name, _)| name.clone());
    TextTable {
        title: "Calibration: forecast → happened, in percent (forecasts)".to_owned(),
        header: ["forecast".to_owned()].into_iter().chain(names).collect(),
        rows: rows.collect(),
        numeric: (1..tables.len() + 1).collect(),
        spare: (2..tables.len() + 1).rev().collect(),
    }
}

/// Every figure as one table for programs: a row for each.
pub(crate) fn plain_table(compared: &ModelComparison) -> TextTable {
    let mut figures = Figures::default();
    for scores in all_scores(compared) {
        figures.scores(scores);
    }
    for pair in all_pairs(compared) {
        figures.pair(pair);
    }
    for pool in &compared.pools {
        figures.weights(pool);
    }
    for (kind, groups) in [
        ("league", &compared.by_league),
        ("season", &compared.by_season),
    ] {
        for group in groups {
            figures.group(kind, group);
        }
    }
    for scores in all_scores(compared) {
        figures.reliability(scores);
    }
    TextTable {
        header: header(&[
            "figure",
            "model",
            "against",
            "group",
            "matches",
            "value",
            "std_error",
            "p",
            "p_corrected",
        ]),
        rows: figures.0,
        ..TextTable::default()
    }
}

/// The rows of the table for programs.
#[derive(Default)]
struct Figures(Vec<Vec<String>>);

/// A figure of a model, or of two, on all matches or a group of them.
#[derive(Default)]
struct Figure<'a> {
    name: &'a str,
    model: &'a str,
    against: &'a str,
    group: &'a str,
    matches: u64,
    value: Option<f64>,
    std_error: Option<f64>,
    p: [Option<f64>; 2],
}

impl Figures {
    fn push(&mut self, figure: Figure<'_>) {
        let number =
            |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
        let texts = [figure.name, figure.model, figure.against, figure.group];
        let mut row: Vec<String> = texts.map(str::to_owned).to_vec();
        row.push(figure.matches.to_string());
        row.extend([figure.value, figure.std_error, figure.p[0], figure.p[1]].map(number));
        self.0.push(row);
    }

    fn means(&mut self, model: &str, group: &str, matches: u64, means: [MeanScore; 3]) {
        for (name, mean) in ["log_loss", "brier", "rps"].into_iter().zip(means) {
            self.push(Figure {
                name,
                model,
                group,
                matches,
                value: mean.mean,
                std_error: mean.std_error,
                ..Figure::default()
            });
        }
    }

    fn scores(&mut self, scores: &ModelScores) {
        let means = [scores.log_loss, scores.brier, scores.rps];
        self.means(&scores.model, "", scores.matches, means);
        self.push(Figure {
            name: "calibration_error",
            model: &scores.model,
            matches: scores.matches,
            value: scores.calibration.map(|table| table.calibration_error),
            ..Figure::default()
        });
    }

    fn pair(&mut self, pair: &Pair) {
        let tests = [
            ("log_loss_difference", pair.log_loss, pair.p_corrected),
            ("brier_difference", pair.brier, None),
            ("rps_difference", pair.rps, None),
        ];
        for (name, test, p_corrected) in tests {
            self.push(Figure {
                name,
                model: &pair.model,
                against: &pair.against,
                matches: pair.matches,
                value: test.map(|test| test.difference),
                std_error: test.map(|test| test.std_error),
                p: [test.map(|test| test.p), p_corrected],
                ..Figure::default()
            });
        }
    }

    fn weights(&mut self, pool: &PoolResult) {
        for (place, name) in pool.of.iter().enumerate() {
            let last = pool.last.as_ref();
            self.push(Figure {
                name: "last_weight",
                model: &pool.scores.model,
                against: name,
                matches: last.map_or(0, |last| last.n),
                value: last.map(|last| last.weights[place]),
                std_error: last.and_then(|last| last.std_errors[place]),
                ..Figure::default()
            });
        }
    }

    fn group(&mut self, kind: &str, group: &GroupScores) {
        let name = format!("{kind}:{}", group.group);
        for model in &group.models {
            let means = [model.log_loss, model.brier, model.rps];
            self.means(&model.model, &name, model.matches, means);
        }
    }

    fn reliability(&mut self, scores: &ModelScores) {
        let bins = scores.calibration.map(|table| table.bins);
        for (place, bin) in bins.into_iter().flatten().enumerate() {
            let group = format!("bin:{}-{}", 10 * place, 10 * (place + 1));
            let means = [
                ("mean_forecast", bin.mean_forecast),
                ("observed", bin.observed),
            ];
            for (name, value) in means {
                self.push(Figure {
                    name,
                    model: &scores.model,
                    group: &group,
                    matches: bin.n,
                    value,
                    ..Figure::default()
                });
            }
        }
    }
}
