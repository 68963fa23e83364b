//! The tests of skill as a table and in sentences.

use super::closing_line;
use super::profit_verdict::profit_verdict;
use super::text_table::{
    TextTable, count, decimals, likelihood, percent, probability, share, thousands,
};
use crate::metrics::Summary;
use crate::significance::{
    MIN_BETS, MeanTest, OutcomeTest, Reliability, ReliabilityBin, ScoreTest, Significance,
};

/// Differences of mean scores below this are rounding errors, and print as the same figure.
pub const NEGLIGIBLE: f64 = 5e-6;

/// Every test with its n. An undefined one has the reason in place of its comparison.
pub fn table(summary: &Summary, tests: &Significance) -> TextTable {
    let of_bets = [
        yield_row(tests),
        mean_row(
            "return of a bet",
            tests.bets,
            tests.mean_return.as_ref(),
            "settled bet",
        )
        .tested_on(tests.days),
        more_bets_row(tests).known_from(tests.days),
        sharpe_row(tests).known_from(tests.days),
        outcome_row("wins", tests.fair_wins.as_ref(), 0, tests),
        outcome_row("profit", tests.fair_profit.as_ref(), 2, tests),
        losing_row(tests),
        closing_row(summary, tests),
    ];
    let of_forecasts = [
        score_row("log loss", tests.log_loss.as_ref(), summary, tests),
        score_row("Brier", tests.brier.as_ref(), summary, tests),
        score_row("RPS", tests.rps.as_ref(), summary, tests),
        calibration_row(tests),
    ];
    let rows = of_bets
        .into_iter()
        .chain(unchosen_row(summary, tests))
        .chain(of_forecasts);
    TextTable {
        header: ["skill or luck", "n", "value", "p", "compared with"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.map(Row::cells).collect(),
        numeric: vec![1, 2, 3],
        ..TextTable::default()
    }
}

/// A row of the table.
struct Row {
    name: String,
    n: u64,
    value: Option<String>,
    /// What the value is compared with, or why there is no value.
    comparison: String,
    p: Option<f64>,
}

impl Row {
    fn new(name: &str, n: u64, value: String, comparison: String, p: Option<f64>) -> Self {
        Self {
            name: name.to_owned(),
            n,
            value: Some(value),
            comparison,
            p,
        }
    }

    fn undefined(name: &str, n: u64, reason: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            n,
            value: None,
            comparison: reason.into(),
            p: None,
        }
    }

    /// The row without its test, where there are too few bets, or too few match days with bets, for one.
    fn tested_on(mut self, days: u64) -> Self {
        if self.value.is_some() && self.has_too_few(days) {
            self.comparison = "too few for a test".to_owned();
            self.p = None;
        }
        self
    }

    /// The row without its value, where there are too few bets or days for one.
    fn known_from(self, days: u64) -> Self {
        if self.value.is_some() && self.has_too_few(days) {
            return Self::undefined(&self.name, self.n, FEW);
        }
        self
    }

    const fn has_too_few(&self, days: u64) -> bool {
        self.n < MIN_BETS || days < MIN_BETS
    }

    fn cells(self) -> Vec<String> {
        let (value, p) = match self.value {
            Some(value) => (value, self.p.map_or_else(String::new, probability)),
            None => (DASH.to_owned(), DASH.to_owned()),
        };
        vec![self.name, count(self.n), value, p, self.comparison]
    }
}

/// Why a figure is not given of fewer than [`MIN_BETS`].
const FEW: &str = "needs 30 bets on 30 days";

/// The cell of an undefined figure.
const DASH: &str = "–";

fn yield_row(tests: &Significance) -> Row {
    match &tests.yield_interval {
        None => Row::undefined(
            "yield, 95 % (n: days)",
            tests.days,
            if tests.days < MIN_BETS {
                needs(tests.bets, "bets on 30 match days")
            } else {
                "needs 10 expected wins and losses".to_owned()
            },
        ),
        Some(interval) => Row::new(
            "yield, 95 % (n: days)",
            interval.days,
            percent(Some(interval.value), true),
            format!(
                "{} to {}",
                percent(Some(interval.lower), true),
                percent(Some(interval.upper), true)
            ),
            None,
        ),
    }
}

