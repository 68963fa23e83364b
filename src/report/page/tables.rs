//! Tables of a page.

use maud::{Markup, html};

use crate::report::sheet::Sheet;

/// A sheet as a table that scrolls on its own where it is too wide.
pub fn table(sheet: &Sheet) -> Markup {
    let class = |place: usize| {
        if sheet.numeric.contains(&place) {
            "number"
        } else {
            "text"
        }
    };
    let label = sheet
        .header
        .first()
        .map_or("table", |name| if name.is_empty() { "table" } else { name });
    html! {
        div.wide tabindex="0" role="region" aria-label=(label) {
            table {
                @if !sheet.title.is_empty() { caption { (sheet.title) } }
                thead { tr { @for (place, cell) in sheet.header.iter().enumerate() {
                    th scope="col" class=(class(place)) { (cell) }
                } } }
                tbody { @for row in &sheet.rows {
                    tr { @for (place, cell) in row.iter().enumerate() {
                        td class=(class(place)) { (cell) }
                    } }
                } }
            }
        }
    }
}

/// A table that is folded away until it is asked for.
pub fn folded(summary: &str, content: &Markup) -> Markup {
    html! { details { summary { (summary) } (content) } }
}

/// A figure of note with its name and a remark.
pub fn tile(name: &str, value: &str, remark: &str) -> Markup {
    html! { div.tile { span.name { (name) } span.value { (value) } span.remark { (remark) } } }
}
