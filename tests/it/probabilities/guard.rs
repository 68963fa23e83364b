//! Nothing is known before its time, and nothing depends on what is known later, nor on order and threads.

use proptest::prelude::*;
use simbet::internals::sink::memory::Memory;
use simbet::{RunConfig, Settings, Time, backtest, read_bytes, use_probabilities};

use super::{MATCHES, WIDE, bets, error, with_file};

/// [`WIDE`] with these times, one for each row.
fn with_times(times: [&str; 4]) -> String {
    let mut lines = WIDE.lines();
    let mut text = format!("{},known_at\n", lines.next().unwrap());
    for (row, time) in lines.zip(times) {
        text += &format!("{row},{time}\n");
    }
    text
}

/// Prices before the match are known at the start of its day.
#[test]
fn what_is_known_after_the_prices_is_not_used_and_is_counted() {
    let times = [
        "2024-08-16",
        "2024-08-17 23:59",
        "2024-08-24T00:00:00Z",
        "2024-08-25T00:00:01Z",
    ];
    let run = with_file(MATCHES, &with_times(times), &[]);
    assert_eq!(bets(&run).len(), 3);
    assert_eq!(run["predicted"], 3);
    let said = &run["probabilities"];
    assert_eq!(said["known_at"], true);
    assert_eq!(said["matches_too_late"], 1);
    assert_eq!(said["too_late"], 1);
    // a day alone is known at its end
    let run = with_file(
        MATCHES,
        &with_times(["2024-08-17", "2024-08-18", "2024-08-23", "2024-08-24"]),
        &[],
    );
    assert_eq!(bets(&run).len(), 2);
    let said = with_file(MATCHES, WIDE, &[]);
    assert_eq!(said["probabilities"]["known_at"], false);
}

#[test]
fn times_may_be_written_in_any_form() {
    let midnight = |day: u32| {
        [
            format!("2024-08-{day}T00:00Z"),
            format!("2024-08-{day} 02:00+02:00"),
            format!("{day}/08/2024 00:00"),
            format!("{}", 1_723_852_800 + i64::from(day - 17) * 86_400),
            format!("{}", (1_723_852_800 + i64::from(day - 17) * 86_400) * 1_000),
        ]
    };
    for form in 0..5 {
        let times = [17, 18, 24, 25].map(|day| midnight(day)[form].clone());
        let run = with_file(
            MATCHES,
            &with_times(times.each_ref().map(String::as_str)),
            &[],
        );
        assert_eq!(bets(&run).len(), 4, "{times:?}");
        let late = [17, 18, 24, 25].map(|day| {
            midnight(day)[form]
                .replace("00:00", "00:01")
                .replace("02:00+", "02:01+")
        });
        let late = late.map(|time| {
            time.parse::<i64>().map_or(time, |number| {
                let later = if number > 1_000_000_000_000 {
                    60_000
                } else {
                    60
                };
                (number + later).to_string()
            })
        });
        let said = error(
            MATCHES,
            &with_times(late.each_ref().map(String::as_str)),
            &[],
            1,
        );
        assert!(
            said.contains("became known only after the prices"),
            "{late:?} {said}"
        );
    }
}

/// The zone of times without one is that of the run.
#[test]
fn a_time_zone_counts() {
    let times = [
        "2024-08-17 01:00",
        "2024-08-18 01:00",
        "2024-08-24 01:00",
        "2024-08-25 01:00",
    ];
    let late = error(MATCHES, &with_times(times), &[], 1);
    assert!(late.contains("--price close"), "{late}");
    let run = with_file(
        MATCHES,
        &with_times(times),
        &["--time-zone", "Europe/London"],
    );
    assert_eq!(bets(&run).len(), 4);
}

#[test]
fn of_several_versions_the_latest_in_time_counts() {
    let versions = "match_id,known_at,p_home,p_draw,p_away\n\
        m1,2024-08-15,0.1,0.1,0.8\n\
        m1,2024-08-16,0.6,0.25,0.15\n\
        m1,2024-08-17,0.1,0.1,0.8\n";
    let run = with_file(MATCHES, versions, &[]);
    let bets = bets(&run);
    assert_eq!((bets.len(), bets[0].2), (1, 0.6));
    assert_eq!(run["probabilities"]["too_late"], 1);
    assert_eq!(run["probabilities"]["matches_with"], 1);
}

