//! The page, looked at in a real browser.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::driver::{Browser, ENTER, TAB, browser, now};
use super::{Service, command, example, prices, result};

const IS_LIVE: &str = "document.getElementById('connection').dataset.state === 'live'";
const HAS_SETTLED: &str = "document.querySelector('#settled th')";

/// Fills in the form, at so many minutes of play a second, and has the match played; no pace is at once.
fn simulate(browser: &Browser, home_team: &str, pace: &str, seed: u32) {
    let script = format!(
        "const form = document.querySelector('form');\n\
         form.home_team.value = '{home_team}'; form.pace.value = '{pace}'; form.seed.value = '{seed}';\n\
         form.querySelector('button').click();"
    );
    browser.run(&script);
}

#[test]
fn a_simulated_match_is_watched_minute_by_minute_with_its_bets_and_the_bankroll() {
    let Some(browser) = browser() else { return };
    let (service, _folder) = Service::new(&[]);
    browser.open(&service.url("/"));
    browser.wait_for(IS_LIVE);
    assert_eq!(
        browser.run("return document.getElementById('empty').hidden"),
        false
    );
    assert!(
        browser
            .text("#curve")
            .contains("The curve begins with the first bet.")
    );

    simulate(&browser, "Albion", "15", 3);
    browser.wait_for("document.querySelector('.match')");
    assert!(
        browser.text(".match h3").starts_with("Albion"),
        "{}",
        browser.text(".match h3")
    );
    assert_eq!(
        browser.run("return document.getElementById('empty').hidden"),
        true
    );
    assert_eq!(
        browser.text("#played"),
        "Albion – Wanderers is being played"
    );
    let seen = watch(&browser);
    assert!(seen.len() >= 4, "{seen:?}");
    let is_rising = |pair: &[(u64, String, u64)]| pair[0].0 <= pair[1].0;
    assert!(
        seen.windows(2).all(is_rising),
        "minutes only rise: {seen:?}"
    );
    assert!(
        seen.iter()
            .any(|(_, curve, open)| *open > 0 && curve.contains("at stake")),
        "{seen:?}"
    );
    assert!(
        seen.iter()
            .map(|(_, curve, _)| curve)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
            > 2,
        "{seen:?}"
    );

    // what is shown at last is what the service says
    let bankroll = service.get("/bankroll").ok();
    assert_eq!(
        browser.text("#tiles .value").replace(',', ""),
        format!("{:.2}", bankroll["current"].as_f64().unwrap())
    );
    let settled = service.get("/bets/settled").ok()["bets"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(
        browser.run("return document.querySelectorAll('#settled tr').length"),
        settled
    );
    assert_eq!(browser.text("#settled-count"), settled.to_string());
    assert_eq!(browser.console(), [""; 0]);
}

/// Minute, what the curve says, and the number of open bets, each time that they change, until the bets are settled.
fn watch(browser: &Browser) -> Vec<(u64, String, u64)> {
    let script = "return [parseInt(document.querySelector('.match .minute')?.textContent) || 0,\n\
                  document.querySelector('#curve desc')?.textContent ?? '',\n\
                  document.querySelectorAll('#open th').length,\n\
                  document.querySelectorAll('#settled th').length, document.querySelectorAll('.match').length]";
    let mut seen = Vec::new();
    let begun = now();
    loop {
        let now = browser.run(script);
        if now[3] != 0 {
            return seen;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{seen:?}");
        if now[4] == 0 {
            continue;
        }
        let moment = (
            now[0].as_u64().unwrap(),
            now[1].as_str().unwrap().to_owned(),
            now[2].as_u64().unwrap(),
        );
        if seen.last() != Some(&moment) {
            seen.push(moment);
        }
    }
}

#[test]
fn the_page_finds_its_service_again_after_a_kill() {
    let Some(browser) = browser() else { return };
    let (service, folder) = Service::new(&[]);
    let address = service.address.clone();
    browser.open(&service.url("/"));
    browser.wait_for(IS_LIVE);
    simulate(&browser, "Albion", "", 3);
    browser.wait_for(HAS_SETTLED);
    let bankroll = browser.text("#tiles .value");
    assert_ne!(bankroll, "10,000.00");

    service.kill();
    browser.wait_for("document.getElementById('connection').dataset.state === 'lost'");
    assert_eq!(
        browser.text("#connection"),
        "connection lost, trying again …"
    );
    assert_eq!(
        browser.text("#tiles .value"),
        bankroll,
        "what is known is still shown"
    );

    let mut again = Command::new(env!("CARGO_BIN_EXE_simbet"));
    again
        .args(["serve", "--min-matches", "0", "--listen", &address])
        .current_dir(folder.path())
        .env_remove("SIMBET_API_TOKEN");
    let service = Service::start(again);
    // the page was not loaded anew: what it is told now is what came after the kill
    let events = format!("http://{address}/match-events");
    service
        .agent
        .post(&events)
        .send_json(prices("after", 0))
        .unwrap();
    browser.wait_for(IS_LIVE);
    browser
        .wait_for("document.querySelector('.match h3')?.textContent.startsWith('Home of after')");
    assert_eq!(browser.text("#tiles .value"), bankroll);
    let errors: Vec<String> = browser.console();
    assert!(
        errors.iter().all(|error| error.contains("net::ERR")),
        "{errors:?}"
    );
}

#[test]
fn a_match_is_played_by_keyboard_alone_and_what_has_the_focus_is_seen() {
    let Some(browser) = browser() else { return };
    let (service, _folder) = Service::new(&[]);
    browser.open(&service.url("/"));
    browser.wait_for(IS_LIVE);
    let mut stops = Vec::new();
    while stops.last().is_none_or(|stop| stop != "Play the match") {
        assert!(stops.len() < 40, "the button is never reached: {stops:?}");
        browser.press(&TAB.to_string());
        let focus = browser.run(
            "const one = document.activeElement, style = getComputedStyle(one);\n\
             const name = one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent;\n\
             const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;\n\
             return [name.trim(), isSeen || one.matches('.skip')]",
        );
        assert_eq!(focus[1], true, "nothing shows that the focus is on {focus}");
        stops.push(focus[0].as_str().unwrap().to_owned());
        if stops.last().is_some_and(|stop| stop == "Home team") {
            browser.press("Rangers");
        }
    }
    assert_eq!(stops[0], "Skip to the figures");
    assert!(stops.iter().any(|stop| stop == "Open bets"), "{stops:?}");
    browser.press(&ENTER.to_string());
    browser.wait_for("document.querySelector('.match')");
    assert!(
        browser.text(".match h3").contains("Rangers"),
        "{}",
        browser.text(".match h3")
    );
    assert_eq!(
        browser.run("return document.activeElement.textContent"),
        "Play the match",
        "the focus stays"
    );
    assert_eq!(browser.console(), [""; 0]);
}

#[test]
fn the_page_fits_a_phone_and_follows_what_the_reader_prefers() {
    let Some(browser) = browser() else { return };
    let (service, _folder) = Service::new(&[]);
    service.post_nothing("/simulate/match?seed=3").ok();
    let long = json!({ "home_team": "Borussia Mönchengladbach am Niederrhein", "away_team": "X".repeat(60) });
    for (number, mut event) in [prices("one", 0), prices("two", 60)]
        .into_iter()
        .enumerate()
    {
        if number == 1 {
            event
                .as_object_mut()
                .unwrap()
                .extend(long.as_object().unwrap().clone());
        }
        service.post("/match-events", &event).ok();
    }
    browser.open(&service.url("/"));
    browser.wait_for(IS_LIVE);
    browser.wait_for("document.querySelectorAll('.match').length === 2");
    for width in [320, 390, 768, 1400] {
        browser.resize(width);
        let widths = "const page = document.documentElement; return [page.scrollWidth, page.clientWidth, innerWidth]";
        let found = browser.run(widths);
        assert_eq!(found[2], width);
        assert_eq!(
            found[0], found[1],
            "the page is wider than its window of {width}"
        );
    }
    let back = "return getComputedStyle(document.body).backgroundColor";
    browser.prefer("prefers-color-scheme", "light");
    assert_eq!(browser.run(back), "rgb(255, 255, 255)");
    browser.prefer("prefers-color-scheme", "dark");
    assert_eq!(browser.run(back), "rgb(20, 25, 30)");
    browser.prefer("prefers-reduced-motion", "reduce");
    browser.run("document.getElementById('connection').dataset.state = 'lost'");
    let motion =
        "return getComputedStyle(document.getElementById('connection'), '::before').animationName";
    assert_eq!(browser.run(motion), "none");
    assert_eq!(browser.console(), [""; 0]);
}

#[test]
fn a_match_that_cannot_be_played_is_answered_with_the_reason() {
    let Some(browser) = browser() else { return };
    let (service, _folder) = Service::new(&[]);
    browser.open(&service.url("/"));
    browser.wait_for(IS_LIVE);
    simulate(&browser, "Wanderers", "5", 3);
    browser.wait_for("document.getElementById('played').value");
    let said = browser.text("#played");
    assert!(said.starts_with("Not played: away_team"), "{said}");
}

#[test]
fn a_page_without_events_says_what_to_send_and_where() {
    let (service, _folder) = Service::new(&[]);
    let page = service.get("/").text;
    let body = example().to_string().replace('"', "&quot;");
    assert!(
        page.contains(&format!("curl http://{}/match-events", service.address)),
        "{page}"
    );
    assert!(page.contains(&body), "{page}");
    service.post("/match-events", &example()).ok();
    thread::sleep(Duration::from_millis(300));
    let page = service.get("/").text;
    assert!(
        page.contains(
            "<section class=\"verdict\" id=\"empty\" aria-labelledby=\"empty-title\" hidden>"
        ),
        "{page}"
    );
    assert!(page.contains("Arsenal"), "{page}");
}

#[test]
fn the_page_brings_everything_itself_and_nothing_that_its_policy_forbids() {
    let (service, _folder) = Service::new(&[]);
    service.post_nothing("/simulate/match?seed=3").ok();
    let page = service.get("/").text;
    let (style, script) = (service.get("/page/page.css"), service.get("/page/page.js"));
    assert_eq!(
        (style.media.as_str(), script.media.as_str()),
        ("text/css; charset=utf-8", "text/javascript; charset=utf-8")
    );
    assert!(
        !page.contains("style=") && !page.contains("<style") && !page.contains("onclick"),
        "{page}"
    );
    for attribute in ["src=\"", "href=\""] {
        for address in page
            .split(attribute)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            assert!(
                address.starts_with('/') || address.starts_with('#') || address == "data:,",
                "{address}"
            );
        }
    }
    let namespace = "http://www.w3.org/2000/svg";
    for text in [
        page.replace(namespace, "").replace(&service.url(""), ""),
        style.text,
        script.text,
    ] {
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{text}"
        );
    }
}

