//! The columns of a table of probabilities.

use super::super::bounds;
use super::super::columns::Target;
use super::super::config::ReadConfig;
use super::super::header::Header;
use super::super::lines::Cells;
use super::super::probability_columns::Field;
use crate::source::error::{Place, SourceError};

/// The forms of a table of probabilities, for an error.
const FORMS: &str = "expected p_home, p_draw, p_away; p_over, p_under and line; p_ah_home, p_ah_away and ah_line; p_btts; \
                     expected_goals_home, expected_goals_away and rho; or a row for each selection with market, selection, line \
                     and probability";

/// The columns of a table of probabilities.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub headers: Vec<String>,
    pub match_id: Option<usize>,
    pub date: Option<usize>,
    pub teams: [Option<usize>; 2],
    pub league: Option<usize>,
    /// Where the league's name has its country before it.
    pub country: Option<usize>,
    /// Whether times are those of the UK, as in football-data's files.
    pub is_uk: bool,
    fields: [Option<usize>; Field::COUNT],
    /// The targets of `--map` whose header the table has.
    pub mapped: Vec<String>,
    /// What was assumed about the names of columns.
    pub assumptions: Vec<String>,
}

impl Layout {
    /// The layout of a table; `None` for one without a column of probabilities.
    pub fn find(
        file: &str,
        header: Cells<'_>,
        config: &ReadConfig,
    ) -> Result<Option<Self>, SourceError> {
        bounds::ensure_columns(file, header.len())?;
        let header = Header::of(file, header, config);
        let layout = Self::of(&header, config);
        if !layout.has_probabilities() {
            return Ok(None);
        }
        layout.check(&header)?;
        Ok(Some(layout))
    }

    /// The layout of a table of probabilities.
    ///
    /// # Errors
    /// When it has no probabilities, does not say whose they are, or lacks a column that another one needs.
    pub fn new(file: &str, header: Cells<'_>, config: &ReadConfig) -> Result<Self, SourceError> {
        match Self::find(file, header, config)? {
            Some(layout) => Ok(layout),
            None => Err(without_probabilities(&Header::of(file, header, config))),
        }
    }

    fn of(header: &Header<'_>, config: &ReadConfig) -> Self {
        let league = header.find(Target::League);
        let is_named = |at: usize, name: &str| header.cells[at] == name;
        let has = |names: &[&str]| names.iter().all(|name| header.position(name).is_some());
        let mut fields = [None; Field::COUNT];
        for (column, field) in fields.iter_mut().zip(Field::all()) {
            *column = header.of_field(field);
        }
        // a name that has the line 2.5 in it is of no other
        if fields[Field::Line as usize].is_some() {
            for field in [Field::Over, Field::Under] {
                let column = &mut fields[field as usize];
                *column = column.filter(|at| !header.cells[*at].ends_with('5'));
            }
        }
        let assumed = Field::all().filter_map(|field| header.assumed_field(field));
        let assumed: Vec<String> = assumed.collect();
        let mut assumptions = Vec::new();
        if !assumed.is_empty() {
            let columns = assumed.join(", ");
            assumptions.push(format!("columns are read by their likeness: {columns}"));
        }
        assumptions.extend(on_a_lone_side(&fields));
        assumptions.extend(on_unread(header, &fields));
        Self {
            match_id: header.find(Target::MatchId),
            date: header.find(Target::Date),
            teams: [Target::HomeTeam, Target::AwayTeam].map(|team| header.find(team)),
            country: header.find(Target::Country).filter(|&country| {
                is_named(country, "Country") && league.is_some_and(|at| is_named(at, "League"))
            }),
            league,
            is_uk: has(&["Div", "Date", "HomeTeam"])
                || has(&["Country", "League", "Date", "Home", "Away"]),
            fields,
            mapped: config
                .map
                .iter()
                .filter(|(_, theirs)| header.position(theirs.trim()).is_some())
                .map(|(ours, _)| ours.clone())
                .collect(),
            assumptions,
            headers: header.cells.clone(),
        }
    }

    fn has_probabilities(&self) -> bool {
        let mut sides = Field::all().filter(|field| field.is_side());
        self.is_long() || sides.any(|side| self.column(side).is_some())
    }

    /// Whether each row is of one selection.
    pub fn is_long(&self) -> bool {
        let is_named = |field| self.column(field).is_some();
        is_named(Field::Probability) && (is_named(Field::Market) || is_named(Field::Selection))
    }

    /// Whether it says when its probabilities were known.
    pub fn knows_when(&self) -> bool {
        self.column(Field::KnownAt).is_some()
    }

