//! Dates, kick-offs and zones: judged by the whole of a file, and converted to instants once.

use std::sync::Arc;

use serde_json::Value;
use simbet::internals::calendar::{format_date, format_time};
use simbet::internals::source::{PlainForm, Remark};
use simbet::{Book, DateOrder, Matches, NextRound, OnBadRow, PriceTime, ReadConfig, Replay};
use simbet::{ReplayConfig, Round, RunConfig, Settings, Source, read_bytes};

use crate::backtest::{fails, simbet};

const PLAIN: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away";

/// Rows of teams that meet in turn, on these dates.
fn on(dates: &[&str]) -> String {
    let teams = ["Ashford,Bexley,2,0", "Corby,Dunmow,1,1", "Epsom,Frome,0,2"];
    let rows = dates.iter().zip(teams.iter().cycle());
    let rows = rows.map(|(date, teams)| format!("{date},{teams},2.4,3.3,2.95\n"));
    format!("{PLAIN}\n{}", rows.collect::<String>())
}

fn read(csv: &str) -> Matches {
    read_with(csv, &ReadConfig::default())
}

fn read_with(csv: &str, config: &ReadConfig) -> Matches {
    read_bytes("in.csv", csv.as_bytes(), config).unwrap_or_else(|error| panic!("{error}"))
}

fn failure(csv: &str) -> String {
    let error = read_bytes("in.csv", csv.as_bytes(), &ReadConfig::default()).unwrap_err();
    error.to_string()
}

fn ordered(date_order: DateOrder) -> ReadConfig {
    ReadConfig {
        date_order,
        ..ReadConfig::default()
    }
}

fn zoned(zone: &str) -> ReadConfig {
    ReadConfig {
        time_zone: Some(zone.parse().unwrap()),
        ..ReadConfig::default()
    }
}

fn days(matches: &Matches) -> Vec<String> {
    let days = matches.records.iter().map(|record| record.fixture.day);
    days.map(format_date).collect()
}

fn kickoffs(matches: &Matches) -> Vec<Option<String>> {
    let kickoffs = matches.records.iter().map(|record| record.fixture.kickoff);
    kickoffs.map(|time| time.map(format_time)).collect()
}

/// What was assumed, joined.
fn assumed(matches: &Matches) -> String {
    let assumptions = matches.assumptions.iter();
    assumptions.map(|one| format!("{one}\n")).collect()
}

mod order {
    use super::*;

    #[test]
    fn a_second_field_above_twelve_makes_the_column_month_first() {
        let matches = read(&on(&["08/05/2023", "08/12/2023", "08/19/2023"]));
        assert_eq!(days(&matches), ["2023-08-05", "2023-08-12", "2023-08-19"]);
        assert!(
            assumed(&matches).contains("dates are read month first"),
            "{}",
            assumed(&matches)
        );
        // two-digit years, other separators, rows in any order, and with the rows left out that cannot be read
        for dates in [
            ["8.19.23", "8.05.23", "8.12.23"],
            ["08-12-2023", "08-05-2023", "08-19-2023"],
        ] {
            let skip = ReadConfig {
                on_bad_row: OnBadRow::Skip,
                ..ReadConfig::default()
            };
            let matches = read_with(&on(&dates), &skip);
            assert_eq!(days(&matches), ["2023-08-05", "2023-08-12", "2023-08-19"]);
            assert_eq!(matches.counts.skipped(), 0);
        }
    }

    #[test]
    fn football_datas_columns_are_day_first_without_a_word() {
        for header in [
            "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG",
            "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG",
        ] {
            let time = if header.contains("Time") { "," } else { "" };
            let csv = format!("{header}\nE0,05/08/2023{time},Ashford,Bexley,2,0\n");
            let matches = read(&csv);
            assert_eq!(
                (days(&matches), assumed(&matches)),
                (vec!["2023-08-05".into()], "".into())
            );
        }
        let month_first =
            "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG\nE0,08/19/2023,Ashford,Bexley,2,0\n";
        assert_eq!(days(&read(month_first)), ["2023-08-19"]);
    }

