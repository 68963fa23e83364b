//! The detector of circles, on small houses that were made up.

use super::house::House;

fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let house = House::of(files.iter().copied());
    let names =
        |circle: std::collections::BTreeSet<&str>| circle.into_iter().map(str::to_owned).collect();
    house.circles().into_iter().map(names).collect()
}

/// Two files of a room, with the code of each.
fn room(one: &str, other: &str) -> Vec<Vec<String>> {
    circles(&[
        (
            "a/mod.rs",
            "mod one;\nmod other;\npub use one::One;\npub use other::{Other, make};\n",
        ),
        ("a/one.rs", one),
        ("a/other.rs", other),
    ])
}

const ONE: &str = "pub struct One;\nimpl One { pub fn new() -> Self { Self } }\n";

#[test]
fn a_circle_is_found_in_every_form_of_path() {
    let forms = [
        "use super::one::One;\npub struct Other(One);",
        "use super::One;\npub struct Other(One);",
        "use crate::a::One;\npub struct Other(One);",
        "use crate::a::one::{self};\npub struct Other(one::One);",
        "use super::{one as first};\npub struct Other(first::One);",
        "pub struct Other(super::One);",
        "pub struct Other(crate::a::one::One);",
        "use super::one::*;\npub struct Other(One);",
        "pub struct Other;\nimpl Other { fn f() { super::One::new(); } }",
        "pub struct Other;\n#[serde(with = \"super::one::One\")] struct X;",
    ];
    for form in forms {
        let found = room(&format!("use super::Other;\n{ONE}"), form);
        assert_eq!(found, [["a/one.rs", "a/other.rs"]], "{form}");
    }
}

#[test]
fn what_only_looks_like_a_circle_is_none() {
    let harmless = [
        "pub struct Other; // super::One",
        "/// As [`One`](super::one::One).\npub struct Other;",
        "pub struct Other;\nconst TEXT: &str = \"use super::One;\";",
        "use std::one::One;\npub struct Other(One);",
        "pub struct Other;\n#[cfg(test)]\nmod tests { use super::super::One; }",
    ];
    for form in harmless {
        let found = room(&format!("use super::Other;\n{ONE}"), form);
        assert!(found.is_empty(), "{form}: {found:?}");
    }
}

#[test]
fn a_file_may_use_what_the_module_around_it_defines() {
    let parent =
        "mod child;\npub trait Parent {}\npub fn make() -> child::Child { child::Child }\n";
    let child = (
        "a/child.rs",
        "use super::Parent;\npub struct Child;\nimpl Parent for Child {}\n",
    );
    assert!(circles(&[("a/mod.rs", parent), child]).is_empty());
    assert!(circles(&[("a.rs", parent), child]).is_empty());
}

#[test]
fn a_circle_through_the_module_of_a_sibling_is_found() {
    let files = [
        ("a/mod.rs", "mod one;\nmod other;\npub use one::One;\n"),
        ("a/one.rs", "use super::other::Other;\npub struct One;\n"),
        (
            "a/other/mod.rs",
            "mod inner;\npub struct Other;\nfn f() { inner::make() }\n",
        ),
        (
            "a/other/inner.rs",
            "use crate::a::One;\npub fn make() { One }\n",
        ),
    ];
    assert_eq!(
        circles(&files),
        [["a/one.rs", "a/other/inner.rs", "a/other/mod.rs"]]
    );
}

#[test]
fn circles_of_three_are_found_and_told_from_what_hangs_on_them() {
    let files = [
        ("a/x.rs", "use super::y::Y;\npub struct X;"),
        ("a/y.rs", "use super::z::Z;\npub struct Y;"),
        (
            "a/z.rs",
            "use super::x::X;\nuse crate::low::Low;\npub struct Z;",
        ),
        ("low.rs", "pub struct Low;"),
        ("high.rs", "use crate::a::x::X;\npub struct High;"),
    ];
    assert_eq!(circles(&files), [["a/x.rs", "a/y.rs", "a/z.rs"]]);
}

#[test]
fn functions_that_another_room_adds_to_a_type_are_that_rooms() {
    let files = [
        ("low/mod.rs", "mod grid;\nmod user;\npub use grid::Grid;\n"),
        (
            "low/grid.rs",
            "pub struct Grid;\nimpl Grid { pub fn own() {} }\n",
        ),
        (
            "low/user.rs",
            "use super::Grid;\nfn f() { Grid::own(); Grid::added(); }\n",
        ),
        (
            "high.rs",
            "use crate::low::Grid;\nimpl Grid { pub fn added() {} }\n",
        ),
    ];
    let house = House::of(files);
    let needed: Vec<_> = house.needs()["low/user.rs"].iter().copied().collect();
    assert_eq!(needed, ["high.rs", "low/grid.rs"]);
}
