//! Programs that do not answer as they should: each gives one clear error.

use super::{Folder, error_of};

/// The error of a script, without the part that all have.
#[track_caller]
fn fault(script: &str) -> String {
    fault_within(script, "60s")
}

#[track_caller]
fn fault_within(script: &str, timeout: &str) -> String {
    let folder = Folder::with(script);
    let said = error_of(folder.backtest(&["-q", "--model-timeout", timeout]), 1);
    let (before, fault) = said
        .split_once("(python3 model.py)")
        .unwrap_or_else(|| panic!("{said}"));
    assert!(
        before.starts_with("error: no prediction for any league on 2024-08-16: "),
        "{said}"
    );
    fault.trim().to_owned()
}

/// A script that makes something of the first forecast.
fn forecasting(change: &str) -> String {
    format!(
        "for message in messages():\n    if message['type'] == 'predict':\n        forecasts = [{{'p': [0.5, 0.27, 0.23]}} for fixture in message['fixtures']]\n        {change}\n        answer(message, forecasts)\n"
    )
}

#[test]
fn nonsense_is_refused_with_the_line_and_what_was_expected() {
    let question = "to question 1, of 2024-08-16T00:00:00, is refused:";
    for (change, problem, line) in [
        (
            "message['id'] += 1",
            "its id is 2, and the question's is 1",
            r#"{"id": 2, "forecasts": [{"p": [0.5, 0.27, 0.23]}]}"#,
        ),
        (
            "forecasts.append(None)",
            "forecasts has 2 of 1: one for each fixture, in their order, null for no opinion",
            r#"{"id": 1, "forecasts": [{"p": [0.5, 0.27, 0.23]}, null]}"#,
        ),
        (
            "forecasts.pop()",
            "forecasts has 0 of 1: one for each fixture, in their order, null for no opinion",
            r#"{"id": 1, "forecasts": []}"#,
        ),
        (
            "forecasts[0]['p'][0] = float('nan')",
            "NaN and Infinity are not JSON: write null for a match without an opinion",
            r#"{"id": 1, "forecasts": [{"p": [NaN, 0.27, 0.23]}]}"#,
        ),
        (
            "forecasts[0]['p'][0] = float('inf')",
            "NaN and Infinity are not JSON: write null for a match without an opinion",
            r#"{"id": 1, "forecasts": [{"p": [Infinity, 0.27, 0.23]}]}"#,
        ),
        (
            "forecasts[0]['p'][0] = -0.1",
            "forecasts[0] (Ashby - Borden): p must lie between 0 and 1, not -0.1",
            r#"{"id": 1, "forecasts": [{"p": [-0.1, 0.27, 0.23]}]}"#,
        ),
        (
            "forecasts[0]['p'][0] = 0.6",
            "forecasts[0] (Ashby - Borden): the probabilities of 1x2 must sum to 1, not 1.1",
            r#"{"id": 1, "forecasts": [{"p": [0.6, 0.27, 0.23]}]}"#,
        ),
        (
            "forecasts[0]['p'] = [50, 27, 23]",
            "forecasts[0] (Ashby - Borden): p must lie between 0 and 1, not 50: divide percentages by 100",
            r#"{"id": 1, "forecasts": [{"p": [50, 27, 23]}]}"#,
        ),
        (
            "forecasts[0]['p'].pop()",
            "forecasts[0]: p must have 3 numbers, for home, draw and away, not 2",
            r#"{"id": 1, "forecasts": [{"p": [0.5, 0.27]}]}"#,
        ),
        (
            "forecasts[0] = {'rate': [1.5, 1.1]}",
            "forecasts[0]: unknown member \"rate\", expected p, rates, rho, grid, markets; did you mean rates?",
            r#"{"id": 1, "forecasts": [{"rate": [1.5, 1.1]}]}"#,
        ),
        (
            "forecasts[0] = {'rates': [1.5, 25]}",
            "forecasts[0] (Ashby - Borden): rates must be expected goals from 0 to 20, not 25",
            r#"{"id": 1, "forecasts": [{"rates": [1.5, 25]}]}"#,
        ),
        (
            "forecasts[0] = {'grid': [[0.5, 0.5], [0.5]]}",
            "forecasts[0] (Ashby - Borden): the cells of grid must sum to 1, not 1.5",
            r#"{"id": 1, "forecasts": [{"grid": [[0.5, 0.5], [0.5]]}]}"#,
        ),
        (
            "forecasts[0] = {}",
            "forecasts[0] (Ashby - Borden): it says nothing; null says that there is no opinion",
            r#"{"id": 1, "forecasts": [{}]}"#,
        ),
        (
            "print(message['id'])",
            "an answer is an object of id and forecasts",
            "1",
        ),
        (
            "print('thinking about', message['fixtures'][0]['home_team'])",
            "it is not JSON; stdout is for answers alone: print anything else to stderr",
            "thinking about Ashby",
        ),
        (
            "print()",
            "it is empty; stdout is for answers alone: print anything else to stderr",
            "",
        ),
        (
            "sys.stdout.buffer.write(b'{\"id\":1,\"x\":\"\\xff\"}\\n')",
            "it is not UTF-8",
            "{\"id\":1,\"x\":\"\u{fffd}\"}",
        ),
        (
            "sys.stdout.write(json.dumps(forecasts)[:-4]); sys.stdout.flush(); sys.exit()",
            "its JSON ends too early",
            r#"[{"p": [0.5, 0.27, 0.2"#,
        ),
    ] {
        let said = fault(&forecasting(change));
        assert_eq!(
            said,
            format!("{question} {problem}\n  it wrote: {line}").trim_end(),
            "{change}"
        );
    }
}