#[test]
fn names_of_teams_are_text_and_nothing_else() {
    let (service, _folder) = Service::new(&[]);
    let mut event = prices("one", 0);
    event["home_team"] = "<script>alert(1)</script>".into();
    service.post("/match-events", &event).ok();
    let page = service.get("/").text;
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{page}"
    );
    assert!(!page.contains("<script>alert"), "{page}");
}

#[test]
fn thousands_of_events_change_the_page_a_few_times_a_second_and_at_last_it_shows_them_all() {
    // a model would be fitted anew a thousand times
    let (service, _folder) = Service::new(&["--strategy", "flat"]);
    let mut stream = TcpStream::connect(&service.address).unwrap();
    write!(
        stream,
        "GET /page/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        service.address
    )
    .unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(4)))
        .unwrap();
    let listener = thread::spawn(move || listen(stream));
    let begun = now();
    for number in 0..500 {
        service
            .post("/match-events", &prices(&format!("m{number}"), 2 * number))
            .ok();
        service
            .post(
                "/match-results",
                &result(&format!("m{number}"), [1, 0], 2 * number + 1),
            )
            .ok();
    }
    let taken = begun.elapsed();
    let changes = listener.join().unwrap();
    let most = taken.as_millis() / 250 + 4;
    assert!(
        (2..=most).contains(&(changes.len() as u128)),
        "{} changes in {taken:?}",
        changes.len()
    );
    let accepted = |change: &Value| {
        change["parts"]["service"]
            .as_str()
            .is_some_and(|part| part.contains("<dd>1,000</dd>"))
    };
    assert!(changes.iter().any(accepted), "{:?}", changes.last());
}

/// The changes that a page is sent until there are none for a while.
fn listen(stream: TcpStream) -> Vec<Value> {
    let mut text = Vec::new();
    let _ = BufReader::new(stream).take(64 << 20).read_to_end(&mut text);
    let lines = text.lines().map_while(Result::ok);
    lines
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .filter(Value::is_object)
        .collect()
}

#[test]
fn a_page_behind_a_token_asks_for_it_and_shows_how_to_send_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut start = command(folder.path(), &[]);
    start.env("SIMBET_API_TOKEN", "a token of sixteen".replace(' ', "-"));
    let service = Service::start(start);
    for path in ["/", "/page/events", "/page/page.js", "/page/page.css"] {
        assert_eq!(service.get(path).status, 401, "{path}");
    }
    let request = format!(
        "GET / HTTP/1.1\nHost: {}\nAuthorization: Bearer a-token-of-sixteen\nConnection: close\n\n",
        service.address
    );
    let page = service.raw(&request);
    assert!(
        page.contains("Authorization: Bearer $SIMBET_API_TOKEN"),
        "{page}"
    );
    assert!(!page.contains("a-token-of-sixteen"), "{page}");
}
