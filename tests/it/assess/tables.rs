//! Tables as spreadsheets and trackers have them.

use proptest::prelude::*;

use super::{assessed, near, printed};

const PLAIN: &str =
    "date,stake,odds,result\n2024-01-13,10,2.5,won\n2024-01-14,20,1.5,lost\n2024-01-15,10,3,void\n";

/// The figures of a table that depend on its bets alone.
fn figures(table: &str, more: &[&str]) -> serde_json::Value {
    let (mut found, _) = assessed(table, more);
    let members = found.as_object_mut().unwrap();
    members.remove("rows");
    found
}

#[test]
fn one_record_in_many_forms() {
    let expected = figures(PLAIN, &[]);
    near(&expected["profit"], -5.0);
    let semicolons = "Date;Stake (€);Odds;Result\n13.01.2024;10,00 €;2,5;Won\n14.01.2024;20,00 €;1,5;Lost\n15.01.2024;10,00 €;3,0;Void\n";
    let american = "Date\tRisk\tOdds\tW/L\n01/13/2024\t$10\t+150\tW\n01/14/2024\t$20\t-200\tL\n01/15/2024\t$10\t+200\tP\n";
    let fractional = "date,wager,price,outcome\n2024-01-13,£10.00,6/4,Winner\n2024-01-14,£20.00,1/2,Loser\n2024-01-15,£10.00,2/1,Void\n";
    let by_payout =
        "date,stake,odds,return\n2024-01-13,10,2.5,25\n2024-01-14,20,1.5,0\n2024-01-15,10,3,10\n";
    let by_profit = "date,stake,odds,P/L\n2024-01-13,10,2.5,15\n2024-01-14,20,1.5,(20.00)\n2024-01-15,10,3,0.00\n";
    let numbers =
        "date,stake,odds,won\n2024-01-13,10,2.5,1\n2024-01-14,20,1.5,-1\n2024-01-15,10,3,0\n";
    let titled = format!("My bets of 2024\n\n{PLAIN}");
    for table in [
        semicolons, american, fractional, by_payout, by_profit, numbers, &titled,
    ] {
        assert_eq!(figures(table, &[]), expected, "{table}");
    }
    let german = "Datum;Einsatz;Quote;Ergebnis\n13.01.2024;10;2,5;won\n14.01.2024;20;1,5;lost\n15.01.2024;10;3;void\n";
    let map = [
        "--map",
        "date=Datum",
        "--map",
        "stake=Einsatz",
        "--map",
        "odds=quote",
        "--map",
        "result=Ergebnis",
    ];
    assert_eq!(figures(german, &map), expected);
}

#[test]
fn a_payout_may_be_what_was_won_alone() {
    let table = "date,stake,odds,result,payout\n2024-01-13,10,2.5,won,15\n2024-01-14,20,1.5,lost,0\n2024-01-15,10,3,void,0\n";
    let (found, said) = assessed(table, &[]);
    near(&found["profit"], -5.0);
    assert!(
        said.contains("payout is read as what was won, the stake not included"),
        "{said}"
    );
}

#[test]
fn half_results_pay_by_half() {
    let table = "date,stake,odds,result\n2024-01-01,10,2,half win\n2024-01-02,10,2,half lost\n2024-01-03,10,2,won\n";
    let (found, _) = assessed(table, &[]);
    near(&found["profit"], 10.0);
    assert_eq!(
        (&found["half_won"], &found["half_lost"]),
        (&1.into(), &1.into())
    );
    // a half is a bet of half the stake
    near(
        &found["at_odds"]["profit"]["std_dev"],
        (25.0 + 25.0 + 100.0_f64).sqrt(),
    );
}