    #[test]
    fn where_no_date_decides_it_is_said_and_the_option_is_named() {
        let matches = read(&on(&["05/08/2023", "06/08/2023", "01/09/2023"]));
        assert_eq!(days(&matches), ["2023-08-05", "2023-08-06", "2023-09-01"]);
        assert!(assumed(&matches).contains("--date-order mdy"));
        let matches = read_with(&on(&["05/08/2023"]), &ordered(DateOrder::Mdy));
        assert_eq!(
            (days(&matches), assumed(&matches)),
            (vec!["2023-05-08".into()], "".into())
        );
        let doubtful = read(&on(&["08/05/2023", "08/12/2023", "09/02/2023"]));
        let said = assumed(&doubtful);
        assert!(
            said.contains("closer together") && said.contains("--date-order mdy"),
            "{said}"
        );
        let layer = Settings::from_toml("date_order = 'mdy'\ntime_zone = 'Asia/Tokyo'").unwrap();
        let read = RunConfig::resolve(&layer).unwrap().read;
        assert_eq!(
            (read.date_order, read.time_zone),
            (DateOrder::Mdy, zoned("Asia/Tokyo").time_zone)
        );
    }

    #[test]
    fn a_day_of_the_week_decides() {
        for date in ["Sat 08/05/2023", "Saturday 08/05/2023 15:00"] {
            assert_eq!(days(&read(&on(&[date]))), ["2023-08-05"], "{date}");
        }
        assert_eq!(days(&read(&on(&["Mon 08/05/2023"]))), ["2023-05-08"]);
        let error = failure(&on(&["Sun 05/08/2023"]));
        assert!(error.contains("Sun 05/08/2023"), "{error}");
    }

    #[test]
    fn two_orders_in_one_column_are_refused_with_both_cells() {
        let csv = on(&["08/19/2023", "19/08/2023"]);
        let error = failure(&csv);
        for word in [
            "08/19/2023 in line 2",
            "19/08/2023 in line 3",
            "--date-order",
        ] {
            assert!(error.contains(word), "{error}");
        }
        let dmy = failure_with(&csv, DateOrder::Dmy);
        assert!(dmy.contains("line 2") && dmy.contains("day first"), "{dmy}");
        let left_out = ReadConfig {
            on_bad_row: OnBadRow::Skip,
            date_order: DateOrder::Dmy,
            ..ReadConfig::default()
        };
        let matches = read_with(&csv, &left_out);
        assert_eq!(days(&matches), ["2023-08-19"]);
        assert_eq!(matches.counts.remark(Remark::SkippedDate), 1);
    }

    fn failure_with(csv: &str, order: DateOrder) -> String {
        let error = read_bytes("in.csv", csv.as_bytes(), &ordered(order)).unwrap_err();
        error.to_string()
    }

    #[test]
    fn a_first_field_that_hardly_changes_is_a_year() {
        let expected = ["2024-08-17", "2024-08-24", "2024-08-31"];
        let matches = read(&on(&["24/08/17", "24/08/24", "24/08/31"]));
        assert_eq!(days(&matches), expected);
        assert!(assumed(&matches).contains("year first"));
        let turn = read(&on(&["23/12/30", "24/01/06", "24/01/13"]));
        assert_eq!(days(&turn), ["2023-12-30", "2024-01-06", "2024-01-13"]);
        let day_first = read(&on(&["17/08/24", "24/08/24", "31/08/24"]));
        assert_eq!(
            (days(&day_first).as_slice(), assumed(&day_first)),
            (&expected.map(String::from)[..], "".into())
        );
        let said = read_with(&on(&["24/08/17"]), &ordered(DateOrder::Ymd));
        assert_eq!(days(&said), ["2024-08-17"]);
    }

    #[test]
    fn the_order_of_rows_changes_nothing_where_the_dates_decide() {
        let mut dates = ["24/08/17", "24/08/24", "24/08/31", "24/09/14", "24/09/01"];
        let expected = days(&read(&on(&dates)));
        dates.reverse();
        assert_eq!(days(&read(&on(&dates))), expected);
    }
}

mod forms {
    use super::*;

    #[test]
    fn no_year_of_two_digits_is_beyond_the_next_decades() {
        assert_eq!(
            days(&read(&on(&["15/08/92", "22/08/92"]))),
            ["1992-08-15", "1992-08-22"]
        );
        assert_eq!(days(&read(&on(&["15/08/49"]))), ["2049-08-15"]);
        let error = failure(&on(&["13/08/68"]));
        assert!(error.contains("one from 1969 to 2049"), "{error}");
    }

