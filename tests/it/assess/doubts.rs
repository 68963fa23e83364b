//! Tables that once were read as something else than they are, without a word.

use std::fmt::Write as _;

use super::{assessed, near, of_path, printed};
use crate::backtest::simbet;

/// Only columns with some names said that a bet was laid: of others every bet counted as a back.
#[test]
fn a_column_of_back_and_lay_is_found_whatever_its_name() {
    for name in [
        "Side",
        "Bet side",
        "Direction",
        "Action",
        "Back or Lay",
        "Type",
    ] {
        let mut table = format!("Date,Event,{name},Stake,Odds,Result\n");
        for day in 1..=30 {
            let result = if day % 5 == 1 { "lost" } else { "won" };
            writeln!(table, "2023-01-{day:02},E{day},Lay,10,5.0,{result}").unwrap();
        }
        let (found, said) = assessed(&table, &[]);
        near(&found["profit"], 24.0 * 10.0 - 6.0 * 40.0);
        near(&found["turnover"], 1_200.0);
        assert!(said.contains("30 bets laid"), "{name}: {said}");
    }
    // of one that came to nothing it is no matter what might have been lost
    let nothing = "Date,Event,Side,Stake,Odds,Result\n2023-01-01,A,Lay,10,5.0,won\n2023-01-02,B,Lay,10,1.00,void\n\
        2023-01-03,C,Lay,10,,rejected\n2023-01-04,D,Lay,10,,open\n";
    let (found, said) = assessed(nothing, &[]);
    near(&found["profit"], 10.0);
    assert_eq!(
        (&found["rows"]["refused"], &found["rows"]["open"]),
        (&1.into(), &1.into()),
        "{said}"
    );
    // a side that is backed is none
    let sides = "date,side,stake,odds,result\n2024-01-01,Lay,10,2,won\n2024-01-02,Home,10,2,won\n";
    let (found, _) = assessed(sides, &[]);
    near(&found["profit"], 20.0);
}

#[test]
fn the_history_of_an_exchange_has_odds_matched() {
    let table = "Market,Selection,Bid type,Bet ID,Bet placed,Avg. odds matched,Stake (GBP),Liability (GBP),P/L (GBP),Status\n\
        A v B,Arsenal,Back,1001,12-Aug-23 14:00:01,2.02,10.00,,10.20,Won\n\
        L v H,Hull,Lay,1002,13-Aug-23 14:10:01,4.0,10.00,30.00,10.00,Won\n";
    let (found, _) = assessed(table, &[]);
    near(&found["profit"], 20.2);
    near(&found["turnover"], 40.0);
    let other = table.replace("Avg. odds matched", "Odds got");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bets.csv");
    std::fs::write(&path, &other).unwrap();
    let run = simbet().arg("assess").arg(&path).assert().failure();
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("--map odds="), "{said}");
    // without lay bets the odds are not needed, and it is said where they may be
    let backs = other.lines().take(2).collect::<Vec<_>>().join("\n");
    let (_, said) = assessed(&backs, &[]);
    assert!(
        said.contains(
            "no column is read as the odds; if Odds got has them, say --map odds=\"Odds got\""
        ),
        "{said}"
    );
}

#[test]
fn a_bet_of_two_tables_counts_once_where_its_id_says_that_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, rows: &str| {
        let table = format!("Bet ID,Date,Event,Stake,Odds,Result\n{rows}");
        std::fs::write(folder.path().join(name), table).unwrap();
    };
    write(
        "1.csv",
        "1,2023-01-01,A,10,2.0,W\n2,2023-01-02,B,20,3.0,L\n3,2023-01-03,C,10,2.5,W\n",
    );
    write(
        "2.csv",
        "2,2023-01-02,B,20,3.0,L\n3,2023-01-03,C,10,2.5,W\n4,2023-01-04,D,10,2.0,L\n",
    );
    // another book numbers its bets as well
    write("3.csv", "1,2023-01-05,E,10,2.0,W\n");
    let (found, said) = of_path(folder.path(), &[]);
    near(&found["turnover"], 60.0);
    near(&found["profit"], 5.0);
    assert_eq!(found["rows"]["repeated"], 2, "{said}");
    // without a day too little of a bet is said to tell it from another, and so it is by ids that are of no single bet
    let of = |header: &str, tables: [&str; 2]| {
        let folder = tempfile::tempdir().unwrap();
        for (name, rows) in ["1.csv", "2.csv"].iter().zip(tables) {
            std::fs::write(folder.path().join(name), format!("{header}\n{rows}")).unwrap();
        }
        of_path(folder.path(), &[]).0
    };
    let month = "1,110,-110,won\n2,110,-110,lost\n3,110,-105,won\n";
    let found = of("id,stake,odds,result", [month, month]);
    assert_eq!(found["rows"]["repeated"], 0);
    near(&found["turnover"], 660.0);
    let tickets = "A,2024-01-01,10,2,won\nA,2024-01-01,20,2,won\nA,2024-01-01,30,2,lost\n";
    let found = of("Ticket,date,stake,odds,result", [tickets, tickets]);
    near(&found["turnover"], 120.0);
    assert_eq!(found["rows"]["alike"], 3);
    // without ids they are reported
    for name in ["1.csv", "2.csv", "3.csv"] {
        let path = folder.path().join(name);
        let table = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, table.replace("Bet ID", "No")).unwrap();
    }
    let (found, _) = of_path(folder.path(), &[]);
    assert_eq!(found["rows"]["alike"], 2);
}