fn needs(bets: u64, requirement: &str) -> String {
    if bets == 0 {
        "no settled bet".to_owned()
    } else {
        format!("needs {requirement}")
    }
}

fn mean_row(name: &str, n: u64, test: Option<&MeanTest>, of_what: &str) -> Row {
    match (n, test) {
        (_, Some(test)) => Row::new(
            name,
            test.n,
            percent(Some(test.mean), true),
            format!("0, t {:+.2}", test.t),
            Some(test.p),
        ),
        (0, None) => Row::undefined(name, 0, format!("no {of_what}")),
        (1, None) => Row::undefined(name, 1, "one value has no spread"),
        (n, None) => Row::undefined(name, n, "all are equal"),
    }
}

fn closing_row(summary: &Summary, tests: &Significance) -> Row {
    if closing_line::is_placed_at_close(summary) {
        let reason = closing_line::AT_THE_CLOSE;
        return Row::undefined("closing-line value", summary.clv_n, reason);
    }
    let missing = if summary.clv_raw_n > 0 {
        "book prices every side"
    } else if tests.bets == 0 {
        "settled bet"
    } else {
        "bet has a closing price"
    };
    let test = tests.closing_value.as_ref();
    mean_row("closing-line value", summary.clv_n, test, missing).tested_on(tests.closing_days)
}

/// The closing-line value at the mean of the prices among which the best was chosen; `None` where none was.
fn unchosen_row(summary: &Summary, tests: &Significance) -> Option<Row> {
    let test = tests.closing_value_unchosen.as_ref()?;
    if closing_line::is_placed_at_close(summary) {
        return None;
    }
    let name = "CLV at the mean price";
    Some(mean_row(name, test.n, Some(test), "").tested_on(tests.closing_days))
}

fn more_bets_row(tests: &Significance) -> Row {
    let name = "bets to be sure";
    match (&tests.mean_return, tests.more_bets) {
        (None, _) => Row::undefined(name, tests.bets, needs(tests.bets, "bets that differ")),
        (Some(test), None) if test.mean <= 0.0 => {
            Row::undefined(name, test.n, "never, at this mean")
        }
        (Some(test), None) => Row::undefined(name, test.n, "more than can be counted"),
        (Some(test), Some(0)) => Row::new(
            name,
            test.n,
            "0".to_owned(),
            "already reached".to_owned(),
            None,
        ),
        (Some(test), Some(more)) => Row::new(
            name,
            test.n,
            thousands(&more.to_string()),
            "more bets of this return and spread".to_owned(),
            None,
        ),
    }
}

fn sharpe_row(tests: &Significance) -> Row {
    let name = "Sharpe ratio of a bet";
    let Some(sharpe) = &tests.sharpe else {
        return Row::undefined(name, tests.bets, needs(tests.bets, "bets that differ"));
    };
    let Some(above) = sharpe.probability else {
        return Row::undefined(name, sharpe.n, "its error is undefined");
    };
    let record = sharpe.track_record.map_or_else(String::new, |bets| {
        format!(
            "; 95 % at {} bets",
            thousands(&format!("{:.0}", bets.ceil()))
        )
    });
    let comparison = format!("above 0: {}{record}", likelihood(above));
    Row::new(
        name,
        sharpe.n,
        decimals(Some(sharpe.ratio), 3),
        comparison,
        Some(1.0 - above),
    )
}

/// `places` is the number of decimals of the total; the expected number of wins has one more than the wins.
fn outcome_row(name: &str, test: Option<&OutcomeTest>, places: usize, tests: &Significance) -> Row {
    let Some(test) = test else {
        return Row::undefined(name, tests.fair_bets, no_fair_price(tests));
    };
    let expected = thousands(&decimals(Some(test.expected), places.max(1)));
    let observed = thousands(&decimals(Some(test.observed), places));
    let comparison = format!("luck {expected}, z {:+.2}", test.z);
    Row::new(name, test.n, observed, comparison, Some(test.p))
}

fn no_fair_price(tests: &Significance) -> String {
    match (tests.bets, tests.fair_bets) {
        (0, _) => "no settled bet",
        (_, 0) => "no book prices every side",
        _ => "every side was backed",
    }
    .to_owned()
}

