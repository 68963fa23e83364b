//! The body of a request as an event: the door by which JSON comes into the service, and the only place that reads it.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::entry_line::{self, Renewed};
use crate::domain::Book;
use crate::schema::event::{Event, EventError, MAX_ENTRY, MatchEvent, MatchOdds, MatchResult};
use crate::serve::problem::Problem;
use crate::serve::views::stamp;

/// Prices, and the same as a line of a stream. They are a round of their own unless the body has a `round_size`.
pub(super) fn prices(body: &[u8], book: Book) -> Result<(MatchEvent<'static>, String), Problem> {
    match read(MatchEvent::TYPE, body, book)? {
        (Event::Prices(mut prices), line) => {
            prices.round_size.get_or_insert(1);
            let line = with_members(&line, |has| members_of_prices(&prices, book, has))?;
            Ok((prices, line))
        }
        (Event::Result(_) | Event::End(_), _) => Err(other_type()),
    }
}

/// The members of prices that consumers of the stream rely on, and their types: see the table of entries.
fn members_of_prices(prices: &MatchEvent<'_>, book: Book, has: &dyn Fn(&str) -> bool) -> Renewed {
    let books: Vec<Book> = std::iter::once(book)
        .chain(prices.quotes.iter().map(|quote| quote.book))
        .collect();
    let odds = MatchOdds::of(&prices.quotes, &books, prices.state);
    // a body with `quotes` may lack the match odds
    let odds = [
        ("market_odds_home", odds.home),
        ("market_odds_away", odds.away),
    ];
    let absent = odds
        .into_iter()
        .filter(|(member, _)| !has(member))
        .map(|(member, odds)| (member, odds.decimal().into()));
    let state = prices.state;
    let always = [
        ("minute", state.minute.into()),
        ("home_goals", state.home_goals.into()),
        ("away_goals", state.away_goals.into()),
        ("timestamp", stamp(prices.time).into()),
    ];
    always.into_iter().chain(absent).collect()
}

fn members_of_result(result: &MatchResult<'_>) -> Renewed {
    vec![
        ("home_goals", result.score.home.into()),
        ("away_goals", result.score.away.into()),
        ("timestamp", stamp(result.time).into()),
    ]
}

/// The line with these members of its data, for which bodies have several forms: `45.0` is minute 45, a time without a zone
/// is UTC. A member that is null is absent.
fn with_members(
    line: &str,
    renewed: impl FnOnce(&dyn Fn(&str) -> bool) -> Renewed,
) -> Result<String, Problem> {
    let line = entry_line::with_members(line, renewed)
        .map_err(|error| Problem::malformed(error.to_string()))?;
    if line.len() > MAX_ENTRY {
        return Err(Problem::of_event(&EventError::TooLong));
    }
    Ok(line)
}

/// The same of a final score.
pub(super) fn result(body: &[u8], book: Book) -> Result<(MatchResult<'static>, String), Problem> {
    match read(MatchResult::TYPE, body, book)? {
        (Event::Result(mut result), line) => {
            result.round_size.get_or_insert(1);
            let line = with_members(&line, |_| members_of_result(&result))?;
            Ok((result, line))
        }
        (Event::Prices(_) | Event::End(_), _) => Err(other_type()),
    }
}

fn other_type() -> Problem {
    Problem::internal(&"a body was read as an event of another type")
}

fn read(
    event_type: &'static str,
    body: &[u8],
    book: Book,
) -> Result<(Event<'static>, String), Problem> {
    let Some(line) = plain_line(event_type, body) else {
        return rewritten(event_type, body, book);
    };
    match Event::of_parts(event_type, body, book) {
        Ok(event) if line.len() <= MAX_ENTRY => Ok((event.into_owned(), line)),
        // a body that ends the object and goes on would otherwise add to the entry
        _ if serde_json::from_slice::<IgnoredAny>(body).is_ok() => of_line(line, book),
        _ => rewritten(event_type, body, book),
    }
}

/// The line of a body on one line without a `round_size`: its members as they are.
fn plain_line(event_type: &str, body: &[u8]) -> Option<String> {
    let members = std::str::from_utf8(body).ok()?.trim().strip_prefix('{')?;
    let is_plain = members.len() > 2
        && !members.contains(['\n', '\r', '\\'])
        && !members.contains("round_size");
    is_plain.then(|| {
        [
            r#"{"event_type":""#,
            event_type,
            r#"","data":{"round_size":1,"#,
            members,
            "}",
        ]
        .concat()
    })
}

