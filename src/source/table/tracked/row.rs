//! One row of a table of bets as it was read.

use super::super::cells::{self, Clock};
use super::super::lines::Line;
use super::TrackedConfig;
use super::amounts::{self, Amount};
use super::bet::{Labels, SettledBet, TrackedBet, TrackedTag};
use super::columns::Columns;
use super::conventions::{CommissionForm, Conventions};
use super::fault::{Fault, no_date};
use super::free_bets::{self, Free};
use super::names::Target;
use super::odds_column;
use super::texts::Texts;
use super::words::{self, Ending};
use crate::calendar;
use crate::domain::{Book, Line as GoalLine, Market, MarketKind, Outcome, Selection, Side, Time};

/// A row.
pub(super) struct Row<'a> {
    pub day: Option<Time>,
    pub time: Option<u32>,
    pub placed_at: Option<Time>,
    pub stake: Option<f64>,
    pub odds: Option<f64>,
    /// The cell with the result; `None` where there is no such column.
    pub result: Option<&'a [u8]>,
    pub payout: Option<f64>,
    pub profit: Option<f64>,
    /// The rate of commission: that of the table, else that of the settings.
    pub commission: f64,
    /// The rate that the table has.
    own_commission: Option<f64>,
    /// Whether some row may pay commission.
    may_pay: bool,
    /// What was kept, where the table has amounts.
    pub fee: f64,
    pub closing_odds: Option<f64>,
    closing_probability: Option<f64>,
    closing_value: Option<f64>,
    closing_line: Option<f64>,
    pub probability: Option<f64>,
    price_probability: Option<f64>,
    expected_value: Option<f64>,
    mean_odds: Option<f64>,
    bankroll_after: Option<f64>,
    season: Option<f64>,
    pub multiple: bool,
    pub each_way: bool,
    /// The stake of a free bet.
    pub free: Option<f64>,
    /// Whether it is against its selection: stake and odds are then those of the other outcome.
    pub laid: bool,
    texts: Texts<'a>,
}

/// Reads the rows of one table.
pub(super) struct RowReader<'a> {
    columns: &'a Columns,
    conventions: &'a Conventions,
    config: &'a TrackedConfig,
}

impl<'a> RowReader<'a> {
    pub const fn new(
        columns: &'a Columns,
        conventions: &'a Conventions,
        config: &'a TrackedConfig,
    ) -> Self {
        Self {
            columns,
            conventions,
            config,
        }
    }

