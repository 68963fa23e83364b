//! How a match was priced last, and the goals that could be expected in it: what models may learn from once it is over.

use std::fs;
use std::sync::Arc;

use crate::backtest::simbet;
use simbet::{Book, LastPrices, Odds, PriceSource, ReadConfig, Statistics, read_bytes};

fn odds<const SIDES: usize>(decimals: [f64; SIDES]) -> [Odds; SIDES] {
    decimals.map(|decimal| Odds::new(decimal).unwrap())
}

fn statistics(csv: &str, config: &ReadConfig) -> Vec<Option<Arc<Statistics>>> {
    let matches = read_bytes("E0.csv", csv.as_bytes(), config).unwrap();
    let records = matches.records.into_iter();
    records.map(|record| record.statistics).collect()
}

fn last_prices(csv: &str, config: &ReadConfig) -> Vec<Option<LastPrices>> {
    let known = statistics(csv, config).into_iter();
    known.map(|known| known?.last_prices).collect()
}

const FILE: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A,AvgH,AvgD,AvgA,Avg>2.5,Avg<2.5,PSCH,PSCD,PSCA,PC>2.5,PC<2.5,B365>2.5,B365<2.5\n\
    E0,11/08/2023,Burnley,Man City,0,3,8,5.5,1.33,9.02,5.35,1.35,1.61,2.29,9.36,5.4,1.36,1.62,2.4,1.6,2.3\n\
    E0,12/08/2023,Arsenal,Forest,2,1,1.18,7,15,1.19,7.1,14.1,1.5,2.6,,7.1,14,,2.4,1.6,2.3\n\
    E0,13/08/2023,Everton,Fulham,0,1,2.2,3.4,3.3,,,,,,,,,,,1.9,1.9\n\
    E0,14/08/2023,Wolves,Luton,1,0,22,3.4,33,,,,,,,,,,,,\n\
    E0,15/08/2023,Brentford,Spurs,,,2.2,3.4,3.3,2.1,3.3,3.2,,,,,,,,,\n";

/// Pinnacle's close, else the average, else Bet365; totals likewise but for Bet365's; whatever books the run bets at.
#[test]
fn the_best_source_of_a_match_counts() {
    for books in [None, Some(vec![Book::new("wh").unwrap()])] {
        let config = ReadConfig {
            books,
            ..ReadConfig::default()
        };
        let prices = last_prices(FILE, &config);
        let first = LastPrices {
            result: Some((PriceSource::PinnacleClose, odds([9.36, 5.4, 1.36]))),
            totals: Some((PriceSource::PinnacleClose, odds([1.62, 2.4]))),
        };
        let second = LastPrices {
            result: Some((PriceSource::AveragePre, odds([1.19, 7.1, 14.1]))),
            totals: Some((PriceSource::AveragePre, odds([1.5, 2.6]))),
        };
        let third = LastPrices {
            result: Some((PriceSource::Bet365Pre, odds([2.2, 3.4, 3.3]))),
            totals: None,
        };
        // an impossible margin, and a match that is not over, teach nothing
        assert_eq!(prices, [Some(first), Some(second), Some(third), None, None]);
    }
    let config = ReadConfig {
        last_prices: false,
        ..ReadConfig::default()
    };
    assert_eq!(last_prices(FILE, &config), [None; 5]);
}

/// Rows of several books on one match add up, whatever their order.
#[test]
fn rows_on_one_match_join_their_last_prices() {
    let rows = [
        "2023-08-11,Burnley,Man City,0,3,avg,9,5.3,1.35,8.9,5.2,1.36",
        "2023-08-11,Burnley,Man City,0,3,ps,9.1,5.4,1.36,9.36,5.4,1.37",
        "2023-08-11,Burnley,Man City,0,3,b365,8,5.5,1.33,,,",
    ];
    let header = "date,home_team,away_team,home_goals,away_goals,book,odds_home,odds_draw,odds_away,close_home,close_draw,close_away\n";
    let wanted = LastPrices {
        result: Some((PriceSource::PinnacleClose, odds([9.36, 5.4, 1.37]))),
        totals: None,
    };
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let rows: Vec<&str> = order.into_iter().map(|at| rows[at]).collect();
        let csv = format!("{header}{}\n", rows.join("\n"));
        assert_eq!(last_prices(&csv, &ReadConfig::default()), [Some(wanted)]);
    }
}

/// Expected goals are read by their names and by `--map`, are kept by `convert`, and are none where they cannot be true.
#[test]
fn expected_goals_are_read_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,xg1,xg2\n\
        2023-08-11,Burnley,Man City,0,3,9,5.3,1.35,0.3,2.41\n2023-08-12,Arsenal,Forest,2,1,1.2,7,14,-1,0.5\n";
    fs::write(folder.path().join("mine.csv"), csv).unwrap();
    let mut convert = simbet();
    let output = convert
        .current_dir(folder.path())
        .args([
            "convert",
            "mine.csv",
            "--map",
            "home_xg=xg1",
            "--map",
            "away_xg=xg2",
        ])
        .args(["--output", "plain.csv"])
        .assert()
        .success();
    drop(output);
    let plain = fs::read_to_string(folder.path().join("plain.csv")).unwrap();
    assert!(
        plain.lines().next().unwrap().ends_with("home_xg,away_xg"),
        "{plain}"
    );
    let known = statistics(&plain, &ReadConfig::default());
    let expected: Vec<_> = known
        .into_iter()
        .map(|known| known?.expected_goals)
        .collect();
    assert_eq!(expected, [Some([0.3, 2.41]), None]);
}

/// Of Parquet as well the prices of books that are not bet at are read.
#[cfg(feature = "parquet")]
#[test]
fn last_prices_are_read_from_parquet() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("E0.csv"), FILE).unwrap();
    let mut convert = simbet();
    let convert = convert
        .current_dir(folder.path())
        .args(["convert", "E0.csv", "--book", "ps,avg,b365"])
        .args(["--output", "plain.parquet"]);
    convert.assert().success();
    let bytes = fs::read(folder.path().join("plain.parquet")).unwrap();
    let config = ReadConfig {
        books: Some(vec![Book::new("wh").unwrap()]),
        ..ReadConfig::default()
    };
    let of = |matches: simbet::Matches| -> Vec<Option<LastPrices>> {
        let records = matches.records.into_iter();
        records
            .map(|record| record.statistics?.last_prices)
            .collect()
    };
    let found = of(read_bytes("plain.parquet", &bytes, &config).unwrap());
    let first = found[0].unwrap();
    assert_eq!(
        first.result,
        Some((PriceSource::PinnacleClose, odds([9.36, 5.4, 1.36])))
    );
    assert_eq!(found, last_prices(FILE, &config));
}
