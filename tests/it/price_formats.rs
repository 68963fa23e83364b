//! Prices are judged as a set, and their form by all prices of a file.

use simbet::internals::source::Remark;
use simbet::{Line, Matches, OddsFormat, OnBadRow, ReadConfig, SourceError, read_bytes};

const HEADER: &str = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away";

/// A file with these three prices in each row.
fn csv(rows: &[&str]) -> String {
    let rows = rows
        .iter()
        .zip(1..)
        .map(|(prices, day)| format!("\n2023-08-{day:02},Ashford,Bexley,2,0,{prices}"));
    HEADER.to_owned() + &rows.collect::<String>()
}

fn read(csv: &str) -> Result<Matches, SourceError> {
    read_bytes("in.csv", csv.as_bytes(), &ReadConfig::default())
}

fn read_as(odds_format: OddsFormat, csv: &str) -> Matches {
    let config = ReadConfig {
        odds_format,
        ..ReadConfig::default()
    };
    read_bytes("in.csv", csv.as_bytes(), &config).unwrap_or_else(|error| panic!("{error}"))
}

/// The prices of every match.
fn prices(matches: &Matches) -> Vec<Vec<f64>> {
    let records = matches.records.iter();
    records
        .map(|record| {
            record
                .pre
                .iter()
                .map(|quote| quote.odds.decimal())
                .collect()
        })
        .collect()
}

fn assumptions(matches: &Matches) -> Vec<&str> {
    let all = matches.assumptions.iter();
    all.map(|assumption| assumption.sentence.as_str()).collect()
}

fn refusal(rows: &[&str]) -> String {
    let error = read(&csv(rows))
        .map(|matches| prices(&matches))
        .unwrap_err();
    assert!(matches!(error, SourceError::Undecided { .. }), "{error}");
    error.to_string()
}

#[test]
fn a_file_of_american_odds_is_read_as_such_and_said() {
    let rows = ["-150,+260,+420", "+130,+230,+210", "+300,+260,-120"];
    let matches = read(&csv(&rows)).unwrap();
    assert_eq!(
        prices(&matches),
        [
            vec![250.0 / 150.0, 3.6, 5.2],
            vec![2.3, 3.3, 3.1],
            vec![4.0, 3.6, 220.0 / 120.0]
        ]
    );
    assert_eq!(
        assumptions(&matches),
        ["prices are read as American odds, such as -150"]
    );
    assert_eq!(matches.counts.remark(Remark::NotAboveOne), 0);
}

#[test]
fn american_odds_without_a_minus_or_with_a_plus_left_out_are_known_by_their_signs() {
    let plus = read(&csv(&["+170,+230,+160"])).unwrap();
    assert_eq!(prices(&plus), [[2.7, 3.3, 2.6]]);
    let no_plus = read(&csv(&["-150,260,420", "130,230,210"])).unwrap();
    assert_eq!(prices(&no_plus)[1], [2.3, 3.3, 3.1]);
    let typeset = read(&csv(&["\u{2212}150,+260,+420"])).unwrap();
    assert_eq!(prices(&typeset)[0][1..], [3.6, 5.2]);
    let evens = read(&csv(&["-150,+260,+420", "EVEN,+250,+240"])).unwrap();
    assert_eq!(prices(&evens)[1], [2.0, 3.5, 3.4]);
}

#[test]
fn american_odds_beside_others_or_without_any_sign_are_refused() {
    for rows in [
        &["-150,+260,+420", "2.3,3.3,3.1"][..],
        &["150,260,420"],
        &["-150,+260,4.2"],
        &["2.3,3.3,3.1", "-150,-110,3.1"],
    ] {
        let error = refusal(rows);
        assert!(error.contains("--odds-format american"), "{error}");
        assert!(error.starts_with("in.csv, line "), "{error}");
    }
    let unsigned = read_as(OddsFormat::American, &csv(&["150,260,210"]));
    assert_eq!(prices(&unsigned), [[2.5, 3.6, 3.1]]);
}

#[test]
fn a_file_of_fractions_is_read_as_such_and_said() {
    let matches = read(&csv(&["7/4,13/10,7/2", "evens,5/2,EVS"])).unwrap();
    assert_eq!(prices(&matches), [[2.75, 2.3, 4.5], [2.0, 3.5, 2.0]]);
    assert_eq!(
        assumptions(&matches),
        ["prices are read as fractional odds, such as 7/4"]
    );
    let error = refusal(&["7/4,13/10,7/2", "2.3,3.3,3.1"]);
    assert!(error.contains("\"7/4\" is a fraction"), "{error}");
    assert!(error.contains("--odds-format fractional"), "{error}");
}

