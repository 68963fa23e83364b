//! How simbet knows again what it wrote: a SHA-256, of the file in `run.json`, or of the text at its own end.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::loading::MOST_OF_TABLE;
use crate::source::load;

/// The member with the digest of all others.
const MEMBER: &str = "seal";

/// What comes before the digest of a page.
const BEFORE: &str = "<!-- seal: ";
const AFTER: &str = " -->\n";

/// A writer that knows the SHA-256 of what went through it.
pub struct HashingWriter<W> {
    out: W,
    hash: Sha256,
}

impl<W: Write> HashingWriter<W> {
    pub fn new(out: W) -> Self {
        Self {
            out,
            hash: Sha256::new(),
        }
    }

    /// The SHA-256 of all that was written.
    pub fn digest(self) -> String {
        hex::encode(self.hash.finalize())
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The SHA-256 of bytes.
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The SHA-256 of a file.
pub fn digest_of_file(path: &Path) -> io::Result<String> {
    let mut hash = HashingWriter::new(io::sink());
    io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(hash.digest())
}

/// A JSON object with its seal as the last member.
pub fn sealed(mut value: Value) -> Value {
    let seal = digest(value.to_string().as_bytes());
    value[MEMBER] = seal.into();
    value
}

/// Whether a JSON object is as it was sealed. White space is no content.
pub fn is_sealed(value: &Value) -> bool {
    let mut rest = value.clone();
    let seal = rest
        .as_object_mut()
        .and_then(|members| members.shift_remove(MEMBER));
    seal.is_some_and(|seal| seal == digest(rest.to_string().as_bytes()))
}

/// A page with its seal.
pub fn sealed_page(mut html: String) -> String {
    html.push('\n');
    let seal = digest(html.as_bytes());
    html + BEFORE + &seal + AFTER
}

/// Whether a file is a page as it was sealed.
pub fn is_sealed_page(path: &Path) -> bool {
    let text = load(path, MOST_OF_TABLE).unwrap_or_default();
    let text = String::from_utf8(text).unwrap_or_default();
    let parts = text.rsplit_once(BEFORE);
    parts.is_some_and(|(page, seal)| {
        seal.strip_suffix(AFTER) == Some(digest(page.as_bytes()).as_str())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sealed_object_is_known_again_after_it_was_written_and_read() {
        let run = json!({ "simbet": "0.1.0", "odds": [1.1, 2.0, -0.0, 1e300, null], "name": "Ñ\u{2028}\"<" });
        let written = format!("{:#}", sealed(run.clone()));
        assert!(is_sealed(&serde_json::from_str(&written).unwrap()));
        assert!(!is_sealed(&run));
        for (from, to) in [("0.1.0", "0.2.0"), ("1.1", "1.2"), ("\"name\"", "\"nave\"")] {
            let edited = written.replacen(from, to, 1);
            assert!(!is_sealed(&serde_json::from_str(&edited).unwrap()), "{to}");
        }
    }

    #[test]
    fn a_page_that_was_edited_or_cut_is_no_longer_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        let page = sealed_page("<!DOCTYPE html><p>profit 1</p>".to_owned());
        let cut = page.len() - 1;
        for (text, expected) in [
            (page.as_str(), true),
            (&page.replace('1', "2"), false),
            (&page[..cut], false),
            (&format!("{page}<!-- mine -->"), false),
            ("", false),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(is_sealed_page(&path), expected, "{text}");
        }
        assert!(!is_sealed_page(folder.path()));
    }

    proptest! {
        #[test]
        fn whatever_the_pieces_the_digest_is_that_of_the_whole(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8)) {
            let mut out = HashingWriter::new(Vec::new());
            for piece in &pieces {
                out.write_all(piece).unwrap();
            }
            prop_assert_eq!(&out.out, &pieces.concat());
            prop_assert_eq!(out.digest(), digest(&pieces.concat()));
        }
    }
}
