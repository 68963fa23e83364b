//! Which match, which season, which league and which team a row is of.

use std::fs;
use std::path::Path;

use simbet::internals::calendar;
use simbet::internals::source::Assumption;
use simbet::internals::source::Remark;
use simbet::{
    Book, MatchRecord, Matches, OnBadRow, ReadConfig, Rules, RunConfig, Season, Settings, read,
    read_bytes,
};
use tempfile::TempDir;

use crate::backtest::simbet;

const PLAIN: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away";

fn parse(csv: &str) -> Matches {
    read_bytes("in.csv", csv.as_bytes(), &ReadConfig::default()).unwrap()
}

fn failure(csv: &str) -> String {
    read_bytes("in.csv", csv.as_bytes(), &ReadConfig::default())
        .unwrap_err()
        .to_string()
}

/// A folder of files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn read_folder(folder: &Path, config: &ReadConfig) -> Matches {
    read(&[folder.to_str().unwrap().to_owned()], config, &|_, _| {}).unwrap()
}

fn read_files(files: &[(&str, &str)]) -> Matches {
    read_folder(folder(files).path(), &ReadConfig::default())
}

fn seasons(matches: &Matches) -> Vec<i16> {
    matches
        .records
        .iter()
        .map(|record| record.fixture.season)
        .collect()
}

fn leagues(matches: &Matches) -> Vec<&str> {
    let league = |record: &MatchRecord| matches.names.league(record.fixture.league);
    let mut leagues: Vec<&str> = matches.records.iter().map(league).collect();
    leagues.sort_unstable();
    leagues.dedup();
    leagues
}

fn teams(matches: &Matches) -> Vec<&str> {
    let both = |record: &MatchRecord| [record.fixture.home, record.fixture.away];
    let mut teams: Vec<&str> = matches
        .records
        .iter()
        .flat_map(both)
        .map(|team| matches.names.team(team))
        .collect();
    teams.sort_unstable();
    teams.dedup();
    teams
}

fn assumed(matches: &Matches) -> Vec<String> {
    matches
        .assumptions
        .iter()
        .map(|assumption| assumption.sentence.clone())
        .collect()
}

/// The prices of a record in words.
fn prices(record: &MatchRecord) -> Vec<String> {
    let quotes = record.pre.iter().chain(&record.close);
    quotes
        .map(|quote| {
            let time = calendar::format_time(quote.as_of);
            format!(
                "{} {} {} at {time}",
                quote.book,
                quote.selection,
                quote.odds.decimal()
            )
        })
        .collect()
}

mod rows {
    use super::*;

    const BOOKS: &str = "date,home_team,away_team,home_goals,away_goals,book,odds_home,odds_draw,odds_away\n\
        2023-08-05,Ashford,Bexley,2,0,ps,2.10,3.40,3.60\n\
        2023-08-05,Ashford,Bexley,2,0,b365,2.05,3.40,3.50\n";

