//! What became of a match, as files say it.

use super::text;
use crate::domain::StatusWord;

/// The status that a cell names; `None` for an empty cell.
///
/// # Errors
/// When the word is not known as a status.
pub fn status(cell: &[u8]) -> Result<Option<StatusWord>, ()> {
    if cell.trim_ascii().is_empty() {
        return Ok(None);
    }
    StatusWord::of(&text(cell)).map(Some).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MatchStatus;

    #[test]
    fn an_empty_cell_says_nothing_and_an_unknown_word_is_no_status() {
        assert_eq!(status(b" "), Ok(None));
        assert_eq!(status(b"home"), Err(()));
        let postponed = StatusWord::Over(MatchStatus::Postponed);
        assert_eq!(status(b"Ppd."), Ok(Some(postponed)));
    }
}
