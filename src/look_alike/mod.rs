//! Names that look alike: which of the known names somebody may have meant.

mod clubs;
mod misspelling;
mod normal;

pub use clubs::{club_name, club_of};
pub use misspelling::is_misspelling;
pub use normal::normal_name;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The likeness from which a known name is offered for one that nobody knows.
///
/// Below it Jaro and Winkler's measure offers names that share little but their first letters.
pub const OFFERED: f64 = 0.85;

/// How many names are offered at most.
const MOST_OFFERED: usize = 3;

/// A name without what is easily written another way: case, accents, blanks and everything else that is neither letter nor
/// digit.
///
/// ```
/// use simbet::internals::look_alike::folded;
/// assert_eq!(folded("1. FC Köln"), "1fckoln");
/// assert_eq!(folded("North-Gate"), folded("NORTHGATE"));
/// ```
pub fn folded(name: &str) -> String {
    name.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .flat_map(|c| without_stroke(c).chars().chain(kept(c)))
        .collect()
}

/// Letters that do not come apart into a base and an accent.
const fn without_stroke(letter: char) -> &'static str {
    match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ı' => "i",
        'þ' => "th",
        _ => "",
    }
}

/// The letter itself where it has no other form.
fn kept(letter: char) -> Option<char> {
    without_stroke(letter).is_empty().then_some(letter)
}

/// How alike two names are, from 0 to 1: 1 where they differ in case, accents, blanks and punctuation alone.
///
/// # Formula
/// Jaro and Winkler's measure (W. E. Winkler, "String comparator metrics and enhanced decision rules in the Fellegi-Sunter
/// model of record linkage", 1990) of the [folded] names.
///
/// ```
/// use simbet::internals::look_alike::likeness;
/// assert_eq!(likeness("North Gate", "Northgate"), 1.0);
/// assert!(likeness("Northgaet", "Northgate") > 0.95);
/// assert!(likeness("Ashby", "Northgate") < 0.5);
/// ```
pub fn likeness(a: &str, b: &str) -> f64 {
    strsim::jaro_winkler(&folded(a), &folded(b))
}

/// The known names that are most like an unknown one, best first, at most three.
///
/// A name is offered from a likeness of [`OFFERED`] on, where every word of one name is a word of the other, or where both
/// are common names of one club. Equally
/// alike names are in alphabetical order, so that the order of `known` does not matter.
///
/// ```
/// use simbet::internals::look_alike::nearest_names;
/// let known = ["Ashby", "Man City", "Man United", "Nott'm Forest"];
/// assert_eq!(nearest_names("Man Untied", known), ["Man United"]);
/// assert_eq!(nearest_names("Forest", known), ["Nott'm Forest"]);
/// assert_eq!(nearest_names("Spurs", ["Southampton", "Tottenham"]), ["Tottenham"]);
/// assert!(nearest_names("Ayr", known).is_empty());
/// ```
pub fn nearest_names<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let (wanted, club) = (folded(name), club_of(name));
    let mut near: Vec<(f64, &str)> = known
        .into_iter()
        .map(|other| match club {
            Some(club) if club_of(other) == Some(club) => (1.0, other),
            _ => (strsim::jaro_winkler(&wanted, &folded(other)), other),
        })
        .filter(|&(likeness, other)| likeness >= OFFERED || shares_all_words(name, other))
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup();
    near.truncate(MOST_OFFERED);
    near.into_iter().map(|(_, name)| name).collect()
}

/// Whether every word of one name is a word of the other.
fn shares_all_words(a: &str, b: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let words = name.split_whitespace().map(folded);
        words.filter(|word| !word.is_empty()).collect()
    };
    let (a, b) = (words(a), words(b));
    let within = |few: &[String], many: &[String]| {
        !few.is_empty() && few.iter().all(|word| many.contains(word))
    };
    within(&a, &b) || within(&b, &a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_blanks_and_punctuation_do_not_matter() {
        for (a, b) in [
            ("Körlin", "KORLIN"),
            ("Ko\u{308}rlin", "Körlin"),
            ("Nott'm Forest", "Nottm  Forest"),
            ("Łódź", "Lodz"),
            ("Bodø/Glimt", "Bodo Glimt"),
            ("Weißenfels", "Weissenfels"),
        ] {
            assert_eq!(folded(a), folded(b), "{a} and {b}");
        }
    }

    #[test]
    fn names_are_offered_best_first_whatever_their_order() {
        let mut known = ["Northgate", "Northgale", "Norwich", "Ashby"];
        let offered = nearest_names("North Gate", known);
        assert_eq!(offered[0], "Northgate");
        known.reverse();
        assert_eq!(nearest_names("North Gate", known), offered);
    }

    #[test]
    fn nothing_is_offered_for_a_name_like_no_other() {
        for name in ["", "?", "Zz"] {
            assert!(
                nearest_names(name, ["Northgate", "Ashby"]).is_empty(),
                "{name}"
            );
        }
    }
}