    #[test]
    fn a_row_for_each_book_is_one_match_with_both() {
        let matches = parse(BOOKS);
        assert_eq!(matches.records.len(), 1);
        let counts = &matches.counts;
        assert_eq!(
            (counts.matches, counts.more_prices, counts.duplicates),
            (1, 1, 0)
        );
        assert_eq!(counts.rows, counts.accounted());
        assert_eq!(
            counts.sentences(),
            [(1, "row with more prices of a match: added to it")]
        );
        let wide = parse(
            "date,home_team,away_team,home_goals,away_goals,PSH,PSD,PSA,B365H,B365D,B365A\n\
             2023-08-05,Ashford,Bexley,2,0,2.10,3.40,3.60,2.05,3.40,3.50\n",
        );
        assert_eq!(prices(&matches.records[0]), prices(&wide.records[0]));
        for book in ["ps", "b365"] {
            let books = Some(vec![Book::new(book).unwrap()]);
            let one = read_bytes(
                "in.csv",
                BOOKS.as_bytes(),
                &ReadConfig {
                    books,
                    ..ReadConfig::default()
                },
            )
            .unwrap();
            assert_eq!(
                (one.records.len(), one.records[0].pre.len()),
                (1, 3),
                "{book}"
            );
            assert_eq!(one.counts.rows, one.counts.accounted());
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing() {
        let mut lines: Vec<&str> = BOOKS.lines().collect();
        lines[1..].reverse();
        assert_eq!(parse(&lines.join("\n")).records, parse(BOOKS).records);
    }

    #[test]
    fn a_row_for_each_line_adds_it() {
        let matches = parse(
            "date,home_team,away_team,home_goals,away_goals,ah_line,odds_ah_home,odds_ah_away\n\
             2023-08-05,Ashford,Bexley,2,0,-0.5,1.95,1.95\n\
             2023-08-05,Ashford,Bexley,2,0,-0.75,2.15,1.75\n\
             2023-08-05,Ashford,Bexley,2,0,-0.5,1.95,1.95\n",
        );
        assert_eq!(matches.records[0].pre.len(), 4);
        assert_eq!(
            (matches.counts.more_prices, matches.counts.duplicates),
            (1, 1)
        );
    }

    #[test]
    fn a_row_for_each_time_adds_prices_of_that_time() {
        let matches = parse(
            "date,time,home_team,away_team,home_goals,away_goals,as_of,odds_home,odds_draw,odds_away\n\
             2023-08-05,15:00,Ashford,Bexley,2,0,2023-08-04 18:00,2.10,3.40,3.60\n\
             2023-08-05,15:00,Ashford,Bexley,2,0,14:30,2.00,3.40,3.80\n\
             2023-08-05,15:00,Ashford,Bexley,2,0,15:10,1.50,4.00,6.00\n",
        );
        let home: Vec<String> = prices(&matches.records[0])
            .into_iter()
            .filter(|price| price.contains("home"))
            .collect();
        assert_eq!(
            home,
            [
                "avg 1x2 home 2.1 at 2023-08-04T18:00:00",
                "avg 1x2 home 2 at 2023-08-05T14:30:00"
            ]
        );
        assert_eq!(
            matches.counts.remark(Remark::LatePrices),
            1,
            "nobody could bet at a price of after kick-off"
        );
        assert_eq!(matches.counts.rows, matches.counts.accounted());
    }

    #[test]
    fn a_kick_off_that_another_row_knows_ends_the_prices() {
        let matches = parse(
            "date,time,home_team,away_team,home_goals,away_goals,as_of,odds_home,odds_draw,odds_away\n\
             2023-08-05,,Ashford,Bexley,2,0,15:10,2.10,3.40,3.60\n\
             2023-08-05,15:00,Ashford,Bexley,2,0,14:30,2.00,3.40,3.80\n",
        );
        let record = &matches.records[0];
        assert_eq!(record.pre.len(), 3, "{:?}", prices(record));
        assert!(record.fixture.kickoff.is_some());
    }

    #[test]
    fn an_unreadable_time_of_a_price_is_named() {
        let error = failure(
            "date,home_team,away_team,home_goals,away_goals,as_of,odds_home,odds_draw,odds_away\n\
             2023-08-05,Ashford,Bexley,2,0,noon,2.10,3.40,3.60\n",
        );
        assert!(
            error.contains("line 2, column 6 (as_of): expected a time as HH:MM"),
            "{error}"
        );
    }

    #[test]
    fn rows_that_contradict_each_other_are_refused_with_advice_that_helps() {
        let with = |second: &str| {
            failure(&format!(
                "{PLAIN}\n2023-08-05,Ashford,Bexley,2,0,2.1,3.4,3.6\n2023-08-05,Ashford,Bexley,{second}\n"
            ))
        };
        let score = with("2,1,2.1,3.4,3.6");
        assert!(
            score.contains("in.csv, line 3") && score.contains("in.csv, line 2"),
            "{score}"
        );
        assert!(score.contains("differ in the score; remove one"), "{score}");
        let prices = with("2,0,2.2,3.4,3.6");
        assert!(
            prices.contains("differ in the prices; if they are prices of two books or times"),
            "{prices}"
        );
    }

    #[test]
    fn a_fixture_may_have_the_prices_that_the_result_lacks() {
        let matches = parse(&format!(
            "{PLAIN}\n2023-08-05,Ashford,Bexley,2,0,,,\n2023-08-05,Ashford,Bexley,,,2.1,3.4,3.6\n"
        ));
        assert_eq!(
            (matches.records.len(), matches.records[0].pre.len()),
            (1, 3)
        );
        assert_eq!((matches.counts.matches, matches.counts.more_prices), (1, 1));
    }

    #[test]
    fn two_leagues_may_have_the_same_teams_on_one_day() {
        let men = "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
            Men,2023-03-05,Ashby,Corfield,2,0,1.80,3.60,4.50\nMen,2023-03-12,Corfield,Ashby,1,1,2.60,3.30,2.70\n";
        let women = "league,date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
            Women,2023-03-05,Ashby,Corfield,1,3,2.10,3.40,3.30\nWomen,2023-03-19,Corfield,Ashby,0,0,1.95,3.40,3.80\n";
        let matches = read_files(&[("men.csv", men), ("women.csv", women)]);
        assert_eq!((matches.records.len(), matches.counts.duplicates), (4, 0));
        let ids: std::collections::BTreeSet<_> = matches
            .records
            .iter()
            .map(|record| &record.fixture.id)
            .collect();
        assert_eq!(ids.len(), 4);
        let folder = folder(&[("men.csv", men), ("women.csv", women)]);
        let done = simbet()
            .args([
                "backtest",
                folder.path().to_str().unwrap(),
                "--strategy",
                "flat",
                "--stake",
                "10",
            ])
            .args(["--format", "json"])
            .assert()
            .success();
        let summary: serde_json::Value = serde_json::from_slice(&done.get_output().stdout).unwrap();
        assert_eq!(
            (&summary["matches"], &summary["bets"]),
            (&4.into(), &12.into())
        );
    }

    #[test]
    fn rows_that_differ_on_neutral_grounds_are_named() {
        let rows = |flags: [&str; 2]| {
            let row = |flag| format!("2023-08-05,Ashford,Bexley,2,0,{flag}\n");
            format!(
                "date,home_team,away_team,home_goals,away_goals,neutral\n{}",
                flags.map(row).concat()
            )
        };
        let error = failure(&rows(["1", "0"]));
        assert!(
            error.contains("differ in whether the grounds are neutral"),
            "{error}"
        );
        // a row that does not say it contradicts none
        for flags in [["1", ""], ["", "1"]] {
            assert!(parse(&rows(flags)).records[0].fixture.neutral);
        }
    }

    #[test]
    fn the_match_id_decides_where_there_is_one() {
        let header = "match_id,date,home_team,away_team,home_goals,away_goals,book,odds_home,odds_draw,odds_away";
        let two = parse(&format!(
            "{header}\n7,2023-08-05,Ashford,Bexley,2,0,ps,2.1,3.4,3.6\n8,2023-08-05,Ashford,Bexley,1,1,ps,2.2,3.4,3.4\n"
        ));
        assert_eq!(two.records.len(), 2);
        let one = parse(&format!(
            "{header}\n7,2023-08-05,Ashford,Bexley,2,0,ps,2.1,3.4,3.6\n7,2023-08-05,Ashford,Bexley,2,0,b365,2.2,3.4,3.4\n"
        ));
        assert_eq!((one.records.len(), one.records[0].pre.len()), (1, 6));
        let error = failure(&format!(
            "{header}\n7,2023-08-05,Ashford,Bexley,2,0,ps,2.1,3.4,3.6\n7,2023-08-12,Bexley,Ashford,2,0,ps,2.2,3.4,3.4\n"
        ));
        assert!(
            error.contains("everything but their match_id; give each match an id of its own"),
            "{error}"
        );
        assert!(
            error.contains(
                "match_id 7 is also that of Ashford against Bexley on 2023-08-05 in in.csv, line 2"
            ),
            "{error}"
        );
    }

    #[test]
    fn prices_of_several_times_are_bet_at_alike_from_files_and_streams() {
        let csv = "league,season,date,time,home_team,away_team,home_goals,away_goals,book,as_of,odds_home,odds_draw,odds_away\n\
            L,2023,2023-08-05,15:00,Ashford,Bexley,2,0,ps,2023-08-03 10:00,2.10,3.40,3.60\n\
            L,2023,2023-08-05,15:00,Ashford,Bexley,2,0,ps,2023-08-05 09:00,2.40,3.40,3.10\n\
            L,2023,2023-08-05,15:00,Ashford,Bexley,2,0,b365,2023-08-05 09:00,2.30,3.40,3.20\n\
            L,2023,2023-08-05,17:30,Corby,Dover,1,1,ps,2023-08-05 09:00,1.90,3.50,4.20\n\
            L,2023,2023-08-12,15:00,Bexley,Corby,0,1,ps,,2.60,3.30,2.80\n";
        let folder = folder(&[("in.csv", csv)]);
        let file = folder.path().join("in.csv");
        let settings = ["--strategy", "flat", "--stake", "10", "--book", "ps,b365"];
        let run = |arguments: &[&str], stdin: Vec<u8>| {
            let done = simbet()
                .args(arguments)
                .args(settings)
                .write_stdin(stdin)
                .assert()
                .success();
            done.get_output().stdout.clone()
        };
        let file = file.to_str().unwrap();
        let bets = |command: &[&str], stdin: Vec<u8>| {
            let out = folder.path().join(command[0]);
            run(
                &[command, &["--out", out.to_str().unwrap()]].concat(),
                stdin,
            );
            fs::read_to_string(out.join("bets.csv")).unwrap()
        };
        let replayed = bets(&["backtest", file], Vec::new());
        let entries = simbet()
            .args(["publish", file, "--book", "ps,b365"])
            .assert()
            .success();
        let traded = bets(&["trade", "-"], entries.get_output().stdout.clone());
        assert!(replayed.lines().count() > 3, "{replayed}");
        assert_eq!(replayed, traded);
    }
}

mod seasons {
    use super::*;

    const SUMMER: &str = "2023-04-02,Ashford,Bexley,2,0,2.1,3.4,3.6\n2023-04-30,Corby,Ashford,0,1,2.1,3.4,3.6\n\
        2023-05-28,Bexley,Corby,1,1,2.1,3.4,3.6\n2023-07-09,Ashford,Corby,3,1,2.1,3.4,3.6\n\
        2023-08-20,Bexley,Ashford,0,2,2.1,3.4,3.6\n2023-10-15,Corby,Bexley,2,2,2.1,3.4,3.6\n";

    #[test]
    fn a_season_from_april_to_october_is_one() {
        let matches = parse(&format!("{PLAIN}\n{SUMMER}"));
        assert_eq!(seasons(&matches), [2023; 6]);
        let said = assumed(&matches);
        assert!(
            said.iter().any(|said| said.contains("calendar years")),
            "{said:?}"
        );
        let day = calendar::parse_date("2023-09-01");
        let season = Season::find(&matches, None, day, Rules::of).unwrap();
        assert_eq!((season.played().len(), season.left().len()), (5, 1));
        assert_eq!(season.title(), "in 2023");
        let standings = season.ranking(&Rules::of("in"), 1);
        assert_eq!(standings[0], "Ashford");
    }

    #[test]
    fn bets_of_a_calendar_year_are_grouped_under_it() {
        let folder = folder(&[("in.csv", &format!("{PLAIN}\n{SUMMER}"))]);
        let file = folder.path().join("in.csv");
        let done = simbet()
            .args(["backtest", file.to_str().unwrap(), "--strategy", "flat"])
            .args(["--by", "season", "--format", "csv"])
            .assert()
            .success();
        let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
        assert!(text.contains("\n2023,18,"), "{text}");
    }

    #[test]
    fn a_season_of_two_years_that_cannot_hold_its_day_is_refused() {
        for date in ["2023-01-10", "2024-11-10"] {
            let error = failure(&labelled(&[("2023/24", date)]));
            assert!(error.contains("a season that has its date"), "{error}");
        }
        let held = parse(&labelled(&[
            ("2019/20", "2019-07-12"),
            ("2019/20", "2020-08-02"),
        ]));
        assert_eq!(seasons(&held), [2019, 2019]);
        let error = failure(&labelled(&[("2019-2021", "2019-08-10")]));
        assert!(
            error.contains("a season such as") && !error.contains("book"),
            "{error}"
        );
    }

    #[test]
    fn a_league_is_judged_over_all_its_files() {
        let rows: Vec<&str> = SUMMER.split_inclusive('\n').collect();
        let files = [
            ("liga_a.csv", rows[..3].concat()),
            ("liga_b.csv", rows[3..].concat()),
        ];
        let with_header = files.map(|(name, rows)| {
            (
                name,
                format!("league,{PLAIN}\n{}", rows.replace("2023-", "L,2023-")),
            )
        });
        let files: Vec<(&str, &str)> = with_header
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        assert_eq!(seasons(&read_files(&files)), [2023; 6]);
    }

    #[test]
    fn seasons_that_some_rows_name_tell_those_of_the_others() {
        let matches = parse(
            "season,date,home_team,away_team,home_goals,away_goals\n2023,2023-04-02,Ashford,Bexley,2,0\n,2023-05-02,Bexley,Corby,2,0\n",
        );
        assert_eq!(seasons(&matches), [2023, 2023]);
        let matches = parse(
            "season,date,home_team,away_team,home_goals,away_goals\n2022-23,2023-04-02,Ashford,Bexley,2,0\n,2023-05-02,Bexley,Corby,2,0\n",
        );
        assert_eq!(seasons(&matches), [2022, 2022]);
    }

    fn labelled(rows: &[(&str, &str)]) -> String {
        let rows: Vec<String> = rows
            .iter()
            .enumerate()
            .map(|(number, (season, date))| {
                format!("{season},{date},Ashford,Bexley {number},2,0\n")
            })
            .collect();
        format!(
            "season,date,home_team,away_team,home_goals,away_goals\n{}",
            rows.concat()
        )
    }

    #[test]
    fn season_codes_are_read_by_their_dates() {
        let of = |rows: &[(&str, &str)]| seasons(&parse(&labelled(rows)));
        assert_eq!(of(&[("1920", "2019-08-10")]), [2019]);
        assert_eq!(
            of(&[("2324", "2023-08-12"), ("2324", "2024-05-19")]),
            [2023, 2023]
        );
        assert_eq!(
            of(&[("1920", "2020-05-10"), ("2021", "2021-03-10")]),
            [2019, 2020]
        );
        assert_eq!(
            of(&[("2021", "2021-03-10"), ("2021", "2021-08-10")]),
            [2021, 2021]
        );
        assert_eq!(
            of(&[
                ("2019-2020", "2019-08-10"),
                ("2019/20", "2020-01-10"),
                ("19/20", "2020-02-10"),
                ("19-20", "2020-03-10")
            ]),
            [2019; 4]
        );
        let by_end = parse(&labelled(&[("2024", "2023-08-12"), ("2024", "2024-05-19")]));
        assert_eq!(seasons(&by_end), [2023, 2023]);
        assert!(
            assumed(&by_end)[0].contains("the year in which they end"),
            "{:?}",
            assumed(&by_end)
        );
    }

    #[test]
    fn a_season_that_cannot_hold_its_date_is_refused() {
        for (season, date) in [
            ("2015", "2019-08-10"),
            ("2015/16", "2019-08-10"),
            ("2021", "2019-08-10"),
            ("1819", "2020-08-10"),
        ] {
            let csv = labelled(&[("2019", "2019-08-03"), (season, date)]);
            let error = failure(&csv);
            assert!(
                error.contains(
                    "in.csv, line 3, column 1 (season): expected a season that has its date"
                ),
                "{error}"
            );
            let config = ReadConfig {
                on_bad_row: OnBadRow::Skip,
                ..ReadConfig::default()
            };
            let matches = read_bytes("in.csv", csv.as_bytes(), &config).unwrap();
            assert_eq!(
                (
                    matches.records.len(),
                    matches.counts.remark(Remark::SkippedSeason)
                ),
                (1, 1)
            );
            assert_eq!(matches.counts.rows, matches.counts.accounted());
        }
    }
}

mod league_names {
    use super::*;

    const GOALS: &str = "Date,HomeTeam,AwayTeam,FTHG,FTAG";

    #[test]
    fn a_file_name_loses_only_a_season() {
        let a = format!("{GOALS}\n2023-08-05,Ashford,Bexley,2,0\n");
        let b = format!("{GOALS}\n2023-08-05,Corby,Dunmow,1,1\n");
        let matches = read_files(&[("serie_a.csv", &a), ("serie_b.csv", &b)]);
        assert_eq!(leagues(&matches), ["serie_a", "serie_b"]);
        assert!(
            assumed(&matches)[0].contains("serie_a, serie_b"),
            "{:?}",
            assumed(&matches)
        );
        let matches = read_files(&[("E0_2023-24.csv", &a), ("E1-2324.csv", &b)]);
        assert_eq!(leagues(&matches), ["E0", "E1"]);
    }

    fn liga() -> [(&'static str, String); 2] {
        let row = |year| format!("{PLAIN}\n{year}-08-05,Ashford,Bexley,2,0,2.1,3.4,3.6\n");
        [("liga_2022.csv", row(2022)), ("liga_2023.csv", row(2023))]
    }

    const FIXTURES: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        2023-08-12,Bexley,Ashford,,,2.1,3.4,3.6\n";

    #[test]
    fn fixtures_without_a_league_are_of_the_only_one() {
        let [a, b] = &liga();
        let matches = read_files(&[(a.0, &a.1), (b.0, &b.1), ("fixtures.csv", FIXTURES)]);
        assert_eq!(leagues(&matches), ["liga"]);
        let said = assumed(&matches);
        assert!(
            said.iter()
                .any(|said| said.contains("fixtures are taken to be of liga")),
            "{said:?}"
        );
    }

    #[test]
    fn fixtures_of_nobody_knows_which_league_say_what_to_do() {
        let [a, _] = &liga();
        let matches = read_files(&[
            (a.0, &a.1),
            ("coppa.csv", &a.1.replace("Ashford", "Corby")),
            ("fixtures.csv", FIXTURES),
        ]);
        assert_eq!(leagues(&matches), ["coppa", "fixtures", "liga"]);
        let said = assumed(&matches);
        assert!(
            said.iter().any(|said| said
                .contains("of a league of their own, fixtures, after the name of the file")
                && said.contains("--league NAME makes fixtures and results one league")),
            "{said:?}"
        );
    }

    #[test]
    fn fixtures_of_another_form_are_told_the_name_of_the_only_league() {
        let [a, _] = &liga();
        let plain = "Date,HomeTeam,AwayTeam,FTHG,FTAG\n2023-08-12,Bexley,Ashford,,\n";
        let matches = read_files(&[(a.0, &a.1), ("fx4.csv", plain)]);
        let said = assumed(&matches);
        assert!(
            said.iter()
                .any(|said| said.contains("if they are of liga, add --league liga")),
            "{said:?}"
        );
    }

    #[test]
    fn a_league_may_be_named_for_all_files_without_one() {
        let [a, b] = &liga();
        let folder = folder(&[(a.0, &a.1), (b.0, &b.1), ("fixtures.csv", FIXTURES)]);
        let config = ReadConfig {
            league: Some("Liga".to_owned()),
            ..ReadConfig::default()
        };
        let matches = read_folder(folder.path(), &config);
        assert_eq!(leagues(&matches), ["Liga"]);
        assert!(matches.assumptions.is_empty(), "{:?}", matches.assumptions);
    }

    #[test]
    fn files_named_by_seasons_alone_are_one_league_unless_folders_tell() {
        let row = |date: &str| format!("{PLAIN}\n{date},Ashford,Bexley,2,0,2.1,3.4,3.6\n");
        let (a, b) = (row("2020-08-13"), row("2021-08-13"));
        let one = read_files(&[("2020-21.csv", &a), ("2021-22.csv", &b)]);
        assert_eq!((leagues(&one).len(), one.assumptions.len()), (1, 1));
        assert!(
            one.assumptions[0]
                .to_string()
                .contains("read as one league"),
            "{}",
            one.assumptions[0]
        );
        let two = read_files(&[("north/2020-21.csv", &a), ("south/2020-21.csv", &a)]);
        assert_eq!(leagues(&two), ["north", "south"]);
        let season = read_files(&[("season-2020.csv", &a), ("season-2021.csv", &b)]);
        assert_eq!(leagues(&season).len(), 1);
    }

    #[test]
    fn three_files_of_a_season_each_give_what_the_whole_gives() {
        let mut whole = format!("{PLAIN}\n");
        let mut files = Vec::new();
        for year in 2020..2023 {
            let mut rows = format!("{PLAIN}\n");
            for (number, (home, away)) in [
                ("Ashby", "Brae"),
                ("Corby", "Ashby"),
                ("Brae", "Corby"),
                ("Brae", "Ashby"),
                ("Ashby", "Corby"),
                ("Corby", "Brae"),
            ]
            .into_iter()
            .enumerate()
            {
                let row = format!(
                    "{year}-{:02}-13,{home},{away},{},{},2.{number},3.4,3.{number}\n",
                    8 + number % 5,
                    (number + year) % 3,
                    number % 2
                );
                rows += &row;
                whole += &row;
            }
            files.push((format!("{year}-{}.csv", year - 1999), rows));
        }
        files.push(("whole.csv".to_owned(), whole));
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let folder = folder(&files);
        let run = |inputs: &[&str]| {
            let paths = inputs.iter().map(|name| folder.path().join(name));
            let done = simbet()
                .arg("backtest")
                .args(paths)
                .args(["--format", "json", "--min-ev", "0.01", "--min-matches", "0"])
                .assert()
                .success();
            let mut summary: serde_json::Value =
                serde_json::from_slice(&done.get_output().stdout).unwrap();
            // the only member that has the name of the league, which is that of the file
            summary["forecasts"].take();
            summary
        };
        let whole = run(&["whole.csv"]);
        assert!(whole["bets"].as_u64() > Some(0), "{whole}");
        assert_eq!(run(&["2020-21.csv", "2021-22.csv", "2022-23.csv"]), whole);
    }

    #[test]
    fn a_country_joins_only_football_datas_own_league() {
        let csv = "date,home_team,away_team,home_goals,away_goals,tournament,city,country\n\
            2023-06-01,Alba,Bora,1,0,Cup,Rimo,Cora\n2023-06-09,Cora,Alba,0,3,Cup,Sela,Dora\n";
        assert_eq!(leagues(&parse(csv)), ["Cup"]);
        let map = [("league".to_owned(), "tournament".to_owned())];
        let mapped = ReadConfig {
            map: map.into(),
            ..ReadConfig::default()
        };
        assert_eq!(
            leagues(&read_bytes("in.csv", csv.as_bytes(), &mapped).unwrap()),
            ["Cup"]
        );
        assert_eq!(
            leagues(&parse(&csv.replace("tournament", "league"))),
            ["Cup"]
        );
        let football_data = csv
            .replace("tournament", "League")
            .replace("country", "Country");
        assert_eq!(leagues(&parse(&football_data)), ["Cora Cup", "Dora Cup"]);
        let map = [("league".to_owned(), "League".to_owned())];
        let mapped = ReadConfig {
            map: map.into(),
            ..ReadConfig::default()
        };
        assert_eq!(
            leagues(&read_bytes("in.csv", football_data.as_bytes(), &mapped).unwrap()),
            ["Cup"]
        );
    }
}

mod names {
    use super::*;

    const GOALS: &str = "league,date,home_team,away_team,home_goals,away_goals";

    #[test]
    fn composed_and_decomposed_letters_are_one_name_and_case_is_said() {
        let matches = parse(
            "date,home_team,away_team,home_goals,away_goals\n2023-08-05,K\u{f6}rlin,Bexley,2,0\n2023-08-12,Bexley,Ko\u{308}rlin,1,1\n\
             2023-08-19,Corby,Bexley,0,0\n2023-08-26,Bexley,CORBY,0,0\n",
        );
        assert_eq!(teams(&matches), ["Bexley", "CORBY", "Corby", "K\u{f6}rlin"]);
        let said = assumed(&matches);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains("Corby and CORBY") && said[0].contains("--alias \"CORBY=Corby\""),
            "{said:?}"
        );
    }

    #[test]
    fn leagues_that_differ_in_case_are_said() {
        let matches = with(
            &[("EPL", "Ashby", "Brae"), ("Epl", "Corby", "Dover")],
            &ReadConfig::default(),
        );
        assert_eq!(matches.assumptions.len(), 1);
        let said = matches.assumptions[0].to_string();
        assert!(
            said.starts_with("the leagues EPL and Epl differ in case"),
            "{said}"
        );
    }

    #[test]
    fn the_more_frequent_of_two_spellings_is_offered() {
        let matches = parse(
            "date,home_team,away_team,home_goals,away_goals\n2023-08-05,Saint-Brae,Bexley,2,0\n2023-08-12,Bexley,Saint Br\u{e1}e,1,1\n\
             2023-08-19,Saint-Brae,Corby,0,0\n",
        );
        assert!(
            assumed(&matches)[0].contains("--alias \"Saint Br\u{e1}e=Saint-Brae\""),
            "{:?}",
            assumed(&matches)
        );
    }

    #[test]
    fn a_name_with_control_characters_is_refused_with_its_place() {
        let error = failure(&format!("{GOALS}\nL,2023-08-05,Ash\u{7}ford,Bexley,2,0\n"));
        assert!(
            error.starts_with("in.csv, line 2, column 3 (home_team): expected a name"),
            "{error}"
        );
    }

    fn with(rows: &[(&str, &str, &str)], config: &ReadConfig) -> Matches {
        let rows: Vec<String> = (1..)
            .zip(rows)
            .map(|(day, (league, home, away))| {
                format!("{league},2023-09-{day:02},{home},{away},1,0\n")
            })
            .collect();
        read_bytes(
            "in.csv",
            format!("{GOALS}\n{}", rows.concat()).as_bytes(),
            config,
        )
        .unwrap()
    }

    #[test]
    fn common_spellings_of_one_club_are_joined_where_a_league_has_two_of_them() {
        let usual = ReadConfig::default();
        let matches = with(
            &[
                ("E0", "Man United", "Nott'm Forest"),
                ("E0", "Nottingham Forest", "Manchester United"),
                ("E0", "Man Utd", "Tottenham"),
                ("E0", "Spurs", "Wolves"),
            ],
            &usual,
        );
        assert_eq!(
            teams(&matches),
            ["Man United", "Nott'm Forest", "Tottenham", "Wolves"]
        );
        assert_eq!(matches.counts.remark(Remark::Respelled), 4);
        // the only spelling in use is the name
        let alone = with(
            &[
                ("Mine", "Spurs", "Manchester United"),
                ("Yours", "Man Utd", "Wolves"),
            ],
            &usual,
        );
        assert_eq!(
            teams(&alone),
            ["Man Utd", "Manchester United", "Spurs", "Wolves"]
        );
        assert_eq!(alone.counts.remark(Remark::Respelled), 0);
        // two common spellings without the usual one are one club as well
        let two = with(
            &[
                ("L", "Man Utd", "Wolves"),
                ("L", "Wolverhampton", "Manchester United"),
            ],
            &usual,
        );
        assert_eq!(teams(&two), ["Man United", "Wolves"]);
        // which became what is said once
        assert_eq!(
            assumed(&two),
            [
                "in L Man Utd and Manchester United are read as Man United, Wolverhampton is read as Wolves"
            ]
        );
    }

    #[test]
    fn one_row_with_another_spelling_does_not_rename_a_club_everywhere() {
        let results = [
            ("L", "Manchester United", "Ashby"),
            ("L", "Ashby", "Manchester United"),
        ];
        let more = [&results[..], &[("L", "Man Utd", "Corby")]].concat();
        let matches = with(&more, &ReadConfig::default());
        assert_eq!(teams(&matches), ["Ashby", "Corby", "Manchester United"]);
        assert_eq!(
            assumed(&matches),
            ["in L Man Utd is read as Manchester United"]
        );
        let rows = "L,2023-08-05,Manchester United,Ashby,2,0\n";
        for fixtures in [1, 3] {
            let fixtures: String = (1..=fixtures)
                .map(|day| format!("L,2023-09-0{day},Man Utd,Corby,,\n"))
                .collect();
            let [first, last] = [
                format!("{GOALS}\n{rows}{fixtures}"),
                format!("{GOALS}\n{fixtures}{rows}"),
            ]
            .map(|csv| parse(&csv));
            let expected = ["Ashby", "Corby", "Manchester United"];
            assert_eq!(teams(&first), expected);
            assert_eq!(teams(&last), expected);
        }
    }

    #[test]
    fn a_match_of_a_team_against_itself_in_another_spelling_is_refused() {
        let csv = format!("{GOALS}\nL,2023-08-05,Man Utd,Manchester United,2,0\n");
        assert!(
            failure(&csv).contains(
                "line 2, column 4 (away_team): expected the names of two different teams"
            ),
            "{}",
            failure(&csv)
        );
    }

    #[test]
    fn an_alias_may_be_of_one_league_and_one_without_effect_is_said() {
        let rows = [("L1", "Ash Utd", "Brae"), ("L2", "Ash Utd", "Corby")];
        let matches = with(&rows, &aliases(&[("L1:Ash Utd", "Ashby")]));
        assert_eq!(teams(&matches), ["Ash Utd", "Ashby", "Brae", "Corby"]);
        assert!(matches.assumptions.is_empty() && matches.unused_aliases.is_empty());
        let matches = with(&rows, &aliases(&[("Ash United", "Ashby")]));
        let said = matches.unused_aliases[0].to_string();
        assert_eq!(
            said,
            "--alias \"Ash United=Ashby\" has no effect: no team is spelled so, did you mean Ash Utd?"
        );
    }

    fn aliases(pairs: &[(&str, &str)]) -> ReadConfig {
        let pairs = pairs.iter();
        ReadConfig {
            aliases: pairs
                .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
                .collect(),
            ..ReadConfig::default()
        }
    }

    #[test]
    fn the_alias_of_a_league_goes_first_and_names_are_followed() {
        let rows = [("L1", "Ash", "Brae"), ("L2", "Ash", "Corby")];
        let matches = with(&rows, &aliases(&[("Ash", "Ashby"), ("L1:Ash", "Ashford")]));
        assert_eq!(teams(&matches), ["Ashby", "Ashford", "Brae", "Corby"]);
        let matches = with(&rows, &aliases(&[("Ash", "Ash Utd"), ("Ash Utd", "Ashby")]));
        assert_eq!(teams(&matches), ["Ashby", "Brae", "Corby"]);
        assert!(matches.assumptions.is_empty(), "{:?}", matches.assumptions);
    }

    #[test]
    fn an_alias_of_a_league_that_lacks_the_spelling_says_who_has_it() {
        let rows = [("L", "N Gate", "Brae"), ("M", "Dover", "Corby")];
        let matches = with(&rows, &aliases(&[("M:N Gate", "Northgate")]));
        let said = matches.unused_aliases[0].to_string();
        assert!(
            said.ends_with("has no effect: no team of M is spelled so, but one of L is"),
            "{said}"
        );
    }

    #[test]
    fn two_names_for_one_spelling_are_refused() {
        let folder = folder(&[("in.csv", &format!("{GOALS}\nL,2023-08-05,Ash,Brae,2,0\n"))]);
        let file = folder.path().join("in.csv");
        let done = simbet()
            .args(["fit", file.to_str().unwrap()])
            .args(["--alias", "Ash=Ashby", "--alias", "Ash=Ashford"])
            .assert()
            .code(2);
        let said = String::from_utf8(done.get_output().stderr.clone()).unwrap();
        assert!(said.contains("two names"), "{said}");
    }

    #[test]
    fn points_and_apostrophes_make_no_other_club() {
        let matches = with(
            &[
                ("L", "Man. United", "Nottm Forest"),
                ("L", "Nott'm Forest", "Man United"),
            ],
            &ReadConfig::default(),
        );
        assert_eq!(teams(&matches), ["Man United", "Nott'm Forest"]);
    }

    #[test]
    fn aliases_may_come_in_a_file() {
        let folder = folder(&[
            (
                "in.csv",
                &format!("{GOALS}\nL,2023-08-05,Ash Utd,Brae,2,0\nL,2023-08-12,Brae,Ashby,2,0\n"),
            ),
            ("aliases.csv", "spelling,name,league\nAsh Utd,Ashby,L\n"),
        ]);
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let done = simbet()
            .args([
                "convert",
                &path("in.csv"),
                "--output",
                &path("out.csv"),
                "--alias-file",
                &path("aliases.csv"),
            ])
            .assert()
            .success();
        let written = fs::read_to_string(path("out.csv")).unwrap();
        assert!(
            written.contains("Ashby") && !written.contains("Ash Utd"),
            "{written}"
        );
        drop(done);
        let done = simbet()
            .args([
                "convert",
                &path("in.csv"),
                "--output",
                &path("out.csv"),
                "--alias-file",
                &path("none.csv"),
            ])
            .assert();
        done.code(2);
    }

    #[test]
    fn strict_reading_refuses_another_spelling() {
        let config = ReadConfig {
            on_bad_row: OnBadRow::Error,
            ..ReadConfig::default()
        };
        let csv =
            format!("{GOALS}\nE0,2023-08-05,Man United,Brae,2,0\nE0,2023-08-12,Brae,Man Utd,2,0\n");
        let error = read_bytes("in.csv", csv.as_bytes(), &config)
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 3, column 4 (away_team): expected the usual spelling of the team, found \"Man Utd\""), "{error}");
    }

