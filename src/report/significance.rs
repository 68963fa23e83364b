//! Skill or luck, as a table and in sentences.

use super::sheet::{Sheet, decimals, percent, thousands};
use crate::metrics::Summary;
use crate::significance::{MeanTest, OutcomeTest, ScoreTest, Significance};

/// Mean scores that differ by less than this are printed alike, and come of rounding.
pub const ALIKE: f64 = 5e-6;

/// With fewer bets the normal distribution says too little of their profit.
const FEW: u64 = 30;

/// A p-value below this is called rare: one in twenty.
const RARE: f64 = 0.05;

/// Every statistic with its n; what is undefined says why.
pub fn sheet(summary: &Summary, luck: &Significance) -> Sheet {
    let rows = [
        yield_row(luck),
        mean_row(
            "return of a bet",
            luck.bets,
            luck.mean_return.as_ref(),
            "settled bet",
        ),
        more_bets_row(luck),
        sharpe_row(luck),
        surprise_row("wins", luck.fair_wins.as_ref(), 0, luck),
        surprise_row("profit", luck.fair_profit.as_ref(), 2, luck),
        losing_row(luck),
        mean_row(
            "closing-line value",
            summary.clv_n,
            luck.closing_value.as_ref(),
            "bet has a closing price",
        ),
        score_row("log loss", luck.log_loss.as_ref(), summary, luck),
        score_row("Brier", luck.brier.as_ref(), summary, luck),
        score_row("RPS", luck.rps.as_ref(), summary, luck),
        calibration_row(luck),
    ];
    Sheet {
        header: ["skill or luck", "n", "is", "p", "against"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.into_iter().map(Row::cells).collect(),
        numeric: vec![1, 2, 3],
        ..Sheet::default()
    }
}

/// A line of the table; `against` says what a figure is held against, or why there is none.
struct Row {
    name: String,
    n: u64,
    is: Option<String>,
    against: String,
    p: Option<f64>,
}

impl Row {
    fn new(name: &str, n: u64, is: String, against: String, p: Option<f64>) -> Self {
        Self {
            name: name.to_owned(),
            n,
            is: Some(is),
            against,
            p,
        }
    }

    fn undefined(name: &str, n: u64, why: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            n,
            is: None,
            against: why.into(),
            p: None,
        }
    }

    fn cells(self) -> Vec<String> {
        let dash = || "–".to_owned();
        let n = thousands(&self.n.to_string());
        let p = self.p.map_or_else(String::new, probability);
        let p = if self.is.is_none() { dash() } else { p };
        vec![self.name, n, self.is.unwrap_or_else(dash), p, self.against]
    }
}

/// A p-value, to three digits after the point unless it is smaller.
fn probability(p: f64) -> String {
    match p {
        p if p < 0.0005 => "<0.001".to_owned(),
        p if p > 0.9995 => ">0.999".to_owned(),
        p => format!("{p:.3}"),
    }
}

fn yield_row(luck: &Significance) -> Row {
    match &luck.yield_interval {
        None => Row::undefined(
            "yield, 95 % (n: days)",
            luck.days,
            needs(luck.bets, "bets on two days"),
        ),
        Some(found) => {
            let interval = format!(
                "{} to {}",
                percent(Some(found.lower), true),
                percent(Some(found.upper), true)
            );
            Row::new(
                "yield, 95 % (n: days)",
                found.days,
                percent(Some(found.value), true),
                interval,
                None,
            )
        }
    }
}

fn needs(bets: u64, what: &str) -> String {
    if bets == 0 {
        "no settled bet".to_owned()
    } else {
        format!("needs {what}")
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
        (1, None) => Row::undefined(name, 1, "one alone has no spread"),
        (n, None) => Row::undefined(name, n, "all are equal"),
    }
}

fn more_bets_row(luck: &Significance) -> Row {
    let name = "more bets for 95 %";
    match (&luck.mean_return, luck.more_bets) {
        (None, _) => Row::undefined(name, luck.bets, needs(luck.bets, "bets that differ")),
        (Some(test), None) if test.mean <= 0.0 => Row::undefined(name, test.n, "never, at a loss"),
        (Some(test), None) => Row::undefined(name, test.n, "more than can be counted"),
        (Some(test), Some(0)) => Row::new(
            name,
            test.n,
            "0".to_owned(),
            "there already".to_owned(),
            None,
        ),
        (Some(test), Some(more)) => Row::new(
            name,
            test.n,
            thousands(&more.to_string()),
            "at this return and spread".to_owned(),
            None,
        ),
    }
}

