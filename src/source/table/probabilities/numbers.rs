//! The numbers of a row: probabilities by market and side, lines, expected goals.

use super::super::cells;
use super::super::lines::Cells;
use super::super::probability_columns::Field;
use super::cell::{self, Content};
use super::claims::{Claim, LineFault, Part, WIDE, market_at, market_of, part_of};
use super::faults::{self, Fault};
use super::rows::RowReader;
use crate::domain::{Market, MarketKind, Rates, ScoreGrid};

impl RowReader<'_> {
    fn content(&mut self, cells: Cells<'_>, column: usize) -> Content {
        if let Some(number) = cells.number(column) {
            // as text it would have a point where it is not whole
            self.marks[1] += u64::from(number.fract().abs() > 0.0);
            return cell::content_of(number);
        }
        let cell = cells.get(column);
        if cell.contains(&b',') {
            self.marks[0] += u64::from(cells::has_decimal_comma(without_sign(cell)));
        } else if cell.contains(&b'.') {
            self.marks[1] += 1;
        }
        cell::number(cell, self.conventions.mark)
    }

    /// The content of a cell of probabilities: a percentage is the share that it is, unless the column has cells without the sign.
    fn probability_content(&mut self, cells: Cells<'_>, field: Field, column: usize) -> Content {
        let content = self.content(cells, column);
        match content {
            Content::Percent(share) => {
                self.signs.note(field, true);
                let is_share =
                    self.conventions.signs.are_read(field) && (0.0..=1.0).contains(&share);
                if is_share {
                    Content::Value(share)
                } else {
                    content
                }
            }
            Content::Value(_) => {
                self.signs.note(field, false);
                content
            }
            // had every cell a decimal comma, the table will be read with it
            Content::Not if cells::has_decimal_comma(without_sign(cells.get(column))) => {
                let cell = cells.get(column);
                self.signs
                    .note(field, without_sign(cell).len() < cell.len());
                content
            }
            Content::Missing | Content::NotFinite | Content::Not => content,
        }
    }

    /// A number that is no probability: a line, expected goals, ρ.
    fn number(
        &mut self,
        cells: Cells<'_>,
        field: Field,
        expected: &'static str,
    ) -> Result<Option<(f64, usize)>, Fault> {
        let Some(column) = self.layout.column(field) else {
            return Ok(None);
        };
        match self.content(cells, column) {
            Content::Missing => Ok(None),
            // programs write so that a market has no line
            Content::NotFinite if matches!(field, Field::Line | Field::HandicapLine) => Ok(None),
            Content::Value(value) => Ok(Some((value, column))),
            Content::Percent(_) | Content::NotFinite | Content::Not => {
                Err(Fault::at(column, expected, faults::EMPTY))
            }
        }
    }

    pub(super) fn wide_claims(&mut self, cells: Cells<'_>) -> Result<(), Fault> {
        for (kind, sides, push, line) in WIDE {
            let parts = sides
                .iter()
                .zip(0..)
                .map(|(field, place)| (*field, Part::Side(place)));
            let parts = parts.chain(push.map(|field| (field, Part::Push)));
            let before = self.claims.len();
            let mut market = None;
            for (field, part) in parts {
                let Some(column) = self.layout.column(field) else {
                    continue;
                };
                let content = self.probability_content(cells, field, column);
                if content == Content::Missing {
                    continue;
                }
                let probability = self.probability(cells, content, column, sides)?;
                let market = match market {
                    Some(market) => market,
                    None => *market.insert(self.wide_market(cells, kind, line, column)?),
                };
                self.claims.push(Claim {
                    market,
                    part,
                    probability,
                    column: column as u32,
                });
            }
            if let [
                lone @ Claim {
                    part: Part::Push, ..
                },
            ] = self.claims[before..]
            {
                let expected = "the probabilities of the two sides beside that of a push";
                return Err(Fault::at(
                    lone.column as usize,
                    expected,
                    "give them, or leave the push out",
                ));
            }
        }
        Ok(())
    }

    fn wide_market(
        &mut self,
        cells: Cells<'_>,
        kind: MarketKind,
        line: Option<Field>,
        column: usize,
    ) -> Result<Market, Fault> {
        let number = match line {
            Some(field) => self.number(cells, field, LINE)?,
            None => None,
        };
        let at = number.map_or(column, |(_, column)| column);
        let at = line
            .and_then(|field| self.layout.column(field))
            .unwrap_or(at);
        market_at(kind, number.map(|(goals, _)| goals)).map_err(|fault| bad_line(fault, at))
    }

    /// The probability of a cell of a market.
    fn probability(
        &mut self,
        cells: Cells<'_>,
        content: Content,
        column: usize,
        sides: &[Field],
    ) -> Result<f64, Fault> {
        match content {
            Content::Value(value) if (0.0..=1.0).contains(&value) => Ok(value),
            content => {
                let beside = self.beside(cells, sides);
                let advice = match content {
                    // had every cell one, the table would be read with it
                    Content::Not if cells::has_decimal_comma(without_sign(cells.get(column))) => {
                        faults::COMMA
                    }
                    content => faults::advice(content, &beside),
                };
                Err(Fault::at(column, faults::PROBABILITY, advice))
            }
        }
    }

    fn beside(&mut self, cells: Cells<'_>, sides: &[Field]) -> Vec<f64> {
        let columns: Vec<usize> = sides
            .iter()
            .filter_map(|field| self.layout.column(*field))
            .collect();
        let contents = columns
            .into_iter()
            .map(|column| self.content(cells, column));
        let numbers = contents.filter_map(|content| match content {
            Content::Value(value) => Some(value),
            Content::Missing | Content::Percent(_) | Content::NotFinite | Content::Not => None,
        });
        numbers.collect()
    }

    pub(super) fn long_claim(&mut self, cells: Cells<'_>) -> Result<Option<Claim>, Fault> {
        let column = |field| self.layout.column(field).unwrap_or_default();
        let [market, selection, probability] =
            [Field::Market, Field::Selection, Field::Probability].map(column);
        let content = self.probability_content(cells, Field::Probability, probability);
        if content == Content::Missing {
            return Ok(None);
        }
        let value = self.probability(cells, content, probability, &[])?;
        let kind = market_of(&cells::text(cells.get(market))).ok_or(Fault::at(
            market,
            "a market: 1x2, ou, ah or btts",
            "leave out the rows of others",
        ))?;
        let part = part_of(kind, &cells::text(cells.get(selection))).ok_or(Fault::at(
            selection,
            sides_of(kind),
            "correct it, or the market beside it",
        ))?;
        let line = self.number(cells, Field::Line, LINE)?;
        let at = self.layout.column(Field::Line).unwrap_or(market);
        let market = market_at(kind, line.map(|(goals, _)| goals));
        Ok(Some(Claim {
            market: market.map_err(|fault| bad_line(fault, at))?,
            part,
            probability: value,
            column: probability as u32,
        }))
    }

    pub(super) fn rates(&mut self, cells: Cells<'_>) -> Result<Option<Rates>, Fault> {
        let home = self.number(cells, Field::GoalsHome, GOALS)?;
        let away = self.number(cells, Field::GoalsAway, GOALS)?;
        let rho = self.number(cells, Field::Rho, RHO)?;
        for (rate, column) in [home, away].into_iter().flatten() {
            if !(0.0..=ScoreGrid::MAX_RATE).contains(&rate) {
                return Err(Fault::at(
                    column,
                    GOALS,
                    "correct it, or leave the cells of both sides empty",
                ));
            }
        }
        if let Some((rho, column)) = rho
            && rho.abs() > 1.0
        {
            return Err(Fault::at(
                column,
                RHO,
                "correct it, or leave the cell empty",
            ));
        }
        match (home, away, rho) {
            (Some((home, _)), Some((away, _)), rho) => {
                rho.map_or(Ok(()), |rho| ensure_possible(rho, [home, away]))?;
                Ok(Some(Rates {
                    home,
                    away,
                    rho: rho.map_or(0.0, |(rho, _)| rho),
                }))
            }
            (None, None, None) => Ok(None),
            (Some(_), None, _) | (None, None, Some(_)) => Err(self.lacks_goals(Field::GoalsAway)),
            (None, Some(_), _) => Err(self.lacks_goals(Field::GoalsHome)),
        }
    }

    fn lacks_goals(&self, field: Field) -> Fault {
        Fault {
            column: self.layout.column(field),
            expected: "expected goals of both sides, or of none",
            advice: "a grid of scores needs both",
            allowed: None,
        }
    }
}

