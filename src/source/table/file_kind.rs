//! What a file is, told by its first bytes and not by its name.

use super::dialect;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Text,
    Parquet,
    Gzip,
    /// A zip archive: of files, or a workbook.
    Zip,
    /// What simbet does not read: its name, and what to do about it.
    Foreign(&'static str, &'static str),
}

const UNPACK: &str = "unpack it first";
const CONVERT: &str = "convert it to CSV";
const RESAVE: &str = "save it as .xlsx or CSV";
const EXPORT: &str = "export the table of matches as CSV";
const RAW: &str = "download the file itself, not the page that shows it";

/// The first bytes of files that are read or named, and where they stand.
const SIGNATURES: [(usize, &[u8], FileKind); 30] = [
    (0, b"PAR1", FileKind::Parquet),
    (0, b"\x1f\x8b", FileKind::Gzip),
    (0, b"PK\x03\x04", FileKind::Zip),
    (0, b"PK\x05\x06", FileKind::Zip),
    (0, b"BZh", FileKind::Foreign("a bzip2 archive", UNPACK)),
    (0, b"\xfd7zXZ", FileKind::Foreign("an xz archive", UNPACK)),
    (
        0,
        b"\x28\xb5\x2f\xfd",
        FileKind::Foreign("a zstd archive", UNPACK),
    ),
    (
        0,
        b"\x04\x22\x4d\x18",
        FileKind::Foreign("an lz4 archive", UNPACK),
    ),
    (
        0,
        b"7z\xbc\xaf\x27\x1c",
        FileKind::Foreign("a 7-Zip archive", UNPACK),
    ),
    (0, b"Rar!", FileKind::Foreign("a RAR archive", UNPACK)),
    (257, b"ustar", FileKind::Foreign("a tar archive", UNPACK)),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        FileKind::Foreign("an old or encrypted Office file (.xls)", RESAVE),
    ),
    (
        0,
        b"SQLite format 3\0",
        FileKind::Foreign("an SQLite database", EXPORT),
    ),
    (8, b"DUCK", FileKind::Foreign("a DuckDB database", EXPORT)),
    (0, b"%PDF", FileKind::Foreign("a PDF", CONVERT)),
    (
        0,
        b"{\\rtf",
        FileKind::Foreign("a text document (RTF)", CONVERT),
    ),
    (
        0,
        b"version https://git-lfs",
        FileKind::Foreign(
            "a pointer of Git LFS",
            "fetch the file itself with git lfs pull",
        ),
    ),
    (
        0,
        b"ARROW1",
        FileKind::Foreign("an Arrow or Feather file", CONVERT),
    ),
    (0, b"FEA1", FileKind::Foreign("a Feather file", CONVERT)),
    (0, b"Obj\x01", FileKind::Foreign("an Avro file", CONVERT)),
    (0, b"\x89HDF", FileKind::Foreign("an HDF5 file", CONVERT)),
    (0, b"\x93NUMPY", FileKind::Foreign("a NumPy array", CONVERT)),
    (0, b"RDX2\n", FileKind::Foreign("R data", CONVERT)),
    (0, b"RDX3\n", FileKind::Foreign("R data", CONVERT)),
    (0, b"X\n\0\0\0", FileKind::Foreign("R data", CONVERT)),
    (
        0,
        b"\x80\x04\x95",
        FileKind::Foreign("a Python pickle", CONVERT),
    ),
    (
        0,
        b"\x80\x05\x95",
        FileKind::Foreign("a Python pickle", CONVERT),
    ),
    (0, b"\x89PNG", FileKind::Foreign("a picture", CONVERT)),
    (0, b"\xff\xd8\xff", FileKind::Foreign("a picture", CONVERT)),
    (0, b"GIF8", FileKind::Foreign("a picture", CONVERT)),
];

impl FileKind {
    /// What these bytes are.
    pub fn of(bytes: &[u8]) -> Self {
        let signature = SIGNATURES.into_iter().find(|(at, start, _)| {
            bytes
                .get(*at..)
                .is_some_and(|bytes| bytes.starts_with(start))
        });
        if let Some((.., kind)) = signature {
            return kind;
        }
        let utf16 = dialect::utf16(bytes).is_some();
        if !utf16 && bytes.iter().take(512).any(|&byte| byte == 0) {
            return Self::Foreign("a binary file", CONVERT);
        }
        Self::of_text(dialect::without_bom(bytes).trim_ascii_start())
    }

    /// What a text is that may be markup or JSON.
    fn of_text(text: &[u8]) -> Self {
        match text {
            [b'<', rest @ ..] if is_xml(rest) => Self::Foreign("XML", CONVERT),
            [b'<', ..] => Self::Foreign("a web page (HTML)", RAW),
            [b'{', ..] => Self::Foreign("JSON", CONVERT),
            [b'[', rest @ ..] if is_json_array(rest) => Self::Foreign("JSON", CONVERT),
            _ => Self::Text,
        }
    }
}

fn is_xml(rest: &[u8]) -> bool {
    let start = rest[..rest.len().min(512)].to_ascii_lowercase();
    start.starts_with(b"?xml") && memchr::memmem::find(&start, b"html").is_none()
}

/// Whether what follows a bracket is the first element of a JSON array, or its end.
fn is_json_array(rest: &[u8]) -> bool {
    let next = rest.trim_ascii_start().first();
    next.is_some_and(|byte| matches!(byte, b'{' | b'[' | b'"' | b']' | b'-' | b'0'..=b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> &'static str {
        match FileKind::of(bytes) {
            FileKind::Foreign(name, _) => name,
            FileKind::Text => "text",
            FileKind::Parquet => "parquet",
            FileKind::Gzip => "gzip",
            FileKind::Zip => "zip",
        }
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (bytes, expected) in [
            (&b"Div,Date\n"[..], "text"),
            (b"", "text"),
            (b"D\0i\0v\0,\0D\0", "text"),
            (b"PAR1....", "parquet"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"PK\x03\x04", "zip"),
            (b"\xef\xbb\xbf [ {\"a\": 1}]", "JSON"),
            (b"{\n", "JSON"),
            (b"[1, 2]", "JSON"),
            (b"[Date],[Home]\n", "text"),
            (b"\n<!DOCTYPE html>", "a web page (HTML)"),
            (b"<?xml version=\"1.0\"?>\n<a/>", "XML"),
            (b"<?xml version=\"1.0\"?>\n<html>", "a web page (HTML)"),
            (b"\x00\x01\x02\x03", "a binary file"),
            (b"SQLite format 3\0", "an SQLite database"),
        ] {
            assert_eq!(name(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_tar_archive_is_told_by_what_stands_inside() {
        let mut bytes = vec![b'a'; 600];
        bytes[257..262].copy_from_slice(b"ustar");
        assert_eq!(name(&bytes), "a tar archive");
    }
}