#[test]
fn a_banner_is_no_answer() {
    let script = format!("print('Model 1.0 is ready')\n{}", forecasting("pass"));
    let said = fault(&script);
    assert!(
        said.ends_with("print anything else to stderr\n  it wrote: Model 1.0 is ready"),
        "{said}"
    );
}

#[test]
fn an_answer_too_many_is_not_taken_for_the_next_one() {
    let folder = Folder::with(&forecasting("answer(message, forecasts)"));
    let said = error_of(folder.backtest(&["-q"]), 1);
    assert!(said.contains("on 2024-08-17: "), "{said}");
    // which of both is said depends on whether the line was there before the next question was asked
    let unasked = "writes lines that it was not asked for, such as";
    let of_another = "is refused: its id is 1, and the question's is 2";
    assert!(
        said.contains(unasked) || said.contains(of_another),
        "{said}"
    );
}

#[test]
fn who_dies_is_said_to_have_died_and_how() {
    let said = fault(&forecasting("raise ValueError('no such team')"));
    assert!(
        said.starts_with(
            "ended with exit code 1; it was asked question 1, of 2024-08-16T00:00:00\n  its last lines on stderr:\n"
        ),
        "{said}"
    );
    assert!(said.ends_with("\n    ValueError: no such team"), "{said}");
    let said = fault(&forecasting("os.kill(os.getpid(), 9)"));
    assert!(
        said.starts_with("ended by signal 9; it was asked question 1"),
        "{said}"
    );
    let said = fault("sys.exit(3)");
    assert!(said.starts_with("ended with exit code 3; "), "{said}");
    let said = fault("pass");
    assert!(said.starts_with("ended with exit code 0; "), "{said}");
}

#[test]
fn who_is_silent_is_waited_for_so_long_and_no_longer() {
    let said = fault_within(&forecasting("time.sleep(60)"), "1500ms");
    assert_eq!(
        said,
        "gave no answer within 1.5 s (--model-timeout): it has to write a line for each question and to flush stdout; it was \
         asked question 1, of 2024-08-16T00:00:00"
    );
}

#[test]
fn a_script_of_python_need_not_flush() {
    let folder = Folder::with(
        "for message in messages():\n    if message['type'] == 'predict':\n        print(json.dumps({'id': message['id'], 'forecasts': [None for f in message['fixtures']]}))\n",
    );
    assert_eq!(folder.json(&["--model-timeout", "30s"])["predicted"], 0);
}