    /// The column of a field.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.fields[field as usize]
    }

    /// The header cell of a column.
    pub fn header(&self, column: usize) -> String {
        self.headers.get(column).cloned().unwrap_or_default()
    }

    /// A place in a line of a file.
    pub fn place(&self, file: &str, line: u64, column: Option<usize>) -> Place {
        Place {
            file: file.to_owned(),
            line,
            column: column.map(|column| (column + 1, self.header(column))),
        }
    }

    /// The columns that are read, counted from 0.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let keys = [
            self.match_id,
            self.date,
            self.teams[0],
            self.teams[1],
            self.league,
            self.country,
        ];
        keys.into_iter().chain(self.fields).flatten()
    }

    /// The columns that are numbers and nothing else, counted from 0.
    pub fn numbers(&self) -> Vec<usize> {
        let of_fields = |is_number: bool| {
            let fields = Field::all().filter(move |field| field.is_number() == is_number);
            fields.filter_map(|field| self.column(field))
        };
        let keys = [self.match_id, self.date, self.league, self.country];
        let texts = keys.into_iter().chain(self.teams).flatten();
        let texts: Vec<usize> = texts.chain(of_fields(false)).collect();
        let numbers = of_fields(true).filter(|column| !texts.contains(column));
        numbers.collect()
    }

    fn check(&self, header: &Header<'_>) -> Result<(), SourceError> {
        if self.is_long()
            && ["stake", "odds", "profit"]
                .iter()
                .all(|name| header.position(name).is_some())
        {
            return Err(missing(
                header,
                "probabilities of whole matches",
                "These are bets, and their probabilities are of what was bet on only: predictions.csv, which --out writes beside \
                 bets.csv, has those of every match",
            ));
        }
        let names_teams = self.date.is_some() && self.teams.iter().all(Option::is_some);
        if self.match_id.is_none() && !names_teams {
            return Err(missing(
                header,
                "the match of a row",
                "Name it by match_id, or by date, home_team and away_team; --map home_team=Home names a column",
            ));
        }
        self.check_lone_side(header)?;
        let needs = if self.is_long() { &LONG[..] } else { &WIDE[..] };
        for &(field, needed, advice) in needs {
            if self.column(field).is_some() && self.column(needed).is_none() {
                return Err(missing(header, needed.name(), advice));
            }
        }
        let wide = [Field::Home, Field::Draw, Field::Away, Field::Over];
        match wide.into_iter().find(|field| self.is_long() && self.column(*field).is_some()) {
            None => Ok(()),
            Some(field) => Err(SourceError::Undecided {
                place: Box::new(self.place(header.file, 1, self.column(field))),
                problem: "there are columns of single sides and one of probability, so that a row is of the match and of one \
                          selection as well; keep one of the two forms"
                    .to_owned(),
            }),
        }
    }
}

impl Layout {
    /// Checks that a side which stands alone does so because the table has no others: whoever maps one of three bets on one of
    /// three. A model of a single side is a table without them.
    fn check_lone_side(&self, header: &Header<'_>) -> Result<(), SourceError> {
        let Some(only) = lone_side(&self.fields) else {
            return Ok(());
        };
        let mut others = likely(header, &self.fields);
        others.retain(|(field, _)| RESULT.contains(field));
        let sides = self.fields.iter().zip(Field::all());
        let has_more = sides
            .filter(|(column, field)| column.is_some() && field.is_side())
            .count()
            > 1;
        if others.is_empty() || has_more {
            return Ok(());
        }
        let names = others.iter().map(|(field, _)| field.name());
        let names = names.collect::<Vec<_>>().join(" and ");
        let advice = format!(
            "{} stands alone; {} would read the others, and two of the three tell the third",
            only.name(),
            offers(&others)
        );
        Err(missing(header, &names, &advice))
    }
}