    #[test]
    fn one_day_of_three_years_is_three_days_with_the_year_first() {
        let matches = read(&on(&["24/08/10", "24/08/11", "24/08/12"]));
        assert_eq!(days(&matches), ["2024-08-10", "2024-08-11", "2024-08-12"]);
        assert!(assumed(&matches).contains("year first"));
    }

    #[test]
    fn every_form_with_one_reading_is_read() {
        for date in [
            "20230805",
            "05 Aug 2023",
            "2023-08-05T15:00:00+01:00",
            "\"Aug 5, 2023\"",
            "5-August-23",
            "Sat 05-Aug-2023",
            "2023-08-05 00:00:00",
            "2023-08-05T14:00:00.000Z",
            "\"Saturday, August 5th 2023\"",
        ] {
            assert_eq!(days(&read(&on(&[date]))), ["2023-08-05"], "{date}");
        }
        let error = failure(&on(&["5 août 2023"]));
        assert!(error.contains("line 2, column 1 (date)"), "{error}");
    }

    #[test]
    fn a_date_has_its_time_beside_it() {
        let matches = read(&on(&["Aug 10 2018 - 7:00pm"]));
        assert_eq!(days(&matches), ["2018-08-10"]);
        assert_eq!(kickoffs(&matches), [Some("2018-08-10T19:00:00".to_owned())]);
        assert!(
            assumed(&matches).contains("--time-zone"),
            "{}",
            assumed(&matches)
        );
        let offset = read(&on(&[
            "2023-08-05T15:00:00+01:00",
            "2023-08-06T23:30:00-05:00",
        ]));
        assert_eq!(days(&offset), ["2023-08-05", "2023-08-06"]);
        let expected = ["2023-08-05T14:00:00", "2023-08-07T04:30:00"];
        assert_eq!(
            kickoffs(&offset),
            expected.map(|time| Some(time.to_owned()))
        );
        assert_eq!(assumed(&offset), "");
    }

    #[test]
    fn a_serial_number_is_read_where_the_option_says_so() {
        let csv = on(&["45143", "45150.625"]);
        let error = failure(&csv);
        assert!(error.contains("--date-order serial"), "{error}");
        let matches = read_with(&csv, &ordered(DateOrder::Serial));
        assert_eq!(days(&matches), ["2023-08-05", "2023-08-12"]);
        assert_eq!(
            kickoffs(&matches),
            [None, Some("2023-08-12T15:00:00".to_owned())]
        );
    }

    #[test]
    fn a_time_of_day_has_many_forms() {
        let csv = "date,time,home_team,away_team\n\
            2023-08-05,7:30 pm,Ashford,Bexley\n\
            2023-08-06,15:00+02:00,Corby,Dunmow\n\
            2023-08-07,soon,Epsom,Frome\n";
        let matches = read(csv);
        let expected = [
            Some("2023-08-05T19:30:00"),
            Some("2023-08-06T13:00:00"),
            None,
        ];
        assert_eq!(
            kickoffs(&matches),
            expected.map(|time| time.map(str::to_owned))
        );
        assert_eq!(matches.counts.remark(Remark::UnknownTime), 1);
    }
}

mod kick_offs {
    use super::*;

    const CLOSING: &str =
        "date,kickoff,home_team,away_team,home_goals,away_goals,close_home,close_draw,close_away";

    /// Each round of a replay at closing prices: when, and the home teams of results and offers.
    fn rounds(csv: &str) -> Vec<String> {
        let matches = Arc::new(read(csv));
        let config = ReplayConfig {
            price: PriceTime::Close,
            ..ReplayConfig::default()
        };
        let mut replay = Replay::new(Arc::clone(&matches), config);
        let (mut told, mut round) = (Vec::new(), Round::default());
        while replay.next_round(&mut round).unwrap() == NextRound::Round {
            let home = |id| matches.names.team(id);
            let results = round.results.iter().map(|one| home(one.fixture.home));
            let offers = round.offers.iter().map(|one| home(one.fixture.home));
            told.push(format!(
                "{} results {:?} offers {:?}",
                format_time(round.time),
                results.collect::<Vec<_>>(),
                offers.collect::<Vec<_>>()
            ));
        }
        told
    }

