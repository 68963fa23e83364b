//! The forms of probabilities, and what each is worth by hand.

use std::fs;

use super::{MATCHES, WIDE, bets, folder, json, with_file};

/// The bets of [`WIDE`] on 1X2, worked out by hand: a hundredth of the free bankroll wherever p · odds − 1 is above 0.05, on the
/// best side of a match. 0.6 · 2.00 = 1.20; 0.4 · 3.20 = 1.28; 0.5 · 2.30 = 1.15; 0.33 · 3.20 = 1.056.
#[test]
fn bets_are_those_that_a_person_would_work_out() {
    let run = with_file(MATCHES, WIDE, &[]);
    let bets = bets(&run);
    let selections: Vec<&str> = bets.iter().map(|bet| bet.0.as_str()).collect();
    assert_eq!(
        selections,
        [
            "2024-08-17 home",
            "2024-08-18 draw",
            "2024-08-24 away",
            "2024-08-25 draw"
        ]
    );
    let stakes: Vec<f64> = bets.iter().map(|bet| bet.1).collect();
    // 10,000; after a win of 100 10,100; after one of 222.20 10,322.20; after one of 134.19 10,456.39
    assert_eq!(stakes, [100.0, 101.0, 103.22, 104.56]);
    let profits: Vec<f64> = bets.iter().map(|bet| bet.3).collect();
    assert_eq!(profits, [100.0, 222.2, 134.19, 230.03]);
    assert_eq!(run["predicted"], 4);
    assert_eq!(run["probabilities"]["matches_with"], 4);
}

/// Every way of writing [`WIDE`] that says the same.
fn same() -> Vec<(&'static str, String)> {
    let rows = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let ids = ["m1", "m2", "m3", "m4"];
    let cells = rows(WIDE);
    let cells: Vec<Vec<&str>> = cells.iter().map(|row| row.split(',').collect()).collect();
    let mut by_id = "match_id,p_home,p_draw,p_away\n".to_owned();
    let mut long = "match_id,market,selection,line,probability\n".to_owned();
    let mut long_names = "date,home,away,market,selection,probability\n".to_owned();
    let mut comma = "Date;Home Team;Away Team;P_Home;P_Draw;P_Away\n".to_owned();
    let mut dates =
        "date\thome_team\taway_team\thome_win_prob\tdraw_prob\taway_win_prob\n".to_owned();
    let mut swapped = "p_away,p_draw,p_home,away_team,home_team,league,date,rubbish\n".to_owned();
    let mut two = "date,home_team,away_team,p_home,p_draw,p_away\n".to_owned();
    for (id, row) in ids.iter().zip(&cells) {
        let [date, home, away, a, b, c] = row[..] else {
            panic!()
        };
        by_id += &format!("{id},{a},{b},{c}\n");
        for (side, p) in [("home", a), ("X", b), ("2", c)] {
            long += &format!("{id},1x2,{side},,{p}\n");
            long_names += &format!("{date},{home},{away},Match Odds,{side},{p}\n");
        }
        let decimal = [a, b, c].map(|p| p.replace('.', ","));
        comma += &format!("{date};{home};{away};{}\n", decimal.join(";"));
        let [y, m, d] = date.split('-').collect::<Vec<_>>()[..] else {
            panic!()
        };
        dates += &format!("{d}/{m}/{y}\t{home}\t{away}\t{a}\t{b}\t{c}\n");
        swapped += &format!("{c},{b},{a},{away},{home},L1,{date},?\n");
        // a row for home win and draw, and one for the rest
        two += &format!("{date},{home},{away},{a},{b},\n{date},{home},{away},,,{c}\n");
    }
    let mut reversed: Vec<&str> = WIDE.lines().collect();
    reversed[1..].reverse();
    vec![
        ("by id", by_id),
        ("long", long),
        ("long by names", long_names),
        ("semicolons and decimal commas", comma),
        ("tabs and other names", dates),
        ("other columns first", swapped),
        ("two rows a match", two),
        ("reversed", reversed.join("\n")),
        (
            "exponents",
            WIDE.replace("0.6,", "6e-1,").replace("0.25", "2.5E-01"),
        ),
        (
            "CRLF, a mark and blank lines",
            format!("\u{feff}{}\r\n,,,,,\r\n", WIDE.replace('\n', "\r\n")),
        ),
    ]
}