#[test]
fn nothing_won_is_not_taken_for_void_where_that_is_hard_to_believe() {
    let refused = |table: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bets.csv");
        std::fs::write(&path, table).unwrap();
        let run = simbet().arg("assess").arg(&path).assert().failure();
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(said.contains("no bet lost its stake, and"), "{said}");
    };
    let four = "Date,Stake,Odds,Winnings\n2023-01-01,10,2.0,10\n2023-01-02,10,3.00,0\n2023-01-03,10,3.00,20\n2023-01-04,10,1.50,0\n";
    refused(four);
    let (found, _) = assessed(four, &["--map", "payout=Winnings"]);
    near(&found["profit"], 10.0);
    // one that was cashed out at a loss says nothing of the others
    let mut forty = "Date,Stake,Odds,Profit\n2023-03-01,10,2.0,-4\n".to_owned();
    for day in 1..=20 {
        writeln!(
            forty,
            "2023-01-{day:02},10,2.0,10\n2023-02-{day:02},10,2.0,0"
        )
        .unwrap();
    }
    refused(&forty);
    // what came back in all is known by the odds
    let gross = "Date,Stake,Odds,Winnings\n2023-01-01,10,2,20\n2023-01-02,10,3,0\n2023-01-03,10,3,30\n2023-01-04,10,1.5,0\n2023-01-05,10,1.5,10\n";
    let (found, said) = assessed(gross, &[]);
    near(&found["profit"], 10.0);
    assert!(
        said.contains("Winnings is read as what came back"),
        "{said}"
    );
    // a trader's losses are no stakes
    let trader = "date,stake,odds,profit\n2024-01-01,100,3,12.5\n2024-01-02,100,3,-4.2\n2024-01-03,100,3,0\n2024-01-04,100,3,8.1\n2024-01-05,100,3,-6.5\n";
    near(&assessed(trader, &[]).0["profit"], 9.9);
    // a record with losses has voids
    let voids = "date,stake,odds,profit\n2024-01-01,10,2,-10\n2024-01-02,10,2,0\n2024-01-03,10,2,0\n2024-01-04,10,2,10\n";
    let (found, _) = assessed(voids, &[]);
    assert_eq!(found["void"], 2);
}

/// An exchange charges what a market won, and not each bet that did.
#[test]
fn commission_is_on_what_a_market_won() {
    let header = "Date,Event,Market,Selection,Back/Lay,Book,Stake,Odds,Result\n";
    let hedged = "2023-01-01,A v B,1x2,home,Back,bfe,10,3.0,won\n2023-01-01,A v B,1x2,home,Lay,bfe,10,2.5,lost\n";
    let (found, _) = assessed(&format!("{header}{hedged}"), &["--commission", "5%"]);
    near(&found["profit"], 5.0 * 0.95);
    let lost = "2023-01-01,A v B,1x2,home,Back,bfe,10,2.0,won\n2023-01-01,A v B,1x2,draw,Back,bfe,10,4.0,lost\n2023-01-01,A v B,1x2,away,Back,bfe,10,3.0,lost\n";
    let (found, _) = assessed(&format!("{header}{lost}"), &["--commission", "5%"]);
    near(&found["profit"], -10.0);
    // their odds are tested with what they paid: of a market that comes out even nothing is expected
    let mut even = header.to_owned();
    for day in 1..=28 {
        for (side, result) in [("Ann", "won"), ("Bea", "lost")] {
            writeln!(
                even,
                "2023-01-{day:02},E{day},winner,{side},Back,bfe,10,2.0,{result}"
            )
            .unwrap();
        }
    }
    let (found, _) = assessed(&even, &["--commission", "5%"]);
    near(&found["profit"], 0.0);
    near(&found["at_odds"]["profit"]["expected"], 0.0);
    // what the table says was paid is no reason to charge the others more
    let given = "Date,Event,Market,Selection,Stake,Odds,Result,Payout\n2023-01-01,A v B,1x2,home,100,2.0,won,\n2023-01-01,A v B,1x2,home,100,2.0,won,198\n";
    let (found, _) = assessed(given, &["--commission", "2%"]);
    near(&found["profit"], 98.0 + 98.0);
    // of several markets, books or events each is for itself
    for (from, to) in [
        ("1x2,home,Lay", "ou,home,Lay"),
        ("Lay,bfe", "Lay,sm"),
        ("A v B,1x2,home,Lay", "C,1x2,home,Lay"),
    ] {
        let apart = format!("{header}{}", hedged.replace(from, to));
        let (found, _) = assessed(&apart, &["--commission", "5%"]);
        near(&found["profit"], 20.0 * 0.95 - 15.0);
    }
}

