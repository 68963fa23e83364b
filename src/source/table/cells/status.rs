//! What became of a match, as files say it.

use std::collections::BTreeMap;

use super::text;
use crate::domain::StatusWord;

/// The status that a cell names; `None` for an empty cell. `own` has further words, each with one that is known.
///
/// # Errors
/// When the word is not known as a status.
pub fn status(cell: &[u8], own: &BTreeMap<String, String>) -> Result<Option<StatusWord>, ()> {
    if cell.trim_ascii().is_empty() {
        return Ok(None);
    }
    let word = text(cell);
    let known = own.iter().find(|(own, _)| StatusWord::are_same(own, &word));
    let meaning = known.map_or(&*word, |(_, meaning)| meaning);
    StatusWord::of(meaning).map(Some).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MatchStatus;

    #[test]
    fn an_empty_cell_says_nothing_and_an_unknown_word_is_no_status() {
        let none = BTreeMap::new();
        assert_eq!(status(b" ", &none), Ok(None));
        assert_eq!(status(b"home", &none), Err(()));
        let postponed = Ok(Some(StatusWord::Over(MatchStatus::Postponed)));
        assert_eq!(status(b"Ppd.", &none), postponed);
    }

    #[test]
    fn words_of_ones_own_come_first() {
        let own = [("verlegt", "postponed"), ("FT", "scheduled")];
        let own = own.map(|(word, meaning)| (word.to_owned(), meaning.to_owned()));
        let own = BTreeMap::from(own);
        let postponed = Ok(Some(StatusWord::Over(MatchStatus::Postponed)));
        assert_eq!(status(b" Verlegt", &own), postponed);
        assert_eq!(status(b"ft", &own), Ok(Some(StatusWord::NotOver)));
        assert_eq!(status(b"abgesagt", &own), Err(()));
    }
}
