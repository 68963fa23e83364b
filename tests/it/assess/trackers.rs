//! Tables as bet trackers export them, and spreadsheets in other languages.

use serde_json::Value;

use super::{assessed, near, printed};

/// American odds, bonus bets in a column of their own, a payout that has the stake of a bonus bet not in it.
#[test]
fn free_bets_are_the_books_money_and_counted_apart() {
    let table = "Bet ID,Date Placed,Bet Type,Description,Odds,Wager,Bonus Bet,Payout,Status\n\
        1,11/13/2024 7:05 PM,Single,Chiefs -3.5,-110,$25.00,No,$47.73,Won\n\
        2,11/14/2024 1:00 PM,Single,Jets,+150,$20.00,Yes,$30.00,Won\n\
        3,11/15/2024 4:00 PM,Single,Bills,+120,$20.00,Yes,$0.00,Lost\n\
        4,11/16/2024 8:00 PM,Parlay (3 legs),A / B / C,+600,$10.00,No,$0.00,Lost\n\
        5,11/17/2024 8:00 PM,Single,Rams,-200,$40.00,No,$40.00,Push\n";
    let (found, said) = assessed(table, &[]);
    assert_eq!(found["bets"], 3);
    near(&found["turnover"], 75.0);
    near(&found["profit"], 22.73 - 10.0);
    let free = &found["free_bets"];
    for (name, count) in [("bets", 2), ("won", 1), ("lost", 1), ("void", 0)] {
        assert_eq!(free[name], count, "{name}");
    }
    near(&free["staked"], 40.0);
    near(&free["profit"], 30.0);
    assert_eq!(found["rows"]["multiples"], 1);
    assert!(
        said.contains("2 bets free, the stake being the book's: in no figure"),
        "{said}"
    );
    let text = printed(table, &[]);
    let sentence = "2 free bets made 30.00 besides, so that the record made 42.73 in all. A free bet cannot lose";
    assert!(text.contains(sentence), "{text}");
}

/// Each way in which trackers say it, the winnings said or left to the odds.
#[test]
fn free_bets_are_known_by_a_flag_an_amount_a_type_or_a_tag() {
    for (table, profit) in [
        (
            "date,stake,odds,result,free_bet\n2024-01-01,10,3,won,1\n2024-01-02,10,3,lost,1\n2024-01-03,10,2,won,0\n",
            20.0,
        ),
        (
            "date,stake,odds,result,profit,bonus_stake\n2024-01-01,0,3,won,20,10\n2024-01-02,0,3,lost,0,10\n2024-01-03,10,2,won,10,\n",
            20.0,
        ),
        (
            "date,stake,odds,result,type\n2024-01-01,10,3,won,free bet\n2024-01-02,10,3,lost,free bet\n2024-01-03,10,2,won,single\n",
            20.0,
        ),
        (
            "date,stake,odds,result,tags\n2024-01-01,10,3,won,\"nfl, Free Bet\"\n2024-01-02,10,3,lost,free bet\n2024-01-03,10,2,won,nfl\n",
            20.0,
        ),
        // a tracker that settles it like any other
        (
            "date,stake,odds,profit,free_bet\n2024-01-01,10,3,20,yes\n2024-01-02,10,3,-10,yes\n2024-01-03,10,2,10,no\n",
            20.0,
        ),
        // half of the winnings, and commission
        (
            "date,stake,odds,result,free_bet,commission\n2024-01-01,10,3,half won,ja,5%\n2024-01-02,10,3,half lost,ja,5%\n2024-01-03,10,2,won,nein,0%\n",
            9.5,
        ),
    ] {
        let (found, _) = assessed(table, &[]);
        assert_eq!(found["bets"], 1, "{table}");
        near(&found["profit"], 10.0);
        assert_eq!(found["free_bets"]["won"], 1, "{table}");
        assert_eq!(found["free_bets"]["lost"], 1, "{table}");
        near(&found["free_bets"]["profit"], profit);
    }
    let (found, _) = assessed(
        "date,stake,odds,result,type\n2024-01-01,10,3,won,risk-free bet\n",
        &[],
    );
    assert_eq!(found["bets"], 1);
    assert!(found["free_bets"].is_null());
}