#[test]
fn profit_per_unit_is_refused_unless_it_is_named() {
    let rows = ["0.67,2.60,4.20", "1.30,2.30,2.10", "3.00,2.60,0.83"];
    let error = refusal(&rows);
    assert!(
        error.contains("\"0.67\"") && error.contains("--odds-format hongkong"),
        "{error}"
    );
    let matches = read_as(OddsFormat::Hongkong, &csv(&rows));
    assert_eq!(
        prices(&matches),
        [[1.67, 3.6, 5.2], [2.3, 3.3, 3.1], [4.0, 3.6, 1.83]]
    );
    assert!(assumptions(&matches).is_empty(), "it was said, not assumed");
    let all_above_one = refusal(&["1.30,2.30,2.10", "1.40,2.20,2.00", "1.20,2.40,2.30"]);
    assert!(
        all_above_one.contains("--odds-format hongkong"),
        "{all_above_one}"
    );
}

#[test]
fn probabilities_are_refused() {
    for rows in [
        &["0.45,0.27,0.31", "0.5,0.27,0.26"][..],
        &["45%,27%,31%", "50%,27%,26%"],
    ] {
        let error = refusal(rows);
        assert!(error.contains("probabilit"), "{error}");
    }
}

#[test]
fn other_named_forms() {
    let malay = read_as(OddsFormat::Malay, &csv(&["-0.8,-0.4,-0.45"]));
    assert_eq!(prices(&malay)[0][..2], [2.25, 3.5]);
    let indonesian = read_as(OddsFormat::Indonesian, &csv(&["1.25,2.5,2.1"]));
    assert_eq!(prices(&indonesian), [[2.25, 3.5, 3.1]]);
    let decimal = read_as(
        OddsFormat::Decimal,
        &csv(&["-150,+260,+420", "2.3,3.3,3.1"]),
    );
    assert_eq!(prices(&decimal), [vec![], vec![2.3, 3.3, 3.1]]);
    assert_eq!(decimal.counts.remark(Remark::NotAboveOne), 1);
}

#[test]
fn one_odd_price_among_many_condemns_its_set_and_no_other() {
    let mut rows = vec!["2.3,3.3,3.1"; 20];
    rows[3] = "-150,3.3,3.1";
    rows[7] = "2.3,SUSP,3.1";
    rows[9] = "2.3,,3.1";
    let matches = read(&csv(&rows)).unwrap();
    let counted: Vec<usize> = prices(&matches).iter().map(Vec::len).collect();
    let mut expected = vec![3; 20];
    (expected[3], expected[7], expected[9]) = (0, 0, 2);
    assert_eq!(counted, expected);
    let remark = |remark| matches.counts.remark(remark);
    assert_eq!(
        (remark(Remark::NotAboveOne), remark(Remark::NotANumber)),
        (1, 1)
    );
    assert!(assumptions(&matches).is_empty());
}

#[test]
fn a_set_is_condemned_on_its_market_alone() {
    let csv = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,PSH,PSD,PSA,B365H,B365D,B365A,P>2.5,P<2.5\n\
               X1,05/08/2023,Ashford,Bexley,2,0,2.1,x,3.6,2.2,3.4,3.5,1.9,2.0\n";
    let matches = read(csv).unwrap();
    let quotes = matches.records[0].pre.iter();
    let kept: Vec<String> = quotes
        .map(|quote| format!("{} {}", quote.book, quote.selection))
        .collect();
    assert_eq!(
        kept,
        [
            "b365 1x2 home",
            "b365 1x2 draw",
            "b365 1x2 away",
            "ps ou 2.5 over",
            "ps ou 2.5 under"
        ]
    );
}

#[test]
fn an_incomplete_set_with_too_high_a_margin_is_dropped() {
    let matches = read(&csv(&["1.2,1.3,", "2.1,,3.8"])).unwrap();
    assert_eq!(prices(&matches), [vec![], vec![2.1, 3.8]]);
    assert_eq!(matches.counts.remark(Remark::Margin), 1);
}

#[test]
fn decimal_commas_are_read_where_no_number_has_a_point() {
    let header = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,AvgH,AvgD,AvgA,AHh,AvgAHH,AvgAHA";
    let quoted = format!(
        "{header}\nX1,05/08/2023,Ashford,Bexley,\"2,0\",\"0,0\",\"2,1\",\"3,4\",\"3,6\",\"-0,25\",\"1,9\",\"1,98\"\n"
    );
    let matches = read(&quoted).unwrap();
    assert_eq!(prices(&matches), [[2.1, 3.4, 3.6, 1.9, 1.98]]);
    let score = matches.records[0]
        .score
        .map(|score| (score.home, score.away));
    assert_eq!(score, Some((2, 0)));
    let line = matches.records[0].pre[3].selection.market().line();
    assert_eq!(line, Line::from_goals(-0.25));
    assert_eq!(
        assumptions(&matches),
        ["numbers are read with a decimal comma"]
    );
}

