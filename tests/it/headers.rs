//! Columns by their names, whatever the case and the order of words; and what is said where nothing fits.

use simbet::{Book, Matches, ReadConfig, SourceError, read_bytes};

use crate::backtest::{fails, simbet};

fn read(csv: &str) -> Result<Matches, SourceError> {
    read_bytes("in.csv", csv.as_bytes(), &ReadConfig::default())
}

fn read_well(csv: &str) -> Matches {
    read(csv).unwrap_or_else(|error| panic!("{error}"))
}

/// The one match of a file: its teams, goals and prices with their book.
fn only(matches: &Matches) -> (String, Option<(u8, u8)>, String) {
    assert_eq!(matches.records.len(), 1);
    let record = &matches.records[0];
    let names = &matches.names;
    let teams = format!(
        "{}-{}",
        names.team(record.fixture.home),
        names.team(record.fixture.away)
    );
    let price = |quote: &simbet::Quote| {
        let (side, odds) = (quote.selection.side(), quote.odds.decimal());
        format!("{} {side} {odds}", quote.book)
    };
    let prices: Vec<String> = record.pre.iter().map(price).collect();
    let score = record.score.map(|score| (score.home, score.away));
    (teams, score, prices.join(", "))
}

fn well_read(book: &str) -> (String, Option<(u8, u8)>, String) {
    let prices = format!("{book} home 2.1, {book} draw 3.4, {book} away 3.6");
    ("Ashford-Bexley".to_owned(), Some((2, 0)), prices)
}

/// The same match under other names of columns.
fn under(header: &str) -> String {
    format!("{header}\n2023-08-05,Ashford,Bexley,2,0,2.1,3.4,3.6\n")
}