#[test]
fn who_closes_stdout_is_not_waited_for() {
    let said = fault(&forecasting("os.close(1); time.sleep(60)"));
    assert!(
        said.starts_with(
            "closed its stdin or stdout and goes on without them; it was asked question 1"
        ),
        "{said}"
    );
}

#[test]
fn a_line_without_an_end_takes_bounded_memory() {
    let said = fault(&forecasting("sys.stdout.write('x' * 100_000_000)"));
    let beginning = "wrote a line of more than 16 MiB without an end, which begins xxx";
    assert!(said.starts_with(beginning) && said.len() < 2_000, "{said}");
}

#[test]
fn a_flood_on_stderr_stops_nobody_and_its_end_is_kept() {
    let flood = "for n in range(100_000): print('warning', n, file=sys.stderr)\n";
    let script = format!("{flood}{}", forecasting("sys.exit(4)"));
    let said = fault(&script);
    assert!(said.contains("ended with exit code 4"), "{said}");
    assert!(
        said.contains("warning 99999") && !said.contains("warning 99000"),
        "{said}"
    );
    let calm = Folder::with(&format!("{flood}{}", forecasting("pass")));
    assert_eq!(calm.json(&[])["predicted"], 7);
}

#[test]
fn who_reads_nothing_is_noticed() {
    // more matches than go into a pipe
    let mut matches =
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    for n in 0..2_000 {
        matches += &format!(
            "2024-01-{:02},Team {},Team {},1,0,2,3,4\n",
            1 + n / 100,
            n % 100,
            200 + n % 77
        );
    }
    let folder = Folder::with("time.sleep(60)");
    folder.write("matches.csv", &matches);
    let said = error_of(
        folder.backtest(&["-q", "--model-timeout", "1", "--from", "2024-01-19"]),
        1,
    );
    assert!(
        said.contains("has read nothing for 1 s of what it is told (--model-timeout): it has to read its stdin line by line"),
        "{said}"
    );
}

#[test]
fn probabilities_that_are_a_little_off_are_scaled_and_counted() {
    let folder = Folder::with(&forecasting("forecasts[0]['p'][0] = 0.51"));
    let output = folder.backtest(&[]).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(
        said.contains(
            "warning: 5 forecasts of the model's program had probabilities that did not sum to 1 within 0.000001: they were scaled"
        ),
        "{said}"
    );
}

#[test]
fn a_program_is_heard_on_stderr_where_that_is_wanted() {
    let folder = Folder::with(&format!(
        "print('hello there', file=sys.stderr, flush=True)\n{}",
        forecasting("pass")
    ));
    let said = |arguments: &[&str]| {
        let output = folder.backtest(arguments).assert().success();
        String::from_utf8_lossy(&output.get_output().stderr).into_owned()
    };
    assert!(!said(&[]).contains("hello there"));
    assert!(said(&["-v"]).contains("the model's program: hello there"));
}

#[test]
fn who_talks_without_end_is_stopped_at_the_first_line() {
    let folder = Folder::with("");
    let said = error_of(
        folder.simbet(&["backtest", "matches.csv", "-q", "--model", "exec:yes"]),
        1,
    );
    assert!(
        said.contains("it is not JSON") && said.ends_with("it wrote: y\n"),
        "{said}"
    );
}

#[test]
fn a_program_without_any_opinion_is_said_to_have_none() {
    let folder = Folder::with(&forecasting("forecasts = [None for forecast in forecasts]"));
    let output = folder.backtest(&[]).assert().success();
    let said = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let expected = "warning: the model's program had no opinion on any of the 7 fixtures that it was asked about";
    assert!(said.contains(expected), "{said}");
    let fixtures = "league,date,home_team,away_team,odds_home,odds_draw,odds_away\nAlpha,2024-09-14,Ashby,Crewton,2.3,3.3,3.2\n";
    folder.write("fixtures.csv", fixtures);
    let predict = [
        "predict",
        "matches.csv",
        "-q",
        "--fixtures",
        "fixtures.csv",
        "--model",
        "exec:python3 model.py",
    ];
    let said = error_of(folder.simbet(&predict), 1);
    assert!(
        said.contains("nothing is predicted: the model has no opinion on any of the fixtures"),
        "{said}"
    );
}