    /// The cells of a row, each by its own.
    pub fn row<'l>(&self, line: &Line<'l>) -> Result<Row<'l>, Fault> {
        let (day, time) = self.date(line)?;
        let odds = match self.odds(line, Target::Odds) {
            Err(_) if self.is_paid_back(line) => None,
            odds => odds?,
        };
        let closing_odds = self.odds(line, Target::ClosingOdds)?;
        let own_commission = self.commission(line)?;
        let texts = self.texts(line);
        let (book, kind) = texts.payer();
        let (commission, fee) =
            own_commission.unwrap_or_else(|| (self.config.commission.known_rate(book, kind), 0.0));
        let stake = self.stake(line)?;
        let row = Row {
            day,
            time,
            placed_at: self.placed_at(line),
            stake,
            odds,
            result: self
                .columns
                .get(Target::Result)
                .map(|at| line.cells.get(at)),
            payout: self.amount(line, Target::Payout, "a payout that cannot be read")?,
            profit: self.amount(line, Target::Profit, "a profit that cannot be read")?,
            commission,
            own_commission: own_commission.map(|(rate, _)| rate),
            may_pay: commission > 0.0 || self.columns.get(Target::Commission).is_some(),
            fee,
            closing_odds,
            closing_probability: self.closing_probability(line, closing_odds)?,
            closing_value: self.own_number(line, Target::ClosingValue),
            closing_line: self.own_number(line, Target::ClosingLine),
            probability: self.probability(line, Target::Probability)?,
            price_probability: self.probability(line, Target::PriceProbability)?,
            expected_value: self.own_number(line, Target::ExpectedValue),
            mean_odds: self.own_number(line, Target::MeanOdds),
            bankroll_after: self.own_number(line, Target::BankrollAfter),
            season: self.own_number(line, Target::Season),
            multiple: self.is_multiple(line),
            each_way: self.is_each_way(line),
            free: self.free(line, &texts, stake)?,
            laid: false,
            texts,
        };
        if self.is_laid(line) {
            // of one that came to nothing it is no matter what might have been lost
            if row.odds.is_none() && self.came_to_nothing(line, &row) {
                return Ok(Row { laid: true, ..row });
            }
            return row.laid(self.columns.get(Target::Odds).is_some());
        }
        Ok(row)
    }

    /// The stake of a free bet.
    fn free(
        &self,
        line: &Line<'_>,
        texts: &Texts<'_>,
        stake: Option<f64>,
    ) -> Result<Option<f64>, Fault> {
        let cell = self.cell(line, Target::FreeBet);
        let said = free_bets::read(cell, self.conventions.free, self.conventions.mark)?;
        let mut tags = texts
            .tags
            .iter()
            .flat_map(|(at, cell)| self.columns.tags()[*at].tags(cell));
        let is_free = words::is_free_bet(self.cell(line, Target::Kind))
            || tags.any(|tag| words::is_free_bet(tag.as_bytes()));
        match said {
            Free::No if is_free => Free::Whole.stake(stake),
            said => said.stake(stake),
        }
    }

    fn cell<'l>(&self, line: &Line<'l>, target: Target) -> &'l [u8] {
        line.cells.find(self.columns.get(target))
    }

    fn texts<'l>(&self, line: &Line<'l>) -> Texts<'l> {
        let cell = |target| self.cell(line, target);
        Texts {
            market: cell(Target::Market),
            side: cell(Target::Selection),
            line: cell(Target::Line),
            book: cell(Target::Book),
            tags: self.tags(line),
            sport: cell(Target::Sport),
            league: cell(Target::League),
            event: cell(Target::Event),
            teams: [cell(Target::HomeTeam), cell(Target::AwayTeam)],
        }
    }

    fn tags<'l>(&self, line: &Line<'l>) -> Vec<(usize, &'l [u8])> {
        let kinds = self.columns.tags().iter().enumerate();
        let cells =
            kinds.flat_map(|(at, kind)| kind.columns.iter().map(move |column| (at, *column)));
        cells
            .map(|(at, column)| (at, line.cells.get(column)))
            .collect()
    }

    fn date(&self, line: &Line<'_>) -> Result<(Option<Time>, Option<u32>), Fault> {
        let Some(at) = self.columns.get(Target::Date) else {
            return Ok((None, None));
        };
        let cell = line.cells.get(at);
        // a bet that is not settled has no day of settlement
        if cell.trim_ascii().is_empty() {
            return Ok((None, None));
        }
        let read = cells::moment(cell).and_then(|moment| moment.read(self.conventions.dates));
        let (date, clock) = read.ok_or_else(no_date)?;
        let own = cells::clock(self.cell(line, Target::Time));
        let seconds = clock.or(own).map(|Clock { seconds, .. }| seconds);
        Ok((Some(calendar::time_of_date(date)), seconds))
    }

    fn stake(&self, line: &Line<'_>) -> Result<Option<f64>, Fault> {
        if self.columns.get(Target::Stake).is_none() {
            return Ok(self.config.flat_stake);
        }
        self.amount(line, Target::Stake, "a stake that cannot be read")
    }

    fn amount(
        &self,
        line: &Line<'_>,
        target: Target,
        problem: &'static str,
    ) -> Result<Option<f64>, Fault> {
        let expected = "an amount such as 10, 12.50 or £1,234.50";
        match amounts::amount(self.cell(line, target), self.conventions.mark) {
            Amount::Missing => Ok(None),
            Amount::Value(value) if value.abs() < 1e12 => Ok(Some(value)),
            Amount::Value(_) | Amount::Not => Err(Fault::new(target, problem, expected)),
        }
    }

    /// When simbet placed it.
    fn placed_at(&self, line: &Line<'_>) -> Option<Time> {
        if !self.columns.are_own() {
            return None;
        }
        calendar::parse_time(&cells::text(self.cell(line, Target::PlacedAt)))
    }

    /// A number that simbet wrote: elsewhere such a column may be anything.
    fn own_number(&self, line: &Line<'_>, target: Target) -> Option<f64> {
        if self.columns.are_own() {
            self.number(line, target)
        } else {
            None
        }
    }

    /// A number that is only looked at where it is one.
    fn number(&self, line: &Line<'_>, target: Target) -> Option<f64> {
        match amounts::amount(self.cell(line, target), self.conventions.mark) {
            Amount::Value(value) => Some(value),
            Amount::Missing | Amount::Not => None,
        }
    }

    fn odds(&self, line: &Line<'_>, target: Target) -> Result<Option<f64>, Fault> {
        let form = self.conventions.odds_format(target);
        let read = odds_column::odds(self.cell(line, target), form, self.conventions.mark);
        read.map_err(|()| Fault {
            advice: "correct them, say --odds-format, or leave such rows out with --on-bad-row skip",
            ..Fault::new(
                target,
                "odds that cannot be read",
                "odds above 1 in the form of the column, such as 1.91, -110 or 10/11",
            )
        })
    }

    fn probability(&self, line: &Line<'_>, target: Target) -> Result<Option<f64>, Fault> {
        let scale = if self.conventions.is_percent(target) {
            100.0
        } else {
            1.0
        };
        let fault = || {
            Fault::new(
                target,
                "a probability that is none",
                "a probability from 0 to 1, or all of the column in percent",
            )
        };
        match amounts::amount(self.cell(line, target), self.conventions.mark) {
            Amount::Missing => Ok(None),
            Amount::Value(value) if (0.0..=scale).contains(&value) => Ok(Some(value / scale)),
            Amount::Value(_) | Amount::Not => Err(fault()),
        }
    }

    /// The chance of winning by the closing prices, their margin removed by proportion.
    fn closing_probability(
        &self,
        line: &Line<'_>,
        closing: Option<f64>,
    ) -> Result<Option<f64>, Fault> {
        if let Some(known) = self.probability(line, Target::ClosingProbability)? {
            return Ok(Some(known));
        }
        if let Some(fair) = self.odds(line, Target::ClosingFair)? {
            return Ok(Some(1.0 / fair));
        }
        let other = self.odds(line, Target::ClosingOther)?;
        let third = self.odds(line, Target::ClosingThird)?;
        Ok(closing.and_then(|closing| match (other, third) {
            (Some(other), third) => {
                let sum = 1.0 / closing + 1.0 / other + third.map_or(0.0, |third| 1.0 / third);
                Some(1.0 / closing / sum)
            }
            (None, _) => Some(1.0 / closing / (1.0 + self.config.closing_margin?)),
        }))
    }

    /// The rate of commission and the amount of it that the row has.
    fn commission(&self, line: &Line<'_>) -> Result<Option<(f64, f64)>, Fault> {
        let problem = "a commission that cannot be read";
        let Some(value) = self.amount(line, Target::Commission, problem)? else {
            return Ok(None);
        };
        let share = match self.conventions.commission {
            CommissionForm::Share => value,
            CommissionForm::Percent => value / 100.0,
            CommissionForm::Amount => return Ok(Some((0.0, value.abs()))),
        };
        if (0.0..1.0).contains(&share) {
            Ok(Some((share, 0.0)))
        } else {
            Err(Fault::new(
                Target::Commission,
                problem,
                "a share of net winnings from 0 to 1, or in percent",
            ))
        }
    }

    fn is_multiple(&self, line: &Line<'_>) -> bool {
        let legs = self.number(line, Target::Legs);
        legs.is_some_and(|legs| legs > 1.0)
            || [Target::Kind, Target::Market]
                .into_iter()
                .any(|target| words::is_multiple(self.cell(line, target)))
    }

    /// Whether the bet is void and has the odds of one, by which its stake came back.
    fn is_paid_back(&self, line: &Line<'_>) -> bool {
        self.ending(line) == Some(Ending::Settled(Outcome::Void))
            && self.number(line, Target::Odds) == Some(1.0)
    }

    /// Whether the bet is void, was not taken, or is open.
    fn came_to_nothing(&self, line: &Line<'_>, row: &Row<'_>) -> bool {
        match self.ending(line) {
            Some(Ending::Settled(Outcome::Void) | Ending::Refused) => true,
            Some(Ending::Open) => row.profit.is_none() && row.payout.is_none(),
            _ => false,
        }
    }

    /// How the bet ended, where a column says it.
    fn ending(&self, line: &Line<'_>) -> Option<Ending> {
        let at = self.columns.get(Target::Result)?;
        let (coding, words) = (self.conventions.coding, &self.config.result_words);
        words::ending(line.cells.get(at), coding, words)
    }

    fn is_laid(&self, line: &Line<'_>) -> bool {
        let own = self.cell(line, Target::BackLay);
        let is_letter = own.trim_ascii().eq_ignore_ascii_case(b"l");
        is_letter || words::is_lay(own) || words::is_lay(self.cell(line, Target::Kind))
    }

    fn is_each_way(&self, line: &Line<'_>) -> bool {
        let flag = cells::text(self.cell(line, Target::EachWay))
            .trim()
            .to_lowercase();
        let says_so = ["1", "true", "yes", "y", "ew", "e/w", "each way"].contains(&flag.as_str());
        says_so
            || [Target::Kind, Target::Market, Target::Selection]
                .into_iter()
                .any(|target| words::is_each_way(self.cell(line, target)))
    }
}

