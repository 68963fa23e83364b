//! The README is short, and its pictures are light.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::page;

const MOST_BYTES: usize = 15_000;
const MOST_BYTES_OF_A_PICTURE: u64 = 150_000;

#[test]
fn the_readme_is_read_in_a_few_minutes() {
    let bytes = page("README.md").text.len();
    assert!(bytes <= MOST_BYTES, "README.md has {bytes} bytes");
}

#[test]
fn each_picture_is_there_in_light_and_dark_and_in_words() {
    let text = page("README.md").text;
    let pictures: Vec<&str> = text.split("<picture>").skip(1).collect();
    assert!(pictures.len() >= 3);
    let mut files = BTreeSet::new();
    for picture in pictures {
        let between = |begin: &str| {
            picture
                .split_once(begin)
                .unwrap()
                .1
                .split_once('"')
                .unwrap()
                .0
        };
        let (dark, light) = (between("srcset=\""), between("<img src=\""));
        assert_eq!(dark.replace("dark", "light"), light);
        assert!(between("alt=\"").len() > 20);
        for file in [dark, light] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let bytes = fs::metadata(path).unwrap().len();
            assert!(bytes <= MOST_BYTES_OF_A_PICTURE, "{file} has {bytes} bytes");
            assert!(files.insert(file.to_owned()));
        }
    }
}