    #[test]
    fn a_kick_off_keeps_its_own_day() {
        let csv = format!(
            "{CLOSING}\n2023-08-05,2023-08-06T00:30:00Z,Ashford,Bexley,2,0,2.1,3.4,3.6\n\
             2023-08-05,2023-08-05T19:00:00Z,Corby,Dunmow,1,1,2.4,3.3,2.95\n"
        );
        assert_eq!(days(&read(&csv)), ["2023-08-05", "2023-08-05"]);
        assert_eq!(
            rounds(&csv),
            [
                "2023-08-05T19:00:00 results [] offers [\"Corby\"]",
                "2023-08-05T21:00:00 results [\"Corby\"] offers []",
                "2023-08-06T00:30:00 results [] offers [\"Ashford\"]",
                "2023-08-06T02:30:00 results [\"Ashford\"] offers []",
            ]
        );
    }

    #[test]
    fn a_result_without_a_time_is_not_known_before_a_late_match_of_its_day() {
        let csv = format!(
            "{CLOSING}\n2023-08-05,2023-08-06T00:30:00Z,Ashford,Bexley,2,0,2.1,3.4,3.6\n\
             2023-08-05,,Corby,Dunmow,1,1,2.4,3.3,2.95\n"
        );
        assert_eq!(
            rounds(&csv),
            [
                "2023-08-05T00:00:00 results [] offers [\"Corby\"]",
                "2023-08-06T00:30:00 results [] offers [\"Ashford\"]",
                "2023-08-06T02:30:00 results [\"Ashford\", \"Corby\"] offers []",
            ]
        );
    }

    #[test]
    fn a_stream_of_kick_offs_on_other_days_gives_the_bets_of_the_file() {
        let csv = "date,kickoff,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
            2023-08-05,2023-08-06T00:30:00Z,Ashford,Bexley,2,0,2.1,3.4,3.6\n\
            2023-08-05,2023-08-05T19:00:00Z,Corby,Dunmow,1,1,2.4,3.3,2.95\n\
            2023-08-06,2023-08-05T22:00:00Z,Epsom,Frome,0,1,2.4,3.3,2.95\n\
            2023-08-06,,Gosford,Hove,0,1,2.4,3.3,2.95\n";
        let folder = tempfile::tempdir().unwrap();
        let bets = |command: &str, input: String| {
            let out = folder.path().join(command);
            let mut program = simbet();
            program.args([command, "-", "--strategy", "flat", "--out"]);
            program.arg(&out).write_stdin(input).assert().success();
            std::fs::read_to_string(out.join("bets.csv")).unwrap()
        };
        let published = simbet()
            .args(["publish", "-"])
            .write_stdin(csv)
            .output()
            .unwrap();
        let traded = bets("trade", String::from_utf8(published.stdout).unwrap());
        let tested = bets("backtest", csv.to_owned());
        assert_eq!((traded.lines().count(), &traded), (13, &tested));
    }

    #[test]
    fn a_kick_off_before_the_match_day_in_utc_is_not_priced_after_it() {
        // 08:00 on the 5th in Tokyo
        let csv = "date,kickoff,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
            2023-08-05,2023-08-04T23:00:00Z,Ashford,Bexley,2,0,2.1,3.4,3.6\n";
        let record = &read(csv).records[0];
        assert_eq!(format_time(record.pre[0].as_of), "2023-08-04T23:00:00");
        let mut replay = Replay::new(Arc::new(read(csv)), ReplayConfig::default());
        let mut round = Round::default();
        replay.next_round(&mut round).unwrap();
        assert_eq!(
            (round.offers.len(), format_time(round.time).as_str()),
            (1, "2023-08-04T23:00:00")
        );
        let (first, last) = replay.offered_days().unwrap();
        assert_eq!((format_date(first).as_str(), first), ("2023-08-05", last));
    }

    #[test]
    fn a_kick_off_far_from_the_date_is_refused() {
        for kickoff in [
            "2023-08-09T19:00:00Z",
            "2022-08-05 19:00",
            "2023-08-09",
            "01/08/2023 19:00",
        ] {
            let csv = format!("{CLOSING}\n2023-08-05,{kickoff},Ashford,Bexley,2,0,2.1,3.4,3.6\n");
            let error = failure(&csv);
            for word in [
                "line 2, column 2 (kickoff)",
                kickoff,
                "2023-08-05",
                "--on-bad-row skip",
            ] {
                assert!(error.contains(word), "{error}");
            }
            let skip = ReadConfig {
                on_bad_row: OnBadRow::Skip,
                ..ReadConfig::default()
            };
            let counts = read_with(&csv, &skip).counts;
            assert_eq!(counts.remark(Remark::SkippedKickoff), 1);
            assert_eq!(counts.accounted(), counts.rows);
        }
    }