    #[test]
    fn an_assumption_about_no_file_is_its_sentence() {
        let about_none = Assumption {
            sentence: "nothing".to_owned(),
            files: Vec::new(),
        };
        assert_eq!(about_none.to_string(), "nothing");
    }
}

mod replayed {
    use super::*;

    const SEASON: &str = "league,season,date,home_team,away_team,home_goals,away_goals\n\
        L,2023,2023-08-12,Ashby,Corfield,1,0\nL,2023,2023-08-12,Dunmore,Eltham,2,2\n\
        L,2023,2023-08-19,Corfield,Dunmore,0,0\nL,2023,2023-08-19,Eltham,Ashby,0,1\n\
        L,2023,2023-08-26,Ashby,Dunmore,3,0\nL,2023,2023-08-26,Corfield,Eltham,1,1\n\
        L,2023,2023-09-30,Ashby,Corfield,0,2\n";

    #[test]
    fn a_pair_that_was_played_twice_is_named() {
        let folder = folder(&[("season.csv", SEASON)]);
        let file = folder.path().join("season.csv");
        let done = simbet()
            .args(["season", file.to_str().unwrap(), "--runs", "30"])
            .assert()
            .success();
        let said = String::from_utf8(done.get_output().stderr.clone()).unwrap();
        assert!(
            said.contains(
                "Ashby – Corfield was played on 2023-08-12 and again on 2023-09-30, and both count"
            ),
            "{said}"
        );
    }