#[test]
fn results_in_words_of_ones_own() {
    let table = "date,stake,odds,result\n2024-01-01,10,3,tak\n2024-01-02,10,2,nie\n2024-01-03,10,2,zurück\n2024-01-04,10,3,tak/2\n2024-01-05,10,2,P\n";
    let words = [
        "tak=won",
        "nie=lost",
        "Zurück=void",
        "tak/2=half-won",
        "P=lost",
    ];
    let more: Vec<&str> = words
        .iter()
        .flat_map(|word| ["--result-word", word])
        .collect();
    let (found, _) = assessed(table, &more);
    let counts =
        ["won", "lost", "void", "half_won", "half_lost"].map(|result| found[result].as_u64());
    assert_eq!(counts, [1, 2, 1, 1, 0].map(Some));
    near(&found["profit"], 20.0 - 10.0 + 10.0 - 10.0);
    let numbers =
        "date,stake,odds,result\n2024-01-01,10,3,1\n2024-01-02,10,2,0\n2024-01-03,10,2,2\n";
    let (found, _) = assessed(numbers, &["--result-word", "2=void"]);
    assert_eq!(
        (&found["won"], &found["lost"], &found["void"]),
        (&1.into(), &1.into(), &1.into())
    );
}

/// A spreadsheet in German: semicolons, decimal commas, halves in words, and losses without a sign.
#[test]
fn losses_without_a_sign_are_losses_where_the_result_says_so() {
    let table = "Datum;Spiel;Wette;Quote;Einsatz;Ergebnis;Gewinn;Buchmacher\n\
        02.11.2024;Bayern - Dortmund;1;1,85;10,00 €;gewonnen;8,50 €;bwin\n\
        03.11.2024;Köln - Mainz;X;3,40;10,00 €;verloren;10,00 €;Tipico\n\
        09.11.2024;Köln - Bayern;2;1,30;1.000,00 €;halb gewonnen;150,00 €;Tipico\n\
        10.11.2024;Köln - Bayern;2;1,30;10,00 €;halb verloren;5,00 €;Tipico\n\
        12.11.2024;Köln - Bremen;2;2,30;10,00 €;ungültig;0,00 €;Tipico\n";
    let (found, said) = assessed(table, &["--by", "book"]);
    near(&found["profit"], 8.5 - 10.0 + 150.0 - 5.0);
    let counts =
        ["won", "lost", "void", "half_won", "half_lost"].map(|result| found[result].as_u64());
    assert_eq!(counts, [Some(1); 5]);
    assert_eq!(found["by"]["book"][0]["group"], "Tipico");
    assert!(
        said.contains("Gewinn has no signs: beside a bet that was lost it is read as a loss"),
        "{said}"
    );
    let american = "Date,Odds,Stake,Result,Profit\n2024-11-02,-110,50,Win,45.45\n2024-11-03,-110,50,Loss,50\n2024-11-04,+105,50,Push,0\n";
    let (found, _) = assessed(american, &[]);
    near(&found["profit"], 45.45 - 50.0);
}

/// A column that is called profit and holds what came back, or what was won.
#[test]
fn a_profit_of_zero_beside_a_lost_bet_says_what_the_column_is() {
    let of = |amounts: [&str; 3]| {
        let [won, lost, void] = amounts;
        let table = format!(
            "date,mise,cote,résultat,gain\n2024-01-01,10,3,gagné,{won}\n2024-01-02,10,2,perdu,{lost}\n2024-01-03,10,2,remboursé,{void}\n"
        );
        assessed(&table, &[])
    };
    let (back, said) = of(["30", "0", "10"]);
    near(&back["profit"], 10.0);
    assert!(said.contains("gain is read as what came back"), "{said}");
    // half of the stake that came back is no half of a stake that was lost
    let french = "Date;Type;Mise;Cote;Statut;Gain;Freebet\n\
        02/11/2024;Simple;10,00;1,85;Gagné;18,50;Non\n03/11/2024;Simple;10,00;2,10;Perdu;0,00;Non\n\
        16/11/2024;Combiné;5,00;3,10;Remboursé;5,00;Non\n17/11/2024;Simple;10,00;2,50;Gagné;15,00;Oui\n\
        18/11/2024;Simple;10,00;2,50;1/2 gagné;17,50;Non\n19/11/2024;Simple;10,00;2,50;1/2 perdu;5,00;Non\n";
    let (found, _) = assessed(french, &[]);
    near(&found["profit"], 8.5 - 10.0 + 7.5 - 5.0);
    near(&found["free_bets"]["profit"], 15.0);
    let (won, said) = of(["20", "0", "0"]);
    near(&won["profit"], 10.0);
    assert!(
        said.contains("gain is read as what was won, the stake not included"),
        "{said}"
    );
}

