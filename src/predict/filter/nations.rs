//! The divisions of a nation, between which teams are promoted and relegated.

/// The divisions of football-data.co.uk, the highest first. Every other league is a nation of its own.
const NATIONS: [&[&str]; 6] = [
    &["E0", "E1", "E2", "E3", "EC"],
    &["SC0", "SC1", "SC2", "SC3"],
    &["D1", "D2"],
    &["I1", "I2"],
    &["SP1", "SP2"],
    &["F1", "F2"],
];

/// The pools of nations, without leagues that are in other pools already.
pub(crate) fn nations(taken: &[Vec<String>]) -> impl Iterator<Item = Vec<String>> {
    let is_free = |league: &&str| !taken.iter().flatten().any(|other| other == league);
    NATIONS.iter().map(move |divisions| {
        let free = divisions.iter().copied().filter(is_free);
        free.map(str::to_owned).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_league_that_is_in_another_pool_leaves_its_nation() {
        let pools: Vec<_> = nations(&[vec!["E1".to_owned(), "SC0".to_owned()]]).collect();
        assert_eq!(pools[0], ["E0", "E2", "E3", "EC"]);
        assert_eq!(pools[1], ["SC1", "SC2", "SC3"]);
        assert_eq!(pools[5], ["F1", "F2"]);
    }
}