#[test]
fn marks_say_how_a_bet_ended() {
    let table = "Date,Stake,Odds,Result\n2023-01-01,10,2.0,✅\n2023-01-02,10,3.0,❌\n2023-01-03,10,3.0,✔️\n2023-01-04,10,3.0,✗\n";
    let (found, _) = assessed(table, &[]);
    near(&found["profit"], 10.0);
    let worded = "Date,Stake,Odds,Result\n2023-01-01,10,2.0,✅ Won\n2023-01-02,10,3.0,❌ Lost\n2023-01-03,10,3.0,🟢 half win\n";
    near(&assessed(worded, &[]).0["profit"], 10.0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bets.csv");
    std::fs::write(
        &path,
        "Date,Stake,Odds,Result\n2023-01-01,10,2.0,+\n2023-01-02,10,3.0,-\n",
    )
    .unwrap();
    let run = simbet().arg("assess").arg(&path).assert().failure();
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(
        said.contains("line 2, column 4 (Result)") && said.contains("--result-word"),
        "{said}"
    );
    let words = ["--result-word", "+=won", "--result-word", "-=lost"];
    let (found, _) = of_path(&path, &words);
    near(&found["profit"], 0.0);
}

#[test]
fn the_table_says_of_settled_bets_what_it_says() {
    let table = "Date,Stake,Odds,Result\n2023-01-01,10,2.0,W\n2023-01-02,10,2.0,L\n2023-01-03,10,101,open\n";
    let text = printed(table, &[]);
    assert!(text.contains("average odds 2.00"), "{text}");
    // a fall ends at its lowest point
    let slow = format!(
        "Stake,Odds,Result\n10,2.0,W\n10,2.0,L\n10,2.0,L\n{}",
        "1,2.0,W\n".repeat(30)
    );
    let text = printed(&slow, &[]);
    assert!(
        text.contains("greatest fall of the profit, over 2 bets"),
        "{text}"
    );
}

#[test]
fn sums_of_a_month_and_stakes_paid_back_are_told_from_bets() {
    let table = "Date,Event,Stake,Odds,Result,Profit\n2023-01-01,A v B,10,2.0,W,10\n2023-01-02,C v D,10,2.0,L,-10\n\
        2023-01-02,E v F,10,1.5,W,5\n2023-01-03,G v H,10,1.00,Void,0\n2023-01-31,January total,40,,,5\n";
    let (found, said) = assessed(table, &[]);
    near(&found["profit"], 5.0);
    near(&found["turnover"], 40.0);
    assert_eq!(found["void"], 1, "{said}");
    assert_eq!(found["rows"]["totals"], 1);
    // a market of this name is none
    let markets = "Date,Sport,Market,Stake,Odds,Result,Profit\n2024-01-01,NBA,Total,110,,,-110\n2024-01-02,NBA,Total,100,1.9,won,90\n";
    near(&assessed(markets, &[]).0["profit"], -20.0);
    let italian = "Data;Puntata;Quota;Esito\n13/08/2023;10;2,0;Vinta\n12/08/2023;10;2,0;Persa\n";
    assert_eq!(assessed(italian, &[]).0["from"], "2023-08-12");
}

/// Of Parquet only what is known by name was read, so that no such column was seen.
#[cfg(feature = "parquet")]
#[test]
fn a_column_of_back_and_lay_is_found_in_parquet() {
    use polars_arrow::array::PrimitiveArray;

    use crate::parquet::{parquet, texts};

    let numbers = |values: [f64; 2]| PrimitiveArray::from_slice(values).boxed();
    let table = parquet(vec![
        ("date", texts(["2024-01-01", "2024-01-02"])),
        ("direction", texts(["Lay", "Back"])),
        ("stake", numbers([10.0, 10.0])),
        ("odds", numbers([5.0, 2.0])),
        ("result", texts(["lost", "won"])),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bets.parquet");
    std::fs::write(&path, table).unwrap();
    let (found, said) = of_path(&path, &[]);
    near(&found["profit"], 10.0 - 40.0);
    assert!(
        said.contains("direction is read as whether a bet was laid"),
        "{said}"
    );
}
