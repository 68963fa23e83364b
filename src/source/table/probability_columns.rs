//! The columns of probabilities: what each holds, and what it is called.

/// A column of probabilities, or one that belongs to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Home,
    Draw,
    Away,
    Line,
    Over,
    Under,
    TotalPush,
    HandicapLine,
    HandicapHome,
    HandicapAway,
    HandicapPush,
    BothScore,
    NotBothScore,
    GoalsHome,
    GoalsAway,
    Rho,
    KnownAt,
    SeenHome,
    SeenAway,
    Newcomer,
    Market,
    Selection,
    Probability,
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = FIELDS.len();

    /// simbet's own name of the column.
    pub const fn name(self) -> &'static str {
        FIELDS[self as usize].1
    }

    /// The other names that mean the same beyond doubt; case, blanks and underscores do not matter.
    pub const fn synonyms(self) -> &'static [&'static str] {
        FIELDS[self as usize].2
    }

    /// Whether its cells are numbers and are read as nothing else.
    pub const fn is_number(self) -> bool {
        match self {
            Self::Home
            | Self::Draw
            | Self::Away
            | Self::Line
            | Self::Over
            | Self::Under
            | Self::TotalPush
            | Self::HandicapLine
            | Self::HandicapHome
            | Self::HandicapAway
            | Self::HandicapPush
            | Self::BothScore
            | Self::NotBothScore
            | Self::GoalsHome
            | Self::GoalsAway
            | Self::Rho
            | Self::Probability => true,
            // counts are written as whole numbers, and a time may be one
            Self::KnownAt
            | Self::SeenHome
            | Self::SeenAway
            | Self::Newcomer
            | Self::Market
            | Self::Selection => false,
        }
    }

    /// Whether it alone says the probability of something that can be bet on, or the expected goals that do.
    pub const fn is_side(self) -> bool {
        match self {
            Self::Home
            | Self::Draw
            | Self::Away
            | Self::Over
            | Self::Under
            | Self::HandicapHome
            | Self::HandicapAway
            | Self::BothScore
            | Self::NotBothScore
            | Self::GoalsHome
            | Self::GoalsAway => true,
            Self::Line
            | Self::TotalPush
            | Self::HandicapLine
            | Self::HandicapPush
            | Self::Rho
            | Self::KnownAt
            | Self::SeenHome
            | Self::SeenAway
            | Self::Newcomer
            | Self::Market
            | Self::Selection
            | Self::Probability => false,
        }
    }

    /// Every column, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.into_iter().map(|(field, ..)| field)
    }
}

/// simbet's own names, which `--map` accepts.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().map(|(_, name, _)| name)
}

/// Goals that were expected after a match (`home_xg`) are none of these: they are known with the result only.
const FIELDS: [(Field, &str, &[&str]); 23] = [
    (
        Field::Home,
        "p_home",
        &[
            "prob_home",
            "home_prob",
            "home_probability",
            "probability_home",
            "win_prob_home",
            "home_win_prob",
            "home_win_probability",
            "p_home_win",
            "p_1",
        ],
    ),
    (
        Field::Draw,
        "p_draw",
        &[
            "prob_draw",
            "draw_prob",
            "draw_probability",
            "probability_draw",
            "p_x",
        ],
    ),
    (
        Field::Away,
        "p_away",
        &[
            "prob_away",
            "away_prob",
            "away_probability",
            "probability_away",
            "win_prob_away",
            "away_win_prob",
            "away_win_probability",
            "p_away_win",
            "p_2",
        ],
    ),
    (
        Field::Line,
        "line",
        &[
            "total_line",
            "totals_line",
            "ou_line",
            "goals_line",
            "goal_line",
            "line_ou",
            "over_under_line",
        ],
    ),
    (
        Field::Over,
        "p_over",
        &[
            "prob_over",
            "over_prob",
            "over_probability",
            "probability_over",
            "p_over_25",
            "p_over_2.5",
            "prob_over_25",
            "prob_over_2.5",
        ],
    ),
    (
        Field::Under,
        "p_under",
        &[
            "prob_under",
            "under_prob",
            "under_probability",
            "probability_under",
            "p_under_25",
            "p_under_2.5",
            "prob_under_25",
            "prob_under_2.5",
        ],
    ),
    (Field::TotalPush, "p_total_push", &["prob_total_push"]),
    (Field::HandicapLine, "ah_line", &["handicap_line", "AHh"]),
    (
        Field::HandicapHome,
        "p_ah_home",
        &["prob_ah_home", "ah_home_prob"],
    ),
    (
        Field::HandicapAway,
        "p_ah_away",
        &["prob_ah_away", "ah_away_prob"],
    ),
    (Field::HandicapPush, "p_ah_push", &["prob_ah_push"]),
    (
        Field::BothScore,
        "p_btts",
        &["p_btts_yes", "prob_btts", "btts_prob", "btts_probability"],
    ),
    (Field::NotBothScore, "p_btts_no", &["prob_btts_no"]),
    (
        Field::GoalsHome,
        "expected_goals_home",
        &["home_expected_goals", "lambda_home", "home_lambda"],
    ),
    (
        Field::GoalsAway,
        "expected_goals_away",
        &["away_expected_goals", "lambda_away", "away_lambda"],
    ),
    (Field::Rho, "rho", &[]),
    (Field::KnownAt, "known_at", &[]),
    (Field::SeenHome, "seen_home", &[]),
    (Field::SeenAway, "seen_away", &[]),
    (Field::Newcomer, "newcomer", &[]),
    (Field::Market, "market", &[]),
    (Field::Selection, "selection", &["side"]),
    (Field::Probability, "probability", &["prob"]),
];

/// Checked at compile time: the table is in the order of the enum.
const _: () = {
    let mut k = 0;
    while k < FIELDS.len() {
        assert!(FIELDS[k].0 as usize == k);
        k += 1;
    }
};