/// A body whose members have to be written anew to be a line.
fn rewritten(
    event_type: &'static str,
    body: &[u8],
    book: Book,
) -> Result<(Event<'static>, String), Problem> {
    let value: Value =
        serde_json::from_slice(body).map_err(|error| Problem::malformed(error.to_string()))?;
    let Value::Object(mut data) = value else {
        return Err(Problem::malformed("expected an object"));
    };
    if data.get("round_size").is_none_or(Value::is_null) {
        data.insert("round_size".to_owned(), 1.into());
    }
    let data = Value::Object(data);
    let line = format!(r#"{{"event_type":"{event_type}","data":{data}}}"#);
    match Event::of_value(event_type, &data, book) {
        Ok(event) if line.len() <= MAX_ENTRY => Ok((event.into_owned(), line)),
        _ => of_line(line, book),
    }
}

/// Reads a line that does not fit again, for an error with the position in the line.
fn of_line(line: String, book: Book) -> Result<(Event<'static>, String), Problem> {
    match Event::of_line(line.as_bytes(), book) {
        Ok(event) => {
            let event = event.into_owned();
            Ok((event, line))
        }
        Err(error) => Err(Problem::of_event(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prices on one line, without the braces around them.
    const MEMBERS: &str = r#""match_id":"7","home_team":"Añb","away_team":"C","minute":0,"home_goals":0,"away_goals":0,"market_odds_home":2.5,"market_odds_away":1.75,"timestamp":"2024-06-01T15:00:00+02:00""#;

    fn read(body: &str) -> Result<(MatchEvent<'static>, String), Problem> {
        prices(body.as_bytes(), Book::AVG)
    }

    #[test]
    fn what_was_read_of_a_body_is_what_its_line_says() {
        let bodies = [
            format!("{{{MEMBERS}}}"),
            format!(" {{ {MEMBERS} }} "),
            format!("{{\n{MEMBERS}\n}}"),
            format!(r#"{{"round_size":null,{MEMBERS}}}"#),
            format!(r#"{{"round_size":3,{MEMBERS}}}"#),
            format!(r#"{{"league":"\u00c4 \\ \"x\"",{MEMBERS}}}"#),
            format!(r#"{{"note":{{"round_size":2}},{MEMBERS}}}"#),
            format!(
                r#"{{"quotes":[{{"market":"ou","selection":"over","line":2.50,"odds":1.9e0}}],{MEMBERS}}}"#
            ),
        ];
        for body in bodies {
            let (prices, line) = read(&body).unwrap();
            let again = Event::of_line(line.as_bytes(), Book::AVG).unwrap();
            assert_eq!(Event::Prices(prices), again, "{body}");
        }
    }

    #[test]
    fn a_body_adds_nothing_to_the_entry_around_it() {
        let body = format!(r#"{{{MEMBERS}}},"event_type":"match_result""#);
        assert_eq!(read(&body).unwrap_err().status, 400);
    }

    #[test]
    fn what_does_not_fit_is_said_with_its_place_in_the_line() {
        let twice = read(&format!(r#"{{"minute":1,{MEMBERS}}}"#)).unwrap_err();
        let place = r#"{"event_type":"match_event","data":{"round_size":1,"minute":1,"#.len()
            + MEMBERS.find("minute").unwrap()
            + "minute\"".len();
        assert_eq!(
            twice.detail,
            format!("not an entry in JSON: duplicate field `minute` at line 1 column {place}")
        );
        let fits_not = read(&format!("{{{}}}", MEMBERS.replace("2.5", "1"))).unwrap_err();
        assert_eq!(fits_not.field.as_deref(), Some("market_odds_home"));
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_though_its_body_is_not() {
        let pad = "x".repeat(MAX_ENTRY - MEMBERS.len() - r#"{"pad":"",}"#.len());
        let body = format!(r#"{{"pad":"{pad}",{MEMBERS}}}"#);
        assert_eq!(body.len(), MAX_ENTRY);
        assert_eq!(read(&body).unwrap_err().status, 413);
    }
}
