//! The status column of files: only what was played is a result.

use simbet::internals::source::Remark;
use simbet::{
    MatchStatus, Matches, OnBadRow, ReadConfig, Replay, ReplayConfig, SourceError, read_bytes,
};

/// A file of matches with these words in a column of this name, and these goals.
fn file(column: &str, rows: &[(&str, &str)]) -> String {
    let mut text = format!(
        "date,{column},home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
    );
    for (number, (word, goals)) in rows.iter().enumerate() {
        let day = number + 1;
        text.push_str(&format!(
            "2023-08-{day:02},{word},Ashford {day},Bexley {day},{goals},2.4,3.3,2.95\n"
        ));
    }
    text
}

fn read(text: &str) -> Result<Matches, SourceError> {
    read_bytes("L.csv", text.as_bytes(), &ReadConfig::default())
}

fn read_skipping(text: &str) -> Matches {
    let config = ReadConfig {
        on_bad_row: OnBadRow::Skip,
        ..ReadConfig::default()
    };
    read_bytes("L.csv", text.as_bytes(), &config).unwrap()
}

fn statuses(matches: &Matches) -> Vec<(&'static str, bool, bool)> {
    let records = matches.records.iter();
    records
        .map(|record| {
            let (has_result, is_fixture) = (record.result().is_some(), record.is_fixture());
            (record.status.code(), has_result, is_fixture)
        })
        .collect()
}

#[test]
fn matches_that_were_never_played_are_no_goalless_draws() {
    let rows = [
        ("complete", "2,0"),
        ("canceled", "0,0"),
        ("postponed", "0,0"),
        ("incomplete", "0,0"),
    ];
    let matches = read(&file("status", &rows)).unwrap();
    assert_eq!(
        statuses(&matches),
        [
            ("played", true, false),
            ("cancelled", false, false),
            ("postponed", false, false),
            ("played", false, true),
        ]
    );
    let counts = &matches.counts;
    assert_eq!((counts.matches, counts.fixtures, counts.void), (1, 1, 2));
    assert_eq!(counts.accounted(), counts.rows);
    assert_eq!(
        counts.sentences(),
        [
            (1, "score of a match that is not over: no result"),
            (
                1,
                "row of a postponed match: no result, bets on it are void"
            ),
            (
                1,
                "row of a cancelled match: no result, bets on it are void"
            ),
        ]
    );
    assert!(matches.assumptions.is_empty(), "{:?}", matches.assumptions);
}

#[test]
fn short_codes_and_words_of_other_feeds_are_known() {
    let rows = [
        ("FT", "2,0"),
        ("AET", "1,1"),
        ("PST", ","),
        ("NS", ","),
        ("ABD", "1,0"),
        ("AWD", "3,0"),
        ("WO", ","),
        ("2H", "1,1"),
        ("", "0,1"),
        ("", ","),
    ];
    let matches = read(&file("Status", &rows)).unwrap();
    let void = |code| (code, false, false);
    let (played, fixture) = (("played", true, false), ("played", false, true));
    let expected = [
        played,
        played,
        void("postponed"),
        fixture,
        void("abandoned"),
        void("awarded"),
        void("awarded"),
        fixture,
        played,
        fixture,
    ];
    assert_eq!(statuses(&matches), expected);
    let awarded = &matches.records[5];
    assert_eq!(awarded.score.map(|score| score.home), Some(3));
    assert_eq!(matches.fixtures().count(), 3);
}

