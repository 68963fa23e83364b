//! Arguments of a command as they go over the wire, packed once.

use std::io::Write as _;

/// Packed arguments.
#[derive(Debug, Default)]
pub struct Arguments {
    bytes: Vec<u8>,
    count: usize,
}

impl Arguments {
    pub fn with_capacity(bytes: usize) -> Self {
        let bytes = Vec::with_capacity(bytes);
        Self { bytes, count: 0 }
    }

    /// The number of bytes.
    pub const fn len(&self) -> usize {
        self.bytes.len()
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

    /// Adds the number of arguments, and then the arguments.
    pub fn add_list(&mut self, list: &Self) {
        self.add_text(list.count);
        self.bytes.extend_from_slice(&list.bytes);
        self.count += list.count;
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
        let mut packed = Arguments::with_capacity(10);
        packed.add(b"EVALSHA");
        packed.add_list(&answers);
        let expected = ::redis::cmd("EVALSHA")
            .arg(2)
            .arg("bet")
            .arg("{\"team\":\"K\u{f8}benhavn\"}")
            .get_packed_command();
        assert_eq!(packed.command(), expected);
    }
}