fn sharpe_row(luck: &Significance) -> Row {
    let name = "Sharpe ratio of a bet";
    let Some(sharpe) = &luck.sharpe else {
        return Row::undefined(name, luck.bets, needs(luck.bets, "bets that differ"));
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
    let against = format!("above 0: {}{record}", percent(Some(above), false));
    Row::new(
        name,
        sharpe.n,
        decimals(Some(sharpe.ratio), 3),
        against,
        Some(1.0 - above),
    )
}

fn surprise_row(
    name: &str,
    surprise: Option<&OutcomeTest>,
    places: usize,
    luck: &Significance,
) -> Row {
    let Some(found) = surprise else {
        return Row::undefined(name, luck.fair_bets, no_fair_price(luck));
    };
    let amount = |value: f64| thousands(&format!("{value:.places$}"));
    let expected = if places == 0 {
        thousands(&format!("{:.1}", found.expected))
    } else {
        amount(found.expected)
    };
    let against = format!("fair {expected}, z {:+.2}", found.z);
    Row::new(
        name,
        found.n,
        amount(found.observed),
        against,
        Some(found.p),
    )
}

fn no_fair_price(luck: &Significance) -> String {
    match (luck.bets, luck.fair_bets) {
        (0, _) => "no settled bet",
        (_, 0) => "no book prices every side",
        _ => "every side was backed",
    }
    .to_owned()
}

fn losing_row(luck: &Significance) -> Row {
    let name = "longest losing run";
    let Some(run) = &luck.losing_run else {
        let why = if luck.fair_wins.is_some() {
            "several sides of one market".to_owned()
        } else {
            no_fair_price(luck)
        };
        return Row::undefined(name, luck.fair_bets, why);
    };
    let against = format!("fair {:.1}", run.expected);
    Row::new(name, run.n, run.longest.to_string(), against, Some(run.p))
}

fn score_row(score: &str, test: Option<&ScoreTest>, summary: &Summary, luck: &Significance) -> Row {
    let name = format!("{score} less market's");
    match test {
        Some(test) if test.difference.abs() < ALIKE => {
            Row::undefined(&name, test.n, "model and market are alike")
        }
        Some(test) => {
            let difference = format!("{:+.5}", test.difference);
            let better = if test.difference > 0.0 {
                "market"
            } else {
                "model"
            };
            Row::new(
                &name,
                test.n,
                difference,
                format!("{better} better, t {:+.2}", test.statistic),
                Some(test.p),
            )
        }
        None => Row::undefined(&name, summary.market.n, no_comparison(summary, luck)),
    }
}

fn no_comparison(summary: &Summary, luck: &Significance) -> &'static str {
    match (summary.model.n, summary.market.n) {
        (0, _) => "no match was forecast",
        (_, 0) => "the market priced no match in full",
        _ if luck.forecast_days < 2 => "needs matches on two days",
        _ if are_alike(summary) => "model and market are alike",
        _ => "what was given no chance happened",
    }
}

fn are_alike(summary: &Summary) -> bool {
    let difference = summary
        .model
        .rps
        .zip(summary.market.rps)
        .map(|(model, market)| model - market);
    difference.is_some_and(|difference| difference.abs() < ALIKE)
}

fn calibration_row(luck: &Significance) -> Row {
    let name = "calibration error";
    let Some(model) = &luck.model_calibration else {
        return Row::undefined(name, 0, "no match was forecast");
    };
    let n = model.bins.iter().map(|bin| bin.n).sum::<u64>() / 3;
    let error = |error: f64| percent(Some(error), false);
    let against = luck.market_calibration.as_ref().map_or_else(
        || "the market priced no match in full".to_owned(),
        |market| format!("the market's {}", error(market.calibration_error)),
    );
    Row::new(name, n, error(model.calibration_error), against, None)
}