#[test]
fn a_word_that_other_rows_do_not_explain_is_refused_by_name() {
    let rows = [("FINISHED", "2,0"), ("TIMED", ","), ("glorious", "1,1")];
    let text = file("match_status", &rows);
    let error = read(&text).unwrap_err().to_string();
    for part in [
        "L.csv",
        "line 4",
        "match_status",
        "glorious",
        "postponed",
        "--on-bad-row skip",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let matches = read_skipping(&text);
    assert_eq!(matches.counts.remark(Remark::SkippedStatus), 1);
    assert_eq!((matches.counts.matches, matches.counts.fixtures), (1, 1));
}

#[test]
fn a_column_of_another_kind_is_not_looked_at_and_that_is_said_once() {
    for (column, words) in [
        ("state", ["Bavaria", "Hesse", "Saxony"]),
        ("status", ["promoted", "champion", "promoted"]),
    ] {
        let rows = words.map(|word| (word, "1,1"));
        let matches = read(&file(column, &rows)).unwrap();
        assert_eq!(matches.counts.matches, 3, "{column}");
        assert_eq!(matches.assumptions.len(), 1, "{column}");
        let said = matches.assumptions[0].to_string();
        assert!(
            said.contains(&format!("the column {column} is not looked at")),
            "{said}"
        );
        assert!(said.contains(&format!("{:?}", words[1])), "{said}");
    }
    // an unknown word does not depend on the row it stands in
    let rows = [("unheard of", "1,1"), ("FT", "1,1")];
    assert!(read(&file("status", &rows)).is_err());
}

#[test]
fn a_match_that_was_played_has_a_score() {
    let text = file("status", &[("FT", "1,1"), ("FT", ",")]);
    let error = read(&text).unwrap_err().to_string();
    assert!(
        error.contains("line 3") && error.contains("goals"),
        "{error}"
    );
    let matches = read_skipping(&text);
    assert_eq!(matches.counts.remark(Remark::SkippedUnscored), 1);
    assert_eq!(matches.counts.accounted(), 2);
}

#[test]
fn a_void_match_is_offered_and_ends_without_a_result() {
    use simbet::{NextRound, Round, Source};
    let matches = read(&file("status", &[("abandoned", "1,0"), ("postponed", ",")])).unwrap();
    let mut replay = Replay::new(matches.into(), ReplayConfig::default());
    assert_eq!(replay.counts().offered, 2);
    let (mut round, mut ended) = (Round::default(), Vec::new());
    while replay.next_round(&mut round).unwrap() == NextRound::Round {
        ended.extend(round.results.iter().map(|one| (one.status, one.score.home)));
    }
    assert_eq!(
        ended,
        [(MatchStatus::Abandoned, 1), (MatchStatus::Postponed, 0)]
    );
}

#[test]
fn two_rows_on_one_match_have_one_status() {
    let row = |word, goals| format!("2023-08-01,{word},Ashford,Bexley,{goals}\n");
    let header = "date,status,home_team,away_team,home_goals,away_goals\n";
    let fixture_first = [header, &row("scheduled", ","), &row("abandoned", "1,0")].concat();
    let matches = read(&fixture_first).unwrap();
    assert_eq!(statuses(&matches), [("abandoned", false, false)]);
    let contradiction = [header, &row("FT", "1,0"), &row("abandoned", "1,0")].concat();
    let error = read(&contradiction).unwrap_err().to_string();
    assert!(error.contains("status"), "{error}");
}

#[test]
fn a_word_can_be_explained() {
    let rows = [("beendet", "2,0"), ("verlegt", "0,0"), ("angesetzt", ",")];
    let text = file("status", &rows);
    assert_eq!(read(&text).unwrap().counts.matches, 2, "and it is said");
    let settings =
        "status_word = { Beendet = 'played', verlegt = 'postponed', angesetzt = 'scheduled' }";
    let settings = simbet::Settings::from_toml(settings).unwrap();
    let config = simbet::RunConfig::resolve(&settings).unwrap().read;
    let matches = read_bytes("L.csv", text.as_bytes(), &config).unwrap();
    assert_eq!(
        statuses(&matches),
        [
            ("played", true, false),
            ("postponed", false, false),
            ("played", false, true)
        ]
    );
    assert!(matches.assumptions.is_empty());
    let wrong = simbet::Settings::from_toml("status_word = { beendet = 'beendet' }").unwrap();
    let error = simbet::RunConfig::resolve(&wrong)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("--status-word") && error.contains("abandoned"),
        "{error}"
    );
}

/// A replayed match is a match of its own: the bets on the annulled one are void, those on the replay stand.
#[test]
fn a_replay_does_not_replace_the_bets_on_the_annulled_match() {
    let text = "league,date,status,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n\
        L,2023-08-12,annulled,Ashby,Corfield,1,0,2.0,3.3,3.6\n\
        L,2023-09-30,played,Ashby,Corfield,0,2,2.0,3.3,3.6\n";
    let settings = simbet::Settings::from_toml("strategy = 'flat'\nselections = ['away']").unwrap();
    let config = simbet::RunConfig::resolve(&settings).unwrap();
    let matches = read_bytes("L.csv", text.as_bytes(), &config.read).unwrap();
    let done = simbet::backtest(&config.engine, config.replay, matches, None, &mut |_| {}).unwrap();
    let summary = done.summary;
    assert_eq!((summary.matches, summary.bets), (1, 2));
    assert_eq!((summary.void, summary.won), (1, 1));
    assert_eq!(summary.profit.units(), 260.0);
}

#[test]
fn a_status_column_of_another_name_is_read_by_its_words_and_said() {
    let rows = [("FT", "2,0"), ("PST", "0,0"), ("FT", "1,1"), ("NS", ",")];
    let named = statuses(&read(&file("status", &rows)).unwrap());
    for column in [
        "fixture_status",
        "game_state",
        "status_short",
        "eventStatus",
    ] {
        let matches = read(&file(column, &rows)).unwrap();
        assert_eq!(statuses(&matches), named, "{column}");
        let said = matches.assumptions[0].to_string();
        let expected = format!("the column {column} is read as status");
        assert!(said.contains(&expected), "{said}");
    }
    let joined =
        file("fixture_status", &rows) + &file("fixture_status", &rows[..2]).replace("Ash", "Old");
    let matches = read(&joined).unwrap();
    assert_eq!((matches.counts.matches, matches.counts.void), (3, 2));
    let unknown = [rows[0], rows[1], ("glorious", "1,1")];
    let error = read(&file("fixture_status", &unknown))
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("(fixture_status)"), "{error}");
}

#[test]
fn a_column_that_may_be_a_status_and_is_not_looked_at_is_said_once() {
    let rows = [("Sunny", "2,0"), ("Rain", "0,0"), ("FT", "1,1")];
    for column in ["weather_status", "pitch state"] {
        let matches = read(&file(column, &rows)).unwrap();
        assert_eq!(matches.counts.matches, 3);
        let said = matches.assumptions[0].to_string();
        assert!(
            said.contains(&format!("the column {column} is not looked at"))
                && said.contains("\"Rain\", \"Sunny\"")
                && said.contains(&format!("--map status={column:?}")),
            "{said}"
        );
    }
    let empty = [("", "2,0"), ("", "0,0")];
    let matches = read(&file("weather_status", &empty)).unwrap();
    assert!(matches.assumptions.is_empty());
    let numbers = file("status_elapsed", &[("90", "2,0"), ("90", "1,1")]);
    assert_eq!(read(&numbers).unwrap().counts.matches, 2);
}
