//! The last lines that a program wrote to stderr: whatever it writes, memory is bounded.

use std::collections::VecDeque;
use std::io::Read;

use crate::printable::excerpt;

/// The lines that are kept.
const LINES: usize = 12;
/// The bytes of a line that are kept.
const BYTES: usize = 400;

/// The last lines of a text that comes in pieces.
#[derive(Debug, Default)]
pub struct Tail {
    lines: VecDeque<String>,
    /// The line that has not ended.
    open: Vec<u8>,
}

impl Tail {
    /// Takes a piece, and hands each line that it ends to `each`.
    pub fn add(&mut self, piece: &[u8], mut each: impl FnMut(&str)) {
        for (place, part) in piece.split(|byte| *byte == b'\n').enumerate() {
            if place > 0 {
                self.end_line(&mut each);
            }
            let room = BYTES.saturating_sub(self.open.len());
            self.open.extend_from_slice(&part[..part.len().min(room)]);
        }
    }

    fn end_line(&mut self, each: &mut impl FnMut(&str)) {
        let line = excerpt(String::from_utf8_lossy(&self.open).trim_end());
        self.open.clear();
        each(&line);
        if !line.is_empty() {
            self.keep(line);
        }
    }

    fn keep(&mut self, line: String) {
        if self.lines.len() == LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// The lines so far, the one that has not ended included.
    pub fn lines(&mut self) -> Vec<String> {
        if !self.open.is_empty() {
            self.end_line(&mut |_: &str| {});
        }
        self.lines.iter().cloned().collect()
    }
}

/// Reads to the end, in pieces.
pub fn read_pieces(mut from: impl Read, mut each: impl FnMut(&[u8])) {
    let mut piece = [0; 8192];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return,
            Ok(read) => each(&piece[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(pieces: &[&str]) -> Vec<String> {
        let mut tail = Tail::default();
        for piece in pieces {
            tail.add(piece.as_bytes(), |_| {});
        }
        tail.lines()
    }

    #[test]
    fn lines_are_kept_however_they_come() {
        assert_eq!(tail(&["a\nb", "c\r\n\n", "d"]), ["a", "bc", "d"]);
        assert_eq!(tail(&[]), [""; 0]);
    }

    #[test]
    fn only_the_last_lines_are_kept_and_of_each_its_beginning() {
        let many: String = (0..100_000).map(|n| format!("{n}\n")).collect();
        let kept = tail(&[&many]);
        assert_eq!((kept.len(), kept[11].as_str()), (12, "99999"));
        let long = "x".repeat(1_000_000);
        assert_eq!(tail(&[&long, &long])[0].chars().count(), 201);
    }

    #[test]
    fn each_line_is_handed_on() {
        let (mut tail, mut heard) = (Tail::default(), Vec::new());
        tail.add(b"one\ntw", |line| heard.push(line.to_owned()));
        tail.add(b"o\n", |line| heard.push(line.to_owned()));
        assert_eq!(heard, ["one", "two"]);
    }
}
