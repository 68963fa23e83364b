//! The page of a run whose bets are known: a backtest, or one simulated run.

use maud::{Markup, html};

use super::tables::{folded, table, tile};
use super::{agreement, figure, run, section};
use crate::metrics::Summary;
use crate::report::breakdown::{self, By, Line};
use crate::report::figures::{self, Evidence, Figure};
use crate::report::sheet::{decimals, percent, thousands};
use crate::report::{significance, summary};
use crate::results::{Results, ResultsError, Table};
use crate::schema::{BankrollRecord, BetRecord};

/// Bets that are listed, at most: the page stays small enough to be sent.
const LISTED: usize = 2_000;
/// Groups that a chart tells apart.
const CHARTED: usize = 40;

pub fn body(results: &Results, bets: &Table) -> Result<Markup, ResultsError> {
    let summary: Summary = results.parsed_summary()?;
    let bets: Vec<BetRecord> = bets.records()?;
    let bankroll: Vec<BankrollRecord> = results.table("bankroll")?.unwrap_or_default().records()?;
    agreement::check(results, &summary, &bets, &bankroll)?;
    let all = Evidence {
        summary: &summary,
        bets: &bets,
        bankroll: &bankroll,
    };
    Ok(html! {
        (verdict(&summary))
        (tiles(&summary))
        (section("Bankroll and profit", &money(&all, results.said("coverage").unwrap_or_default())))
        (skill_or_luck(&summary))
        @if summary.model.n > 0 { (section("The forecast", &forecast(&all))) }
        @if summary.clv_n > 0 { (section("Against the closing line", &closing(&all))) }
        (section("Where it came from", &groups(&bets)))
        (section("The bets", &list(&bets)))
        (run::content(results))
    })
}

fn verdict(summary: &Summary) -> Markup {
    let sentences = summary::verdict(summary);
    html! { @if !sentences.is_empty() { div.verdict { @for sentence in sentences { p { (sentence) } } } } }
}

fn tiles(summary: &Summary) -> Markup {
    let amount = |money: crate::domain::Money| thousands(&money.to_string());
    let interval = summary
        .significance
        .as_ref()
        .and_then(|luck| luck.yield_interval.as_ref());
    let interval = interval.map_or_else(
        || "no interval".to_owned(),
        |found| {
            format!(
                "95 %: {} to {}",
                percent(Some(found.lower), true),
                percent(Some(found.upper), true)
            )
        },
    );
    let beat = match summary.clv_n {
        0 => "no closing prices".to_owned(),
        n => format!(
            "{} of {} beat the close",
            percent(summary.clv_beat_share, false),
            thousands(&n.to_string())
        ),
    };
    let number = |count: u64| thousands(&count.to_string());
    let bets = format!(
        "{} won, {} refused",
        number(summary.won),
        number(summary.refused)
    );
    html! { div.tiles {
        (tile("profit", &amount(summary.profit), &format!("on a turnover of {}", amount(summary.turnover))))
        (tile("yield", &percent(summary.yield_on_turnover, true), &interval))
        (tile("bets", &thousands(&summary.bets.to_string()), &bets))
        (tile("bankroll", &amount(summary.final_bankroll), &format!("from {}", amount(summary.initial_bankroll))))
        (tile("greatest fall", &percent(Some(summary.max_drawdown), false), &format!("over {} days", thousands(&format!("{:.0}", summary.max_drawdown_days)))))
        (tile("closing-line value", &percent(summary.clv_mean, true), &beat))
    } }
}

fn money(all: &Evidence<'_>, coverage: &str) -> Markup {
    html! {
        (figure(&figures::draw(Figure::Bankroll, all)))
        (figure(&figures::draw(Figure::Profit, all)))
        @for sheet in summary::sheets(&Summary { significance: None, ..all.summary.clone() }, coverage).into_iter().take(1) {
            (folded("The summary in figures", &table(&sheet)))
        }
    }
}

fn skill_or_luck(summary: &Summary) -> Markup {
    let Some(found) = &summary.significance else {
        return Markup::default();
    };
    section(
        "Skill or luck",
        &html! {
            (table(&significance::sheet(summary, found)))
            p.note {
                "p is the chance of a result at least this good without skill: near 0 luck is a poor explanation, near 1 the "
                "bets did worse than luck. Of the forecasts it is the chance of a difference this large either way, and of the "
                "losing run that of one at least as long. “Fair” is what the bets would bring if their own prices, margin "
                "removed, were the truth. It all holds for one try that was chosen beforehand."
            }
        },
    )
}