    #[test]
    fn a_file_with_kick_offs_alone_has_their_days() {
        for column in ["kickoff", "commence_time"] {
            let csv =
                format!("{column},home_team,away_team\n2023-08-05T23:30:00-04:00,Ashford,Bexley\n");
            let matches = read(&csv);
            assert_eq!(days(&matches), ["2023-08-05"]);
            assert_eq!(kickoffs(&matches), [Some("2023-08-06T03:30:00".to_owned())]);
        }
    }

    #[test]
    fn midnight_is_unknown_where_it_is_the_rule() {
        let csv = |times: [&str; 3]| {
            let rows: String = (5..)
                .zip(times)
                .map(|(day, time)| format!("2023-08-0{day},{time},Ashford,Bexley\n"))
                .collect();
            format!("date,time,home_team,away_team\n{rows}")
        };
        let rule = read(&csv(["00:00", "00:00", "15:00"]));
        assert_eq!(
            kickoffs(&rule),
            [None, None, Some("2023-08-07T15:00:00".to_owned())]
        );
        assert!(assumed(&rule).contains("00:00 is read as an unknown kick-off"));
        let alone = read(&csv(["00:00", "17:30", "15:00"]));
        assert_eq!(kickoffs(&alone)[0].as_deref(), Some("2023-08-05T00:00:00"));
        // written by a program that has no dates without times
        let dates = read(&on(&["2023-08-05 00:00:00", "2023-08-06T00:00:00Z"]));
        assert_eq!(
            (kickoffs(&dates), assumed(&dates)),
            (vec![None, None], String::new())
        );
    }
}

mod zones {
    use super::*;

    const UK: &str = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA\n\
        E0,14/08/2021,15:00,Ashby,Corfield,2,1,2.1,3.4,3.5\n\
        E0,04/12/2021,15:00,Corfield,Ashby,2,1,2.1,3.4,3.5\n";

    #[test]
    fn football_datas_times_are_those_of_the_united_kingdom() {
        let expected = ["2021-08-14T14:00:00", "2021-12-04T15:00:00"];
        let expected = expected.map(|time| Some(time.to_owned()));
        assert_eq!(kickoffs(&read(UK)), expected);
        let new_leagues = "Country,League,Season,Date,Time,Home,Away,HG,AG\n\
            Brazil,Serie A,2023,06/08/2023,00:30,Ashby,Corfield,1,0\n\
            Brazil,Serie A,2023,06/08/2023,20:00,Enmore,Frome,1,0\n";
        let matches = read(new_leagues);
        assert_eq!(days(&matches), ["2023-08-06", "2023-08-06"]);
        let expected = ["2023-08-05T23:30:00", "2023-08-06T19:00:00"];
        assert_eq!(
            kickoffs(&matches),
            expected.map(|time| Some(time.to_owned()))
        );
    }

    #[test]
    fn the_option_names_another_zone_and_an_offset_goes_before_it() {
        let berlin = kickoffs(&read_with(UK, &zoned("Europe/Berlin")));
        assert_eq!(berlin[0].as_deref(), Some("2021-08-14T13:00:00"));
        let csv = "date,time,home_team,away_team\n2023-08-05,19:30,Ashford,Bexley\n2023-08-05,19:30Z,Corby,Dunmow\n";
        let expected = ["2023-08-05T19:30:00", "2023-08-05T19:30:00"];
        assert_eq!(
            kickoffs(&read(csv)),
            expected.map(|time| Some(time.to_owned()))
        );
        let expected = ["2023-08-05T23:30:00", "2023-08-05T19:30:00"];
        let new_york = read_with(csv, &zoned("America/New_York"));
        assert_eq!(
            kickoffs(&new_york),
            expected.map(|time| Some(time.to_owned()))
        );
        assert_eq!(days(&new_york), ["2023-08-05", "2023-08-05"]);
    }

