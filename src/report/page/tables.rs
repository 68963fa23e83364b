//! Tables of a page.

use maud::{Markup, html};

use crate::report::text_table::TextTable;

/// A table that scrolls on its own where it is too wide.
pub fn table(table: &TextTable) -> Markup {
    let label = table
        .header
        .first()
        .map_or("table", |name| if name.is_empty() { "table" } else { name });
    html! {
        div.wide tabindex="0" role="region" aria-label=(label) {
            table {
                @if !table.title.is_empty() { caption { (table.title) } }
                thead { tr { @for (column, cell) in table.header.iter().enumerate() {
                    th scope="col" class=(class(table, column)) { (cell) }
                } } }
                tbody { @for row in &table.rows {
                    tr { @for (column, cell) in row.iter().enumerate() {
                        td class=(class(table, column)) { (cell) }
                    } }
                } }
            }
        }
    }
}

/// The CSS class of a column.
fn class(table: &TextTable, column: usize) -> &'static str {
    if table.numeric.contains(&column) {
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