/// Prices at kick-off may be bet at with what is known until then.
#[test]
fn closing_prices_wait_for_kick_off() {
    let matches = "match_id,date,time,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away,close_home,close_draw,close_away\n\
        m1,2024-08-17,15:00,Ashby,Brae,2,1,2.00,3.50,4.00,2.00,3.50,4.00\n";
    let known = "match_id,known_at,p_home,p_draw,p_away\nm1,2024-08-17 14:55,0.6,0.25,0.15\n";
    assert!(error(matches, known, &[], 1).contains("--price close"));
    assert_eq!(
        bets(&with_file(matches, known, &["--price", "close"])).len(),
        1
    );
}

/// What a stranger has to know of `known_at`: it is the file's own word, and a day is its end.
#[test]
fn a_day_without_a_time_is_said_to_count_as_its_end() {
    let days = with_times(["2024-08-17", "2024-08-18", "2024-08-24", "2024-08-25"]);
    let said = error(MATCHES, &days, &[], 1);
    let words =
        "a day without a time counts as the end of that day: write a time, or the day before";
    assert!(said.contains(words), "{said}");
    let times = with_times(["2024-08-17 01:00"; 4]);
    let times = times.replace("2024-08-17 01:00", "2024-08-30 01:00");
    let said = error(MATCHES, &times, &[], 1);
    assert!(!said.contains(words), "{said}");
}

/// Probabilities that know the results, and such that know nothing.
#[test]
fn a_lead_that_no_forecast_has_is_said_to_be_look_ahead() {
    let mut matches =
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    let mut knowing = "date,home_team,away_team,p_home,p_draw,p_away,known_at\n".to_owned();
    let mut honest = knowing.clone();
    for at in 0..150_i64 {
        let day = simbet::internals::calendar::format_date(Time::from_days(19_000 + at));
        let before = simbet::internals::calendar::format_date(Time::from_days(18_999 + at));
        let [home, draw, away] = [at % 3 == 0, at % 3 == 1, at % 3 == 2];
        let p = |happened: bool| if happened { 0.5 } else { 0.25 };
        matches += &format!(
            "{day},Ashby,Brae,{},{},2.6,2.9,2.8\n",
            u8::from(home),
            u8::from(away)
        );
        let noise = if at % 7 < 3 { 0.02 } else { -0.02 };
        knowing += &format!(
            "{day},Ashby,Brae,{},{},{},{before}\n",
            p(home) + noise,
            p(draw) - noise,
            p(away)
        );
        honest += &format!(
            "{day},Ashby,Brae,{},0.33,{},{before}\n",
            0.33 + noise,
            0.34 - noise
        );
    }
    let headline = |text: &str| {
        let folder = super::folder(&matches, text);
        let mut run = crate::backtest::simbet();
        run.current_dir(folder.path()).args([
            "backtest",
            "matches.csv",
            "--model",
            "file",
            "--probabilities",
            "p.csv",
        ]);
        String::from_utf8_lossy(&run.assert().success().get_output().stdout).into_owned()
    };
    let said = headline(&knowing);
    assert!(said.contains("each is used from its known_at on"), "{said}");
    assert!(said.contains("nearly always look-ahead"), "{said}");
    let said = headline(&honest);
    assert!(!said.contains("nearly always look-ahead"), "{said}");
}

/// A made-up league with probabilities of every match.
struct League {
    matches: String,
    /// Each row with the day of its match, without a time.
    rows: Vec<(u32, String)>,
}

