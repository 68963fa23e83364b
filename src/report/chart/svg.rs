//! Additions to the SVG of plotters: a name for screen readers, a size that follows the page, and texts on hovering.

use std::fmt::Write as _;

use crate::printable::is_unsafe;

/// A rectangle that shows a text when the pointer is over it.
pub(super) struct Mark {
    /// Left, top, width, height.
    pub rectangle: [i32; 4],
    pub text: String,
}

/// Replaces line ends, characters that XML does not allow, and invisible ones by blanks.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if is_unsafe(c) { ' ' } else { c })
        .collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            other if is_unsafe(other) => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

const HEAD: &str = "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"";

/// Completes the SVG that plotters wrote.
pub(super) fn finish(
    drawn: &str,
    (width, height): (u32, u32),
    title: &str,
    summary: &str,
    marks: &[Mark],
) -> String {
    let shapes = drawn.split_once(">\n").map_or("", |(_, rest)| rest);
    let shapes = shapes.trim_end().trim_end_matches("</svg>");
    // defaults need not be written; quotes in texts are escaped, so only attributes are replaced
    let shapes = shapes
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace("\n</text>", "</text>");
    let mut svg = format!(
        "{HEAD} viewBox=\"0 0 {width} {height}\">\n<title>{}</title>\n<desc>{}</desc>\n{shapes}",
        escape(title),
        escape(summary)
    );
    if !marks.is_empty() {
        svg.push_str("<g class=\"hover\" fill=\"none\" pointer-events=\"all\">\n");
        for Mark {
            rectangle: [x, y, width, height],
            text,
        } in marks
        {
            let position = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
            let _ = writeln!(
                svg,
                "<rect {position}><title>{}</title></rect>",
                escape(text)
            );
        }
        svg.push_str("</g>\n");
    }
    svg + "</svg>\n"
}

/// The SVG with a size and a white background.
pub(super) fn standalone(svg: &str, (width, height): (u32, u32)) -> String {
    let rest = svg.strip_prefix(HEAD).unwrap_or(svg);
    let (attributes, shapes) = rest.split_once(">\n").unwrap_or((rest, ""));
    // two units are a pixel
    let size = format!("width=\"{}\" height=\"{}\"", width / 2, height / 2);
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let ground = format!("<rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n");
    // a title names the drawing only as its first child
    let (naming, shapes) = shapes.split_once("</desc>\n").unwrap_or(("", shapes));
    format!("{declaration}{HEAD} {size}{attributes}>\n{naming}</desc>\n{ground}{shapes}")
}