#[test]
fn every_form_gives_the_same_bets() {
    let expected = bets(&with_file(MATCHES, WIDE, &[]));
    for (form, text) in same() {
        assert_eq!(
            bets(&with_file(MATCHES, &text, &[])),
            expected,
            "{form}:\n{text}"
        );
    }
}

/// The shares of a table as percentages with a sign.
fn in_percent(table: &str) -> String {
    let cell = |cell: &str| match cell.parse::<f64>() {
        Ok(share) if cell.starts_with("0.") => format!("{:.0}%", share * 100.0),
        Ok(_) | Err(_) => cell.to_owned(),
    };
    let row = |row: &str| row.split(',').map(cell).collect::<Vec<_>>().join(",");
    table.lines().map(|line| row(line) + "\n").collect()
}

#[test]
fn percentages_with_a_sign_are_read_as_shares() {
    let expected = bets(&with_file(MATCHES, WIDE, &[]));
    let forms = same();
    let percent = ["by id", "long", "long by names", "two rows a match"];
    let percent = forms.iter().filter(|(form, _)| percent.contains(form));
    let mut texts: Vec<String> = percent.map(|(_, text)| in_percent(text)).collect();
    assert!(texts[0].contains("m1,60%,25%,15%"), "{}", texts[0]);
    let commas = in_percent(WIDE).replace(',', ";").replace("60%", "60,0 %");
    texts.push(commas);
    // a column of its own may be written otherwise
    texts.push(
        WIDE.replace("0.25,", "25%,")
            .replace("0.4,", "40 %,")
            .replace("0.3,0.5", "30%,0.5")
            .replace("0.34,0.33,", "0.34,33%,"),
    );
    for text in texts {
        let run = with_file(MATCHES, &text, &[]);
        assert_eq!(bets(&run), expected, "{text}");
    }
    let folder = folder(MATCHES, &in_percent(WIDE));
    let mut run = crate::backtest::simbet();
    let output = run
        .current_dir(folder.path())
        .args(["backtest", "matches.csv", "--model", "file"])
        .args(["--probabilities", "p.csv"])
        .assert()
        .success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.contains("p.csv: probabilities in percent: read as shares"),
        "{said}"
    );
}

#[test]
fn columns_of_the_match_file_itself_give_the_same_bets() {
    let mut joined = String::new();
    for (row, own) in MATCHES.lines().zip(WIDE.lines()) {
        let own: Vec<&str> = own.split(',').skip(3).collect();
        joined += &format!("{row},{}\n", own.join(","));
    }
    let expected = bets(&with_file(MATCHES, WIDE, &[]));
    let of = |text: &str| {
        let folder = folder(text, "");
        json(folder.path(), &[])
    };
    let run = of(&joined);
    assert_eq!(bets(&run), expected);
    assert_eq!(run["probabilities"]["rows"], 4);
    // a match with a row for each book repeats its probabilities
    let header = joined.lines().next().unwrap();
    let more = joined.lines().skip(1).map(|row| format!("{row}\n"));
    let books: String = more
        .clone()
        .map(|row| row.replace("\n", ",avg\n"))
        .collect();
    let others: String = more.map(|row| row.replace("\n", ",b365\n")).collect();
    let two_books = format!("{header},book\n{books}{others}");
    assert_eq!(bets(&of(&two_books)), expected);
}

/// Three files of one run: matches of one half of them each, and further lines.
#[test]
fn several_files_add_to_each_other() {
    let expected = bets(&with_file(MATCHES, WIDE, &[]));
    let folder = folder(MATCHES, "");
    let lines: Vec<&str> = WIDE.lines().collect();
    let write = |name: &str, rows: &[&str]| {
        fs::write(
            folder.path().join(name),
            format!("{}\n{}\n", lines[0], rows.join("\n")),
        )
        .unwrap();
    };
    write("p1.csv", &lines[1..3]);
    write("p2.csv", &lines[3..]);
    fs::write(
        folder.path().join("p3.csv"),
        "match_id,p_over,p_under\nm1,0.55,0.45\n",
    )
    .unwrap();
    let run = json(folder.path(), &["--probabilities", "p2.csv", "p1.csv"]);
    assert_eq!(bets(&run), expected);
    let more = [
        "--markets",
        "1x2,ou",
        "--probabilities",
        "p3.csv",
        "p2.csv",
        "p1.csv",
    ];
    let run = json(folder.path(), &more);
    // 0.55 · 1.90 = 1.045, below the least expected value: no bet more
    assert_eq!(bets(&run).len(), 4);
    let run = json(folder.path(), &[&more[..], &["--min-ev", "0.04"]].concat());
    assert_eq!(bets(&run).len(), 5);
}