    #[test]
    fn teams_that_meet_more_than_twice_are_not_named() {
        let scotland = SEASON.replace("L,", "SC0,");
        let rules = Rules::of("SC0");
        assert!(!rules.double_round_robin);
        let fixtures = format!("{scotland}SC0,2023,2023-10-30,Dunmore,Ashby,,\n");
        let season = Season::find(&parse(&fixtures), None, None, Rules::of).unwrap();
        assert_eq!(season.repeated().count(), 0);
    }

    #[test]
    fn what_was_annulled_does_not_count() {
        let mut matches = parse(SEASON);
        matches.records[0].status = simbet::MatchStatus::Abandoned;
        let season = Season::find(&matches, None, None, Rules::of).unwrap();
        assert_eq!((season.played().len(), season.left().len()), (6, 6));
        assert_eq!(season.repeated().count(), 0);
        let ashby = season
            .names()
            .iter()
            .position(|name| name == "Ashby")
            .unwrap();
        let points: usize = season
            .played()
            .iter()
            .map(|&([home, away], score)| {
                usize::from(home == ashby && score.home > score.away)
                    + usize::from(away == ashby && score.away > score.home)
            })
            .sum();
        assert_eq!(3 * points, 6);
    }

    #[test]
    fn a_cancelled_match_is_not_left_and_an_awarded_one_counts() {
        let mut matches = parse(SEASON);
        matches.records.remove(6);
        matches.records[0].status = simbet::MatchStatus::Cancelled;
        let season = Season::find(&matches, None, None, Rules::of).unwrap();
        assert_eq!((season.played().len(), season.left().len()), (5, 6));
        matches.records[0].status = simbet::MatchStatus::Awarded;
        let season = Season::find(&matches, None, None, Rules::of).unwrap();
        assert_eq!((season.played().len(), season.left().len()), (6, 6));
    }
}