#[test]
fn decimal_commas_are_read_where_bad_rows_are_refused_or_left_out() {
    for on_bad_row in [OnBadRow::Error, OnBadRow::Skip] {
        let config = ReadConfig {
            on_bad_row,
            ..ReadConfig::default()
        };
        let csv = csv(&["\"2,1\",\"3,4\",\"3,6\"", "2,\"3,3\",\"4,5\""]);
        let matches = read_bytes("in.csv", csv.as_bytes(), &config).unwrap();
        assert_eq!(prices(&matches), [[2.1, 3.4, 3.6], [2.0, 3.3, 4.5]]);
    }
}

#[test]
fn one_decimal_point_does_not_drop_the_prices_with_commas() {
    let commas = "\"2,1\",\"3,4\",\"3,6\"";
    let matches = read(&csv(&[commas, commas, "2.1,3.4,3.6", "2.1,\"3,4\",3.6"])).unwrap();
    assert_eq!(prices(&matches), [[2.1, 3.4, 3.6]; 4]);
    assert_eq!(
        assumptions(&matches),
        ["numbers are read with a decimal comma where they have one, others with a point"]
    );
    let split = "date;home_team;away_team;home_goals;away_goals;ah_line;odds_ah_home;odds_ah_away\n\
                 2023-08-05;Ashford;Bexley;1;1;0,-0.5;1,9;1,98\n2023-08-06;Ashford;Corby;1;1;-0,25;1,9;1.98\n";
    let lines = read(split).unwrap();
    let lines = lines
        .records
        .iter()
        .map(|record| record.pre[0].selection.market().line());
    assert_eq!(lines.collect::<Vec<_>>(), [Line::from_goals(-0.25); 2]);
    let thousands = read(&csv(&["\"1.234,5\",\"3,4\",\"3,6\""])).unwrap();
    assert!(prices(&thousands)[0].is_empty());
}

#[test]
fn decimal_commas_that_cut_prices_in_two_are_named() {
    for rows in [&["2,1,3,4,3,6"][..], &["2,1,3,4,3,6", "1,85,3,5,4,2"]] {
        let error = refusal(rows);
        assert!(
            error.contains("decimal commas have cut prices in two"),
            "{error}"
        );
        assert!(error.contains("semicolon"), "{error}");
    }
}

#[test]
fn the_sign_of_a_split_handicap_holds_for_both_halves() {
    let line = |cell: &str| {
        let csv = format!(
            "date,home_team,away_team,home_goals,away_goals,ah_line,odds_ah_home,odds_ah_away\n\
             2023-08-05,Ashford,Bexley,1,1,{cell},1.90,1.98\n"
        );
        let matches = read(&csv).unwrap();
        let quote = matches.records[0].pre.first().copied();
        quote
            .and_then(|quote| quote.selection.market().line())
            .map(Line::goals)
    };
    for (cell, goals) in [
        ("-0/0.5", -0.25),
        ("-0.5/1", -0.75),
        ("0/0.5", 0.25),
        ("0/-0.5", -0.25),
        ("+0.5/1", 0.75),
        ("-1.5/-2", -1.75),
        ("\"-1,-1.5\"", -1.25),
        ("\"-0,0.5\"", -0.25),
        ("0.5 & 1", 0.75),
        ("-0", 0.0),
    ] {
        assert_eq!(line(cell), Some(goals), "{cell}");
    }
    assert_eq!(line("-0.5/1.5"), None);
}

#[test]
fn fractions_with_other_strokes_are_read_as_such() {
    for rows in [
        ["4-6,13-5,21-5", "11-10,23-10,21-10"],
        ["4\u{2044}6,13\u{2044}5,21\u{2044}5", "11/10,23/10,21/10"],
    ] {
        let matches = read(&csv(&rows)).unwrap();
        assert_eq!(prices(&matches), [[10.0 / 6.0, 3.6, 5.2], [2.1, 3.3, 3.1]]);
    }
}

#[test]
fn percentages_without_a_sign_are_refused() {
    let error = refusal(&["48,28,24", "40,30,30"]);
    assert!(error.contains("probabilities in percent"), "{error}");
}

#[test]
fn a_named_form_that_no_price_has_is_refused() {
    let config = ReadConfig {
        odds_format: OddsFormat::American,
        ..ReadConfig::default()
    };
    let error = read_bytes("in.csv", csv(&["2.1,3.4,3.6"]).as_bytes(), &config).unwrap_err();
    assert!(
        error.to_string().contains("leave the option out"),
        "{error}"
    );
}

#[test]
fn books_of_one_file_may_have_prices_of_different_forms() {
    let csv = "date,home_team,away_team,home_goals,away_goals,AvgH,AvgD,AvgA,B365H,B365D,B365A\n\
               2023-08-05,Ashford,Bexley,2,0,2.1,3.4,3.6,120,230,240\n2023-08-06,Ashford,Corby,2,0,2.1,3.4,3.6,-150,+260,+420\n";
    let matches = read(csv).unwrap();
    assert_eq!(prices(&matches)[0], [2.1, 3.4, 3.6, 2.2, 3.3, 3.4]);
    assert_eq!(
        assumptions(&matches)[..1],
        ["prices of b365 are read as American odds, such as -150"]
    );
}
