//! Teams and leagues of one file, each spelling decoded once.

use std::collections::HashMap;

use super::cells;
use super::config::ReadConfig;

/// Clubs that football-data spells two ways: country prefix of the divisions, spelling, usual name.
///
/// Only spellings of the same club are here. Universidad de Las Palmas (`U.Las Palmas`), AFC Wimbledon and Airdrie United
/// look similar but are other clubs.
const SPELLINGS: [(&str, &str, &str); 27] = [
    ("E", "Middlesboro", "Middlesbrough"),
    ("E", "Telford United", "AFC Telford United"),
    ("SC", "Raith", "Raith Rvs"),
    ("B", "Zulte Waregem", "Waregem"),
    ("B", "Mouscron-Peruwelz", "Mouscron"),
    ("F", "Red Star 93", "Red Star"),
    ("SP", "Lerida", "Lleida"),
    ("SP", "Leonesa", "Cultural Leonesa"),
    ("SP", "Orense", "Ourense"),
    ("SP", "Villareal", "Villarreal"),
    ("G", "Athens Kallithea", "Kallithea"),
    ("G", "Doxa", "Doxa Dramas"),
    ("G", "Eth Asteras", "Ethnikos Asteras"),
    ("G", "Ethnikos", "Ethnikos Piraeus"),
    ("G", "Heracles", "Iraklis"),
    ("G", "Kalithea", "Kallithea"),
    ("G", "Levadiakos", "Levadeiakos"),
    ("G", "OFI Crete", "OFI"),
    ("G", "Proodeytiki", "Proodeftiki"),
    ("G", "Veroia", "Veria"),
    ("G", "Yiannina", "Giannina"),
    ("P", "Campomaior", "Campomaiorense"),
    ("P", "Desp. Chaves", "Chaves"),
    ("P", "Estrela", "Est Amadora"),
    ("P", "Madeira", "Uniao Madeira"),
    ("T", "Antalya", "Antalyaspor"),
    ("T", "Erzurum", "Erzurumspor"),
];

/// Whether a league is a division of football-data's country: the prefix and one more letter or digit.
fn is_division(league: &str, prefix: &str) -> bool {
    league
        .strip_prefix(prefix)
        .is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9' | b'C']))
}

/// A team's usual name in a league, and whether that differs from the spelling.
fn usual_name(league: &str, spelling: String, config: &ReadConfig) -> (String, bool) {
    let alias = config
        .aliases
        .get(&spelling)
        .or_else(|| config.aliases.get(&format!("{league}:{spelling}")));
    if let Some(name) = alias {
        return (name.clone(), *name != spelling);
    }
    let known = SPELLINGS
        .iter()
        .find(|(prefix, other, _)| *other == spelling && is_division(league, prefix));
    match known {
        Some((_, _, name)) => ((*name).to_owned(), true),
        None => (spelling, false),
    }
}

/// The team that a row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TeamRef {
    /// Index into [`Teams::names`].
    pub index: u32,
    /// Whether the row has another spelling than the usual one.
    pub respelled: bool,
}

/// The teams and leagues of one file.
#[derive(Debug, Default)]
pub(super) struct Teams {
    /// Names of teams, each once.
    pub names: Vec<String>,
    /// Names of leagues, possibly with repetitions.
    pub leagues: Vec<String>,
    positions: HashMap<String, u32>,
    league_spellings: HashMap<Vec<u8>, u32>,
    /// The league of the last row, which is nearly always that of the next.
    last_league: Option<(Vec<u8>, u32)>,
    /// Per league, the team that a cell's bytes name.
    spellings: Vec<HashMap<Vec<u8>, TeamRef>>,
    /// Whether a name has letters in another encoding than UTF-8.
    pub decoded: bool,
}

impl Teams {
    /// The league of a raw cell; `name` is called only for cells that are new.
    pub fn league(&mut self, raw: &[u8], name: impl FnOnce() -> String) -> u32 {
        if let Some((_, league)) = self.last_league.as_ref().filter(|(last, _)| *last == raw) {
            return *league;
        }
        let known = self.league_spellings.get(raw).copied();
        let league = known.unwrap_or_else(|| self.new_league(raw, name()));
        self.last_league = Some((raw.to_vec(), league));
        league
    }

    fn new_league(&mut self, raw: &[u8], name: String) -> u32 {
        let league = index(self.leagues.len());
        self.leagues.push(name);
        self.spellings.push(HashMap::new());
        self.league_spellings.insert(raw.to_vec(), league);
        league
    }

    /// The team that a cell names in a league; `None` when it names none.
    pub fn team(&mut self, league: u32, raw: &[u8], config: &ReadConfig) -> Option<TeamRef> {
        if let Some(&team) = self.spellings[league as usize].get(raw) {
            return Some(team);
        }
        let spelling = cells::name(raw);
        if spelling.is_empty() {
            return None;
        }
        self.decoded |= !spelling.is_ascii() && str::from_utf8(raw).is_err();
        let (name, respelled) = usual_name(&self.leagues[league as usize], spelling, config);
        let team = TeamRef {
            index: self.position(name),
            respelled,
        };
        self.spellings[league as usize].insert(raw.to_vec(), team);
        Some(team)
    }

    /// The index of a name. Equal names have equal indices, so that indices can be compared.
    fn position(&mut self, name: String) -> u32 {
        let next = index(self.names.len());
        let position = *self.positions.entry(name.clone()).or_insert(next);
        if position == next {
            self.names.push(name);
        }
        position
    }
}

fn index(position: usize) -> u32 {
    u32::try_from(position).expect("fewer than 2^32 names")
}
