//! The member `statistics` of a result: what was counted in the match beside its goals.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::EventError;
use super::last_prices;
use super::raw_value::{RawValue, StatisticData};
use crate::domain::{MatchStatus, Score, Statistic, Statistics};
use crate::schema::{EXPECTED_GOALS, REFEREE, TAUGHT_GOALS, TAUGHT_WEIGHT, statistic_names};

/// Statistics as a JSON object: `home_shots`, `away_shots` and so on, and `referee`. It has what is known and no more.
///
/// ```
/// use simbet::Statistics;
/// use simbet::internals::schema::event::StatisticMembers;
/// let counted = Statistics { corners: Some([7, 2]), ..Statistics::default() };
/// let json = serde_json::to_string(&StatisticMembers(&counted)).unwrap();
/// assert_eq!(json, r#"{"home_corners":7,"away_corners":2}"#);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct StatisticMembers<'a>(pub &'a Statistics);

impl Serialize for StatisticMembers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for statistic in Statistic::ALL {
            let Some(counts) = statistic.of(self.0) else {
                continue;
            };
            for (name, count) in statistic_names(statistic).into_iter().zip(counts) {
                map.serialize_entry(name, &count)?;
            }
        }
        if let Some(referee) = &self.0.referee {
            map.serialize_entry(REFEREE, &**referee)?;
        }
        for (names, goals) in [
            (EXPECTED_GOALS, self.0.expected_goals),
            (TAUGHT_GOALS, self.0.taught_goals),
        ] {
            for (name, goals) in names.into_iter().zip(goals.into_iter().flatten()) {
                map.serialize_entry(name, &goals)?;
            }
        }
        if let Some(weight) = self.0.taught_weight {
            map.serialize_entry(TAUGHT_WEIGHT, &weight)?;
        }
        if let Some(prices) = &self.0.last_prices {
            last_prices::write(prices, &mut map)?;
        }
        map.end()
    }
}

/// What the members say; `None` where they say nothing. Of a match that was not played nothing is counted, and as in files a count
/// of one side alone says nothing, nor does a half time with more goals than the end.
///
/// # Errors
/// When a count is no whole number from 0 to 999.
pub(super) fn read(
    mut data: StatisticData<'_>,
    status: MatchStatus,
    score: Score,
) -> Result<Option<Statistics>, EventError> {
    let mut statistics = Statistics::default();
    for statistic in Statistic::ALL {
        let names = statistic_names(statistic);
        let [home, away] = names.map(|name| data.remove(name).and_then(RawValue::present));
        let home = home.map(|found| count(&found, names[0])).transpose()?;
        let away = away.map(|found| count(&found, names[1])).transpose()?;
        // as in files, what only one side has says nothing
        if let (Some(home), Some(away)) = (home, away) {
            statistic.set(&mut statistics, [home, away]);
        }
    }
    let referee = data.remove(REFEREE).and_then(RawValue::present);
    statistics.referee = referee
        .map(|name| name.name(REFEREE))
        .transpose()?
        .map(|name| name.into());
    statistics.expected_goals = goals_of(&mut data, EXPECTED_GOALS, "expected goals, 0 to 99")?;
    statistics.taught_goals = goals_of(&mut data, TAUGHT_GOALS, "goals to learn, 0 to 99")?;
    let weight = data.remove(TAUGHT_WEIGHT).and_then(RawValue::present);
    statistics.taught_weight = weight
        .map(|found| {
            let range = [0.0, Statistics::MOST_WEIGHT];
            found.number(TAUGHT_WEIGHT, range, "a weight, 0 to 1000")
        })
        .transpose()?;
    statistics.last_prices = last_prices::read(&mut data)?;
    if !status.has_result() || statistics.is_empty() {
        return Ok(None);
    }
    if statistics.contradicts(score) {
        statistics.half_time = None;
    }
    Ok(Some(statistics).filter(|statistics| !statistics.is_empty()))
}

