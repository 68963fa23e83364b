//! Tables of a page.

use maud::{Markup, html};

use crate::report::sheet::Sheet;

/// A table that scrolls on its own where it is too wide.
pub fn table(sheet: &Sheet) -> Markup {
    let label = sheet
        .header
        .first()
        .map_or("table", |name| if name.is_empty() { "table" } else { name });
    html! {
        div.wide tabindex="0" role="region" aria-label=(label) {
            table {
                @if !sheet.title.is_empty() { caption { (sheet.title) } }
                thead { tr { @for (column, cell) in sheet.header.iter().enumerate() {
                    th scope="col" class=(class(sheet, column)) { (cell) }
                } } }
                tbody { @for row in &sheet.rows {
                    tr { @for (column, cell) in row.iter().enumerate() {
                        td class=(class(sheet, column)) { (cell) }
                    } }
                } }
            }
        }
    }
}

/// The CSS class of a column.
fn class(sheet: &Sheet, column: usize) -> &'static str {
    if sheet.numeric.contains(&column) {
        "number"
    } else {
        "text"
    }
}

/// Content that is folded until the reader opens it.
pub fn folded(summary: &str, content: &Markup) -> Markup {
    html! { details { summary { (summary) } (content) } }
}

/// A tile with a figure, its name and a remark.
pub fn tile(name: &str, value: &str, remark: &str) -> Markup {
    html! { div.tile { span.name { (name) } span.value { (value) } span.remark { (remark) } } }
}