/// Each id on a fixture was held against all that were known, which took the square of their number.
#[test]
fn many_ids_on_one_fixture_are_as_many_matches() {
    let rows: String = (0..3_000)
        .map(|id| format!("m{id},2024-01-01,A,B,1,0,2,3,4\n"))
        .collect();
    let again = "m7,2024-01-01,A,B,1,0,2,3,4\nm2999,2024-01-01,A,B,1,0,2,3,4\n";
    let matches = parse(&format!("match_id,{PLAIN}\n{rows}{again}"));
    assert_eq!(matches.records.len(), 3_000);
    assert_eq!(matches.counts.duplicates, 2);
    // a row without an id is on the first of them
    let matches = parse(&format!(
        "match_id,{PLAIN}\n{rows},2024-01-01,A,B,1,0,2,3,4\n"
    ));
    assert_eq!(
        (matches.records.len(), matches.counts.duplicates),
        (3_000, 1)
    );
}

/// The rows of each name were counted by going through all rows again.
#[test]
fn the_most_frequent_of_many_look_alikes_is_the_first_and_their_files_are_named() {
    let row = |home: &str, n: usize| {
        format!(
            "L,2024-{:02}-{:02},{home},Away {n},1,0,2,3,4\n",
            1 + n / 28,
            1 + n % 28
        )
    };
    let rare: String = (0..40).map(|n| row(&format!("TEAM {n}"), n)).collect();
    let frequent: String = (0..40)
        .flat_map(|n| {
            [
                row(&format!("Team {n}"), n + 100),
                row(&format!("Team {n}"), n + 150),
            ]
        })
        .collect();
    let matches = read_files(&[
        ("a.csv", &format!("league,{PLAIN}\n{rare}")),
        ("b.csv", &format!("league,{PLAIN}\n{frequent}")),
    ]);
    let alike: Vec<&Assumption> = matches
        .assumptions
        .iter()
        .filter(|assumption| assumption.sentence.contains("alone and count as 2 teams"))
        .collect();
    assert_eq!(alike.len(), 40);
    for assumption in alike {
        assert!(
            assumption.sentence.starts_with("Team "),
            "{}",
            assumption.sentence
        );
        assert_eq!(assumption.files.len(), 2, "{:?}", assumption.files);
    }
}

#[test]
fn prices_of_two_rows_that_no_book_can_have_offered_together_contradict_each_other() {
    let header = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,odds_over25,odds_under25";
    let csv = format!(
        "{header}\n2024-03-22,Ash,Elm,4,4,2.10,3.40,3.60,,3.50\n2024-03-22,Ash,Elm,4,4,2.10,3.40,3.60,3.94,\n"
    );
    let settings = Settings::from_toml("markets = ['1x2', 'ou']").unwrap();
    let config = RunConfig::resolve(&settings).unwrap();
    let error = simbet::read_bytes("rows.csv", csv.as_bytes(), &config.read).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("the prices") && said.contains("line 3"),
        "{said}"
    );
}
