//! Clubs that are commonly called several names.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::folded;

/// A club: its name at football-data.co.uk, and what else it is commonly called.
struct Club {
    name: &'static str,
    spellings: &'static [&'static str],
}

const fn club(name: &'static str, spellings: &'static [&'static str]) -> Club {
    Club { name, spellings }
}

impl Club {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.spellings.iter().copied())
    }
}

/// The usual clubs of the five biggest leagues and of Scotland.
///
/// # Source
/// The names are those of football-data.co.uk's files. The spellings are facts that were collected for this table: the
/// clubs' own names, with and without `FC`, and the short names of broadcasters. Only what no other club of its
/// country is called is here: not `United`, `Rovers` or `Athletic`.
const CLUBS: [Club; 136] = [
    // England
    club("Arsenal", &["Arsenal FC"]),
    club("Aston Villa", &["Aston Villa FC", "Villa"]),
    club("Birmingham", &["Birmingham City", "Birmingham City FC"]),
    club("Blackburn", &["Blackburn Rovers", "Blackburn Rovers FC"]),
    club("Bolton", &["Bolton Wanderers", "Bolton Wanderers FC"]),
    club("Bournemouth", &["AFC Bournemouth"]),
    club("Bradford", &["Bradford City"]),
    club("Brentford", &["Brentford FC"]),
    club(
        "Brighton",
        &[
            "Brighton & Hove Albion",
            "Brighton and Hove Albion",
            "Brighton & Hove Albion FC",
        ],
    ),
    club("Burnley", &["Burnley FC"]),
    club("Cardiff", &["Cardiff City", "Cardiff City FC"]),
    club("Charlton", &["Charlton Athletic"]),
    club("Chelsea", &["Chelsea FC"]),
    club("Coventry", &["Coventry City"]),
    club("Crystal Palace", &["Crystal Palace FC", "C Palace"]),
    club("Derby", &["Derby County"]),
    club("Everton", &["Everton FC"]),
    club("Fulham", &["Fulham FC"]),
    club(
        "Huddersfield",
        &["Huddersfield Town", "Huddersfield Town AFC"],
    ),
    club("Hull", &["Hull City", "Hull City AFC"]),
    club("Ipswich", &["Ipswich Town", "Ipswich Town FC"]),
    club("Leeds", &["Leeds United", "Leeds Utd", "Leeds United FC"]),
    club("Leicester", &["Leicester City", "Leicester City FC"]),
    club("Liverpool", &["Liverpool FC"]),
    club("Luton", &["Luton Town", "Luton Town FC"]),
    club(
        "Man City",
        &["Manchester City", "Manchester City FC", "Manchester C"],
    ),
    club(
        "Man United",
        &[
            "Manchester United",
            "Manchester United FC",
            "Manchester Utd",
            "Man Utd",
            "Man U",
        ],
    ),
    club("Middlesbrough", &["Middlesbrough FC", "Boro"]),
    club("Milton Keynes Dons", &["MK Dons"]),
    club(
        "Newcastle",
        &["Newcastle United", "Newcastle Utd", "Newcastle United FC"],
    ),
    club("Norwich", &["Norwich City", "Norwich City FC"]),
    club(
        "Nott'm Forest",
        &[
            "Nottingham Forest",
            "Nottingham Forest FC",
            "Nottm Forest FC",
            "Notts Forest",
            "Nott Forest",
            "Nottingham",
            "N Forest",
        ],
    ),
    club("Oldham", &["Oldham Athletic"]),
    club("Oxford", &["Oxford United", "Oxford Utd"]),
    club(
        "Peterboro",
        &["Peterborough", "Peterborough United", "Peterborough Utd"],
    ),
    club("Plymouth", &["Plymouth Argyle"]),
    club("Portsmouth", &["Portsmouth FC", "Pompey"]),
    club("Preston", &["Preston North End", "Preston NE", "PNE"]),
    club("QPR", &["Queens Park Rangers"]),
    club("Reading", &["Reading FC"]),
    club("Rotherham", &["Rotherham United", "Rotherham Utd"]),
    club(
        "Sheffield United",
        &[
            "Sheffield Utd",
            "Sheff Utd",
            "Sheff United",
            "Sheffield United FC",
        ],
    ),
    club(
        "Sheffield Weds",
        &[
            "Sheffield Wednesday",
            "Sheff Wed",
            "Sheff Weds",
            "Sheffield Wed",
        ],
    ),
    club("Southampton", &["Southampton FC"]),
    club("Stoke", &["Stoke City", "Stoke City FC"]),
    club("Sunderland", &["Sunderland AFC"]),
    club("Swansea", &["Swansea City", "Swansea City AFC"]),
    club(
        "Tottenham",
        &["Tottenham Hotspur", "Tottenham Hotspur FC", "Spurs"],
    ),
    club("Watford", &["Watford FC"]),
    club(
        "West Brom",
        &[
            "West Bromwich Albion",
            "West Bromwich",
            "West Bromwich Albion FC",
            "WBA",
        ],
    ),
    club(
        "West Ham",
        &["West Ham United", "West Ham Utd", "West Ham United FC"],
    ),
    club("Wigan", &["Wigan Athletic"]),
    club(
        "Wolves",
        &[
            "Wolverhampton Wanderers",
            "Wolverhampton",
            "Wolverhampton Wanderers FC",
        ],
    ),
    // Scotland
    club("Aberdeen", &["Aberdeen FC"]),
    club("Ayr", &["Ayr United", "Ayr Utd"]),
    club("Celtic", &["Celtic FC", "Glasgow Celtic"]),
    club("Dundee", &["Dundee FC"]),
    club("Dundee United", &["Dundee Utd", "Dundee United FC"]),
    club("Dunfermline", &["Dunfermline Athletic"]),
    club("Hamilton", &["Hamilton Academical", "Hamilton Accies"]),
    club(
        "Hearts",
        &["Heart of Midlothian", "Hearts FC", "Heart of Midlothian FC"],
    ),
    club("Hibernian", &["Hibernian FC", "Hibs"]),
    club(
        "Inverness C",
        &[
            "Inverness",
            "Inverness CT",
            "Inverness Caledonian Thistle",
            "Inverness Caley Thistle",
        ],
    ),
    club("Kilmarnock", &["Kilmarnock FC"]),
    club("Livingston", &["Livingston FC"]),
    club("Motherwell", &["Motherwell FC"]),
    club("Partick", &["Partick Thistle"]),
    club("Raith Rvs", &["Raith Rovers"]),
    club("Rangers", &["Rangers FC", "Glasgow Rangers"]),
    club("St Johnstone", &["Saint Johnstone", "St. Johnstone FC"]),
    club("St Mirren", &["Saint Mirren", "St. Mirren FC"]),
    // Germany
    club("Augsburg", &["FC Augsburg"]),
    club(
        "Bayern Munich",
        &[
            "Bayern München",
            "FC Bayern München",
            "FC Bayern Munich",
            "FC Bayern",
            "Bayern Muenchen",
        ],
    ),
    club("Bielefeld", &["Arminia Bielefeld"]),
    club("Bochum", &["VfL Bochum"]),
    club("Darmstadt", &["SV Darmstadt 98", "Darmstadt 98"]),
    club("Dortmund", &["Borussia Dortmund", "BVB"]),
    club("Ein Frankfurt", &["Eintracht Frankfurt", "Frankfurt"]),
    club(
        "FC Koln",
        &[
            "1. FC Köln",
            "1. FC Koeln",
            "Köln",
            "Koeln",
            "Cologne",
            "FC Cologne",
        ],
    ),
    club("Fortuna Dusseldorf", &["Fortuna Duesseldorf"]),
    club("Freiburg", &["SC Freiburg"]),
    club(
        "Greuther Furth",
        &["SpVgg Greuther Fürth", "Greuther Fuerth"],
    ),
    club("Hamburg", &["Hamburger SV", "HSV"]),
    club("Hannover", &["Hannover 96"]),
    club(
        "Heidenheim",
        &["1. FC Heidenheim", "1. FC Heidenheim 1846", "FC Heidenheim"],
    ),
    club("Hertha", &["Hertha BSC", "Hertha Berlin"]),
    club(
        "Hoffenheim",
        &["TSG Hoffenheim", "TSG 1899 Hoffenheim", "1899 Hoffenheim"],
    ),
    club("Leverkusen", &["Bayer Leverkusen", "Bayer 04 Leverkusen"]),
    club(
        "M'gladbach",
        &[
            "Borussia Mönchengladbach",
            "Mönchengladbach",
            "Borussia M'gladbach",
            "Borussia Moenchengladbach",
            "Gladbach",
        ],
    ),
    club("Mainz", &["Mainz 05", "1. FSV Mainz 05", "FSV Mainz 05"]),
    club("Nurnberg", &["1. FC Nürnberg", "Nuernberg", "FC Nürnberg"]),
    club("RB Leipzig", &["Leipzig", "RasenBallsport Leipzig"]),
    club("Schalke 04", &["Schalke", "FC Schalke 04"]),
    club("St Pauli", &["FC St. Pauli"]),
    club("Stuttgart", &["VfB Stuttgart"]),
    club("Union Berlin", &["1. FC Union Berlin", "FC Union Berlin"]),
    club("Werder Bremen", &["Bremen", "SV Werder Bremen"]),
    club("Wolfsburg", &["VfL Wolfsburg"]),
    // Italy
    club("Atalanta", &["Atalanta BC", "Atalanta Bergamo"]),
    club("Bologna", &["Bologna FC"]),
    club("Cagliari", &["Cagliari Calcio"]),
    club("Fiorentina", &["ACF Fiorentina"]),
    club("Genoa", &["Genoa CFC"]),
    club(
        "Inter",
        &["Inter Milan", "Internazionale", "FC Internazionale"],
    ),
    club("Juventus", &["Juventus FC", "Juventus Turin"]),
    club("Lazio", &["SS Lazio", "Lazio Rome"]),
    club("Milan", &["AC Milan"]),
    club("Napoli", &["SSC Napoli"]),
    club("Parma", &["Parma Calcio"]),
    club("Roma", &["AS Roma"]),
    club("Sampdoria", &["UC Sampdoria"]),
    club("Torino", &["Torino FC"]),
    club("Udinese", &["Udinese Calcio"]),
    club("Verona", &["Hellas Verona"]),
    // Spain
    club(
        "Ath Bilbao",
        &["Athletic Bilbao", "Athletic Club", "Athletic Club Bilbao"],
    ),
    club(
        "Ath Madrid",
        &[
            "Atlético Madrid",
            "Atlético de Madrid",
            "Club Atlético de Madrid",
            "Atletico",
        ],
    ),
    club("Barcelona", &["FC Barcelona", "Barca"]),
    club("Betis", &["Real Betis", "Real Betis Balompié"]),
    club("Celta", &["Celta Vigo", "Celta de Vigo", "RC Celta"]),
    club("Espanol", &["Espanyol", "RCD Espanyol"]),
    club(
        "La Coruna",
        &[
            "Deportivo La Coruña",
            "Deportivo de La Coruña",
            "Dep. La Coruna",
        ],
    ),
    club("Real Madrid", &["Real Madrid CF"]),
    club("Santander", &["Racing Santander", "Racing de Santander"]),
    club("Sevilla", &["Sevilla FC"]),
    club("Sociedad", &["Real Sociedad"]),
    club("Sp Gijon", &["Sporting Gijón", "Sporting de Gijón"]),
    club("Valencia", &["Valencia CF"]),
    club("Valladolid", &["Real Valladolid"]),
    club("Vallecano", &["Rayo Vallecano", "Rayo"]),
    club("Villarreal", &["Villarreal CF"]),
    club("Zaragoza", &["Real Zaragoza"]),
    // France
    club("Lyon", &["Olympique Lyonnais", "Olympique Lyon"]),
    club(
        "Marseille",
        &["Olympique Marseille", "Olympique de Marseille"],
    ),
    club("Monaco", &["AS Monaco"]),
    club(
        "Paris SG",
        &[
            "Paris Saint-Germain",
            "Paris St Germain",
            "Paris St-G",
            "PSG",
        ],
    ),
    club("St Etienne", &["Saint-Étienne", "AS Saint-Étienne"]),
];

