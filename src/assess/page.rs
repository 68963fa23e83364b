//! An assessment as a page and as pictures.

use super::{Assessment, Dimension, RecordGroup, headline, sentences, tables};
use crate::report::chart::{self, Chart, Group};
use crate::report::figures::{self, Figure};
use crate::report::page::{Part, of_parts};

/// The most groups that a chart shows.
const MAX_CHARTED: usize = 40;

/// The pictures of the page.
fn charts(found: &Assessment) -> Vec<Chart> {
    let mut charts = Vec::new();
    charts.extend(found.days.is_some().then(|| profit(found)));
    if !found.closing_values.is_empty() {
        charts.push(figures::closing_values(&found.closing_values));
    }
    let groups = found.groups.iter();
    let groups = groups.filter(|(_, groups)| groups.len() > 1 && groups.len() <= MAX_CHARTED);
    charts.extend(groups.map(|(by, groups)| group_chart(&by.name(), groups)));
    charts
}

/// The picture that is asked for.
pub fn chart(found: &Assessment, figure: Figure) -> Chart {
    let by = match figure {
        Figure::Bankroll | Figure::Profit => return profit(found),
        Figure::Clv => return figures::closing_values(&found.closing_values),
        Figure::Reliability => {
            let own = found.own.as_ref().and_then(|own| own.calibration.as_ref());
            return chart::reliability(own, None);
        }
        Figure::League => Dimension::League,
        Figure::Season => Dimension::Year,
        Figure::Market => Dimension::Market,
        Figure::Month => Dimension::Month,
        Figure::OddsBand => Dimension::OddsBand,
        Figure::Selection => Dimension::Selection,
    };
    let groups = found.groups.iter().find(|(known, _)| known.by == by);
    group_chart(&by.name(), groups.map_or(&[], |(_, groups)| groups))
}

/// The bankroll where it is known, else the profit as it added up.
fn profit(found: &Assessment) -> Chart {
    let Some(bankroll) = found.bankroll else {
        return chart::profit(&found.profit_by_day, &[], &[]);
    };
    let days = found.profit_by_day.iter();
    let points: Vec<_> = days.map(|(day, total)| (*day, bankroll + total)).collect();
    chart::bankroll(&points, bankroll)
}

fn group_chart(by: &str, groups: &[RecordGroup]) -> Chart {
    let rows: Vec<Group> = groups
        .iter()
        .map(|group| Group {
            name: group.group.clone(),
            n: group.bets.unsigned_abs(),
            value: group.r#yield,
            interval: group.yield_lower.zip(group.yield_upper),
        })
        .collect();
    figures::yields(by, &rows)
}

/// The page.
pub fn page(found: &Assessment, files: &[String]) -> String {
    let parts = [
        Part::Verdict(sentences::all(found)),
        Part::Charts(charts(found)),
        Part::Tables(tables::all(found)),
    ];
    of_parts(&[headline(found, files)], &parts)
}
