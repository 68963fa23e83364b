//! The columns with tags. A bet may have several: in columns of their own, or in one cell.

use super::super::cells;
use super::names::{NAMES, Target, normal};

/// Columns with tags of one kind, such as `Tipster`, or `Tag 1` and `Tag 2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TagColumn {
    /// The header without a number behind it.
    pub name: String,
    pub columns: Vec<usize>,
    /// Whether a comma stands between tags.
    is_list: bool,
}

/// The names of columns whose cells are lists.
const LISTS: [&str; 4] = ["tags", "labels", "categories", "strategies"];

/// The columns with tags among those that may have some, in the order of their names in [`NAMES`].
pub(super) fn among(headers: &[String], places: &[usize], is_mapped: bool) -> Vec<TagColumn> {
    let mut found: Vec<(usize, String, TagColumn)> = Vec::new();
    for &place in places {
        let name = headers[place].trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let name = if name.trim().is_empty() {
            &headers[place]
        } else {
            name.trim()
        };
        let plain = normal(name);
        let Some(rank) = rank(&plain).or(is_mapped.then_some(0)) else {
            continue;
        };
        match found.iter_mut().find(|(_, known, _)| *known == plain) {
            Some((.., column)) => column.columns.push(place),
            None => {
                let column = TagColumn {
                    name: name.to_owned(),
                    columns: vec![place],
                    is_list: LISTS.contains(&plain.as_str()),
                };
                found.push((rank, plain, column));
            }
        }
    }
    found.sort_by_key(|(rank, ..)| *rank);
    found.into_iter().map(|(.., column)| column).collect()
}

fn rank(plain: &str) -> Option<usize> {
    let known = &NAMES[Target::Tag as usize];
    let mut names = std::iter::once(&known.name).chain(known.others);
    names.position(|name| *name == plain)
}

impl TagColumn {
    /// The tags of a cell.
    pub fn tags(&self, cell: &[u8]) -> Vec<String> {
        let text = cells::text(cell);
        let is_between = |c: char| matches!(c, ';' | '|' | '\n') || self.is_list && c == ',';
        let is_around = |c: char| {
            c.is_whitespace() || self.is_list && matches!(c, '[' | ']' | '"' | '\'' | '#')
        };
        let mut tags: Vec<String> = Vec::new();
        for tag in text.split(is_between) {
            let tag = tag.trim_matches(is_around);
            if !tag.is_empty() && tags.iter().all(|known| known != tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(headers: &[&str]) -> Vec<TagColumn> {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let places: Vec<usize> = (0..headers.len()).collect();
        among(&headers, &places, false)
    }

    #[test]
    fn numbered_columns_are_one_kind_and_other_names_are_others() {
        let columns = found(&["Category", "Tag 1", "stake", "tag_2", "Tipster"]);
        let known: Vec<(&str, &[usize])> = columns
            .iter()
            .map(|column| (&*column.name, &column.columns[..]))
            .collect();
        assert_eq!(
            known,
            [("Tag", &[1, 3][..]), ("Tipster", &[4]), ("Category", &[0])]
        );
    }

    #[test]
    fn a_comma_parts_tags_only_where_the_column_is_one_of_lists() {
        let columns = found(&["Tags", "Tipster"]);
        assert_eq!(columns[0].tags(b"value, home; value"), ["value", "home"]);
        assert_eq!(columns[0].tags(br##"["nfl", "#model"]"##), ["nfl", "model"]);
        assert_eq!(
            columns[1].tags(b"Smith, John | Bob"),
            ["Smith, John", "Bob"]
        );
        assert!(columns[0].tags(b" , ").is_empty());
    }
}