/// What to do where lay bets have no column of odds.
const NO_ODDS: &str = "name the column that has them, such as --map odds=\"Matched at\", or leave such rows out with --on-bad-row skip";

impl Row<'_> {
    /// The row as a bet on the other outcome: what may be lost is its stake.
    ///
    /// # Formula
    /// ```text
    /// stake' = s·(o - 1),   o' = o / (o - 1)
    /// ```
    fn laid(self, has_odds: bool) -> Result<Self, Fault> {
        let Some(odds) = self.odds else {
            let fault = Fault::new(
                Target::Odds,
                "a lay bet without odds",
                "the odds of a lay bet, which say what may be lost",
            );
            let advice = if has_odds { fault.advice } else { NO_ODDS };
            return Err(Fault { advice, ..fault });
        };
        let turned = |odds: f64| odds / (odds - 1.0);
        Ok(Row {
            stake: self.stake.map(|stake| stake * (odds - 1.0)),
            odds: Some(turned(odds)),
            closing_odds: self.closing_odds.map(turned),
            closing_probability: self.closing_probability.map(|chance| 1.0 - chance),
            price_probability: self.price_probability.map(|chance| 1.0 - chance),
            laid: true,
            ..self
        })
    }

    /// The bet of the row, settled.
    pub fn bet(&self, settled: &SettledBet, columns: &Columns, labels: &mut Labels) -> TrackedBet {
        let tags = self.labelled_tags(columns, labels);
        let mut label = |cell: &[u8]| labels.number(&cells::text(cell));
        let texts = &self.texts;
        let market = if self.multiple {
            label(b"multiple")
        } else {
            label(texts.market)
        };
        let selection = self.selection();
        TrackedBet {
            day: self.day,
            time: self.time,
            placed_at: self.placed_at,
            stake: settled.stake,
            odds: self.odds,
            profit: settled.profit,
            outcome: settled.outcome,
            cashed_out: settled.cashed_out,
            off_price: settled.off_price,
            multiple: self.multiple,
            commission: self.commission_of(selection),
            kept: settled.kept,
            account: (self.may_pay && !self.multiple)
                .then(|| texts.account(self.day))
                .flatten(),
            closing_odds: self.closing_odds,
            closing_probability: self.closing_probability,
            closing_value: self.closing_value,
            closing_line: self.closing_line,
            probability: self.probability,
            price_probability: self.price_probability,
            mean_odds: self.mean_odds,
            selection,
            market,
            side: if self.laid {
                label(&[b"lay ", texts.side].concat())
            } else {
                label(texts.side)
            },
            book: label(texts.book),
            tags,
            sport: label(texts.sport),
            league: label(texts.league),
            event: self.event(labels),
            season: self.season.map(|year| year as i16),
            bankroll_after: self.bankroll_after,
        }
    }

    fn labelled_tags(&self, columns: &Columns, labels: &mut Labels) -> Box<[TrackedTag]> {
        let mut found = Vec::new();
        for (at, cell) in &self.texts.tags {
            let kind = &columns.tags()[*at];
            for tag in kind.tags(cell) {
                let numbers = labels.number(&kind.name).zip(labels.number(&tag));
                let tag = numbers.map(|(column, text)| TrackedTag { column, text });
                found.extend(tag.filter(|tag| !found.contains(tag)));
            }
        }
        found.into()
    }

    fn event(&self, labels: &mut Labels) -> Option<u32> {
        let [home, away] = self.texts.teams.map(cells::text);
        if self.texts.event.trim_ascii().is_empty() && !home.trim().is_empty() {
            return labels.number(&format!("{} – {}", home.trim(), away.trim()));
        }
        labels.number(&cells::text(self.texts.event))
    }

    /// What the bet is on, where market, side and line are those of simbet.
    fn selection(&self) -> Option<Selection> {
        if self.multiple || self.laid {
            return None;
        }
        let lower = |cell: &[u8]| cells::text(cell).trim().to_lowercase();
        let kind: MarketKind = lower(self.texts.market).parse().ok()?;
        let code = lower(self.texts.side);
        let side: Side = *kind.sides().iter().find(|side| side.code() == code)?;
        let line = match cells::number(self.texts.line) {
            cells::Number::Value(goals) => GoalLine::from_goals(goals),
            _ => None,
        };
        Selection::new(Market::new(kind, line)?, side)
    }

    /// Book and market, where the row has no commission of its own.
    pub fn payer(&self) -> Option<(Option<Book>, Option<MarketKind>)> {
        self.own_commission.is_none().then(|| self.texts.payer())
    }

    /// The rate of commission: what the table says, or what the expected value that simbet wrote implies; else that of the
    /// settings.
    fn commission_of(&self, selection: Option<Selection>) -> f64 {
        let implied = || {
            let (value, chance, odds) = (self.expected_value?, self.probability?, self.odds?);
            let is_simple = selection.is_some_and(|selection| !selection.market().may_be_void());
            if !is_simple || chance <= 0.0 || self.placed_at.is_none() {
                return None;
            }
            let net = (value + 1.0) / chance - 1.0;
            let rate = ((1.0 - net / (odds - 1.0)) * 1e6).round() / 1e6;
            (0.0..1.0).contains(&rate).then_some(rate)
        };
        let own = self.own_commission.or_else(implied);
        own.filter(|rate| *rate > 0.0 || self.own_commission.is_some())
            .unwrap_or(self.commission)
    }
}