/// The club that is called this, by its number; `None` for a name that is not in the table.
///
/// ```
/// use simbet::internals::look_alike::{club_of, club_name};
/// let spurs = club_of("Spurs").unwrap();
/// assert_eq!(club_of("Tottenham Hotspur"), Some(spurs));
/// assert_eq!(club_name(spurs), "Tottenham");
/// assert_eq!(club_of("Ashby"), None);
/// ```
pub fn club_of(name: &str) -> Option<usize> {
    NUMBERS.get(&folded(name)).copied()
}

/// The clubs by everything they are called, folded.
static NUMBERS: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let numbered = CLUBS.iter().enumerate();
    numbered
        .flat_map(|(number, club)| club.names().map(move |name| (folded(name), number)))
        .collect()
});

/// A club's name at football-data.co.uk.
///
/// # Panics
/// When [`club_of`] has not given the number.
pub fn club_name(club: usize) -> &'static str {
    CLUBS[club].name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_that_of_two_clubs() {
        let mut names: Vec<String> = CLUBS.iter().flat_map(Club::names).map(folded).collect();
        names.sort();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn common_spellings_are_of_one_club() {
        for (a, b) in [
            ("Man Utd", "Manchester United"),
            ("Nottingham Forest", "Nott'm Forest"),
            ("Wolves", "Wolverhampton Wanderers"),
            ("Atlético Madrid", "Ath Madrid"),
            ("Paris Saint Germain", "PSG"),
            ("1. FC Köln", "FC Koln"),
        ] {
            assert!(club_of(a).is_some());
            assert_eq!(club_of(a), club_of(b), "{a} and {b}");
        }
        assert_ne!(club_of("Man City"), club_of("Man United"));
        assert_ne!(club_of("Dundee"), club_of("Dundee Utd"));
    }
}
