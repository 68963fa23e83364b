//! A line with some members of its data written anew.
//!
//! Most bodies are an object of texts and numbers. Of these each member is written as it came, without a tree of values in
//! between; every other one goes by such a tree. Both ways lead to the same text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The members that are written anew, and their values.
pub(super) type Renewed = Vec<(&'static str, Value)>;

/// The line of an entry whose data has no member that is null, and those that `renewed` gives. It is asked with whether the
/// data has a member of a name.
///
/// # Errors
/// When the line is no entry.
pub(super) fn with_members(
    line: &str,
    renewed: impl FnOnce(&dyn Fn(&str) -> bool) -> Renewed,
) -> serde_json::Result<String> {
    match serde_json::from_str::<Entry<'_>>(line) {
        Ok(entry) => Ok(entry.with_members(renewed)),
        Err(_) => with_members_of_values(line, renewed),
    }
}

/// The same by way of values.
fn with_members_of_values(
    line: &str,
    renewed: impl FnOnce(&dyn Fn(&str) -> bool) -> Renewed,
) -> serde_json::Result<String> {
    let EntryOfValues {
        event_type,
        mut data,
    } = serde_json::from_str(line)?;
    data.retain(|_, value| !value.is_null());
    for (member, value) in renewed(&|name| data.contains_key(name)) {
        data.insert(member.to_owned(), value);
    }
    serde_json::to_string(&EntryOfValues { event_type, data })
}

#[derive(Serialize, Deserialize)]
struct EntryOfValues {
    event_type: String,
    data: Map<String, Value>,
}

/// An entry of two members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    event_type: &'a str,
    #[serde(borrow)]
    data: Members<'a>,
}

/// The members of an object and the texts of their values, in order.
struct Members<'a>(Vec<(&'a str, Cow<'a, str>)>);

/// The most members that are looked through one by one.
const FEW: usize = 64;

impl<'a> Entry<'a> {
    fn with_members(self, renewed: impl FnOnce(&dyn Fn(&str) -> bool) -> Renewed) -> String {
        let mut data = self.data;
        for (name, value) in renewed(&|name| data.place(name).is_some()) {
            data.set(name, value.to_string().into());
        }
        let length: usize = data
            .0
            .iter()
            .map(|(name, text)| name.len() + text.len() + 4)
            .sum();
        let mut line = String::with_capacity(length + self.event_type.len() + 32);
        line.extend([r#"{"event_type":""#, self.event_type, r#"","data":{"#]);
        for (place, (name, text)) in data.0.iter().enumerate() {
            let before = if place == 0 { "\"" } else { ",\"" };
            line.extend([before, name, "\":", text]);
        }
        line.push_str("}}");
        line
    }
}

impl<'a> Members<'a> {
    fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(other, _)| *other == name)
    }

    /// Puts a member in the place of one with the same name, or at the end.
    fn set(&mut self, name: &'a str, text: Cow<'a, str>) {
        match self.place(name) {
            Some(place) => self.0[place].1 = text,
            None => self.0.push((name, text)),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object of texts and numbers")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Members(Vec::with_capacity(16));
        while let Some((name, value)) = map.next_entry::<&str, &RawValue>()? {
            if members.0.len() == FEW {
                return Err(serde::de::Error::custom("many members"));
            }
            members.set(
                name,
                text_of(value.get()).map_err(serde::de::Error::custom)?,
            );
        }
        members.0.retain(|(_, text)| *text != "null");
        Ok(members)
    }
}

/// A value as it is written, without the spaces and the spellings of numbers that it came with.
fn text_of(value: &str) -> serde_json::Result<Cow<'_, str>> {
    let is_written_so = match value.as_bytes() {
        [b'"', rest @ ..] => !rest.contains(&b'\\'),
        [b't' | b'f' | b'n', ..] => true,
        digits if digits.len() < 16 => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if is_written_so {
        return Ok(value.into());
    }
    Ok(serde_json::from_str::<Value>(value)?.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn renewed(has: &dyn Fn(&str) -> bool) -> Renewed {
        let mut renewed = vec![
            ("minute", json!(45)),
            ("timestamp", json!("2024-06-01T13:00:00+00:00")),
        ];
        if !has("market_odds_home") {
            renewed.push(("market_odds_home", json!(1.01)));
        }
        renewed
    }

    /// Both ways.
    fn both(data: &str) -> [Option<String>; 2] {
        let line = format!(r#"{{"event_type":"match_event","data":{data}}}"#);
        [
            with_members(&line, renewed).ok(),
            with_members_of_values(&line, renewed).ok(),
        ]
    }

    #[test]
    fn members_are_written_anew_in_their_places_and_absent_ones_at_the_end() {
        let [line, _] = both(r#"{"a": 1.50 ,"minute":45.0,"b":null,"c":[1, 2.0e0]}"#);
        let expected = r#"{"event_type":"match_event","data":{"a":1.5,"minute":45,"c":[1,2.0],"timestamp":"2024-06-01T13:00:00+00:00","market_odds_home":1.01}}"#;
        assert_eq!(line.unwrap(), expected);
    }

    #[test]
    fn the_short_way_and_the_long_way_lead_to_the_same_text() {
        let many: Vec<_> = (0..100)
            .map(|number| format!(r#""m{number}":{number}"#))
            .collect();
        let data = [
            "{}".to_owned(),
            r#"{"minute":null,"x":"a\"b\\ \u00e4","y\n":"\t"}"#.to_owned(),
            r#"{"minute":1,"minute":2,"a":null,"a":3,"b":4,"b":null,"c":1}"#.to_owned(),
            r#"{"market_odds_home":null,"z":-0,"w":-0.0,"v":00}"#.to_owned(),
            r#"{"i":18446744073709551616,"j":123456789012345678,"k":1e400,"l":1E2,"m":0.1,"n":-5}"#
                .to_owned(),
            r#"{"deep":{"a":[{},null,{"b":null}]},"no":false, "yes" : true}"#.to_owned(),
            format!("{{{}}}", many.join(",")),
            "[]".to_owned(),
            "7".to_owned(),
        ];
        for data in data {
            let [short, long] = both(&data);
            assert_eq!(short, long, "{data}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_members_both_ways_lead_to_the_same_text(
            members in prop::collection::vec(("[a-c\u{e4}\"]{0,2}", value()), 0..8)
        ) {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}: {value}", json!(name)))
                .collect();
            let [short, long] = both(&format!("{{{}}}", members.join(" , ")));
            prop_assert_eq!(short, long);
        }
    }

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>().prop_map(|text| json!(text).to_string()),
            any::<i64>().prop_map(|number| number.to_string()),
            any::<f64>().prop_map(|number| json!(number).to_string()),
            (0..1_000_u32, 0..3_u32)
                .prop_map(|(number, zeros)| format!("{number}.{}", "0".repeat(zeros as usize + 1))),
            Just("null".to_owned()),
            Just("[ 1 ,{\"a\" :null} ]".to_owned()),
        ]
    }
}
