//! Teams and leagues of one file, each spelling decoded once.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::cells;
use super::counts::Remark;
use crate::printable::is_invisible;
use crate::schema::{name_of, trimmed};

/// The teams and leagues of one file.
#[derive(Debug, Default)]
pub(super) struct Teams {
    /// The teams, each once: its league and its name.
    pub named: Vec<(u32, String)>,
    /// Names of leagues, possibly with repetitions.
    pub leagues: Vec<String>,
    /// The league of the rows that name none.
    pub unnamed: Option<u32>,
    positions: HashMap<(u32, String), u32, FixedState>,
    league_spellings: HashMap<Vec<u8>, u32, FixedState>,
    /// The league of the last row, which is nearly always that of the next.
    last_league: Option<(Vec<u8>, u32)>,
    /// Per league, the team that a cell's bytes name.
    spellings: Vec<HashMap<Vec<u8>, u32, FixedState>>,
    /// Whether a name has letters in another encoding than UTF-8.
    pub decoded: bool,
    /// Whether a name has invisible characters, which are left out.
    pub cleaned: bool,
}

impl Teams {
    /// The league of a raw cell; `None` when it has control characters.
    pub fn league(&mut self, raw: &[u8]) -> Option<u32> {
        if let Some((_, league)) = self.last_league.as_ref().filter(|(last, _)| *last == raw) {
            return Some(*league);
        }
        let league = match self.league_spellings.get(raw) {
            Some(&known) => known,
            None => {
                let name = self.name(raw)?;
                self.new_league(raw, name)
            }
        };
        self.last_league = Some((raw.to_vec(), league));
        Some(league)
    }

    /// The league of the rows that name none; it gets its name when all files were read.
    pub fn unnamed_league(&mut self) -> u32 {
        match self.unnamed {
            Some(known) => known,
            None => {
                let league = self.new_league(b"", String::new());
                self.unnamed = Some(league);
                league
            }
        }
    }

    fn new_league(&mut self, raw: &[u8], name: String) -> u32 {
        let league = index(self.leagues.len());
        self.leagues.push(name);
        self.spellings.push(HashMap::default());
        self.league_spellings.insert(raw.to_vec(), league);
        league
    }

    /// The team that a cell names in a league.
    pub fn team(&mut self, league: u32, raw: &[u8]) -> Result<u32, Remark> {
        if let Some(&team) = self.spellings[league as usize].get(raw) {
            return Ok(team);
        }
        let Some(name) = self.name(raw) else {
            let text = cells::text(raw);
            let is_blank = trimmed(&text).chars().all(|c| c == ' ' || is_invisible(c));
            return Err(if is_blank {
                Remark::SkippedTeams
            } else {
                Remark::SkippedName
            });
        };
        self.decoded |= !name.is_ascii() && str::from_utf8(raw).is_err();
        let team = self.position(league, name);
        self.spellings[league as usize].insert(raw.to_vec(), team);
        Ok(team)
    }

    /// The name in a cell; `None` where it is none.
    fn name(&mut self, raw: &[u8]) -> Option<String> {
        let text = cells::text(raw);
        let name = name_of(&text)?.into_owned();
        self.cleaned |= !text.is_ascii() && trimmed(&text).chars().any(is_invisible);
        Some(name)
    }

    /// The index of a name. Equal names have equal indices, so that indices can be compared.
    fn position(&mut self, league: u32, name: String) -> u32 {
        let next = index(self.named.len());
        let position = *self.positions.entry((league, name.clone())).or_insert(next);
        if position == next {
            self.named.push((league, name));
        }
        position
    }
}

fn index(position: usize) -> u32 {
    u32::try_from(position).expect("fewer than 2^32 names")
}
