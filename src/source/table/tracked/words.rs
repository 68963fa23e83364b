//! The words by which tables say how a bet ended.

use super::super::cells;
use crate::domain::Outcome;

/// How a bet ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Settled(Outcome),
    /// Closed before the end, for what was offered then.
    CashedOut,
    /// Not settled yet.
    Open,
    /// Not taken by the book.
    Refused,
    /// Of each way: only the part on the place won.
    Placed,
}

/// A word of the user's own, and how a bet ended whose result it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultWord {
    text: String,
    key: String,
    ending: Ending,
}

impl ResultWord {
    /// The word as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl std::str::FromStr for ResultWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "expected a word of the table and what it means, such as \"gagné=won\": won, lost, void, half-won, half-lost, \
                 cashed-out, open or rejected; not {text:?}"
            )
        };
        let (own, meaning) = text.rsplit_once('=').ok_or_else(expected)?;
        let (own, meaning) = (own.trim(), plain(meaning.as_bytes()));
        if own.is_empty() || meaning.is_empty() {
            return Err(expected());
        }
        Ok(Self {
            text: own.to_owned(),
            key: key(own.as_bytes()),
            ending: word(&meaning).ok_or_else(expected)?,
        })
    }
}

/// What a cell is compared by: a number and a mark by themselves, a word without case, blanks and marks.
fn key(cell: &[u8]) -> String {
    let plain = plain(cell);
    if plain.is_empty() || matches!(cells::number(cell), cells::Number::Value(_)) {
        return cells::text(cell).trim().to_lowercase();
    }
    plain
}

/// The place of the user's word that a cell is.
pub(super) fn own_word(cell: &[u8], words: &[ResultWord]) -> Option<usize> {
    if words.is_empty() {
        return None;
    }
    let key = key(cell);
    words.iter().position(|word| word.key == key)
}

/// What the words of a column of results are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Coding {
    /// Words.
    #[default]
    Words,
    /// 1 won, 0 lost.
    OneZero,
    /// 1 won, 0 void, -1 lost, and halves.
    Signs,
    /// Amounts: the column is one of profits.
    Amounts,
}

/// What the cells of a column of results are, counted.
#[derive(Debug, Clone, Default)]
pub(super) struct ResultCells {
    ones: u64,
    zeros: u64,
    negative_ones: u64,
    halves: u64,
    numbers: u64,
    words: u64,
}

impl ResultCells {
    /// Takes note of a cell.
    pub fn add(&mut self, cell: &[u8], words: &[ResultWord]) {
        if own_word(cell, words).is_some() {
            self.words += 1;
            return;
        }
        let number = match cells::number(cell) {
            cells::Number::Value(value) => value,
            cells::Number::Missing => return,
            cells::Number::Spaced(_) | cells::Number::Not => {
                let is_known = ending(cell, Coding::Words, &[]).is_some();
                let is_amount = super::amounts::evidence(cell)
                    != super::amounts::MarkEvidence::None
                    || !super::amounts::unit(cell).is_empty();
                if is_amount && !is_known {
                    self.numbers += 1;
                } else {
                    self.words += 1;
                }
                return;
            }
        };
        match number {
            1.0 => self.ones += 1,
            0.0 => self.zeros += 1,
            -1.0 => self.negative_ones += 1,
            0.5 | -0.5 => self.halves += 1,
            _ => self.numbers += 1,
        }
    }

    /// What the column is.
    pub const fn coding(&self) -> Coding {
        if self.numbers > 0 && self.words == 0 {
            Coding::Amounts
        } else if self.negative_ones > 0 || self.halves > 0 {
            Coding::Signs
        } else if self.ones + self.zeros > 0 {
            Coding::OneZero
        } else {
            Coding::Words
        }
    }
}

/// How the bet of a cell ended; `None` where its word is not known. An empty cell says nothing: the bet is open.
pub(super) fn ending(cell: &[u8], coding: Coding, words: &[ResultWord]) -> Option<Ending> {
    if let Some(own) = own_word(cell, words) {
        return Some(words[own].ending);
    }
    if let (Coding::OneZero | Coding::Signs, cells::Number::Value(value)) =
        (coding, cells::number(cell))
    {
        return number(value, coding);
    }
    let plain = plain(cell);
    if plain.is_empty() && !is_blank(cell) {
        return None;
    }
    word(&plain)
}

/// Whether a cell has nothing but blanks, and lines and points that stand for nothing.
fn is_blank(cell: &[u8]) -> bool {
    let is_filler =
        |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '.' | '…' | '_' | '/');
    cells::text(cell).chars().all(is_filler)
}