/// The reliability of the forecasts: ten bins with their counts.
pub fn reliability_sheet(luck: &Significance) -> Option<Sheet> {
    let model = luck.model_calibration.as_ref()?;
    let market = luck.market_calibration.as_ref();
    let share = |share: Option<f64>| {
        share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
    };
    let cells = |bin: &crate::significance::ReliabilityBin| {
        [
            thousands(&bin.n.to_string()),
            share(bin.mean_forecast),
            share(bin.observed),
        ]
    };
    let row = |place: usize| {
        let name = format!("{} to {} %", place * 10, place * 10 + 10);
        let market = market.map_or_else(
            || ["–".to_owned(), "–".to_owned(), "–".to_owned()],
            |all| cells(&all.bins[place]),
        );
        [name]
            .into_iter()
            .chain(cells(&model.bins[place]))
            .chain(market)
            .collect()
    };
    let header = [
        "forecast", "model n", "said", "happened", "market n", "said", "happened",
    ];
    Some(Sheet {
        header: header.map(str::to_owned).to_vec(),
        rows: (0..model.bins.len()).map(row).collect(),
        numeric: (1..header.len()).collect(),
        spare: vec![],
        ..Sheet::default()
    })
}

/// What the statistics come to, in plain words.
pub fn verdict(summary: &Summary) -> Vec<String> {
    let Some(luck) = &summary.significance else {
        return Vec::new();
    };
    let mut sentences: Vec<String> = luck
        .mean_return
        .as_ref()
        .map(|test| money(luck, test))
        .into_iter()
        .collect();
    sentences.extend(closing_line(summary, luck));
    sentences
}

/// Whether luck alone would do as well: against fair prices where they are known, else against zero.
fn money(luck: &Significance, test: &MeanTest) -> String {
    if test.n < FEW {
        return format!("{} bets are too few to tell skill from luck.", test.n);
    }
    let p = luck
        .fair_profit
        .as_ref()
        .map_or(test.p, |surprise| surprise.p);
    let chance = of_100(p);
    if test.mean <= 0.0 {
        let size = match p {
            p if p > 1.0 - RARE => "It is a worse loss than that of bets at random at these odds",
            p if p < RARE => "It is a lesser loss than that of bets at random at these odds",
            _ => "The loss is within what bets at random at these odds lose",
        };
        return format!(
            "No sign of skill in the money. {size}: those would end no worse in {chance} tries."
        );
    }
    if p < RARE {
        return format!(
            "Luck alone would rarely do this well: bets at random at these odds would end as well in {chance} tries. \
             That is for one try, chosen beforehand."
        );
    }
    let more = luck.more_bets.map_or_else(String::new, |more| {
        format!(
            " It would take about {} more bets like these to tell.",
            thousands(&more.to_string())
        )
    });
    format!(
        "This profit may well be luck: bets at random at these odds would end as well in {chance} tries.{more}"
    )
}

/// A chance as a count of a hundred tries.
fn of_100(p: f64) -> String {
    match p {
        p if p < 0.01 => "fewer than 1 of 100".to_owned(),
        p if p > 0.99 => "more than 99 of 100".to_owned(),
        p => format!("{:.0} of 100", p * 100.0),
    }
}

/// Whether the closing line says something else than the money.
fn closing_line(summary: &Summary, luck: &Significance) -> Option<String> {
    let test = luck.closing_value.as_ref()?;
    let profitable = luck.mean_return.as_ref()?.mean > 0.0;
    if test.p < RARE && summary.clv_beat_share.is_some_and(|share| share < 0.5) {
        return Some(
            "Fewer than half of them did beat the close: the mean comes from a few long prices."
                .to_owned(),
        );
    }
    if test.p < RARE && !profitable {
        return Some(
            "Yet the bets beat the closing line by more than chance: the better sign of skill."
                .to_owned(),
        );
    }
    (test.p >= RARE && profitable)
        .then(|| "The bets did not beat the closing line by more than chance.".to_owned())
}

/// What to add to a difference that may be chance, by the p of its test; nothing where it is none or cannot be told.
pub fn may_be_chance(p: Option<f64>) -> String {
    p.filter(|p| *p >= RARE)
        .map_or_else(String::new, |p| format!(" That may be chance (p {p:.3})."))
}
