//! Arguments of a command as they go over the wire, packed once.

use std::io::Write as _;

use crate::domain::Time;
use crate::schema::event::UtcTimestamp;

/// Packed arguments.
#[derive(Debug, Default)]
pub struct Arguments {
    bytes: Vec<u8>,
    count: usize,
}

impl Arguments {
    /// The beginning of a command of about this many bytes, which runs the script of a digest on keys; arguments follow.
    pub fn of_script(digest: &str, keys: &[&str], bytes: usize) -> Self {
        let bytes = Vec::with_capacity(bytes);
        let mut run = Self { bytes, count: 0 };
        run.add(b"EVALSHA");
        run.add(digest.as_bytes());
        run.add_text(keys.len());
        keys.iter().for_each(|key| run.add(key.as_bytes()));
        run
    }

    /// The number of bytes.
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Removes all arguments; the memory stays.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.count = 0;
    }

    /// Adds an argument.
    pub fn add(&mut self, argument: &[u8]) {
        // writing to memory does not fail
        let _ = write!(self.bytes, "${}\r\n", argument.len());
        self.bytes.extend_from_slice(argument);
        self.bytes.extend_from_slice(b"\r\n");
        self.count += 1;
    }

    /// Adds a text.
    pub fn add_text(&mut self, text: impl ToString) {
        self.add(text.to_string().as_bytes());
    }

    /// Adds a number, or an empty text where there is none.
    pub fn add_number(&mut self, number: Option<u64>) {
        self.add_text(number.map_or_else(String::new, |number| number.to_string()));
    }

    /// Adds what an entry consists of.
    pub fn add_entry(&mut self, event_type: &str, data: &[u8], time: Time) {
        self.add(event_type.as_bytes());
        self.add(data);
        self.add_text(UtcTimestamp(time));
    }

    /// Adds these arguments.
    pub fn add_all(&mut self, others: &Self) {
        self.bytes.extend_from_slice(&others.bytes);
        self.count += others.count;
    }

    /// Adds the number of arguments, and then the arguments.
    pub fn add_list(&mut self, list: &Self) {
        self.add_text(list.count);
        self.add_all(list);
    }

    /// The command of these arguments.
    pub fn command(self) -> Vec<u8> {
        let mut command = format!("*{}\r\n", self.count).into_bytes();
        command.extend(self.bytes);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    #[test]
    fn a_command_is_what_the_library_makes_of_it() {
        let mut answers = Arguments::default();
        answers.add(b"bet");
        answers.add("{\"team\":\"K\u{f8}benhavn\"}".as_bytes());
        let mut packed = Arguments::of_script("digest", &["bets", "metrics"], 10);
        packed.add_list(&answers);
        let expected = ::redis::cmd("EVALSHA")
            .arg("digest")
            .arg(2)
            .arg("bets")
            .arg("metrics")
            .arg(2)
            .arg("bet")
            .arg("{\"team\":\"K\u{f8}benhavn\"}")
            .get_packed_command();
        assert_eq!(packed.command(), expected);
    }
}