/// A cell without the percent sign at its end.
fn without_sign(cell: &[u8]) -> &[u8] {
    cell.trim_ascii_end().strip_suffix(b"%").unwrap_or(cell)
}

const LINE: &str = "a line in quarters of a goal, such as 2.5 or -0.75";
const GOALS: &str = "expected goals from 0 to 20";
const RHO: &str = "a correction of low scores between -1 and 1, such as -0.1";

/// Checks that no score has a probability below 0 with this ρ.
fn ensure_possible((rho, column): (f64, usize), rates: [f64; 2]) -> Result<(), Fault> {
    if ScoreGrid::is_possible_rho(rates, rho) {
        return Ok(());
    }
    Err(Fault {
        allowed: Some(ScoreGrid::written_rhos(rates)),
        ..Fault::at(
            column,
            "a correction that leaves no score a probability below 0 at these expected goals",
            "correct it, or the expected goals beside it",
        )
    })
}

const fn sides_of(kind: MarketKind) -> &'static str {
    match kind {
        MarketKind::MatchOdds => "home, draw or away",
        MarketKind::OverUnder => "over, under or push",
        MarketKind::AsianHandicap => "home, away or push",
        MarketKind::BothTeamsToScore => "yes or no",
    }
}

const fn bad_line(fault: LineFault, column: usize) -> Fault {
    match fault {
        LineFault::Needless => Fault::at(
            column,
            "no line for a market that has none",
            "leave the cell empty",
        ),
        LineFault::Missing => Fault::at(
            column,
            "a line beside the probabilities of a handicap",
            "give the home side's, such as -0.5",
        ),
        LineFault::NoLine => Fault::at(
            column,
            LINE,
            "totals have lines from 0.25 to 20, handicaps from -10 to 10",
        ),
    }
}