#[test]
fn what_is_no_settled_bet_is_counted_and_said() {
    let table = "date,event,type,stake,odds,result,profit\n\
        2024-01-01,A v B,single,10,2,won,10\n\
        2024-01-02,Race,each way,10,8,placed,4\n\
        2024-01-03,C v D,acca,5,9,lost,-5\n\
        2024-01-04,E v F,single,10,2,pending,\n\
        2024-01-05,G v H,single,10,2,cashed out,-3\n\
        2024-01-06,I v J,single,10,2,rejected,\n\
        2024-01-07,K v L,single,10,2,lost,-10\n\
        2024-01-07,K v L,single,10,2,lost,-10\n";
    let (found, said) = assessed(table, &[]);
    let rows = &found["rows"];
    for (name, count) in [
        ("rows", 8),
        ("settled", 5),
        ("each_way", 1),
        ("multiples", 1),
        ("open", 1),
        ("cashed_out", 1),
        ("refused", 1),
        ("alike", 1),
    ] {
        assert_eq!(rows[name], count, "{name}");
    }
    near(&found["profit"], 10.0 - 5.0 - 3.0 - 20.0);
    assert_eq!(found["at_odds"]["n"], 4);
    for sentence in [
        "1 bet each way: left out, since such a row is two bets at different odds",
        "1 bet not settled yet: left out",
        "1 bet on several events at once",
        "1 bet cashed out",
        "1 bet equal to an earlier one in every cell: counted",
    ] {
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
}

#[test]
fn a_row_that_comes_twice_with_its_id_counts_once() {
    let table = "bet_id,date,stake,odds,result\na,2024-01-01,10,2,won\nb,2024-01-02,10,2,lost\na,2024-01-01,10,2,won\n";
    let (found, said) = assessed(table, &[]);
    assert_eq!(found["bets"], 2);
    assert!(
        said.contains("1 bet with the id and every cell of an earlier one: left out"),
        "{said}"
    );
}

#[test]
fn without_dates_bets_stand_in_their_order() {
    let table = "stake,odds,result\n10,2,won\n10,2,lost\n";
    let (found, _) = assessed(table, &["--bankroll", "100"]);
    assert!(found["from"].is_null() && found["max_drawdown_days"].is_null());
    near(&found["max_drawdown"], 10.0 / 110.0);
    let verdict = found["verdict"].to_string();
    assert!(verdict.contains("has no dates"), "{verdict}");
}

#[test]
fn one_stake_for_all() {
    let (found, _) = assessed(
        "date,odds,result\n2024-01-01,2,won\n2024-01-02,3,lost\n",
        &["--stake", "5"],
    );
    near(&found["turnover"], 10.0);
    near(&found["profit"], 0.0);
}

#[test]
fn commission_is_taken_from_what_was_won() {
    let table =
        "date,stake,odds,result,commission\n2024-01-01,10,3,won,5%\n2024-01-02,10,2,lost,5%\n";
    let (found, _) = assessed(table, &[]);
    near(&found["profit"], 19.0 - 10.0);
}

/// The rate of the command line was in the tests and not in the money.
#[test]
fn commission_of_the_command_line_is_taken_from_what_was_won() {
    let profit = |table: &str, rates: &str| {
        let (found, _) = assessed(table, &["--commission", rates]);
        found["profit"].as_f64().unwrap()
    };
    let plain = "date,stake,odds,result\n2024-01-01,100,2.00,won\n";
    assert_eq!(profit(plain, "5%"), 95.0);
    // what was paid stands, and so does a commission of the table
    let paid = "date,stake,odds,result,payout\n2024-01-01,100,2.00,won,195\n";
    assert_eq!(profit(paid, "2%"), 95.0);
    let own = "date,stake,odds,result,commission\n2024-01-01,100,2,won,2%\n2024-01-02,100,2,won,\n2024-01-03,100,2,won,0%\n";
    assert_eq!(profit(own, "5%"), 98.0 + 95.0 + 100.0);
    let by_book = "date,stake,odds,result,market,book\n\
        2024-01-01,100,2,won,Asian handicap,Betfair Exchange\n2024-01-02,100,2,won,1x2,Betfair Exchange\n\
        2024-01-03,100,2,won,Asian Handicap -0.75,Bet365\n2024-01-04,100,2,won,Corners,Bet365\n";
    let rates = "0.02,ah=0.01,bfe=5%,bfe:ah=0.03";
    assert_eq!(profit(by_book, rates), 97.0 + 95.0 + 99.0 + 98.0);
}

#[test]
fn bets_on_one_event_count_as_dependent() {
    let table = "date,event,stake,odds,result,fair_probability\n\
        2024-01-01,A v B,10,2,won,0.5\n2024-01-01,A v B,10,2,won,0.5\n2024-01-02,C v D,10,2,lost,0.5\n";
    let (found, _) = assessed(table, &[]);
    // on one match 20, on the other -10: (20² + 10²) / (10² + 10² + 10²)
    let variance = 300.0 * 500.0 / 300.0_f64;
    near(&found["luck"]["fair_profit"]["std_dev"], variance.sqrt());
    assert!(found["luck"]["losing_run"].is_null());
}

#[test]
fn a_comma_before_three_digits_is_of_thousands() {
    let table = "date;stake;odds;result\n2024-01-01;1,500;2;won\n2024-01-02;2,000;2;lost\n";
    let (found, said) = assessed(table, &[]);
    near(&found["turnover"], 3500.0);
    assert!(said.contains("mark of thousands"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Decimal points and commas, separators, and the way in which a result is said change nothing.
    #[test]
    fn the_form_of_a_table_changes_nothing(
        bets in prop::collection::vec((1_u32..500, 101_u32..1_500, 0_usize..3), 2..30),
    ) {
        let words = [["won", "lost", "void"], ["W", "L", "push"], ["1", "-1", "0"]];
        let table = |separator: char, mark: &str, words: &[&str; 3], all: bool| {
            let mut text = ["date", "stake", "odds", "result"].join(&separator.to_string()) + "\n";
            for (day, (stake, odds, result)) in bets.iter().enumerate() {
                let number = |hundredths: u32| format!("{:.2}", f64::from(hundredths) / 100.0).replace('.', mark);
                let date = format!("2024-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
                let cells = [date, number(*stake), number(*odds), words[*result].to_owned()];
                text += &(cells.join(&separator.to_string()) + "\n");
            }
            // one of each, so that the column tells what its numbers are
            if all {
                text += &["2024-12-01", &format!("1{mark}00"), &format!("2{mark}00"), words[1]].join(&separator.to_string());
                text.push('\n');
            }
            figures(&text, &["--by", "odds-band"])
        };
        let plain = table(',', ".", &words[0], true);
        prop_assert_eq!(&plain, &table(';', ",", &words[1], true));
        prop_assert_eq!(&plain, &table('\t', ".", &words[2], true));
    }
}

/// A workbook with a sheet of notes before that of the bets, whose title stands above the header.
#[test]
fn a_workbook_reads_like_csv() {
    let bytes = crate::shapes::workbooks::workbook(&[
        ("Notes", &[&["what I think"]]),
        (
            "Bets",
            &[
                &["Date", "Stake", "Odds", "Result"],
                &["@45304", "#10", "#2.5", "won"],
                &["@45305", "#20", "#1.5", "lost"],
                &["@45306", "#10", "#3", "void"],
            ],
        ),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bets.xlsx");
    std::fs::write(&path, bytes).unwrap();
    let (mut found, said) = super::of_path(&path, &[]);
    found.as_object_mut().unwrap().remove("rows");
    assert_eq!(found, figures(PLAIN, &[]));
    assert!(
        said.contains("1 sheet is no table of bets and was passed over: Notes"),
        "{said}"
    );
}

#[test]
fn several_tables_are_one_record() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = PLAIN.split_at(PLAIN.find("2024-01-15").unwrap());
    let second = format!("date,stake,odds,result\n{second}");
    std::fs::write(folder.path().join("b.csv"), first).unwrap();
    std::fs::write(folder.path().join("a.csv"), second).unwrap();
    let (mut found, _) = super::of_path(folder.path(), &[]);
    found.as_object_mut().unwrap().remove("rows");
    assert_eq!(found, figures(PLAIN, &[]));
}

#[cfg(feature = "parquet")]
#[test]
fn simbets_own_bets_as_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let epl = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/epl.csv");
    let run = |form: &str| {
        let out = folder.path().join(form);
        crate::backtest::simbet()
            .args(["backtest", epl, "-q", "--bets-format", form, "--out"])
            .arg(&out)
            .assert()
            .success();
        super::of_path(&out.join(format!("bets.{form}")), &["-q"]).0
    };
    assert_eq!(run("csv"), run("parquet"));
}

#[test]
fn results_in_other_languages() {
    for [won, lost, void] in [
        ["gewonnen", "verloren", "Push"],
        ["Gagné", "Perdu", "Remboursé"],
        ["ganada", "perdida", "anulada"],
        ["vinta", "persa", "rimborsata"],
        ["vunnen", "förlorad", "void"],
    ] {
        let table = format!(
            "date,stake,odds,result\n2024-01-01,10,3,{won}\n2024-01-02,10,2,{lost}\n2024-01-03,10,2,{void}\n"
        );
        let (found, _) = assessed(&table, &[]);
        let counts = ["won", "lost", "void"].map(|result| found[result].as_u64());
        assert_eq!(counts, [Some(1); 3], "{won}");
    }
}

#[test]
fn a_row_with_the_total_is_no_bet() {
    let table = "date,stake,odds,result,profit\n2024-01-01,10,3,won,20\n2024-01-02,10,2,lost,-10\n";
    for total in ["Total,20,,,10", ",,Total,,10"] {
        let (found, said) = assessed(&format!("{table}{total}\n"), &[]);
        assert_eq!(found["bets"], 2);
        assert!(said.contains("the sum of others: left out"), "{said}");
    }
}

#[test]
fn rows_alike_are_said_without_an_event_as_well() {
    let row = "2024-01-01,10,2,won\n";
    let (found, said) = assessed(&format!("date,stake,odds,result\n{row}{row}"), &[]);
    assert_eq!(found["bets"], 2);
    assert!(
        said.contains("1 bet equal to an earlier one in every cell"),
        "{said}"
    );
}

/// An empty table was printed.
#[test]
fn groups_that_no_row_names_are_no_table() {
    let table = "date,stake,odds,result\n2024-01-01,1,2,won\n2024-01-02,1,2,lost\n";
    let text = printed(table, &["--by", "book"]);
    assert!(!text.contains("By book"), "{text}");
    assert!(
        text.contains("No row names a book (column book): no groups by book."),
        "{text}"
    );
    assert!(!text.contains("In the tables of groups"), "{text}");
}
