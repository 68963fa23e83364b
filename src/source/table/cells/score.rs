//! Scores in one cell.

use super::text;
use super::whole;
use crate::domain::Score;

/// The content of a cell that should be a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum ScoreCell {
    /// None: the match is still to be played.
    Missing,
    /// Goals at full time.
    Score(Score),
    /// A day of the calendar, which a spreadsheet has made of a score.
    Day,
    /// Something else.
    Not,
}

/// Goals at full time: `2-0`, `2:0`, `2–0`, `2 - 0`, and `2-0 (1-0)` with those at half-time after them.
pub(in super::super) fn score(cell: &[u8]) -> ScoreCell {
    let text = text(cell);
    let text = text.trim();
    if text.chars().all(is_between_goals) || ["v", "vs"].contains(&text) {
        return ScoreCell::Missing;
    }
    if is_day(text) {
        return ScoreCell::Day;
    }
    let full_time = match text.split_once('(') {
        Some((full_time, half_time)) => half_time
            .strip_suffix(')')
            .and_then(|half_time| goals(half_time).and_then(|_| goals(full_time))),
        None => goals(text),
    };
    full_time.map_or(ScoreCell::Not, ScoreCell::Score)
}

/// What stands between the goals of the two sides, or alone where none are known: hyphen, colon, dashes, minus.
fn is_between_goals(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | ':' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn goals(text: &str) -> Option<Score> {
    let (home, away) = text.trim().split_once(is_between_goals)?;
    let away = away.trim_start_matches(is_between_goals);
    let between = &text.trim()[home.len()..text.trim().len() - away.len()];
    let one_mark = between.chars().filter(|c| !c.is_whitespace()).count() == 1;
    let goals = |text: &str| {
        let goals = whole(text.as_bytes()).filter(|goals| *goals < 100)?;
        u8::try_from(goals).ok()
    };
    let (home, away) = (goals(home)?, goals(away)?);
    one_mark.then_some(Score { home, away })
}

/// Whether a spreadsheet has turned the cell into a date: `02-Jan`, `Jan-02`, `2/1/2023`, `2023-01-02 00:00:00`.
fn is_day(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    is_day_in_numbers(text) || (has_digit && words.any(is_month))
}

fn is_day_in_numbers(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let numbers = parts.iter().all(|part| whole(part.as_bytes()).is_some());
    let [first, _, last] = parts[..] else {
        return false;
    };
    numbers && (first.len() == 4 || last.len() >= 2)
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let start = word.get(..3).unwrap_or_default();
    MONTHS.iter().any(|month| month.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goals_of(text: &str) -> Option<(u8, u8)> {
        match score(text.as_bytes()) {
            ScoreCell::Score(score) => Some((score.home, score.away)),
            ScoreCell::Missing | ScoreCell::Day | ScoreCell::Not => None,
        }
    }

    #[test]
    fn every_way_of_writing_a_score() {
        for text in [
            "2-0",
            "2:0",
            "2\u{2013}0",
            "2\u{2212}0",
            "2 - 0",
            " 2 : 0 ",
            "2-0 (1-0)",
            "2\u{2013}0(1\u{2013}0)",
            "02:00",
        ] {
            assert_eq!(goals_of(text), Some((2, 0)), "{text}");
        }
        assert_eq!(
            score(b"2\x960"),
            score(b"2-0"),
            "an en dash of Windows-1252"
        );
        assert_eq!(goals_of("10-11"), Some((10, 11)));
    }

    #[test]
    fn what_is_no_score_is_not_read_as_one() {
        for text in ["", " ", "-", "- : -", "\u{2013}", "v"] {
            assert_eq!(score(text.as_bytes()), ScoreCell::Missing, "{text:?}");
        }
        for text in [
            "02-Jan",
            "Jan-02",
            "2-Sept",
            "2/1/2023",
            "2023-01-02 00:00:00",
        ] {
            assert_eq!(score(text.as_bytes()), ScoreCell::Day, "{text}");
        }
        for text in [
            "H", "2", "2-", "-2", "2--0", "2-0-1", "4-3 pens", "2-0 (1-0", "100-0", "2 0",
            "2-0 (a)",
        ] {
            assert_eq!(score(text.as_bytes()), ScoreCell::Not, "{text}");
        }
    }
}
