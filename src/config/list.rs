//! Lists of settings in files and requests: also as one text with commas, as flags have them.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer as _, SeqAccess, Visitor};

/// Reads a list, or a text whose parts between commas are its members.
pub(super) fn read<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    from.deserialize_any(List(PhantomData))
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
        let parts = text.split(',').map(str::trim);
        parts
            .map(|part| T::deserialize(part.into_deserializer()))
            .collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, members: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(members))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    #[test]
    fn a_text_with_commas_is_a_list() {
        for (text, list) in [
            ("markets = '1x2,ou'", "markets = ['1x2', 'ou']"),
            ("selections = 'home, draw'", "selections = ['home', 'draw']"),
            ("pool = 'E0+E1'", "pool = ['E0+E1']"),
        ] {
            let [text, list] = [text, list].map(|toml| Settings::from_toml(toml).unwrap());
            assert_eq!(text, list);
        }
        assert!(Settings::from_toml("markets = 'cards'").is_err());
        assert!(Settings::from_toml("markets = 3").is_err());
    }
}