/// What a line pays, by hand. Over 2.25 at 1.90, a stake of 100: three goals win 90.
#[test]
fn totals_and_handicaps_have_the_lines_that_are_given() {
    let matches = MATCHES.replace("odds_under,", "odds_under,ou_line,");
    let lines: Vec<String> = matches
        .lines()
        .enumerate()
        .map(|(at, row)| {
            let mut cells: Vec<&str> = row.split(',').collect();
            if at > 0 {
                cells.insert(12, "2.25");
            }
            cells.join(",")
        })
        .collect();
    let matches = lines.join("\n");
    // 0.5 won, 0.2 half lost, 0.3 lost: 0.9 · 0.5 − 0.1 − 0.3 = 0.05
    let over = "match_id,line,p_over,p_under,p_total_push\nm1,2.25,0.5,0.3,0.2\n";
    let run = with_file(&matches, over, &["--markets", "ou", "--min-ev", "0.049"]);
    assert_eq!(
        bets(&run),
        [("2024-08-17 over".to_owned(), 100.0, 0.5, 90.0)]
    );
    let expected = run["bets_list"][0]["expected_value"].as_f64().unwrap();
    assert!((expected - 0.05).abs() < 1e-12, "{expected}");
    // another line than that of the price has no bet
    let other = over.replace("2.25", "2.75");
    assert!(bets(&with_file(&matches, &other, &["--markets", "ou"])).is_empty());
    // the away side of a level handicap, of which the half that is not void is 0.6 to 0.4
    let level = "match_id,ah_line,p_ah_home,p_ah_away,p_ah_push\nm2,0,0.3,0.45,0.25\n";
    let run = with_file(&matches, level, &["--markets", "ah"]);
    let expected = run["bets_list"][0]["expected_value"].as_f64().unwrap();
    assert!((expected - (0.9 * 0.45 - 0.3)).abs() < 1e-12, "{expected}");
    assert_eq!(
        bets(&run),
        [("2024-08-18 away".to_owned(), 100.0, 0.45, 0.0)]
    );
}

/// Expected goals make a grid, which prices every market as the library's own grid does.
#[test]
fn expected_goals_price_every_market() {
    let text =
        "match_id,expected_goals_home,expected_goals_away,rho\nm1,2.118350,1.025266,-0.13364948\n";
    let run = with_file(
        MATCHES,
        text,
        &["--markets", "1x2,ou,ah", "--strategy", "flat"],
    );
    let found = bets(&run);
    let home = found.iter().find(|bet| bet.0 == "2024-08-17 home").unwrap();
    // Dixon and Coles's example, as in the library's own documentation
    assert!((home.2 - 0.611_679).abs() < 1e-6, "{home:?}");
    // level stakes back the other matches too, of which nothing is said
    assert_eq!(found.iter().filter(|bet| bet.2 > 0.0).count(), 7);
    assert_eq!(run["predicted"], 1);
}

/// A row's own probabilities count before the grid of its expected goals, but for those that agree with it.
#[test]
fn single_probabilities_count_before_the_grid() {
    let text = "match_id,p_home,p_draw,p_away,expected_goals_home,expected_goals_away\nm1,0.5,0.3,0.2,1.6,1.1\n";
    let more = ["--markets", "1x2,ou", "--strategy", "flat"];
    let run = with_file(MATCHES, text, &more);
    let found = bets(&run);
    assert_eq!(
        found.iter().find(|bet| bet.0.ends_with("home")).unwrap().2,
        0.5
    );
    assert!(found.iter().any(|bet| bet.0.ends_with("over")));
    let grid = simbet::ScoreGrid::poisson(1.6, 1.1).unwrap();
    let [home, draw, away] = grid.outcomes();
    let header = "match_id,p_home,p_draw,p_away,expected_goals_home,expected_goals_away";
    let rounded = format!("{header}\nm1,{home:.10},{draw:.10},{away:.10},1.6,1.1\n");
    let alone = "match_id,expected_goals_home,expected_goals_away\nm1,1.6,1.1\n";
    let [rounded, alone] = [&rounded[..], alone].map(|text| with_file(MATCHES, text, &more));
    assert_eq!(rounded["bets_list"], alone["bets_list"]);
}