fn league() -> League {
    let teams = ["Ashby", "Brae", "Corby", "Dunmow", "Elland", "Frome"];
    let mut matches =
        "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n".to_owned();
    let mut rows = Vec::new();
    for day in 1..=28_u32 {
        let [home, away] = [day as usize % 6, (day as usize * 5 + 2) % 6];
        let away = if home == away { (away + 1) % 6 } else { away };
        let (home, away) = (teams[home], teams[away]);
        let goals = [day * 7 % 4, day * 11 % 3];
        matches += &format!(
            "2024-02-{day:02},{home},{away},{},{},2.4,3.3,3.1\n",
            goals[0], goals[1]
        );
        let p = 0.3 + f64::from(day * 13 % 20) / 100.0;
        let draw = 0.25;
        rows.push((
            day,
            format!(
                "2024-02-{day:02},{home},{away},{p:.4},{draw},{:.4}",
                1.0 - p - draw
            ),
        ));
    }
    League { matches, rows }
}

const HEADER: &str = "date,home_team,away_team,p_home,p_draw,p_away,known_at\n";

/// Every bet of a run on these matches by these probabilities.
fn bets_of(matches: &str, probabilities: &str) -> Vec<(Time, String)> {
    let settings = Settings::from_toml("model = 'file'").unwrap();
    let mut config = RunConfig::resolve(&settings).unwrap();
    let matches = read_bytes("L1.csv", matches.as_bytes(), &config.read).unwrap();
    use_probabilities("p.csv", probabilities.as_bytes(), &mut config, &matches).unwrap();
    let mut memory = Memory::default();
    let done = backtest(
        &config.engine,
        config.replay,
        matches,
        Some(&mut memory),
        &mut |_| {},
    )
    .unwrap();
    let rows = memory.bets(done.names());
    rows.map(|row| (row.bet.placed_at, format!("{:?}", row.bet)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Rows that become known only after the prices of their match may say anything.
    #[test]
    fn rows_that_are_known_too_late_change_no_bet(day in 1..=28_u32, p in 0.01..0.7_f64, late in 1..100_000_i64) {
        let League { matches, rows } = league();
        let text: String = rows.iter().map(|(day, row)| format!("{row},2024-02-{day:02}T00:00Z\n")).collect();
        let known = format!("{HEADER}{text}");
        let (_, row) = &rows[day as usize - 1];
        let cells: Vec<&str> = row.split(',').collect();
        let price = 1_706_745_600 + i64::from(day - 1) * 86_400;
        let more = format!("{},{p},0.2,{},{}\n", cells[..3].join(","), 1.0 - p - 0.2, price + late);
        prop_assert_eq!(bets_of(&matches, &format!("{known}{more}")), bets_of(&matches, &known));
    }

    /// What is said of later matches changes no bet before.
    #[test]
    fn probabilities_of_later_matches_change_no_earlier_bet(day in 2..=28_u32, p in 0.01..0.7_f64) {
        let League { matches, rows } = league();
        let text = |changed: bool| -> String {
            let rows = rows.iter().map(|(at, row)| {
                let cells: Vec<&str> = row.split(',').collect();
                let own = format!("{row},2024-02-{at:02}T00:00Z\n");
                let other = format!("{},{p},0.2,{},2024-02-{at:02}T00:00Z\n", cells[..3].join(","), 1.0 - p - 0.2);
                if changed && *at >= day { other } else { own }
            });
            format!("{HEADER}{}", rows.collect::<String>())
        };
        let until = Time::from_days(19_753 + i64::from(day));
        let before = |changed: bool| -> Vec<(Time, String)> {
            let bets = bets_of(&matches, &text(changed)).into_iter();
            bets.filter(|(placed_at, _)| *placed_at < until).collect()
        };
        prop_assert_eq!(before(false), before(true));
    }

    /// The order of rows changes nothing.
    #[test]
    fn the_order_of_rows_changes_nothing(seed in any::<u64>()) {
        let League { matches, rows } = league();
        let mut shuffled = rows.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            shuffled.swap(at, (state % (at as u64 + 1)) as usize);
        }
        let text = |rows: &[(u32, String)]| -> String {
            let rows = rows.iter().map(|(day, row)| format!("{row},2024-02-{day:02}T00:00Z\n"));
            format!("{HEADER}{}", rows.collect::<String>())
        };
        prop_assert_eq!(bets_of(&matches, &text(&rows)), bets_of(&matches, &text(&shuffled)));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let run = |threads: &str| with_file(MATCHES, WIDE, &["--threads", threads]);
    assert_eq!(run("1"), run("7"));
}
