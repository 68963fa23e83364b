//! The member `statistics` of a result: what was counted in the match beside its goals.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::EventError;
use super::last_prices;
use super::members::Members;
use super::raw_value::StatisticData;
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

/// What an entry says was counted, and why some of it was dropped.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) statistics: Option<Statistics>,
    pub(super) dropped: Vec<EventError>,
}

/// What the members say. Of a match that was not played nothing is counted, and as in files a count of one side alone says
/// nothing. What cannot be true is dropped, and the rest counts: nobody should lose a score for a wrong number of corners.
///
/// # Errors
/// When what models are to learn in place of goals, or the weight of the match, is none: as in files that is not passed over.
pub(super) fn read(
    data: StatisticData<'_>,
    status: MatchStatus,
    score: Score,
) -> Result<Counted, EventError> {
    let mut members = Members::new(data);
    let mut statistics = Statistics::default();
    for statistic in Statistic::ALL {
        if let Some(counts) = members.counts(statistic) {
            statistic.set(&mut statistics, counts);
        }
    }
    statistics.referee = members.referee();
    statistics.expected_goals = members.expected_goals();
    statistics.taught_goals = members.taught_goals()?;
    statistics.taught_weight = members.taught_weight()?;
    statistics.last_prices = last_prices::read(&mut members);
    if statistics.contradicts(score) {
        members.drop_half_time(&mut statistics);
    }
    if !status.has_result() {
        return Ok(Counted::default());
    }
    Ok(Counted {
        statistics: Some(statistics).filter(|statistics| !statistics.is_empty()),
        dropped: members.dropped,
    })
}

impl Members<'_> {
    fn counts(&mut self, statistic: Statistic) -> Option<[u16; 2]> {
        let [home, away] = statistic_names(statistic).map(|name| {
            let found = self.take(name)?;
            let range = [0, u32::from(statistic.most())];
            self.keep(found.whole(name, range, expected(statistic)))
        });
        home.zip(away)
            .map(|(home, away)| [home as u16, away as u16])
    }

    fn referee(&mut self) -> Option<Arc<str>> {
        let name = self.take(REFEREE)?.name(REFEREE);
        self.keep(name).map(|name| name.into())
    }

    fn expected_goals(&mut self) -> Option<[f64; 2]> {
        let [home, away] = EXPECTED_GOALS.map(|name| {
            let found = self.take(name)?;
            let range = [0.0, Statistics::MOST_EXPECTED_GOALS];
            self.keep(found.number(name, range, "a number of goals, 0 to 20"))
        });
        home.zip(away).map(|(home, away)| [home, away])
    }

    /// Goals to learn of both sides; `None` where one of them is missing.
    fn taught_goals(&mut self) -> Result<Option<[f64; 2]>, EventError> {
        let mut goals = |name: &'static str| {
            let range = [0.0, Statistics::MOST_GOALS];
            let found = self.take(name);
            found
                .map(|found| found.number(name, range, "goals to learn, 0 to 99"))
                .transpose()
        };
        let (home, away) = (goals(TAUGHT_GOALS[0])?, goals(TAUGHT_GOALS[1])?);
        Ok(home.zip(away).map(|(home, away)| [home, away]))
    }

    fn taught_weight(&mut self) -> Result<Option<f64>, EventError> {
        let range = [0.0, Statistics::MOST_WEIGHT];
        let found = self.take(TAUGHT_WEIGHT);
        found
            .map(|found| found.number(TAUGHT_WEIGHT, range, "a weight, 0 to 1000"))
            .transpose()
    }

    fn drop_half_time(&mut self, statistics: &mut Statistics) {
        let Some(half) = statistics.half_time.take() else {
            return;
        };
        let [member, _] = statistic_names(Statistic::HalfTimeGoals);
        self.dropped.push(EventError::Member {
            member: member.into(),
            expected: "no more goals at half time than at full time",
            found: format!("{}-{}", half.home, half.away),
        });
    }
}

const fn expected(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Shots => "a count, 0 to 80",
        Statistic::ShotsOnTarget | Statistic::Corners => "a count, 0 to 50",
        Statistic::HalfTimeGoals => "goals, 0 to 99",
        Statistic::Fouls | Statistic::YellowCards | Statistic::RedCards => "a count, 0 to 999",
    }
}

#[cfg(test)]
mod tests {
    use super::super::Event;
    use super::*;
    use crate::domain::{Book, LastPrices, Odds, PriceSource};

    fn result(statistics: &str) -> Result<Option<Statistics>, String> {
        counted(statistics).map(|(statistics, _)| statistics)
    }

    /// What is read of statistics, and what is said of what is dropped.
    fn counted(statistics: &str) -> Result<(Option<Statistics>, Vec<String>), String> {
        let data = format!(
            r#"{{"match_id":"7","home_goals":2,"away_goals":1,"timestamp":"2023-08-11T22:00:00Z","statistics":{statistics}}}"#
        );
        match Event::of_parts("match_result", data.as_bytes(), Book::AVG) {
            Ok(Event::Result(result)) => {
                let dropped = result.dropped.iter().map(ToString::to_string);
                let counted = result.statistics.as_deref();
                Ok((counted.cloned(), dropped.collect()))
            }
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
    fn what_is_to_be_learned_and_cannot_be_true_is_refused() {
        for (statistics, expected) in [
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
    }

    #[test]
    fn a_statistic_that_cannot_be_true_is_dropped_and_said_and_the_others_count() {
        const SHOTS: &str = r#""home_shots":14,"away_shots":9"#;
        let shots = Statistics {
            shots: Some([14, 9]),
            ..Statistics::default()
        };
        for (members, expected) in [
            (
                r#""home_corners":-1,"away_corners":3"#,
                "home_corners: expected a count, 0 to 50, found -1",
            ),
            (
                r#""home_corners":"7","away_corners":3"#,
                "home_corners: expected a count, 0 to 50, found \"7\"",
            ),
            (
                r#""home_shots_on_target":7.5,"away_shots_on_target":3"#,
                "home_shots_on_target: expected a count, 0 to 50, found 7.5",
            ),
            (
                r#""home_xg":1.5,"away_xg":21"#,
                "away_xg: expected a number of goals, 0 to 20, found 21",
            ),
            (
                r#""half_time_home_goals":3,"half_time_away_goals":0"#,
                "half_time_home_goals: expected no more goals at half time than at full time, found 3-0",
            ),
            (
                r#""last_odds_home":0.5,"last_odds_draw":3.5,"last_odds_away":4"#,
                "last_odds_home: expected decimal odds above 1, found 0.5",
            ),
            (
                r#""last_odds_home":100,"last_odds_draw":100,"last_odds_away":100"#,
                "last_odds_home, last_odds_draw, last_odds_away: 100, 100, 100 leave a margin of -97 %: these are no decimal odds",
            ),
            (
                r#""last_odds_over":2,"last_odds_under":1.9,"last_totals_source":"mine""#,
                "last_totals_source: expected pinnacle-close, average-close, average-pre or bet365-pre, found \"mine\"",
            ),
        ] {
            let found = counted(&format!("{{{SHOTS},{members}}}"));
            assert_eq!(found, Ok((Some(shots.clone()), vec![expected.to_owned()])));
        }
        // what only one side has says nothing
        let lone = counted(r#"{"home_corners":7}"#);
        assert_eq!(lone, Ok((None, Vec::new())));
        let many = counted(r#"{"home_shots":999,"away_shots":9}"#);
        let expected = "home_shots: expected a count, 0 to 80, found 999";
        assert_eq!(many, Ok((None, vec![expected.to_owned()])));
    }
}
