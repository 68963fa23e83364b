//! The page of a run with bets: a backtest, or one simulated run.

use maud::{Markup, html};

use super::tables::{folded, table, tile};
use super::{agreement, figure, run, section};
use crate::metrics::Summary;
use crate::report::breakdown::{self, GroupBy, GroupedBet};
use crate::report::figures::{self, Figure, RunResults};
use crate::report::text_table::{amount, count, decimals, percent, share, thousands};
use crate::report::{closing_line, forecasts, significance, summary};
use crate::results::{Results, ResultsError, Table, names};
use crate::schema::{BankrollRecord, BetRecord};
use crate::significance::MIN_BETS;

/// The most bets that are listed, so that the page is small enough to be sent.
const MAX_LISTED: usize = 2_000;
/// The most groups that a chart shows.
const MAX_CHARTED: usize = 40;

pub fn body(results: &Results, bets: &Table) -> Result<Markup, ResultsError> {
    let mut summary: Summary = results.parsed_summary()?;
    summary.forecasts = forecasts::of_results(results);
    let bets: Vec<BetRecord> = bets.records()?;
    let bankroll: Vec<BankrollRecord> = results
        .table(names::BANKROLL)?
        .unwrap_or_default()
        .records()?;
    agreement::check(results, &summary, &bets, &bankroll)?;
    let all = RunResults {
        summary: &summary,
        bets: &bets,
        bankroll: &bankroll,
    };
    Ok(html! {
        (verdict(&summary))
        (tiles(&summary))
        (section("Bankroll and profit", &money(&all, results.run_text("coverage").unwrap_or_default())))
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
    let bets = format!(
        "{} won, {} refused",
        count(summary.won),
        count(summary.refused)
    );
    html! { div.tiles {
        (tile("profit", &amount(summary.profit), &format!("on a turnover of {}", amount(summary.turnover))))
        (tile("yield", &percent(summary.yield_on_turnover, true), &yield_interval(summary)))
        (tile("bets", &count(summary.bets), &bets))
        (tile("bankroll", &amount(summary.final_bankroll), &format!("from {}", amount(summary.initial_bankroll))))
        (tile("greatest fall", &percent(Some(summary.max_drawdown), false), &summary::drawdown_days(summary)))
        (tile("closing-line value", &closing_line::mean(summary), &closing_line::beat_close(summary)))
    } }
}

fn yield_interval(summary: &Summary) -> String {
    let tests = summary.significance.as_deref();
    match tests.and_then(|tests| tests.yield_interval.as_ref()) {
        None => "too few results for an interval".to_owned(),
        Some(interval) => format!(
            "95 %: {} to {}",
            percent(Some(interval.lower), true),
            percent(Some(interval.upper), true)
        ),
    }
}

fn money(all: &RunResults<'_>, coverage: &str) -> Markup {
    html! {
        (figure(&figures::draw(Figure::Bankroll, all)))
        (figure(&figures::draw(Figure::Profit, all)))
        @for figures in summary::tables(&Summary { significance: None, ..all.summary.clone() }, coverage).into_iter().take(1) {
            (folded("The summary in figures", &table(&figures)))
        }
    }
}

fn skill_or_luck(summary: &Summary) -> Markup {
    let Some(tests) = &summary.significance else {
        return Markup::default();
    };
    section(
        "Skill or luck",
        &html! {
            (table(&significance::table(summary, tests)))
            p.note {
                "p is the chance of a result at least this good without skill: near 0, luck is a poor explanation; near 1, "
                "the bets did worse than luck mostly does. For the forecasts it is the chance of a difference this large in either "
                "direction, for the losing run the chance of one at least as long. “Fair” is what the bets would bring if "
                "their own prices, margin removed, were the truth. All of this holds only if it is the one thing you tried."
            }
        },
    )
}

fn forecast(all: &RunResults<'_>) -> Markup {
    let bins = all
        .summary
        .significance
        .as_deref()
        .and_then(significance::reliability_table);
    html! {
        @if let Some(figures) = summary::forecast(all.summary) { (table(&figures)) }
        @if let Some(figures) = forecasts::table(all.summary) { (table(&figures)) }
        @for sentence in forecasts::sentences(all.summary) { p.note { (sentence) } }
        @if let Some(report) = &all.summary.forecasts { (folded("By league and season", &table(&forecasts::plain_table(report)))) }
        (figure(&figures::draw(Figure::Reliability, all)))
        @if let Some(bins) = bins { (folded("The ten bins", &table(&bins))) }
    }
}

/// The distribution of closing-line value, and the profit of the bets with a closing price. Where all bets have one, that
/// chart is already part of the profit.
fn closing(all: &RunResults<'_>) -> Markup {
    let priced = figures::with_closing(all.bets);
    let settled = all.bets.iter().filter(|bet| bet.profit.is_some()).count();
    let some = !priced.is_empty() && priced.len() < settled;
    html! {
        (figure(&figures::draw(Figure::Clv, all)))
        @if some {
            p { "Of " (count(settled as u64)) " settled bets " (count(priced.len() as u64)) " have a closing price whose margin is known. These alone:" }
            (figure(&figures::draw(Figure::Profit, &RunResults { bets: &priced, ..*all })))
        }
    }
}

fn groups(bets: &[BetRecord]) -> Markup {
    let kinds = [
        GroupBy::League,
        GroupBy::Season,
        GroupBy::Market,
        GroupBy::Selection,
        GroupBy::OddsBand,
        GroupBy::Month,
    ];
    html! {
        p.note { "Intervals are 95 %, by match days; groups of fewer than " (MIN_BETS) " match days, or 10 expected wins or losses, have too few for one. " (breakdown::MANY_LOOKS) }
        @for kind in kinds { (groups_by(bets, kind)) }
    }
}

/// Chart and table of one grouping; empty with fewer than two groups.
fn groups_by(bets: &[BetRecord], by: GroupBy) -> Markup {
    let groups = breakdown::break_down(bets.iter().filter_map(GroupedBet::of_record), by);
    let figures = breakdown::table(&groups, by);
    html! { @if groups.len() > 1 {
        @if groups.len() <= MAX_CHARTED { (figure(&figures::groups(&groups, by))) }
        (folded(&format!("{} in figures", figures.title), &table(&figures)))
    } }
}

/// The bets as a table that sorts and filters. Of too many, the last ones.
fn list(bets: &[BetRecord]) -> Markup {
    let listed = &bets[bets.len().saturating_sub(MAX_LISTED)..];
    html! {
        @if listed.len() < bets.len() {
            p.note { "The last " (count(listed.len() as u64)) " of " (count(bets.len() as u64)) " bets; all of them are in the table beside this page." }
        }
        div.filter {
            label { "Filter " input #filter type="search" placeholder="team, league, result …" autocomplete="off"; }
            output #shown aria-live="polite" { (listed.len()) " bets" }
        }
        div.wide.tall tabindex="0" role="region" aria-label="bets" {
            table #bets {
                thead { tr { @for column in LIST {
                    th scope="col" class=(column.class()) { button type="button" { (column.name) } }
                } } }
                tbody { @for bet in listed {
                    tr class=(bet.result.as_deref().unwrap_or("open")) {
                        @for column in LIST { td class=(column.class()) { ((column.cell)(bet)) } }
                    }
                } }
            }
        }
    }
}

/// A column of the list.
struct ListColumn {
    name: &'static str,
    is_number: bool,
    cell: fn(&BetRecord) -> String,
}

const LIST: [ListColumn; 12] = [
    text("date", |bet| bet.date.clone()),
    text("league", |bet| bet.league.clone()),
    text("match", match_name),
    text("bet", BetRecord::name),
    number("odds", |bet| decimals(Some(bet.odds), 2)),
    number("P", |bet| share(bet.probability)),
    number("price's P", |bet| share(bet.price_probability)),
    number("EV", |bet| share(bet.expected_value)),
    number("stake", |bet| money_cell(Some(bet.stake))),
    text("result", result),
    number("profit", |bet| money_cell(bet.profit)),
    number("CLV", |bet| share(breakdown::closing_value(bet))),
];

impl ListColumn {
    fn class(&self) -> &'static str {
        if self.is_number { "number" } else { "text" }
    }
}

const fn text(name: &'static str, cell: fn(&BetRecord) -> String) -> ListColumn {
    ListColumn {
        name,
        is_number: false,
        cell,
    }
}

const fn number(name: &'static str, cell: fn(&BetRecord) -> String) -> ListColumn {
    ListColumn {
        name,
        is_number: true,
        cell,
    }
}

/// The teams, with score and minute where the bet was placed in play.
fn match_name(bet: &BetRecord) -> String {
    let (home, away, minute) = (&bet.home_team, &bet.away_team, bet.minute);
    if minute > 0.0 {
        return format!("{home} {} {away}, {minute}'", bet.score.replace('-', "–"));
    }
    format!("{home} – {away}")
}

fn result(bet: &BetRecord) -> String {
    match (&bet.result, &bet.reason) {
        (Some(_), Some(reason)) => format!("refused: {}", reason.replace('_', " ")),
        (Some(result), None) => result.replace('_', " "),
        (None, _) => "open".to_owned(),
    }
}

fn money_cell(amount: Option<f64>) -> String {
    amount.map_or_else(String::new, |amount| thousands(&format!("{amount:.2}")))
}
