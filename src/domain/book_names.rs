//! The names of books, as people and feeds write them.

/// Names without regard to case, blanks and punctuation, each with the code. A name that two books have, or had, has the code
/// of the one that football-data.co.uk writes today.
const NAMES: [(&str, &str); 37] = [
    ("bet365", "b365"),
    ("betandwin", "bw"),
    ("betwin", "bw"),
    ("bwin", "bw"),
    ("interwetten", "iw"),
    ("pinnacle", "ps"),
    ("pinnaclesports", "ps"),
    ("vcbet", "vc"),
    ("victorchandler", "vc"),
    ("williamhill", "wh"),
    ("gamebookers", "gb"),
    ("ladbrokes", "lb"),
    ("sportingbet", "sb"),
    ("stanjames", "sj"),
    ("bluesquare", "bs"),
    ("bluesq", "bs"),
    ("stanleybet", "sy"),
    ("sportingodds", "so"),
    ("betfair", "bf"),
    ("betfairsportsbook", "bf"),
    ("betfred", "bfd"),
    ("betfairexchange", "bfe"),
    ("betfairex", "bfe"),
    ("betmgm", "bmgm"),
    ("betvictor", "bv"),
    ("coral", "cl"),
    ("1xbet", "1xb"),
    ("maximum", "max"),
    ("marketmaximum", "max"),
    ("marketmax", "max"),
    ("best", "max"),
    ("bestprice", "max"),
    ("bestodds", "max"),
    ("average", "avg"),
    ("marketaverage", "avg"),
    ("marketavg", "avg"),
    ("averageodds", "avg"),
];

/// The code of the book of this name.
pub(super) fn code_of(name: &str) -> Option<&'static str> {
    let letters = || name.bytes().filter(u8::is_ascii_alphanumeric);
    let is_called = |known: &str| {
        letters()
            .map(|byte| byte.to_ascii_lowercase())
            .eq(known.bytes())
    };
    NAMES
        .iter()
        .find(|(known, _)| is_called(known))
        .map(|(_, code)| *code)
}

/// The names of the book of this code, without case, blanks and punctuation.
pub(super) fn names_of(code: &str) -> impl Iterator<Item = &'static str> {
    let own = NAMES.iter().filter(move |(_, known)| *known == code);
    own.map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_goes_by_its_name_however_it_is_written() {
        for (name, code) in [
            ("Pinnacle", "ps"),
            ("PINNACLE SPORTS", "ps"),
            ("William Hill", "wh"),
            ("william_hill", "wh"),
            ("Bet365", "b365"),
            ("bet 365", "b365"),
            ("Bet&Win", "bw"),
            ("Betfair Exchange", "bfe"),
        ] {
            assert_eq!(code_of(name), Some(code), "{name}");
        }
        for name in ["", "b365", "Pinnacl", "unibet", "&"] {
            assert_eq!(code_of(name), None, "{name}");
        }
    }
}