/// A column, another that it needs, and what the other is for.
type Need = (Field, Field, &'static str);

const WIDE: [Need; 7] = [
    (
        Field::GoalsHome,
        Field::GoalsAway,
        "Expected goals are of both sides",
    ),
    (
        Field::GoalsAway,
        Field::GoalsHome,
        "Expected goals are of both sides",
    ),
    (Field::HandicapHome, Field::HandicapLine, HANDICAP),
    (Field::HandicapAway, Field::HandicapLine, HANDICAP),
    (
        Field::HandicapPush,
        Field::HandicapHome,
        "A push is beside the two sides",
    ),
    (
        Field::TotalPush,
        Field::Over,
        "A push is beside the two sides",
    ),
    (
        Field::Rho,
        Field::GoalsHome,
        "It corrects the low scores of a grid that expected goals make",
    ),
];

const LONG: [Need; 2] = [
    (
        Field::Probability,
        Field::Market,
        "It is 1x2, ou, ah or btts",
    ),
    (
        Field::Probability,
        Field::Selection,
        "It is a side, such as home or over",
    ),
];

const HANDICAP: &str = "It is the home side's handicap, such as -0.5";

/// Other names for columns of probabilities, without regard to case and signs: too short, or too free, to be read unasked.
const LIKELY: [(Field, &[&str]); 8] = [
    (
        Field::Home,
        &[
            "h", "ph", "probh", "phome", "probhome", "home", "homewin", "homewinp", "pwin",
        ],
    ),
    (
        Field::Draw,
        &[
            "d", "pd", "probd", "pdraw", "probdraw", "draw", "x", "px", "probx",
        ],
    ),
    (
        Field::Away,
        &[
            "a", "pa", "proba", "paway", "probaway", "away", "awaywin", "awaywinp",
        ],
    ),
    (
        Field::Over,
        &[
            "over",
            "over25",
            "pover",
            "pover25",
            "probover25",
            "o25",
            "po25",
        ],
    ),
    (
        Field::Under,
        &[
            "under",
            "under25",
            "punder",
            "punder25",
            "probunder25",
            "u25",
            "pu25",
        ],
    ),
    (Field::BothScore, &["btts", "bttsyes", "gg", "pgg"]),
    (Field::GoalsHome, &["xghome", "homexg", "xgh", "hxg"]),
    (Field::GoalsAway, &["xgaway", "awayxg", "xga", "axg"]),
];

/// The sides of a result, of which two tell the third.
const RESULT: [Field; 3] = [Field::Home, Field::Draw, Field::Away];

/// The columns that may be those that the fields lack. Of the sides of a result one alone is none: it would stand alone.
fn likely(header: &Header<'_>, fields: &[Option<usize>; Field::COUNT]) -> Vec<(Field, String)> {
    let mut found = alike(header, fields);
    let is_side = |(field, _): &(Field, String)| RESULT.contains(field);
    let known = RESULT
        .iter()
        .filter(|side| fields[**side as usize].is_some());
    if known.count() + found.iter().filter(|one| is_side(one)).count() < 2 {
        found.retain(|one| !is_side(one));
    }
    found
}

/// The columns that are called much as those that the fields lack, and that name no team.
fn alike(header: &Header<'_>, fields: &[Option<usize>; Field::COUNT]) -> Vec<(Field, String)> {
    let teams = [Target::HomeTeam, Target::AwayTeam].map(|team| header.find(team));
    let plain = |cell: &str| -> String {
        let signs = cell.chars().filter(|c| c.is_alphanumeric());
        signs.flat_map(char::to_lowercase).collect()
    };
    let lacking = LIKELY
        .iter()
        .filter(|(field, _)| fields[*field as usize].is_none());
    let found = lacking.filter_map(|(field, names)| {
        let mut cells = header.cells.iter().enumerate();
        let is_free = |at: usize| !fields.contains(&Some(at)) && !teams.contains(&Some(at));
        let (_, cell) =
            cells.find(|(at, cell)| names.contains(&plain(cell).as_str()) && is_free(*at))?;
        Some((*field, cell.clone()))
    });
    found.collect()
}

/// `--map p_home=H --map p_draw=D` of columns.
fn offers(columns: &[(Field, String)]) -> String {
    let options = columns.iter().map(|(field, cell)| {
        let quote = if cell.contains(|c: char| !c.is_alphanumeric() && c != '_') {
            "'"
        } else {
            ""
        };
        format!("--map {quote}{}={cell}{quote}", field.name())
    });
    options.collect::<Vec<_>>().join(" ")
}

/// The note on columns that may have probabilities and are not read.
fn on_unread(header: &Header<'_>, fields: &[Option<usize>; Field::COUNT]) -> Option<String> {
    let likely = likely(header, fields);
    (!likely.is_empty()).then(|| {
        format!(
            "columns that may have probabilities are not read; {} would read them",
            offers(&likely)
        )
    })
}

/// The one side of three that a table has; `None` where it has none, or several.
fn lone_side(fields: &[Option<usize>; Field::COUNT]) -> Option<Field> {
    let mut there = RESULT
        .into_iter()
        .filter(|side| fields[*side as usize].is_some());
    match (there.next(), there.next()) {
        (only, None) => only,
        (_, Some(_)) => None,
    }
}

/// The note on one side of three, which tells nothing of the others.
fn on_a_lone_side(fields: &[Option<usize>; Field::COUNT]) -> Option<String> {
    let only = lone_side(fields)?;
    Some(format!(
        "{} stands alone: the other two results of a match have no probability, are not bet on, and no forecast is scored",
        only.name()
    ))
}

/// The error of a header without probabilities: which columns may be some, and else what there is, to the last one.
fn without_probabilities(header: &Header<'_>) -> SourceError {
    let likely = likely(header, &[None; Field::COUNT]);
    let advice = if likely.is_empty() {
        format!("{FORMS}; --map p_home=COLUMN names a column")
    } else {
        format!("Perhaps {}; {FORMS}", offers(&likely))
    };
    missing(header, "probabilities", &advice)
}

fn missing(header: &Header<'_>, what: &str, advice: &str) -> SourceError {
    SourceError::Header {
        file: header.file.to_owned(),
        missing: what.to_owned(),
        headers: header.listed(),
        advice: advice.to_owned(),
    }
}
