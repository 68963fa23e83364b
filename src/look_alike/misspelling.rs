//! Whether one name is a slip of the pen for another.

use super::folded;

/// Words that a club's name has or lacks without becoming another.
const CLUB_WORDS: [&str; 5] = ["fc", "cf", "sc", "ac", "fk"];
/// The fewest letters of a word in which two may be wrong, and one may be another.
const LONG: [usize; 2] = [10, 7];
/// The fewest letters of a word in which one may be missing, doubled or swapped.
const SHORTEST: usize = 5;

/// Whether somebody who writes `name` is likely to mean `known`: the same words but for slips of the pen, blanks, accents,
/// `FC` and abbreviations.
///
/// It has to be surer than [`nearest_names`](super::nearest_names), because bets depend on it. So a word keeps its first letter, numbers are the
/// same, and a word of one or two letters is never a slip: `Malaga B` is not `Malaga`, `Team 1` not `Team 2`, and `Bolton` not
/// `Boston`. Among the teams that met in one of 17 divisions from 1993 to 2025 (468 files of football-data.co.uk) it finds
/// seven pairs, each of them one club under two spellings: Eth Asteras and Ethnikos Asteras, Kalithea and Kallithea,
/// Levadeiakos and Levadiakos, Veria and Veroia, Villareal and Villarreal, Orense and Ourense, Proodeftiki and Proodeytiki.
///
/// ```
/// use simbet::internals::look_alike::is_misspelling;
/// assert!(is_misspelling("North Gate", "Northgate"));
/// assert!(is_misspelling("Man Utd", "Man United"));
/// assert!(!is_misspelling("Northampton", "Southampton"));
/// assert!(!is_misspelling("Sevilla B", "Sevilla"));
/// ```
pub fn is_misspelling(name: &str, known: &str) -> bool {
    if name == known || numbers(name) != numbers(known) {
        return false;
    }
    let (a, b) = (club_words(name), club_words(known));
    if a.is_empty() || b.is_empty() {
        return false;
    }
    if a.concat() == b.concat() {
        return true;
    }
    if a.len() != b.len() {
        let long = |words: &[String]| words.iter().all(|word| word.chars().count() > 2);
        return long(&a) && long(&b) && is_slip(&a.concat(), &b.concat());
    }
    let is_abbreviation = a.len() > 1 && a.iter().zip(&b).any(|(a, b)| a == b);
    a.iter().zip(&b).all(|(a, b)| {
        let abbreviates = is_abbreviation && (abbreviates(a, b) || abbreviates(b, a));
        a == b || is_slip(a, b) || abbreviates
    })
}

/// The numbers in a name, which no slip of the pen changes.
fn numbers(name: &str) -> Vec<&str> {
    let runs = name.split(|c: char| !c.is_numeric());
    runs.filter(|run| !run.is_empty()).collect()
}

/// The folded words of a club's name, without those that it may lack.
fn club_words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| c.is_whitespace() || ['.', '-', '/'].contains(&c));
    words
        .map(folded)
        .filter(|word| !word.is_empty() && !CLUB_WORDS.contains(&word.as_str()))
        .collect()
}

/// Whether two words differ by what fingers do: a letter missing, doubled or swapped, in longer words a wrong one.
fn is_slip(a: &str, b: &str) -> bool {
    let length = a.chars().count().min(b.chars().count());
    if length < SHORTEST || a.chars().next() != b.chars().next() {
        return false;
    }
    // one letter for another is how words of their own differ too, above all at their end
    let is_substitution = strsim::hamming(a, b) == Ok(1);
    match strsim::osa_distance(a, b) {
        0 => true,
        1 if is_substitution => length >= LONG[1] && a.chars().last() == b.chars().last(),
        1 => true,
        2 => length >= LONG[0],
        _ => false,
    }
}

/// Whether `short` is made of letters of `long`, in their order and from the same first letter on.
fn abbreviates(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    short.chars().count() > 2
        && short.chars().next() == long.chars().next()
        && short
            .chars()
            .all(|letter| letters.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_misspellings() {
        for (name, known) in [
            ("North Gate", "Northgate"),
            ("northgate", "Northgate"),
            ("Northgate FC", "Northgate"),
            ("Northgaet", "Northgate"),
            ("Asbhy", "Ashby"),
            ("Ashbey", "Ashby"),
            ("Corfeild", "Corfield"),
            ("Dunmroe Town", "Dunmore Town"),
            ("Sheff United", "Sheffield United"),
            ("Körlin", "Korlin"),
        ] {
            assert!(is_misspelling(name, known), "{name} for {known}");
            assert!(is_misspelling(known, name), "{known} for {name}");
        }
    }

    #[test]
    fn other_clubs_are_no_misspellings() {
        for (name, known) in [
            ("Ashby", "Ashby"),
            ("Team 1", "Team 2"),
            ("Team01", "Team02"),
            ("Team A", "Team B"),
            ("Red Team A", "Red Team B"),
            ("AA", "AB"),
            ("Bolton", "Boston"),
            ("Northampton", "Southampton"),
            ("Man City", "Man United"),
            ("Sheffield United", "Sheffield Weds"),
            ("Malaga B", "Malaga"),
            ("Cannes", "Vannes"),
            ("Chester", "Colchester"),
            ("Chester", "Chesterfield"),
            ("Adanaspor", "Alanyaspor"),
            ("Clyde", "Clydebank"),
            ("Ashby Town", "Ashby"),
            ("FC", "SC"),
            ("", "Ashby"),
        ] {
            assert!(!is_misspelling(name, known), "{name} for {known}");
            assert!(!is_misspelling(known, name), "{known} for {name}");
        }
    }
}
