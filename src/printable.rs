//! Text of others, made safe to print: a terminal obeys what it is sent, and a page shows what it is given.

use std::borrow::Cow;
use std::fmt::Write as _;

use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The most characters that a message quotes of a text of others.
pub const QUOTED: usize = 200;
/// The most characters of a message.
const MESSAGE: usize = 4000;

/// Whether a character shows nothing by itself: zero-width blanks and joiners, the mark at the beginning of a file, soft
/// hyphens, fillers, tags, and the marks and overrides of the direction of writing (Unicode's `Default_Ignorable_Code_Point`
/// and `Bidi_Control`, and the anchors of annotations).
///
/// ```
/// use simbet::internals::printable::is_invisible;
/// assert!("\u{200b}\u{202e}\u{feff}\u{ad}\u{e0041}".chars().all(is_invisible));
/// assert!(!"aé 東\t\u{1b}".chars().any(is_invisible));
/// ```
pub fn is_invisible(c: char) -> bool {
    !c.is_ascii()
        && (CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
            || CodePointSetData::new::<BidiControl>().contains(c)
            || matches!(c, '\u{fff9}'..='\u{fffb}'))
}

/// Whether a terminal or a page may obey a character, or hide it.
pub fn is_obeyed(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => c.is_control() || is_invisible(c),
    }
}

/// Whether a character is shown as its number: it may be obeyed or hidden, or has no shape that all agree on, as those for
/// private use and those that Unicode has not assigned yet.
///
/// ```
/// use simbet::internals::printable::is_unsafe;
/// assert!("\u{7}\u{200b}\u{e000}\u{10fffd}\u{378}\u{1fffe}".chars().all(is_unsafe));
/// assert!(!"aé 東 ⚽ 😀".chars().any(is_unsafe));
/// ```
pub fn is_unsafe(c: char) -> bool {
    is_obeyed(c) || !c.is_ascii() && has_no_shape(c)
}

fn has_no_shape(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    matches!(
        category,
        GeneralCategory::PrivateUse | GeneralCategory::Unassigned
    )
}

/// A text on one line, in which what a terminal may obey is shown instead.
///
/// ```
/// use simbet::internals::printable::escaped;
/// assert_eq!(escaped("Bod\u{f8}"), "Bod\u{f8}");
/// assert_eq!(escaped("\u{1b}[31mRed\n"), r"\u{1b}[31mRed\n");
/// ```
pub fn escaped(text: &str) -> Cow<'_, str> {
    replaced(text, is_unsafe, |out, c| match c {
        '\n' | '\r' | '\t' => out.extend(c.escape_default()),
        _ => out.extend(c.escape_unicode()),
    })
}

/// The same of a text of several lines.
///
/// ```
/// use simbet::internals::printable::lines;
/// assert_eq!(lines("one\ntwo\r\n"), "one\ntwo\\r\n");
/// ```
pub fn lines(text: &str) -> Cow<'_, str> {
    replaced(
        text,
        |c| c != '\n' && is_unsafe(c),
        |out, c| out.push_str(&escaped(c.encode_utf8(&mut [0; 4]))),
    )
}

/// A text of JSON, which says the same and has nothing that a terminal may obey.
///
/// ```
/// use simbet::internals::printable::json;
/// assert_eq!(json("[\"\u{9b}\u{e0041}\"]\n"), "[\"\\u009b\\udb40\\udc41\"]\n");
/// ```
pub fn json(text: &str) -> Cow<'_, str> {
    // between its texts JSON has blanks and line ends only, and serde writes no others than these
    let is_of_a_text = |c| c != '\n' && is_unsafe(c);
    replaced(text, is_of_a_text, |out, c| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
}

/// A text as a shell takes it for one word: a name to be typed or pasted.
///
/// ```
/// use simbet::internals::printable::shell_word;
/// assert_eq!(shell_word("HomeTeam"), "HomeTeam");
/// assert_eq!(shell_word("Home $ odds"), "'Home $ odds'");
/// ```
pub fn shell_word(text: &str) -> Cow<'_, str> {
    // what has a zero in it cannot be typed at all
    shlex::try_quote(text).unwrap_or(Cow::Borrowed(text))
}