fn forecast(all: &Evidence<'_>) -> Markup {
    let bins = all
        .summary
        .significance
        .as_ref()
        .and_then(significance::reliability_sheet);
    html! {
        @if let Some(sheet) = summary::forecast(all.summary) { (table(&sheet)) }
        (figure(&figures::draw(Figure::Reliability, all)))
        @if let Some(bins) = bins { (folded("The ten bins", &table(&bins))) }
    }
}

/// The distribution, and what the close expected of the bets it priced; with all of them it stands with the profit.
fn closing(all: &Evidence<'_>) -> Markup {
    let priced = figures::with_closing(all.bets);
    let settled = all.bets.iter().filter(|bet| bet.profit.is_some()).count();
    let some = !priced.is_empty() && priced.len() < settled;
    html! {
        (figure(&figures::draw(Figure::Clv, all)))
        @if some {
            p { "Of " (count(settled)) " settled bets " (count(priced.len())) " have a closing price. These alone:" }
            (figure(&figures::draw(Figure::Profit, &Evidence { bets: &priced, ..*all })))
        }
    }
}

fn groups(bets: &[BetRecord]) -> Markup {
    let one = |by: By| {
        let groups = breakdown::break_down(bets.iter().filter_map(Line::of_record), by);
        let sheet = breakdown::sheet(&groups, by);
        html! { @if groups.len() > 1 {
            @if groups.len() <= CHARTED { (figure(&figures::groups(&groups, by))) }
            (folded(&format!("{} in figures", sheet.title), &table(&sheet)))
        } }
    };
    let kinds = [
        By::League,
        By::Season,
        By::Market,
        By::Selection,
        By::OddsBand,
        By::Month,
    ];
    html! {
        p.note { "Intervals are 95 %, by match days; of fewer than about 30 match days they are too narrow." }
        @for kind in kinds { (one(kind)) }
    }
}

/// The bets as a table that sorts and filters; the last ones where there are too many.
fn list(bets: &[BetRecord]) -> Markup {
    let listed = &bets[bets.len().saturating_sub(LISTED)..];
    html! {
        @if listed.len() < bets.len() {
            p.note { "The last " (count(listed.len())) " of " (count(bets.len())) " bets; all of them are in the table beside this page." }
        }
        div.filter {
            label { "Filter " input #filter type="search" placeholder="team, league, result …" autocomplete="off"; }
            output #shown aria-live="polite" { (listed.len()) " bets" }
        }
        div.wide.tall tabindex="0" role="region" aria-label="bets" {
            table #bets {
                thead { tr { @for (place, name) in HEADER.iter().enumerate() {
                    th scope="col" class=(class(place)) { button type="button" { (name) } }
                } } }
                tbody { @for bet in listed {
                    tr class=(bet.result.as_deref().unwrap_or("open")) {
                        @for (place, cell) in cells(bet).iter().enumerate() { td class=(class(place)) { (cell) } }
                    }
                } }
            }
        }
    }
}

fn count(count: usize) -> String {
    thousands(&count.to_string())
}

const HEADER: [&str; 12] = [
    "date",
    "league",
    "match",
    "bet",
    "odds",
    "P",
    "price's P",
    "EV",
    "stake",
    "result",
    "profit",
    "CLV",
];

/// Whether a column holds numbers.
fn class(place: usize) -> &'static str {
    if (4..=8).contains(&place) || place >= 10 {
        "number"
    } else {
        "text"
    }
}

fn cells(bet: &BetRecord) -> [String; 12] {
    let share = |share: Option<f64>| {
        share.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0))
    };
    let amount = |amount: Option<f64>| {
        amount.map_or_else(String::new, |amount| thousands(&format!("{amount:.2}")))
    };
    let played = match bet.minute {
        minute if minute > 0.0 => {
            format!(
                "{} {} {}, {minute}'",
                bet.home_team,
                bet.score.replace('-', "–"),
                bet.away_team
            )
        }
        _ => format!("{} – {}", bet.home_team, bet.away_team),
    };
    let line = bet.line.map_or_else(String::new, |line| format!(" {line}"));
    let result = match (&bet.result, &bet.reason) {
        (Some(_), Some(reason)) => format!("refused: {}", reason.replace('_', " ")),
        (Some(result), None) => result.replace('_', " "),
        (None, _) => "open".to_owned(),
    };
    [
        bet.date.clone(),
        bet.league.clone(),
        played,
        format!("{} {}{line}", bet.market, bet.selection),
        decimals(Some(bet.odds), 2),
        share(bet.probability),
        share(bet.price_probability),
        share(bet.expected_value),
        amount(Some(bet.stake)),
        result,
        amount(bet.profit),
        share(breakdown::closing_value(bet)),
    ]
}
