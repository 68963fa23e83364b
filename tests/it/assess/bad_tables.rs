//! Tables that cannot be read: where, what was expected, what it was, and what to do.

use crate::backtest::simbet;

/// The message of a table, without the folder that it lies in.
fn message(table: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my.csv");
    std::fs::write(&path, table).unwrap();
    let run = simbet()
        .arg("assess")
        .arg(&path)
        .args(more)
        .assert()
        .failure();
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    let folder = format!("{}/", folder.path().display());
    let said = said.replace(&folder, "");
    said.lines()
        .filter(|line| line.starts_with("error: "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn refused(table: &str, more: &[&str], expected: &str) {
    let said = message(table, more);
    assert_eq!(said, format!("error: {expected}"), "{table}");
}

const CORRECT: &str = "correct it, or leave such rows out with --on-bad-row skip";

#[test]
fn headers() {
    refused(
        "",
        &[],
        "my.csv: the file is empty; expected a header such as date,stake,odds,result, its names separated by commas, semicolons, tabs or |",
    );
    refused(
        "a,b\n1,2\n",
        &[],
        "my.csv: the header has no column for stake, result, payout or profit, odds; it holds a, b. Name the column with --map, such as --map stake='Wager size', or say --stake 1 where every stake was the same",
    );
    let said = message(
        "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,a,b,c,d,e,f,g,h,i,j\n",
        &[],
    );
    assert!(said.contains("g, h, i, …. Name"), "{said}");
    assert!(
        said.ends_with(". This looks like a file of matches: simbet backtest my.csv"),
        "{said}"
    );
    refused(
        "date,stake,odds\n",
        &[],
        "my.csv: the header has no column for result, payout or profit; it holds date, stake, odds. Name the column with --map, such as --map result=\"...\"",
    );
    refused(
        "date,stake,result\n",
        &[],
        "my.csv: the header has no column for odds; it holds date, stake, result. Name the column with --map, such as --map odds=\"...\"",
    );
    refused(
        "stake\n10\n",
        &[],
        "my.csv: the first line has no separators; expected a header such as date,stake,odds,result, its names separated by commas, semicolons, tabs or |",
    );
    let table = "date,stake,odds,result\n2024-01-01,1,2,won\n";
    let said = message(table, &["--map", "stkae=Einsatz"]);
    assert!(said.starts_with("error: --map stkae=...: there is no column stkae, did you mean stake?; the columns are date, time, stake"), "{said}");
    refused(
        table,
        &["--map", "stake=Stakes"],
        "my.csv: --map stake=Stakes: the header has no Stakes, did you mean stake?; it holds date, stake, odds, result",
    );
    refused(
        "date,stake,odds,result\n",
        &[],
        "no bet is settled: the table has no row below its header",
    );
    refused(
        "date,stake,odds,result\n2024-01-01,1,2,open\n",
        &[],
        "no bet is settled: 1 not settled yet: left out",
    );
}

#[test]
fn cells() {
    let row = |cells: &str| format!("date,stake,odds,result\n2024-01-01,10,2,won\n{cells}\n");
    refused(
        &row("2024-01-02,ten,2,won"),
        &[],
        &format!(
            "my.csv, line 3, column 2 (stake): expected an amount such as 10, 12.50 or £1,234.50, found \"ten\"; {CORRECT}"
        ),
    );
    refused(
        &row("2024-01-02,0,2,won"),
        &[],
        &format!(
            "my.csv, line 3, column 2 (stake): expected a stake above 0, found \"0\"; {CORRECT}"
        ),
    );
    refused(
        &row("2024-01-02,-5,2,lost"),
        &[],
        &format!(
            "my.csv, line 3, column 2 (stake): expected a stake above 0, found \"-5\"; {CORRECT}"
        ),
    );
    refused(
        &row("2024-01-02,10,two,won"),
        &[],
        "my.csv, line 3, column 3 (odds): expected odds above 1 in the form of the column, such as 1.91, -110 or 10/11, found \"two\"; correct them, say --odds-format, or leave such rows out with --on-bad-row skip",
    );
    refused(
        &row("2024-01-02,10,1,won"),
        &[],
        "my.csv, line 3, column 3 (odds): expected odds above 1 in the form of the column, such as 1.91, -110 or 10/11, found \"1\"; correct them, say --odds-format, or leave such rows out with --on-bad-row skip",
    );
    refused(
        &row("2024-01-02,10,,won"),
        &[],
        &format!(
            "my.csv, line 3, column 3 (odds): expected odds, or a payout or profit beside them, found \"\"; {CORRECT}"
        ),
    );
    refused(
        &row("2024-01-02,10,2,perhaps"),
        &[],
        "my.csv, line 3, column 4 (result): expected a result such as won, lost, void, half won, half lost, cashed out or open, found \"perhaps\"; say what it means, such as --result-word \"push=void\", name the column of results with --map result=..., or leave such rows out with --on-bad-row skip",
    );
    refused(
        &row("2024-01-02,10,2,cashed out"),
        &[],
        &format!(
            "my.csv, line 3, column 4 (result): expected a payout or profit beside a bet that was cashed out, found \"cashed out\"; {CORRECT}"
        ),
    );
    refused(
        &row("2024-02-30,10,2,won"),
        &[],
        "my.csv, line 3, column 1 (date): expected a date such as 05/08/2023, 2023-08-05 or 5 Aug 2023, found \"2024-02-30\"; correct it, say --date-order dmy, mdy, ymd or serial, or leave such rows out with --on-bad-row skip",
    );
    refused(
        "date,stake,odds,result,probability\n2024-01-01,10,2,won,0.5\n2024-01-02,10,2,won,-0.1\n",
        &[],
        &format!(
            "my.csv, line 3, column 5 (probability): expected a probability from 0 to 1, or all of the column in percent, found \"-0.1\"; {CORRECT}"
        ),
    );
}

#[test]
fn contradictions() {
    let paid =
        |cells: &str| format!("date,stake,odds,result,payout\n2024-01-01,10,2,won,20\n{cells}\n");
    refused(
        &paid("2024-01-02,10,2,lost,20"),
        &[],
        &format!(
            "my.csv, line 3, column 4 (result): expected the whole stake lost with a bet that lost, found \"lost beside a payout of 20 and a stake of 10\"; {CORRECT}"
        ),
    );
    refused(
        &paid("2024-01-02,10,2,won,0"),
        &[],
        &format!(
            "my.csv, line 3, column 4 (result): expected a profit beside a bet that won, found \"won beside a payout of 0 and a stake of 10\"; {CORRECT}"
        ),
    );
    refused(
        &paid("2024-01-02,10,2,void,0"),
        &[],
        &format!(
            "my.csv, line 3, column 4 (result): expected the stake back from a void bet, found \"void beside a payout of 0 and a stake of 10\"; {CORRECT}"
        ),
    );
    let both = "date,stake,odds,payout,profit\n2024-01-01,10,2,20,10\n2024-01-02,10,2,20,15\n";
    refused(
        both,
        &[],
        &format!(
            "my.csv, line 3, column 5 (profit): expected a profit that is payout less stake, found \"15 beside a stake of 10 and a payout of 20\"; {CORRECT}"
        ),
    );
    refused(
        "date,stake,profit\n2024-01-01,10,10\n2024-01-02,10,-30\n",
        &[],
        &format!(
            "my.csv, line 3, column 3 (profit): expected a loss of at most the stake, found \"-30 beside a stake of 10\"; {CORRECT}"
        ),
    );
    let rows: String = (1..=25)
        .map(|id| format!("{id},2024-01-{id:02},10,2,won\n"))
        .collect();
    let twice = format!("bet_id,date,stake,odds,result\n{rows}3,2024-01-30,10,2,lost\n");
    refused(
        &twice,
        &[],
        "my.csv, line 27, column 1 (bet_id): the bet \"3\" is also in my.csv, line 4, column 1 (bet_id), and the two differ in other cells; leave one of the two out, or rename the column if it does not tell bets apart",
    );
}

/// In a table of few rows one id in six was taken for none.
#[test]
fn contradictory_ids_of_a_small_table() {
    const ADVICE: &str = "and the two differ in other cells; leave one of the two out, or rename the column if it does not tell bets apart";
    let rows = |ids: &[u32]| -> String {
        let rows = ids.iter().enumerate();
        let rows = rows.map(|(at, id)| format!("{id},2024-01-0{},10,2,won\n", at + 1));
        format!(
            "bet_id,date,stake,odds,result\n{}",
            rows.collect::<String>()
        )
    };
    for ids in [&[1, 1, 2, 3, 4, 5][..], &[1, 1]] {
        refused(
            &rows(ids),
            &[],
            &format!(
                "my.csv, line 3, column 1 (bet_id): the bet \"1\" is also in my.csv, line 2, column 1 (bet_id), {ADVICE}"
            ),
        );
    }
    let (found, said) = super::assessed(&rows(&[1, 1, 2, 2, 3, 3]), &[]);
    assert_eq!(found["bets"], 6);
    assert!(
        said.contains("bet_id does not tell bets apart, and is not looked at"),
        "{said}"
    );
}

#[test]
fn columns() {
    refused(
        "date,stake,odds,result\n2024-01-01,10,150,won\n2024-01-02,10,200,lost\n",
        &[],
        "my.csv, line 2, column 3 (odds): \"150\" may be American or decimal odds, for none has a sign; say --odds-format american or decimal",
    );
    let said = message(
        "date,stake,odds,result\n2024-01-01,10,+150,won\n2024-01-02,10,2.5,lost\n",
        &[],
    );
    assert!(said.starts_with("error: my.csv, line 2, column 3 (odds): \"+150\" looks like American odds, but not all odds of the column do"), "{said}");
    let said = message(
        "date,stake,odds,result\n2024-01-01,10,7/4,won\n2024-01-02,10,2.5,lost\n",
        &[],
    );
    assert!(said.starts_with("error: my.csv, line 2, column 3 (odds): \"7/4\" is a fraction, but not all odds of the column are"), "{said}");
    let said = message(
        "date,stake,odds,result\n2024-01-01,10,0.9,won\n2024-01-02,10,0.8,lost\n",
        &[],
    );
    assert!(
        said.starts_with(
            "error: my.csv, line 2, column 3 (odds): \"0.9\" is not decimal odds, which are above 1"
        ),
        "{said}"
    );
    refused(
        "date;stake;odds;result\n2024-01-01;10,5;2;won\n2024-01-02;10.5;2;won\n",
        &[],
        "my.csv, line 2, column 2 (stake): \"10,5\" has a decimal comma, and \"10.5\" in line 3 a decimal point: write numbers in one way",
    );
    refused(
        "date,stake,odds,result\n2024-01-01,£10,2,won\n2024-01-02,€10,2,won\n",
        &[],
        "my.csv, line 3, column 2 (stake): stakes are in £ and here in €: convert them to one currency, or read each as a file of its own",
    );
    // the amounts of two currencies were added up
    refused(
        "date,stake,odds,result,Currency\n2024-01-01,10,2,won,GBP\n2024-01-02,10,2,won,EUR\n",
        &[],
        "my.csv, line 3, column 5 (Currency): amounts are in GBP and here in EUR: convert them to one currency, or read each as a file of its own",
    );
    refused(
        "date,stake,odds,payout\n2024-01-01,£10,2.2,€22\n",
        &[],
        "my.csv, line 2, column 4 (payout): amounts are in £ and here in €: convert them to one currency, or read each as a file of its own",
    );
    // one number above 1 made percentages of shares
    refused(
        "date,stake,odds,result,probability\n2024-01-01,10,2,won,0.45\n2024-01-02,10,2,won,1.2\n2024-01-03,10,2,lost,0.47\n",
        &[],
        &format!(
            "my.csv, line 3, column 5 (probability): expected a probability from 0 to 1, or all of the column in percent, found \"1.2\"; {CORRECT}"
        ),
    );
    refused(
        "date,stake,odds,result,probability\n2024-01-01,10,2,won,45\n2024-01-02,10,2,won,52.3\n2024-01-03,10,2,lost,0.8\n",
        &[],
        "my.csv, line 4, column 5 (probability): \"0.8\" may be a share or a percentage, and most others of the column are above 1: write a % sign behind every percentage, or shares alone",
    );
    let said = message(
        "date,stake,odds,result\n08/19/2023,10,2,won\n26/08/2023,10,2,won\n",
        &[],
    );
    assert!(
        said.contains("the dates are not all in one order"),
        "{said}"
    );
    refused(
        "date,stake,odds,result,profit\n2024-01-01,10,2,-10,-10\n",
        &[],
        "my.csv, line 1, column 4 (result): the column of results holds amounts, and another column has those; name the one with won and lost with --map result=...",
    );
}

#[test]
fn options() {
    let table = "date,stake,odds,result\n2024-01-01,10,2,won\n";
    refused(table, &["--bankroll", "0"], "--bankroll must be above 0");
    let said = message(table, &["--commission", "2"]);
    assert!(
        said.ends_with(
            "a rate of commission must be from 0 to below 1, such as 0.05 or 5%, not \"2\""
        ),
        "{said}"
    );
    refused(
        table,
        &["--commission", "0.02,bfe=0.05"],
        "--commission has a rate for bfe that no bet pays: rates are for bets without a commission of their own, by the columns book and market, and the most specific one holds",
    );
    refused(
        table,
        &["--stakes", "shares"],
        "--stakes shares needs --bankroll, of which the stakes are shares",
    );
}

#[test]
fn bad_rows_are_left_out_and_counted_where_that_is_asked_for() {
    let table = "date,stake,odds,result\n2024-01-01,10,2,won\nsome day,10,2,won\n2024-01-03,x,2,lost\n2024-01-04,10,2,lost\n";
    let (found, said) = super::assessed(table, &["--on-bad-row", "skip"]);
    assert_eq!(found["bets"], 2);
    assert_eq!(found["rows"]["skipped"]["a date that cannot be read"], 1);
    assert!(
        said.contains("1 bet left out: a stake that cannot be read"),
        "{said}"
    );
}

#[test]
fn free_bets() {
    let row = |cells: &str| {
        format!("date,stake,odds,result,profit,free_bet\n2024-01-01,10,2,won,10,no\n{cells}\n")
    };
    refused(
        &row("2024-01-02,10,2,lost,0,perhaps"),
        &[],
        &format!(
            "my.csv, line 3, column 6 (free_bet): expected yes or no, or the amount of the stake that was free, found \"perhaps\"; {CORRECT}"
        ),
    );
    refused(
        &row("2024-01-02,10,2,lost,0,4"),
        &[],
        "my.csv, line 3, column 6 (free_bet): expected the whole stake, or 0 for a bet that is not free, found \"4 beside a stake of 10\"; write such a bet as two rows, one of the free stake and one of the own, or leave such rows out with --on-bad-row skip",
    );
    refused(
        "date,stake,odds,result,profit\n2024-01-01,10,2,lost,-10\n2024-01-02,10,2,lost,0\n",
        &[],
        "my.csv, line 3, column 4 (result): expected the whole stake lost with a bet that lost, found \"lost beside a profit of 0 and a stake of 10\"; if it was a free bet, say so in a column free_bet (--map free_bet=...); else correct it, or leave such rows out with --on-bad-row skip",
    );
}

#[test]
fn words_of_ones_own() {
    let table = "date,stake,odds,result\n2024-01-01,10,2,won\n2024-01-02,10,2,lost\n";
    refused(
        table,
        &["--result-word", "gagné=won"],
        "--result-word gagné=...: no result is \"gagné\"; the results are lost, won",
    );
    refused(
        "date,stake,odds,profit\n2024-01-01,10,2,10\n2024-01-02,10,2,-10\n",
        &["--result-word", "gagné=won"],
        "--result-word gagné=...: no result is \"gagné\"; no table has a column of results",
    );
    let said = message(table, &["--result-word", "won=perhaps"]);
    assert!(
        said.contains("won, lost, void, half-won, half-lost, cashed-out, open or rejected"),
        "{said}"
    );
    refused(
        table,
        &["--map", "stake=stake", "--map", "stake=odds"],
        "--map stake= names stake and odds: only tag may have several columns",
    );
}

/// A column without losses and without results: 0 may be a bet that was lost.
#[test]
fn profits_without_any_loss() {
    let table = |days: u32| {
        let rows: String = (1..=days)
            .map(|day| {
                format!(
                    "2024-01-{day:02},10,3,{}\n",
                    if day % 2 == 0 { 20 } else { 0 }
                )
            })
            .collect();
        format!("date,stake,odds,profit\n{rows}")
    };
    refused(
        &table(16),
        &[],
        "my.csv, line 2, column 4 (profit): no bet lost its stake, and 8 made 0, which may be lost or void: name a column of results (--map result=...), or say that the column has what was won, so that 0 is a lost bet (--map \"payout=profit\")",
    );
    let (found, _) = super::assessed(&table(16), &["--map", "payout=profit"]);
    super::near(&found["profit"], 80.0);
    // a win and a void are believed
    let (found, _) = super::assessed(&table(2), &[]);
    assert_eq!(found["void"], 1);
}

/// What else people have in their tables: each has one error that names the place and what to do.
#[test]
fn odd_tables() {
    for (table, more, expected) in [
        // American odds of 0, and of less than 100
        (
            "date,stake,odds,result\n2024-01-01,10,-50,won\n2024-01-02,10,+150,lost\n",
            &[][..],
            "column 3 (odds)",
        ),
        // a lay bet of which nothing says what it risked
        (
            "date,stake,odds,result,type\n2024-01-01,10,2,won,back\n2024-01-02,10,,lost,lay\n",
            &[],
            "what may be lost",
        ),
        // a date that no calendar has, in a row of a settled bet
        (
            "date,stake,odds,result\n2024-01-01,10,2,won\n,10,2,lost\n",
            &[],
            "column 1 (date): expected a date",
        ),
        // a commission of all that was won
        (
            "date,stake,odds,result,commission\n2024-01-01,10,2,won,150%\n",
            &[],
            "a share of net winnings from 0 to 1",
        ),
        // a probability in percent among shares
        (
            "date,stake,odds,result,probability\n2024-01-01,10,2,won,0.5\n2024-01-02,10,2,won,250\n",
            &[],
            "a probability from 0 to 1",
        ),
        // a word of results that is a score
        (
            "date,stake,odds,result\n2024-01-01,10,2,2-1\n",
            &[],
            "--result-word",
        ),
        // a mark of thousands in the wrong place
        (
            "date,stake,odds,result\n2024-01-01,\"1,00,0\",2,won\n",
            &[],
            "column 2 (stake)",
        ),
        // an unsigned cash-out among unsigned losses
        (
            "date,stake,odds,result,profit\n2024-01-01,10,2,lost,10\n2024-01-02,10,2,cashed out,3\n",
            &[],
            "since profits have no sign",
        ),
    ] {
        let said = message(table, more);
        assert!(
            said.contains(expected) && said.lines().count() == 1,
            "{table}: {said}"
        );
        assert!(said.starts_with("error: my.csv, line "), "{said}");
    }
}