/// What of a text is quoted: its first characters, [`QUOTED`] at most, on one line.
///
/// ```
/// use simbet::internals::printable::excerpt;
/// assert_eq!(excerpt("a\tb"), "a\\tb");
/// assert_eq!(excerpt(&"x".repeat(300)).chars().count(), 201);
/// ```
pub fn excerpt(text: &str) -> String {
    cut(&escaped(text), QUOTED).into_owned()
}

/// A message for a terminal or a log: further lines are indented, so that no text of others passes for a message of its own,
/// and words beyond all length are cut.
///
/// ```
/// use simbet::internals::printable::message;
/// assert_eq!(message("cannot read a\nwarning: b"), "cannot read a\n  warning: b");
/// assert_eq!(message(format!("no {}", "x".repeat(300))).chars().count(), 204);
/// ```
pub fn message(text: impl std::fmt::Display) -> String {
    let text = text.to_string();
    let text = cut(&text, MESSAGE);
    let words = lines(&text);
    let words = words.split_inclusive([' ', '\n']);
    let mut message = String::with_capacity(text.len());
    for word in words {
        let bare = word.trim_end_matches([' ', '\n']);
        message.push_str(&cut(bare, QUOTED));
        message.push_str(&word[bare.len()..]);
    }
    message.trim_end().replace('\n', "\n  ")
}

/// The first characters of a text; a mark says that there are more.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((at, _)) => Cow::Owned([&text[..at], "…"].concat()),
        None => Cow::Borrowed(text),
    }
}

/// A text with what fits a condition written another way.
fn replaced(
    text: &str,
    is_meant: impl Fn(char) -> bool,
    write: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(is_plain) || !text.chars().any(&is_meant) {
        return Cow::Borrowed(text);
    }
    let mut written = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_meant(c) {
            write(&mut written, c);
        } else {
            written.push(c);
        }
    }
    Cow::Owned(written)
}

/// A text of one or more lines as Markdown that shows it as it is: no link, no tag, no emphasis, no heading, no mention.
///
/// What has a meaning in Markdown is written as a reference to its character, which holds within HTML as well, and only
/// where it would have that meaning.
///
/// ```
/// use simbet::internals::printable::markdown;
/// assert_eq!(markdown("win_rate of A & B: <0.01 %"), "win_rate of A & B: <0.01 %");
/// assert_eq!(markdown("[x](y) | <img>"), "&#91;x&#93;(y) &#124; &#60;img>");
/// assert_eq!(markdown("# A"), "&#35; A");
/// ```
pub fn markdown(text: &str) -> String {
    let text = lines(text);
    let lines: Vec<String> = text.split('\n').map(line_of_markdown).collect();
    lines.join("\n")
}

/// The same of a cell of a table, in which nothing begins a heading or a list.
///
/// ```
/// use simbet::internals::printable::markdown_cell;
/// assert_eq!(markdown_cell("#"), "#");
/// assert_eq!(markdown_cell("a|b\n"), r"a&#124;b\n");
/// ```
pub fn markdown_cell(text: &str) -> String {
    as_markdown(&escaped(text), |_, _| false)
}

fn line_of_markdown(line: &str) -> String {
    as_markdown(line, |c, after| {
        let before = &line[..line.len() - after.len() - c.len_utf8()];
        before.trim_start().is_empty() && begins_block(c, after) || ends_number(before, c, after)
    })
}

/// A line in which what has a meaning is written as a reference, also what `begins` says to begin a block, given what follows.
fn as_markdown(line: &str, begins: impl Fn(char, &str) -> bool) -> String {
    let mut written = String::with_capacity(line.len());
    let mut before = None;
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        let after = rest.as_str();
        if is_mention(c, after) {
            // the comment keeps @name and #1 from linking to people and issues
            let _ = write!(written, "{c}<!-- -->");
        } else if has_meaning(c, before, after) || begins(c, after) {
            let _ = write!(written, "&#{};", u32::from(c));
        } else {
            written.push(c);
        }
        before = Some(c);
    }
    written
}