fn count(found: &RawValue<'_>, member: &'static str) -> Result<u16, EventError> {
    let count = found.whole(member, [0, 999], "a count, 0 to 999")?;
    Ok(count as u16)
}

/// Goals of both sides, which need not be whole numbers; `None` where one of them is missing.
fn goals_of(
    data: &mut StatisticData<'_>,
    names: [&'static str; 2],
    expected: &'static str,
) -> Result<Option<[f64; 2]>, EventError> {
    let mut goals = |name: &'static str| {
        let found = data.remove(name).and_then(RawValue::present);
        let range = [0.0, Statistics::MOST_GOALS];
        found
            .map(|found| found.number(name, range, expected))
            .transpose()
    };
    let (home, away) = (goals(names[0])?, goals(names[1])?);
    Ok(home.zip(away).map(|(home, away)| [home, away]))
}

#[cfg(test)]
mod tests {
    use super::super::Event;
    use super::*;
    use crate::domain::{Book, LastPrices, Odds, PriceSource};

    fn result(statistics: &str) -> Result<Option<Statistics>, String> {
        let data = format!(
            r#"{{"match_id":"7","home_goals":2,"away_goals":1,"timestamp":"2023-08-11T22:00:00Z","statistics":{statistics}}}"#
        );
        match Event::of_parts("match_result", data.as_bytes(), Book::AVG) {
            Ok(Event::Result(result)) => Ok(result.statistics.map(|counted| (*counted).clone())),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut prices = LastPrices::default();
        let [home, draw, away, over] = [2.1, 3.4, 3.5, 1.9].map(|odds| Odds::new(odds).unwrap());
        prices.add_result(PriceSource::AverageClose, [home, draw, away]);
        prices.add_totals(PriceSource::AveragePre, [over, over]);
        let mut all = Statistics {
            referee: Some("A Marriner".into()),
            expected_goals: Some([1.31, 0.07]),
            taught_goals: Some([2.5, 0.0]),
            taught_weight: Some(0.5),
            last_prices: Some(prices),
            ..Statistics::default()
        };
        for (count, statistic) in (0..).zip(Statistic::ALL) {
            statistic.set(&mut all, [count / 3, count / 7]);
        }
        let json = serde_json::to_string(&StatisticMembers(&all)).unwrap();
        assert_eq!(result(&json), Ok(Some(all)));
        assert_eq!(result("{}"), Ok(None));
        assert_eq!(result("null"), Ok(None));
        let unknown = r#"{"home_offsides":3,"home_shots":null}"#;
        assert_eq!(result(unknown), Ok(None));
    }

    #[test]
    fn what_cannot_be_true_is_refused() {
        for (statistics, expected) in [
            (
                r#"{"home_shots":-1,"away_shots":3}"#,
                "home_shots: expected a count, 0 to 999, found -1",
            ),
            (
                r#"{"home_shots":"7","away_shots":3}"#,
                "home_shots: expected a count, 0 to 999, found \"7\"",
            ),
            (
                r#"{"taught_home_goals":1.5,"taught_away_goals":-0.5}"#,
                "taught_away_goals: expected goals to learn, 0 to 99, found -0.5",
            ),
            (
                r#"{"taught_weight":1001}"#,
                "taught_weight: expected a weight, 0 to 1000, found 1001",
            ),
        ] {
            assert_eq!(result(statistics), Err(expected.to_owned()));
        }
        assert!(result("7").is_err());
        let source = r#"{"last_odds_home":2,"last_odds_draw":3.5,"last_odds_away":4,"last_odds_source":"mine"}"#;
        assert_eq!(
            result(source),
            Err("last_odds_source: expected pinnacle-close, average-close, average-pre or bet365-pre, found \"mine\"".to_owned())
        );
        let lone = r#"{"home_corners":7}"#;
        let early = r#"{"half_time_home_goals":3,"half_time_away_goals":0}"#;
        assert_eq!([result(lone), result(early)], [Ok(None), Ok(None)]);
    }
}