#[test]
fn tags_of_one_cell_and_of_several_columns_are_groups_each() {
    let table = "Date,Stake,Odds,Outcome,Tags\n2024-11-02,10,2,Won,\"value, home\"\n2024-11-03,10,2,Lost,\"value; away\"\n2024-11-04,10,2,Lost,away\n2024-11-05,10,2,Won,\n";
    let (found, _) = assessed(table, &["--by", "tag"]);
    let groups: Vec<(&str, i64)> = found["by"]["tag"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            (
                group["group"].as_str().unwrap(),
                group["bets"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(groups, [("away", 2), ("home", 1), ("value", 2), ("–", 1)]);
    near(&found["by"]["tag"][0]["yield"], -1.0);
    near(&found["by"]["tag"][2]["yield"], 0.0);
    let numbered = "Date,Stake,Odds,Outcome,Tag 1,Tag 2\n2024-11-02,10,2,Won,value,home\n2024-11-03,10,2,Lost,away,value\n2024-11-04,10,2,Lost,away,away\n2024-11-05,10,2,Won,,\n";
    let (other, _) = assessed(numbered, &["--by", "tag"]);
    assert_eq!(other["by"], found["by"]);
    let kinds = "date,stake,odds,result,Category,Tipster\n2024-01-01,10,2,won,b,Ann\n2024-01-02,10,2,lost,c,Bob\n";
    let group = |found: &Value, by: &str, place: usize| found["by"][by][place]["group"].clone();
    let (found, said) = assessed(kinds, &["--by", "tag"]);
    assert_eq!(group(&found, "tag:Tipster", 0), "Ann", "{found}");
    assert_eq!(group(&found, "tag:Category", 1), "c", "{found}");
    assert!(
        said.contains("Tipster, Category are read as tags of bets, each for itself"),
        "{said}"
    );
    let one = ["--by", "tag", "--map", "tag=category"];
    let (found, said) = assessed(kinds, &one);
    assert_eq!(group(&found, "tag", 0), "b", "{found}");
    assert!(!said.contains("read as tags"), "{said}");
    let both = [&one[..], &["--map", "tag=Tipster"]].concat();
    let (found, _) = assessed(kinds, &both);
    assert_eq!(group(&found, "tag:Category", 0), "b", "{found}");
    assert_eq!(group(&found, "tag:Tipster", 1), "Bob", "{found}");
}

/// The account statement of an exchange: a lay bet risks its liability.
#[test]
fn a_lay_bet_is_one_of_its_liability_on_the_other_outcome() {
    let table = "Market,Selection,Bid type,Bet ID,Average odds,Stake (£),Profit/Loss (£),Status,Settled date\n\
        Football / Arsenal v Chelsea : Match Odds,Arsenal,Back,1,2.02,5.00,5.10,Won,02-Nov-24 14:25\n\
        Football / Leeds v Derby : Match Odds,Leeds,Lay,2,1.90,5.00,-4.50,Lost,03-Nov-24 14:25\n\
        Football / Leeds v Stoke : Match Odds,Leeds,Lay,3,1.90,5.00,5.00,Won,04-Nov-24 14:25\n";
    let (found, said) = assessed(table, &[]);
    near(&found["turnover"], 5.0 + 2.0 * 4.5);
    near(&found["profit"], 5.1 - 4.5 + 5.0);
    // the other outcome at 1.9 / 0.9
    near(&found["average_odds"], (2.02 + 2.0 * (1.9 / 0.9)) / 3.0);
    assert_eq!(found["rows"]["off_price"], 0);
    assert!(
        said.contains("2 bets laid: each counts as a bet of its liability"),
        "{said}"
    );
}

/// A bet that is not settled has no day of settlement, and endings have `SETTLED_` before them.
#[test]
fn the_export_of_an_app_is_read_as_it_is() {
    let table = "bet_id,sportsbook,type,status,odds,closing_line,amount,profit,time_settled,bet_info,tags,sports,leagues\n\
        a1,FanDuel,straight,SETTLED_WIN,1.909,1.85,25,22.73,10/13/2024 01:00:00 GMT,Chiefs -3.5,\"nfl, model\",Football,NFL\n\
        a2,BetMGM,straight,SETTLED_LOSS,2.1,2.05,25,-25,10/16/2024 01:00:00 GMT,Jets,nfl,Football,NFL\n\
        a3,BetMGM,parlay,SETTLED_VOID,4.1,,10,0,10/18/2024 01:00:00 GMT,Jets | Bills,,Football | Basketball,NFL | NBA\n\
        a4,BetMGM,straight,PENDING,1.9,,10,,,Jets,nfl,Football,NFL\n";
    let (found, _) = assessed(table, &[]);
    let counts = ["won", "lost", "void"].map(|result| found[result].as_u64());
    assert_eq!(counts, [Some(1); 3]);
    assert_eq!(
        (&found["rows"]["open"], &found["rows"]["multiples"]),
        (&1.into(), &1.into())
    );
    near(&found["profit"], 22.73 - 25.0);
    assert_eq!(found["to"], "2024-10-18");
}