fn is_mention(c: char, after: &str) -> bool {
    matches!(c, '@' | '#') && after.starts_with(char::is_alphanumeric)
}

/// Whether a character has a meaning within a line, between what stands before and after it.
fn has_meaning(c: char, before: Option<char>, after: &str) -> bool {
    match c {
        '`' | '[' | ']' | '|' | '$' => true,
        // what begins nothing ends nothing
        '*' | '~' => after.starts_with(|c: char| !c.is_whitespace()),
        '\\' => after.starts_with(|c: char| c.is_ascii_punctuation()),
        '<' => after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)),
        '&' => after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '#'),
        ':' => after.starts_with("//"),
        '.' => before.is_some_and(|c| c.eq_ignore_ascii_case(&'w')),
        '_' => {
            !(before.is_some_and(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric))
        }
        _ => false,
    }
}

/// Whether a character at the beginning of a line would begin a heading, a list, a quotation or a rule.
fn begins_block(c: char, after: &str) -> bool {
    match c {
        '>' | '#' => true,
        '-' | '+' | '=' => after.is_empty() || after.starts_with([' ', c]),
        _ => false,
    }
}

/// Whether a line that begins with this number and this character would be an item of a list.
fn ends_number(number: &str, c: char, after: &str) -> bool {
    matches!(c, '.' | ')')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && (after.is_empty() || after.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        for (text, shown) in [
            ("\u{1b}]0;pwned\u{7}", r"\u{1b}]0;pwned\u{7}"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("a\rb\u{8}", r"a\rb\u{8}"),
            ("\u{202e}txt.exe\u{2066}", r"\u{202e}txt.exe\u{2066}"),
            ("a\u{2028}b\u{85}", r"a\u{2028}b\u{85}"),
            ("\u{e0041}\u{fe0f}\u{3164}", r"\u{e0041}\u{fe0f}\u{3164}"),
            ("A\u{e0a0}\u{f0000}\u{378}", r"A\u{e0a0}\u{f0000}\u{378}"),
            (
                "1. FC K\u{f6}ln, \u{6771}\u{4eac} – ½",
                "1. FC K\u{f6}ln, \u{6771}\u{4eac} – ½",
            ),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }

    #[test]
    fn markdown_shows_a_text_as_it_is() {
        for (text, written) in [
            ("[x](http://evil)", "&#91;x&#93;(http&#58;//evil)"),
            ("<img src=x>", "&#60;img src=x>"),
            ("a|b", "a&#124;b"),
            (
                "*A* `b` ~~c~~ 1*",
                "&#42;A* &#96;b&#96; &#126;&#126;c&#126;~ 1*",
            ),
            ("_A_ a_b", "&#95;A&#95; a_b"),
            ("# A", "&#35; A"),
            ("> A", "&#62; A"),
            ("- A\n--- ", "&#45; A\n&#45;-- "),
            ("1. FC", "1&#46; FC"),
            ("-1.5 and +2", "-1.5 and +2"),
            ("&amp; &#60; A & B", "&#38;amp; &#38;#<!-- -->60; A & B"),
            ("www.evil.example", "www&#46;evil.example"),
            ("@me #1 a@b", "@<!-- -->me #<!-- -->1 a@<!-- -->b"),
            (r"\* \u{1b}", r"&#92;* \u{1b}"),
        ] {
            assert_eq!(markdown(text), written, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            prop_assert!(!escaped(&text).chars().any(is_unsafe));
            prop_assert!(!message(&text).chars().any(|c| c != '\n' && is_unsafe(c)));
            prop_assert!(!markdown(&text).chars().any(|c| c != '\n' && is_unsafe(c)));
            prop_assert!(excerpt(&text).chars().count() <= QUOTED + 1);
        }

        /// JSON says the same, whatever its texts are.
        #[test]
        fn json_says_the_same(text in any::<String>()) {
            let value = serde_json::json!({ "text": text });
            let written = format!("{value:#}");
            let safe = json(&written).into_owned();
            prop_assert!(!safe.chars().any(|c| c != '\n' && is_unsafe(c)));
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        }
    }
}