    #[test]
    fn a_date_in_gmt_is_not_moved_by_the_zone_of_the_file() {
        let csv = "date_GMT,home_team_name,away_team_name\nAug 10 2018 - 7:00pm,Ashford,Bexley\n";
        let expected = Some("2018-08-10T19:00:00".to_owned());
        let matches = read_with(csv, &zoned("Europe/Berlin"));
        assert_eq!(kickoffs(&matches)[0], expected);
        assert_eq!(kickoffs(&read(csv))[0], expected);
        assert!(!assumed(&read(csv)).contains("--time-zone"));
    }

    #[test]
    fn of_two_kick_offs_the_one_with_its_offset_counts() {
        let expected = Some("2023-08-05T19:00:00".to_owned());
        for csv in [
            "date,time,commence_time,home_team,away_team\n2023-08-05,20:00,2023-08-05T19:00:00Z,Ashford,Bexley\n",
            "date,time,home_team,away_team\n2023-08-05T19:00:00Z,20:00,Ashford,Bexley\n",
        ] {
            assert_eq!(kickoffs(&read(csv))[0], expected, "{csv}");
        }
        let csv = "date,time,commence_time,home_team,away_team\n2023-08-05,19:00,,Ashford,Bexley\n";
        assert_eq!(kickoffs(&read(csv))[0], expected);
    }

    #[test]
    fn the_plain_form_has_the_same_instants() {
        let csv = "Country,League,Season,Date,Time,Home,Away,HG,AG,AvgH,AvgD,AvgA\n\
            Brazil,Serie A,2023,06/08/2023,00:30,Ashby,Corfield,1,0,2.1,3.4,3.5\n\
            Brazil,Serie A,2023,07/08/2023,01:00,Enmore,Frome,1,0,2.1,3.4,3.5\n\
            Brazil,Serie A,2023,08/08/2023,20:00,Ashby,Frome,1,0,2.1,3.4,3.5\n\
            Brazil,Serie A,2023,09/08/2023,,Enmore,Ashby,1,0,2.1,3.4,3.5\n";
        let matches = read(csv);
        let form = PlainForm::of(&matches, &[Book::AVG]);
        let rows = form.rows(&matches, &[Book::AVG]).map(|row| row.join(","));
        let plain = rows.fold(form.columns().join(","), |text, row| text + "\n" + &row);
        assert!(
            plain.contains("2023-08-05T23:30:00Z") && plain.contains(",19:00,"),
            "{plain}"
        );
        let again = read(&plain);
        assert_eq!(kickoffs(&again), kickoffs(&matches));
        assert_eq!(
            (days(&again), assumed(&again)),
            (days(&matches), String::new())
        );
    }

    #[test]
    fn published_instants_are_utc_and_the_day_is_the_sources() {
        let output = simbet()
            .args(["publish", "-"])
            .write_stdin(UK)
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        assert_eq!(first["data"]["kickoff"], "2021-08-14T14:00:00+00:00");
        assert_eq!(first["data"]["date"], "2021-08-14");
        let result = lines
            .lines()
            .find(|line| line.contains("match_result"))
            .unwrap();
        assert!(result.contains("2021-08-14T16:00:00+00:00"), "{result}");
    }

    #[test]
    fn an_unknown_zone_is_wrong_use() {
        fails(
            &["backtest", "in.csv", "--time-zone", "Europe/Lodnon"],
            2,
            &["--time-zone", "did you mean Europe/London?"],
        );
        fails(
            &["backtest", "in.csv", "--date-order", "ydm"],
            2,
            &["--date-order", "dmy"],
        );
    }
}

#[test]
fn a_lower_case_time_alone_does_not_make_the_columns_simbets_own() {
    let rows = "Ashford,Bexley,2,0\n";
    let other = read(&format!(
        "date;time;home;away;home_goals;away_goals\n2023-08-05;15:00;{}",
        rows.replace(',', ";")
    ));
    assert!(
        assumed(&other).contains("kick-offs without a zone are read as UTC"),
        "{}",
        assumed(&other)
    );
    let own = read(&format!(
        "date,time,home_team,away_team,home_goals,away_goals\n2023-08-05,15:00,{rows}"
    ));
    assert_eq!(assumed(&own), "");
    assert_eq!(kickoffs(&own), kickoffs(&other));
}