fn file(name: &str, text: &str) -> String {
    let folder = std::env::temp_dir().join(format!("simbet-headers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn names_count_whatever_their_case_blanks_and_underscores() {
    for (header, book) in [
        ("Date,HomeTeam,AwayTeam,FTHG,FTAG,b365h,b365d,b365a", "b365"),
        (
            "DATE,HOME_TEAM,AWAY_TEAM,HOME_GOALS,AWAY_GOALS,ODDS_HOME,ODDS_DRAW,ODDS_AWAY",
            "avg",
        ),
        (
            "date,Home Team,Away Team,Home Goals,Away Goals,AVGH,AVGD,AVGA",
            "avg",
        ),
        ("date,hometeam,awayteam,fthg ,ftag,psh,psd,psa", "ps"),
        (
            "Date,Team1,Team2,HomeScore,AwayScore,home_odds,draw_odds,away_odds",
            "avg",
        ),
        (
            "match_date,localteam,visitorteam,home_score,away_score,Odds 1,Odds X,Odds 2",
            "avg",
        ),
        (
            "date,team_home,team_away,score_home,score_away,1,X,2",
            "avg",
        ),
        (
            "date,home_team_name,away_team_name,home_team_goal_count,away_team_goal_count,\
             odds_ft_home_team_win,odds_ft_draw,odds_ft_away_team_win",
            "avg",
        ),
        (
            "Date,HomeTeam,AwayTeam,FTHG,FTAG,Pinnacle_home,Pinnacle_draw,Pinnacle_away",
            "ps",
        ),
        (
            "Date,HomeTeam,AwayTeam,FTHG,FTAG,Home William Hill,Draw William Hill,Away William Hill",
            "wh",
        ),
        (
            "Date,HomeTeam,AwayTeam,FTHG,FTAG,b365_h,b365_d,b365_a",
            "b365",
        ),
    ] {
        let matches = read_well(&under(header));
        assert_eq!(only(&matches), well_read(book), "{header}");
        let said: Vec<String> = matches
            .assumptions
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(said.len(), 1, "{header}: {said:?}");
        assert!(
            said[0].starts_with("in.csv: columns are read by their likeness: "),
            "{said:?}"
        );
    }
}

#[test]
fn names_of_the_list_are_not_said() {
    let matches = read_well(&under("Date,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA"));
    assert_eq!(only(&matches), well_read("avg"));
    assert!(matches.assumptions.is_empty(), "{:?}", matches.assumptions);
}

#[test]
fn an_exact_name_goes_before_a_similar_one_and_two_similar_ones_count_for_nothing() {
    let exact = read_well(
        "date,home_team,HOME TEAM,away_team,home_goals,away_goals\n2023-08-05,Ashford,x,Bexley,2,0\n",
    );
    assert_eq!(only(&exact).0, "Ashford-Bexley");
    let error =
        read("date,Home_Team,HOME TEAM,away_team\n2023-08-05,Ashford,x,Bexley\n").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("Home_Team: --map home_team=Home_Team"),
        "{error}"
    );
}

#[test]
fn a_lone_column_that_resembles_a_price_is_none() {
    let csv =
        "Date,HomeTeam,AwayTeam,FTHG,FTAG,psh,b365d,2\n2023-08-05,Ashford,Bexley,2,0,2.1,3.4,3.6\n";
    assert!(read_well(csv).records[0].pre.is_empty());
}

#[test]
fn ht_and_at_are_teams_only_where_they_hold_names() {
    let names = read_well("Div,Date,HT,AT,FTHG,FTAG\nX1,05/08/2023,Ashford,Bexley,2,0\n");
    assert_eq!(only(&names).0, "Ashford-Bexley");
    let half_time = read_well(
        "Date,Team1,Team2,FTHG,FTAG,HT,AT,AvgH,AvgD,AvgA\n2023-08-05,Ashford,Bexley,2,0,1,0,2.1,3.4,3.6\n",
    );
    assert_eq!(only(&half_time), well_read("avg"));
    for cells in ["1,0", "0-0,1-0"] {
        let csv =
            format!("Date,Hosts,Guests,FTHG,FTAG,HT,AT\n2023-08-05,Ashford,Bexley,2,0,{cells}\n");
        let error = read(&csv).unwrap_err().to_string();
        assert!(
            error.contains("the column holds goals at half-time")
                && error.contains("--map home_team="),
            "{error}"
        );
    }
}

#[test]
fn a_score_in_one_cell_is_read_where_goals_have_no_columns() {
    for name in ["score", "Score", "FT", "Result", "FT Score", "final_score"] {
        for cell in ["2-0", "2:0", "2\u{2013}0", "2 - 0", "2-0 (1-0)"] {
            let csv =
                format!("date,home_team,away_team,{name}\n2023-08-05,Ashford,Bexley,{cell}\n");
            assert_eq!(only(&read_well(&csv)).1, Some((2, 0)), "{name} {cell}");
        }
    }
    // as openfootball writes it
    let csv = "Round,Date,Team 1,FT,HT,Team 2\n1,2023-08-05,Ashford,2-0,1-0,Bexley\n";
    assert_eq!(only(&read_well(csv)).1, Some((2, 0)));
}

#[test]
fn a_letter_is_no_score_and_goals_go_before_one() {
    let csv = "date,home_team,away_team,Res\n2023-08-05,Ashford,Bexley,H\n";
    assert_eq!(only(&read_well(csv)).1, None);
    let csv =
        "date,home_team,away_team,home_goals,away_goals,score\n2023-08-05,Ashford,Bexley,2,0,0-9\n";
    assert_eq!(only(&read_well(csv)).1, Some((2, 0)));
    let csv = "date,home_team,away_team,score\n2023-08-05,Ashford,Bexley,-\n";
    assert_eq!(only(&read_well(csv)).1, None);
}

#[test]
fn scores_that_a_spreadsheet_made_dates_of_are_refused() {
    for cell in ["02-Jan", "2-Jan", "2/1/2023", "2023-02-01 00:00:00"] {
        let csv = format!(
            "date,home_team,away_team,score\n2023-08-05,Ashford,Bexley,3-0\n2023-08-06,Corby,Dunmow,{cell}\n"
        );
        let error = read(&csv).unwrap_err().to_string();
        assert!(
            error.starts_with("in.csv, line 3, column 4 (score): "),
            "{error}"
        );
        assert!(
            error.contains("a spreadsheet has made dates of the scores"),
            "{error}"
        );
    }
    let error =
        read("date,home_team,away_team,score\n2023-08-05,Ashford,Bexley,2-x\n").unwrap_err();
    assert!(
        error.to_string().contains("expected a number of goals"),
        "{error}"
    );
}

#[test]
fn books_go_by_their_names() {
    for (name, code) in [
        ("Pinnacle", "ps"),
        ("William Hill", "wh"),
        ("Bet365", "b365"),
        ("Betfair Exchange", "bfe"),
        ("Sky Bet", "sky_bet"),
        ("ps", "ps"),
    ] {
        let csv = format!(
            "date,home_team,away_team,home_goals,away_goals,Bookmaker,odds_home,odds_draw,odds_away\n\
             2023-08-05,Ashford,Bexley,2,0,{name},2.1,3.4,3.6\n"
        );
        assert_eq!(only(&read_well(&csv)), well_read(code), "{name}");
        assert_eq!(name.parse::<Book>().unwrap().as_str(), code);
    }
    let path = file(
        "books.csv",
        &under("Date,HomeTeam,AwayTeam,FTHG,FTAG,PSH,PSD,PSA"),
    );
    simbet()
        .args(["backtest", &path, "--book", "Pinnacle"])
        .assert()
        .success();
}

const GOALS_UNKNOWN: &str = "Date,HomeTeam,AwayTeam,HomeGls,AwayGls,AvgH,AvgD,AvgA";

#[test]
fn without_goals_the_columns_that_look_like_it_are_named() {
    let path = file("no_goals.csv", &under(GOALS_UNKNOWN));
    let words = [
        "no column of goals is recognised",
        "HomeGls: --map home_goals=HomeGls",
        "AwayGls: --map away_goals=AwayGls",
    ];
    fails(&["backtest", &path], 1, &words);
    fails(&["fit", &path], 1, &words);
    fails(&["season", &path], 1, &words);
    fails(&["predict", &path, "--fixtures", &path], 1, &words);
    fails(&["sweep", &path, "--grid", "min_ev=0.01,0.05"], 1, &words);
    simbet()
        .args([
            "backtest",
            &path,
            "--map",
            "home_goals=HomeGls",
            "--map",
            "away_goals=AwayGls",
        ])
        .assert()
        .success();
}

#[test]
fn without_any_result_the_run_fails() {
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
               2023-08-05,Ashford,Bexley,,,2.1,3.4,3.6\n";
    let path = file("fixtures.csv", csv);
    fails(
        &["backtest", &path],
        1,
        &["no match with a score was read", "every row is a fixture"],
    );
}

#[test]
fn rows_that_were_left_out_are_no_fixtures() {
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
               45143,Ashford,Bexley,2,0,2.1,3.4,3.6\n";
    let path = file("serials.csv", csv);
    fails(
        &["backtest", &path, "--on-bad-row", "skip"],
        1,
        &[
            "every row was left out (1 row without a readable date: left out)",
            "--date-order serial reads them",
        ],
    );
    let header = csv.lines().next().unwrap();
    let path = file("header.csv", header);
    fails(&["backtest", &path], 1, &["no row after the header"]);
    let letters = "Div,Date,HomeTeam,AwayTeam,FTR\nX1,05/08/2023,Ashford,Bexley,H\n";
    let path = file("letters.csv", letters);
    let wanted = ["letters of results", "--map home_goals="];
    fails(&["backtest", &path], 1, &wanted);
}

#[test]
fn half_a_score_is_named() {
    let error =
        read("date,home_team,away_team,home_goals,AwayGls\n2023-08-05,Ashford,Bexley,2,0\n")
            .unwrap_err();
    let error = error.to_string();
    assert!(error.contains("no column for away_goals"), "{error}");
    assert!(
        error.contains("AwayGls: --map away_goals=AwayGls"),
        "{error}"
    );
}

#[test]
fn without_prices_the_columns_that_look_like_it_are_named() {
    let path = file(
        "no_prices.csv",
        &under("Date,HomeTeam,AwayTeam,FTHG,FTAG,hodds,dodds,aodds"),
    );
    let words = ["no column that is understood as a price", "hodds"];
    fails(&["backtest", &path], 1, &words);
    let output = file("out.csv", "");
    fails(&["convert", &path, "--output", &output], 1, &words);
    let offered = file(
        "offered.csv",
        &under(
            "Date,HomeTeam,AwayTeam,FTHG,FTAG,Home payout odds,Draw payout odds,Away payout odds",
        ),
    );
    fails(
        &["backtest", &offered],
        1,
        &["--map odds_home='Home payout odds'"],
    );
}

#[test]
fn a_file_of_results_alone_can_be_converted() {
    let path = file(
        "results.csv",
        "date,home_team,away_team,home_goals,away_goals\n2023-08-05,Ashford,Bexley,2,0\n",
    );
    let output = file("results_out.csv", "");
    simbet()
        .args(["convert", &path, "--output", &output])
        .assert()
        .success();
    fails(&["backtest", &path], 1, &["the files have no price"]);
}

#[test]
fn prices_of_other_books_times_and_markets_are_named() {
    let path = file(
        "ps.csv",
        &under("Date,HomeTeam,AwayTeam,FTHG,FTAG,PSH,PSD,PSA"),
    );
    fails(
        &["backtest", &path],
        1,
        &["no match has a price of avg", "ps", "--book"],
    );
    fails(
        &["backtest", &path, "--book", "p5"],
        1,
        &["no match has a price of p5", "did you mean ps?"],
    );
    fails(
        &["backtest", &path, "--book", "ps", "--price", "close"],
        1,
        &["at kick-off", "--price pre", "ps"],
    );
    fails(
        &["backtest", &path, "--book", "ps", "--markets", "ou"],
        1,
        &["--markets 1x2 of ps"],
    );
    fails(
        &["sweep", &path, "--grid", "min_ev=0.01,0.05"],
        1,
        &["no match has a price of avg", "ps"],
    );
    let output = file("ps_out.csv", "");
    fails(
        &["convert", &path, "--output", &output],
        1,
        &["no match has a price of avg", "ps"],
    );
    let condemned = file(
        "condemned.csv",
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
         2023-08-05,Ashford,Bexley,2,0,2.1,SUSP,3.6\n",
    );
    fails(
        &["backtest", &condemned],
        1,
        &["no set of them could be used"],
    );
}

#[test]
fn a_book_whose_columns_are_empty_is_not_held() {
    let path = file(
        "empty.csv",
        "Date,HomeTeam,AwayTeam,FTHG,FTAG,PSH,PSD,PSA,B365H,B365D,B365A,PSCH,PSCD,PSCA\n\
         2023-08-05,Ashford,Bexley,2,0,,,,2.1,3.4,3.6,,,\n",
    );
    fails(
        &["backtest", &path, "--book", "ps"],
        1,
        &["the files hold prices of b365: say --book b365"],
    );
    fails(
        &["backtest", &path, "--book", "b365", "--price", "close"],
        1,
        &[
            "the files hold none at kick-off",
            "(--price pre) those of b365",
        ],
    );
}

#[test]
fn books_in_a_column_are_named() {
    let path = file(
        "column.csv",
        "date,home_team,away_team,home_goals,away_goals,book,odds_home,odds_draw,odds_away\n\
         2023-08-05,Ashford,Bexley,2,0,Pinnacle,2.1,3.4,3.6\n2023-08-06,Corby,Dunmow,2,0,unibet,2.1,3.4,3.6\n",
    );
    fails(
        &["backtest", &path],
        1,
        &["the files hold prices of ps, unibet: say --book ps"],
    );
}

#[test]
fn a_period_without_matches_is_an_error_that_names_the_days_there_are() {
    fails(
        &["backtest", "datasets/epl.csv", "--from", "2031-01-01"],
        1,
        &["no match was played between --from and --to", "2023-08-11"],
    );
}

#[test]
fn a_target_of_map_that_is_none_is_wrong_use() {
    fails(
        &["backtest", "datasets/epl.csv", "--map", "home_gaols=FTHG"],
        2,
        &["did you mean home_goals"],
    );
    fails(
        &["backtest", "datasets/epl.csv", "--map", "home_goals=FTGH"],
        1,
        &["did you mean FTHG"],
    );
    fails(
        &["backtest", "datasets/epl.csv", "--odds-format", "roman"],
        2,
        &["american"],
    );
}

#[test]
fn the_form_of_odds_is_a_setting_like_others() {
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
               2023-08-05,Ashford,Bexley,2,0,0.67,2.60,4.20\n2023-08-12,Corby,Dunmow,1,1,0.90,2.50,2.60\n";
    let path = file("hongkong.csv", csv);
    fails(&["backtest", &path], 1, &["--odds-format hongkong"]);
    let settings = file("hongkong.toml", "odds_format = 'hongkong'\n");
    for arguments in [["--odds-format", "hongkong"], ["--config", &settings]] {
        simbet()
            .args(["backtest", &path])
            .args(arguments)
            .assert()
            .success();
    }
}

fn read_for(book: &str, csv: &str) -> Matches {
    let config = ReadConfig {
        books: Some(vec![Book::new(book).unwrap()]),
        ..ReadConfig::default()
    };
    read_bytes("in.csv", csv.as_bytes(), &config).unwrap_or_else(|error| panic!("{error}"))
}

fn sentences(matches: &Matches) -> String {
    let all = matches.assumptions.iter();
    all.map(|assumption| assumption.sentence.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

const MATCH: &str = "date,home_team,away_team,home_goals,away_goals";

#[test]
fn prices_without_a_book_do_not_stand_for_one_that_has_columns() {
    for header in [
        "odds_home,odds_draw,odds_away,PSH,PSD,PSA",
        "home_odds,draw_odds,away_odds,ps_home,ps_draw,ps_away",
        "odds_home,odds_draw,odds_away,Pinnacle_home,Pinnacle_draw,Pinnacle_away",
    ] {
        let csv =
            format!("{MATCH},{header}\n2023-08-05,Ashford,Bexley,2,0,2.9,3.9,2.4,2.1,3.4,3.6\n");
        let matches = read_for("ps", &csv);
        assert_eq!(only(&matches), well_read("ps"), "{header}");
        assert!(
            sentences(&matches).contains("name no book and are not read"),
            "{header}"
        );
        let other = read_for("b365", &csv);
        assert!(only(&other).2.starts_with("b365 home 2.9"), "{header}");
    }
}

#[test]
fn prices_in_columns_of_a_book_go_before_those_of_the_row() {
    let csv = format!(
        "{MATCH},book,odds_home,odds_draw,odds_away,PSH,PSD,PSA\n2023-08-05,Ashford,Bexley,2,0,ps,2.9,3.9,2.4,2.1,3.4,3.6\n"
    );
    let matches = read_for("ps", &csv);
    assert_eq!(only(&matches), well_read("ps"));
    assert!(sentences(&matches).contains("go before those of the row's book"));
}

#[test]
fn a_market_is_not_read_by_halves_in_silence() {
    for header in [
        "odds_home_win,odds_draw,odds_away_win",
        "AvgH,AvgD,Avg_A",
        "odds_home,odds_draw,away_odds",
    ] {
        let matches = read_well(&under(&format!("{MATCH},{header}")));
        assert_eq!(only(&matches), well_read("avg"), "{header}");
    }
    let half = sentences(&read_well(&under(&format!("{MATCH},AvgH,AvgD,Avg Away"))));
    assert_eq!(
        half,
        "1x2 of avg is read from AvgH and AvgD alone, without away; name the rest with --map odds_away='Avg Away'"
    );
    let config = ReadConfig {
        map: [("odds_draw".to_owned(), "OddX".to_owned())].into(),
        ..ReadConfig::default()
    };
    let csv = under(&format!("{MATCH},Odd1,OddX,Odd2"));
    let mapped = sentences(&read_bytes("in.csv", csv.as_bytes(), &config).unwrap());
    assert!(
        mapped.contains("--map odds_home=Odd1 --map odds_away=Odd2"),
        "{mapped}"
    );
}

#[test]
fn similar_names_of_a_book_are_read_beside_football_datas() {
    let csv = format!(
        "{MATCH},AvgH,AvgD,AvgA,b365h,b365d,b365a\n2023-08-05,Ashford,Bexley,2,0,2.9,3.9,2.4,2.1,3.4,3.6\n"
    );
    assert_eq!(only(&read_for("b365", &csv)), well_read("b365"));
}

#[test]
fn two_columns_of_one_name_must_not_differ() {
    let twice = |second: &str| {
        read(&format!(
            "{MATCH},AvgH,AvgD,AvgA,AvgH\n2023-08-05,Ashford,Bexley,2,0,2.1,3.4,3.6,{second}\n"
        ))
    };
    assert_eq!(only(&twice("2.1").unwrap()), well_read("avg"));
    let error = twice("2.2").unwrap_err().to_string();
    assert!(
        error.contains("column 9 (AvgH)") && error.contains("name of another one"),
        "{error}"
    );
}

#[test]
fn a_map_may_be_for_some_files_of_a_folder() {
    let home = file(
        "map-home.csv",
        &under("date,Hosts,away_team,home_goals,away_goals,AvgH,AvgD,AvgA"),
    );
    let own = file(
        "map-own.csv",
        &under("date,home_team,away_team,home_goals,away_goals,AvgH,AvgD,AvgA")
            .replace("08-05", "08-12"),
    );
    let config = |header: &str| ReadConfig {
        map: [("home_team".to_owned(), header.to_owned())].into(),
        ..ReadConfig::default()
    };
    let both = simbet::read(&[home, own.clone()], &config("Hosts"), &|_, _| {}).unwrap();
    assert_eq!(both.records.len(), 2);
    let error = simbet::read(&[own], &config("Host"), &|_, _| {}).unwrap_err();
    assert!(matches!(error, SourceError::MappedHeader { .. }), "{error}");
}

#[test]
fn titles_above_the_header_are_named() {
    let csv = format!(
        "Bets 2023,,,\nby me\n\n{}",
        under(&format!("{MATCH},AvgH,AvgD,AvgA"))
    );
    for text in [csv.clone(), csv.replacen(",,,", "", 1)] {
        let error = read(&text).unwrap_err().to_string();
        assert!(
            error.contains("in.csv, line 4: this line looks like the header"),
            "{error}"
        );
    }
}

#[test]
fn advice_makes_no_team_of_a_price_and_no_goals_of_expected_ones() {
    let error = read("Datum,Heim,Gast,1,X,2\n2023-08-05,Ashford,Bexley,2.1,3.4,3.6\n").unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("--map home_team=Heim") && !error.contains("home_team=1"),
        "{error}"
    );
    let path = file(
        "xg.csv",
        "date,home_team,away_team,home_expected_goals,away_expected_goals,AvgH,AvgD,AvgA\n2023-08-05,A,B,1,0,2.1,3.4,3.6\n",
    );
    fails(
        &["backtest", &path],
        1,
        &["no column of goals is recognised; name them with"],
    );
}

#[test]
fn columns_that_may_be_of_the_wanted_book_are_offered() {
    let path = file(
        "tipico.csv",
        &format!(
            "{MATCH},PSH,PSD,PSA,Tipico 1,Tipico X,Tipico 2\n2023-08-05,A,B,2,0,2.9,3.9,2.4,2.1,3.4,3.6\n"
        ),
    );
    fails(
        &["backtest", &path, "--book", "tipico"],
        1,
        &["say --book ps", "Tipico 1: --map odds_home='Tipico 1'"],
    );
}

/// The lines of the totals of a file with these columns for the line and, where given, further ones.
fn total_lines(line: &str, prices: &str) -> Vec<f64> {
    let text = format!(
        "date,home_team,away_team,home_goals,away_goals,{line},{prices}\n\
         2023-08-05,Ashford,Bexley,2,0,2.25,1.9,1.95\n\
         2023-08-06,Corby,Derry,2,1,3,1.9,1.95\n\
         2023-08-07,Bexley,Corby,2,1,2.75,1.9,1.95\n\
         2023-08-08,Derry,Ashford,1,1,,1.9,1.95\n"
    );
    let matches = read_well(&text);
    let records = matches.records.iter();
    records
        .flat_map(|record| [&record.pre, &record.close])
        .filter_map(|quotes| quotes.first()?.selection.market().line())
        .map(simbet::Line::goals)
        .collect()
}

#[test]
fn a_line_beside_prices_of_totals_is_theirs() {
    for name in [
        "ou_line",
        "line",
        "Line",
        "total_line",
        "goals_line",
        "line_ou",
    ] {
        for prices in ["odds_over,odds_under", "close_over,close_under"] {
            let lines = total_lines(name, prices);
            assert_eq!(lines, [2.25, 3.0, 2.75, 2.5], "{name} {prices}");
        }
    }
    assert_eq!(total_lines("line", "over25_odds,under25_odds"), [2.5; 4]);
}
