//! Whether a header has lines of markets in simbet's own columns.

use super::columns::{Price, Target};
use super::header::Header;
use crate::domain::MarketKind;

/// Whether the line of a market has a column of simbet's own name.
pub(super) fn has_own_line(header: &Header<'_>, kind: MarketKind) -> bool {
    let closing = [false, true].into_iter();
    let mut lines = closing.map(|closing| Target::Line { kind, closing });
    lines.any(|target| header.find(target).is_some())
}

/// Whether there are prices of a handicap without a line of their own, to which a line without a market may belong.
pub(super) fn lacks_handicap_line(header: &Header<'_>) -> bool {
    let kind = MarketKind::AsianHandicap;
    let has_price = |closing| {
        let mut sides = kind.sides().iter();
        sides.any(|&side| {
            let price = Price {
                kind,
                side,
                closing,
            };
            header.find(Target::Price(price)).is_some()
        })
    };
    let has_line = |closing| header.find(Target::Line { kind, closing }).is_some();
    [false, true].into_iter().any(has_price) && ![false, true].into_iter().any(has_line)
}