fn losing_row(tests: &Significance) -> Row {
    let name = "longest losing run";
    let Some(run) = &tests.losing_run else {
        let why = if tests.fair_wins.is_some() {
            "several bets on one match".to_owned()
        } else {
            no_fair_price(tests)
        };
        return Row::undefined(name, tests.fair_bets, why);
    };
    let comparison = format!("luck {:.1}", run.expected);
    Row::new(
        name,
        run.n,
        run.longest.to_string(),
        comparison,
        Some(run.p),
    )
}

fn score_row(
    score: &str,
    test: Option<&ScoreTest>,
    summary: &Summary,
    tests: &Significance,
) -> Row {
    let name = format!("{score} vs market");
    match test {
        Some(test) if test.difference.abs() < NEGLIGIBLE => {
            Row::undefined(&name, test.n, "model and market are alike")
        }
        Some(test) => {
            let difference = format!("{:+.5}", test.difference);
            let lower = if test.difference > 0.0 {
                "market"
            } else {
                "model"
            };
            Row::new(
                &name,
                test.n,
                difference,
                format!("{lower} lower, t {:+.2}", test.statistic),
                Some(test.p),
            )
        }
        None => Row::undefined(&name, summary.market.n, no_comparison(summary, tests)),
    }
}

fn no_comparison(summary: &Summary, tests: &Significance) -> &'static str {
    match (summary.model.n, summary.market.n) {
        (0, _) => "no match was forecast",
        (_, 0) => "the market priced no match in full",
        _ if tests.forecast_days < 2 => "needs matches on two days",
        _ if are_alike(summary) => "model and market are alike",
        _ => "a result given no chance happened",
    }
}

fn are_alike(summary: &Summary) -> bool {
    let difference = summary
        .model
        .rps
        .zip(summary.market.rps)
        .map(|(model, market)| model - market);
    difference.is_some_and(|difference| difference.abs() < NEGLIGIBLE)
}

fn calibration_row(tests: &Significance) -> Row {
    let name = "calibration error";
    let Some(model) = &tests.model_calibration else {
        return Row::undefined(name, 0, "no match was forecast");
    };
    // each match gives three forecasts
    let n = model.bins.iter().map(|bin| bin.n).sum::<u64>() / 3;
    let comparison = tests.market_calibration.as_ref().map_or_else(
        || "the market priced no match in full".to_owned(),
        |market| {
            format!(
                "the market's {}",
                percent(Some(market.calibration_error), false)
            )
        },
    );
    let error = percent(Some(model.calibration_error), false);
    Row::new(name, n, error, comparison, None)
}

/// The reliability of the forecasts: ten bins with their counts. `None` without forecasts.
pub fn reliability_table(tests: &Significance) -> Option<TextTable> {
    let model = tests.model_calibration.as_ref()?;
    let market = tests.market_calibration.as_ref();
    let header = [
        "bin", "model n", "forecast", "happened", "market n", "forecast", "happened",
    ];
    Some(TextTable {
        header: header.map(str::to_owned).to_vec(),
        rows: (0..model.bins.len())
            .map(|bin| bin_row(bin, model, market))
            .collect(),
        numeric: (1..header.len()).collect(),
        spare: vec![],
        ..TextTable::default()
    })
}

fn bin_row(bin: usize, model: &Reliability, market: Option<&Reliability>) -> Vec<String> {
    let mut cells = vec![format!("{} to {} %", bin * 10, bin * 10 + 10)];
    cells.extend(bin_cells(&model.bins[bin]));
    cells.extend(market.map_or([DASH; 3].map(str::to_owned), |market| {
        bin_cells(&market.bins[bin])
    }));
    cells
}

fn bin_cells(bin: &ReliabilityBin) -> [String; 3] {
    [
        count(bin.n),
        share_or_dash(bin.mean_forecast),
        share_or_dash(bin.observed),
    ]
}

fn share_or_dash(fraction: Option<f64>) -> String {
    fraction.map_or_else(|| DASH.to_owned(), |fraction| share(Some(fraction)))
}

/// The verdict of the tests, in sentences.
pub fn verdict(summary: &Summary) -> Vec<String> {
    let Some(tests) = &summary.significance else {
        return Vec::new();
    };
    profit_verdict(summary, tests).into_iter().collect()
}
