//! The path and the query of a request: texts in percent-encoding, which are read whole or not at all.

use axum::http::{StatusCode, Uri};
use percent_encoding::percent_decode_str;

use super::problem::Problem;

/// The most bytes of path and query.
const MOST: usize = 8 * 1024;

/// Refuses a path or a query that is too long, or whose percent-encoding is none: otherwise `%zz` would be taken for text,
/// and what is no UTF-8 for something that nobody sent.
///
/// # Errors
/// When it is so.
pub fn ensure_readable(uri: &Uri) -> Result<(), Problem> {
    let Some(target) = uri.path_and_query() else {
        return Ok(());
    };
    if target.as_str().len() > MOST {
        let detail = format!("the path and the query have more than {MOST} bytes together");
        return Err(Problem::new(StatusCode::URI_TOO_LONG, detail));
    }
    if is_encoded(target.as_str()) {
        return Ok(());
    }
    Err(Problem::malformed(
        "the percent-encoding of the path or the query is none: expected % with two hexadecimal digits, and UTF-8",
    ))
}

/// Whether every `%` begins a byte, and the bytes are UTF-8.
fn is_encoded(text: &str) -> bool {
    let mut parts = text.split('%');
    parts.next();
    let is_byte =
        |part: &str| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    parts.all(is_byte) && (!text.contains('%') || percent_decode_str(text).decode_utf8().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_decoded_is_percent_encoding() {
        for good in ["/bets", "/bets?match_id=%C3%A4%20+b", "/a/%25zz", "/\u{e4}"] {
            assert!(is_encoded(good), "{good}");
        }
        for bad in [
            "/%zz",
            "/%",
            "/a%2",
            "/?a=%2",
            "/%ff",
            "/?a=%C3&b=%A4",
            "/?%e4=1",
            "/%%20",
            "/%C0%AF",
            "/%ED%A0%80",
            "/%+1",
            "/%\u{e4}",
        ] {
            assert!(!is_encoded(bad), "{bad}");
        }
    }

    #[test]
    fn a_target_that_is_too_long_is_refused() {
        let uri = |length: usize| {
            format!("/{}", "a".repeat(length - 1))
                .parse::<Uri>()
                .unwrap()
        };
        assert!(ensure_readable(&uri(MOST)).is_ok());
        assert_eq!(ensure_readable(&uri(MOST + 1)).unwrap_err().status, 414);
    }
}