fn number(value: f64, coding: Coding) -> Option<Ending> {
    let outcome = match (value, coding) {
        (1.0, _) => Outcome::Won,
        (0.5, _) => Outcome::HalfWon,
        (0.0, Coding::Signs) => Outcome::Void,
        (0.0, _) | (-1.0, _) => Outcome::Lost,
        (-0.5, _) => Outcome::HalfLost,
        _ => return None,
    };
    Some(Ending::Settled(outcome))
}

/// Marks beside a bet that won, and beside one that lost.
const GOOD: [char; 6] = ['✓', '✔', '☑', '✅', '🟢', '🟩'];
const BAD: [char; 8] = ['✗', '✘', '✖', '✕', '❌', '❎', '🔴', '🟥'];

/// A word without case, blanks and marks.
fn plain(cell: &[u8]) -> String {
    let text = cells::text(cell);
    let text = text.replace('½', "half").replace("1/2", "half");
    text.chars()
        .filter(|c| c.is_alphanumeric() || *c == '?' || GOOD.contains(c) || BAD.contains(c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The ending of a word, which may have `settled` before it, and `half` before or behind it.
fn word(plain: &str) -> Option<Ending> {
    if let Some((marks, letters)) = with_marks(plain) {
        let ending = word(&letters)?;
        let is_other = whole_word(&marks).is_some_and(|marked| is_win(marked) != is_win(ending));
        return (!is_other).then_some(ending);
    }
    let bare = plain.strip_prefix("settled").unwrap_or(plain);
    let bare = if bare.is_empty() { plain } else { bare };
    whole_word(bare).or_else(|| {
        let mut halves = HALVES.iter();
        let rest = halves.find_map(|half| bare.strip_prefix(half).or(bare.strip_suffix(half)))?;
        match whole_word(rest)? {
            Ending::Settled(Outcome::Won) => Some(Ending::Settled(Outcome::HalfWon)),
            Ending::Settled(Outcome::Lost) => Some(Ending::Settled(Outcome::HalfLost)),
            _ => None,
        }
    })
}

/// The marks and the letters of a word that has both.
fn with_marks(plain: &str) -> Option<(String, String)> {
    let is_mark = |c: &char| GOOD.contains(c) || BAD.contains(c);
    let (marks, letters): (String, String) = plain.chars().partition(is_mark);
    (!marks.is_empty() && !letters.is_empty()).then_some((marks, letters))
}

fn is_win(ending: Ending) -> bool {
    matches!(ending, Ending::Settled(outcome) if outcome.is_win())
}

/// Half, the longer before those that they begin with.
const HALVES: [&str; 14] = [
    "half", "halbe", "halb", "halvt", "halv", "demi", "moitié", "mezza", "mezzo", "media", "medio",
    "mitad", "meia", "meio",
];

#[rustfmt::skip]
fn whole_word(plain: &str) -> Option<Ending> {
    let is_all = |marks: &[char]| !plain.is_empty() && plain.chars().all(|c| marks.contains(&c));
    if is_all(&GOOD) || is_all(&BAD) {
        return Some(Ending::Settled(if is_all(&GOOD) { Outcome::Won } else { Outcome::Lost }));
    }
    Some(match plain {
        "w" | "win" | "won" | "winner" | "winning" | "wins" | "true" | "yes" | "y" | "green" | "hit" | "correct"
        | "betwon" | "fullwin" | "wonbet"
        | "gewonnen" | "gagné" | "gagnée" | "gagne" | "gagnant" | "ganada" | "ganado" | "acertada" | "vinta" | "vinto" | "vincente"
        | "ganha" | "ganho" | "vunnen" | "vunnet" | "vundet" | "wygrana" | "wygrany" | "výhra" | "voitto" | "gewinn" | "выиграл" | "выигрыш" | "выиграна" => Ending::Settled(Outcome::Won),
        "l" | "loss" | "lost" | "lose" | "loser" | "losing" | "false" | "no" | "n" | "red" | "miss" | "missed" | "incorrect"
        | "betlost" | "fullloss" | "lostbet"
        | "verloren" | "perdu" | "perdue" | "perdant" | "perdida" | "perdido" | "fallada" | "persa" | "perso" | "perdente" | "förlorad"
        | "förlorat" | "tapt" | "tabt" | "przegrana" | "przegrany" | "prohra" | "tappio" | "verlust" | "проиграл" | "проигрыш" | "проиграна" => Ending::Settled(Outcome::Lost),
        "v" | "void" | "voided" | "push" | "pushed" | "p" | "tie" | "tied" | "refund" | "refunded" | "returned" | "stakereturned"
        | "stakeback" | "moneyback" | "cancelled" | "canceled" | "nobet" | "nonrunner" | "nr" | "abandoned" | "nulled"
        | "annulled" | "storniert" | "annulliert" | "erstattet" | "remboursé" | "remboursée" | "annulé" | "annulée" | "anulada"
        | "anulado" | "nula" | "devuelta" | "reembolsada" | "devolvida" | "rimborsata" | "rimborsato" | "annullata" | "zwrot" | "ungültig" | "возврат" => Ending::Settled(Outcome::Void),
        "hw" => Ending::Settled(Outcome::HalfWon),
        "hl" => Ending::Settled(Outcome::HalfLost),
        "cashout" | "cashedout" | "cashed" | "co" | "partialcashout" | "earlycashout" => Ending::CashedOut,
        "" | "?" | "open" | "pending" | "unsettled" | "notsettled" | "running" | "live" | "inplay" | "active" | "tbd" | "waiting"
        | "na" | "none" | "nan" | "null" | "upcoming" | "inprogress" | "accepted" | "unresulted"
        | "offen" | "encours" | "pendiente" | "pendente" | "incorso" => Ending::Open,
        "refused" | "rejected" | "declined" | "notmatched" | "unmatched" | "lapsed" | "notaccepted" => Ending::Refused,
        "placed" | "place" | "ewplaced" | "eachwayplaced" => Ending::Placed,
        _ => return None,
    })
}

/// Whether the last word of a cell is the name of a row with sums: `January total`, and not `Total over 2.5`.
pub(super) fn ends_as_total(cell: &[u8]) -> bool {
    let words = cell.trim_ascii().rsplit(u8::is_ascii_whitespace);
    words.take(1).any(is_total)
}

/// Whether a cell is the name of a row with sums.
pub(super) fn is_total(cell: &[u8]) -> bool {
    const WORDS: [&str; 12] = [
        "total",
        "totals",
        "grandtotal",
        "subtotal",
        "sum",
        "summe",
        "gesamt",
        "totale",
        "totaal",
        "suma",
        "razem",
        "summa",
    ];
    WORDS.contains(&plain(cell).as_str())
}

/// Whether a text says that a bet is each way.
pub(super) fn is_each_way(cell: &[u8]) -> bool {
    let text = cells::text(cell).to_lowercase();
    let plain = plain(cell);
    plain.contains("eachway") || text.contains("e/w") || plain == "ew"
}

/// Whether a text says that a bet is on several events at once.
pub(super) fn is_multiple(cell: &[u8]) -> bool {
    const WORDS: [&str; 31] = [
        "kombi",
        "kombiwette",
        "mehrfachwette",
        "combiné",
        "combinée",
        "combinada",
        "multipla",
        "múltiple",
        "múltipla",
        "multiple",
        "multi",
        "multis",
        "multiples",
        "acca",
        "accumulator",
        "accu",
        "parlay",
        "parlays",
        "double",
        "doubles",
        "treble",
        "trebles",
        "combo",
        "combi",
        "combination",
        "betbuilder",
        "samegameparlay",
        "sgp",
        "teaser",
        "roundrobin",
        "system",
    ];
    let plain = plain(cell);
    WORDS.contains(&plain.as_str())
        || plain.contains("parlay")
        || plain.ends_with("fold") && plain.len() > 4
        || [
            "lucky15", "lucky31", "lucky63", "yankee", "trixie", "patent", "heinz", "goliath",
            "canadian",
        ]
        .contains(&plain.as_str())
}

/// Whether a text says that a bet is against its selection.
pub(super) fn is_lay(cell: &[u8]) -> bool {
    ["lay", "laybet", "laid"].contains(&plain(cell).as_str())
}

/// Whether a text says that a bet is on its selection.
pub(super) fn is_back(cell: &[u8]) -> bool {
    ["back", "backbet", "backed"].contains(&plain(cell).as_str())
}

/// Whether a text says that the stake of a bet is the book's.
pub(super) fn is_free_bet(cell: &[u8]) -> bool {
    let plain = plain(cell);
    // of these the stake is the bettor's, and comes back where the bet is lost
    let is_insured = ["risk", "sweat", "insur"]
        .iter()
        .any(|word| plain.contains(word));
    let names = [
        "freebet",
        "bonusbet",
        "freeplay",
        "stakenotreturned",
        "gratiswette",
        "freiwette",
        "parigratuit",
        "apuestagratis",
        "scommessagratis",
    ];
    plain == "snr" || !is_insured && names.iter().any(|name| plain.contains(name))
}

/// Yes and no, as people write them; `None` of anything else.
pub(super) fn is_yes(cell: &[u8]) -> Option<bool> {
    const YES: [&str; 14] = [
        "1", "true", "yes", "y", "x", "ja", "oui", "si", "sí", "sì", "sim", "tak", "free", "bonus",
    ];
    const NO: [&str; 14] = [
        "", "0", "false", "no", "n", "nein", "non", "não", "nie", "cash", "real", "none", "na",
        "null",
    ];
    let plain = plain(cell);
    if is_free_bet(cell) || YES.contains(&plain.as_str()) || plain.contains(GOOD) {
        return Some(true);
    }
    (NO.contains(&plain.as_str()) || plain.contains(BAD)).then_some(false)
}

/// Whether a text says that a bet is on one event.
pub(super) fn is_single(cell: &[u8]) -> bool {
    [
        "single",
        "singles",
        "straight",
        "standard",
        "normal",
        "back",
        "lay",
        "simple",
        "einzel",
        "einzelwette",
        "sencilla",
        "simples",
        "singola",
    ]
    .contains(&plain(cell).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_as_trackers_say_them() {
        for (text, outcome) in [
            ("Won", Outcome::Won),
            (" W ", Outcome::Won),
            ("LOSS", Outcome::Lost),
            ("Push", Outcome::Void),
            ("half_win", Outcome::HalfWon),
            ("Half-Won", Outcome::HalfWon),
            ("½ loss", Outcome::HalfLost),
            ("half lost", Outcome::HalfLost),
            ("1/2 win", Outcome::HalfWon),
            ("Cancelled", Outcome::Void),
            ("SETTLED_LOSS", Outcome::Lost),
            ("halb gewonnen", Outcome::HalfWon),
            ("1/2 perdu", Outcome::HalfLost),
            ("Media ganada", Outcome::HalfWon),
        ] {
            let found = ending(text.as_bytes(), Coding::Words, &[]);
            assert_eq!(found, Some(Ending::Settled(outcome)), "{text}");
        }
        assert_eq!(
            ending(b"cashed out", Coding::Words, &[]),
            Some(Ending::CashedOut)
        );
        assert_eq!(ending(b"", Coding::Words, &[]), Some(Ending::Open));
        assert_eq!(ending(b"2-1", Coding::Words, &[]), None);
    }

    #[test]
    fn a_zero_is_what_its_column_says() {
        let coding = |cells: &[&str]| {
            let mut all = ResultCells::default();
            cells.iter().for_each(|cell| all.add(cell.as_bytes(), &[]));
            all.coding()
        };
        assert_eq!(coding(&["1", "0", "1"]), Coding::OneZero);
        assert_eq!(coding(&["1", "0", "-1"]), Coding::Signs);
        assert_eq!(coding(&["-10", "9.5", "0"]), Coding::Amounts);
        assert_eq!(coding(&["W", "L", ""]), Coding::Words);
        assert_eq!(
            ending(b"0", Coding::OneZero, &[]),
            Some(Ending::Settled(Outcome::Lost))
        );
        assert_eq!(
            ending(b"0", Coding::Signs, &[]),
            Some(Ending::Settled(Outcome::Void))
        );
    }

    #[test]
    fn each_way_and_multiples_are_told_by_their_words() {
        assert!(is_each_way(b"Each-Way") && is_each_way(b"Win E/W") && !is_each_way(b"Newcastle"));
        assert!(is_multiple(b"Acca") && is_multiple(b"4-fold") && !is_multiple(b"Single"));
    }

    #[test]
    fn a_word_of_the_users_own_comes_before_those_that_are_known() {
        let words: Vec<ResultWord> = ["P=lost", "+ = won", "2=void", "½ Sieg=half-won"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let read = |text: &str| ending(text.as_bytes(), Coding::OneZero, &words);
        assert_eq!(read("p"), Some(Ending::Settled(Outcome::Lost)));
        assert_eq!(read(" + "), Some(Ending::Settled(Outcome::Won)));
        assert_eq!(read("2"), Some(Ending::Settled(Outcome::Void)));
        assert_eq!(read("½ sieg"), Some(Ending::Settled(Outcome::HalfWon)));
        assert_eq!(read("1"), Some(Ending::Settled(Outcome::Won)));
        assert_eq!(
            read("-"),
            Some(Ending::Open),
            "no other mark is that of a word"
        );
        for bad in ["won", "=won", "x=", "x=perhaps"] {
            assert!(bad.parse::<ResultWord>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_insured_bet_is_no_free_one() {
        for text in [
            "Free Bet",
            "bonus bet",
            "Single (free bet)",
            "SNR",
            "Freebet",
        ] {
            assert!(is_free_bet(text.as_bytes()), "{text}");
        }
        for text in ["Risk-free bet", "No sweat bonus bet", "single", "Freedom"] {
            assert!(!is_free_bet(text.as_bytes()), "{text}");
        }
        assert_eq!(is_yes(b"Ja"), Some(true));
        assert_eq!(is_yes(b"-"), Some(false));
        assert_eq!(is_yes(b"perhaps"), None);
    }
}
