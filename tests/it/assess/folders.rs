//! What `assess` writes, and how it prints.

use super::printed;
use crate::backtest::simbet;

/// A record of two years, with books and closing prices.
fn record() -> String {
    let mut table =
        "date,event,stake,odds,result,closing_odds,closing_odds_other,book,tag\n".to_owned();
    for bet in 0..400_u32 {
        let (year, day) = (2022 + bet / 200, bet % 200);
        let result = if bet % 7 < 4 { "won" } else { "lost" };
        let book = ["Bet365", "Pinnacle", "Betfair"][bet as usize % 3];
        table += &format!(
            "{year}-{:02}-{:02},A{bet} v B,10,1.{:02},{result},1.85,2.0,{book},{}\n",
            1 + day / 20,
            1 + day % 20,
            80 + bet % 19,
            if bet % 2 == 0 { "value" } else { "tips" }
        );
    }
    table
}

#[test]
fn the_folder_has_a_page_that_report_gives_again() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("mine.csv");
    std::fs::write(&table, record()).unwrap();
    let out = folder.path().join("out");
    let plot = folder.path().join("tag.svg");
    let run = |more: &[&str]| {
        let mut command = simbet();
        command
            .arg("assess")
            .arg(&table)
            .args(["-q", "--runs", "200", "--bankroll", "500", "--out"])
            .arg(&out);
        command.args(more).assert().success();
    };
    run(&["--plot", plot.to_str().unwrap(), "--chart", "clv"]);
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    for text in [
        "400 settled bets of",
        "Yield by book",
        "If it goes on like this".to_lowercase().as_str(),
        "<svg",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(
        std::fs::read_to_string(&plot)
            .unwrap()
            .contains("Closing-line value")
    );
    let groups = std::fs::read_to_string(out.join("groups.csv")).unwrap();
    assert!(
        groups.starts_with("by,group,bets,won") && groups.contains("\nbook,Pinnacle,"),
        "{groups}"
    );
    let again = simbet()
        .arg("report")
        .arg(&out)
        .args(["-q", "-o", "-"])
        .assert()
        .success();
    assert_eq!(
        String::from_utf8_lossy(&again.get_output().stdout).trim(),
        page.trim()
    );
    // a second run may replace what the first wrote
    run(&["--seed", "2"]);
}

#[test]
fn the_output_is_the_same_whatever_the_threads() {
    let text = |threads: &str| printed(&record(), &["--threads", threads, "--format", "json"]);
    assert_eq!(text("1"), text("3"));
}

#[test]
fn csv_and_markdown() {
    let csv = printed(&record(), &["--format", "csv"]);
    assert!(csv.starts_with("metric,value\nbets,400\n"), "{csv}");
    let groups = printed(&record(), &["--format", "csv", "--by", "tag"]);
    assert_eq!(groups.lines().count(), 3);
    let markdown = printed(&record(), &["--format", "markdown"]);
    assert!(
        markdown.contains("| skill or luck") && markdown.contains("### By tag"),
        "{markdown}"
    );
}

#[test]
fn a_folder_of_inputs_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.csv"), record()).unwrap();
    let run = simbet()
        .arg("assess")
        .arg(folder.path().join("mine.csv"))
        .arg("--out")
        .arg(folder.path())
        .assert()
        .code(2);
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("results would mix"), "{said}");
}
