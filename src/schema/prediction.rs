//! A forecast with what came of it, as the rows that `predictions.csv` has and `--probabilities` reads.

use std::collections::BTreeSet;

use super::Cell;
use crate::calendar::{format_date, format_time};
use crate::domain::{
    Forecast, Line, Market, MarketKind, Names, Opinion, OutcomeDistribution, Score, ScoreGrid,
    Selection,
};
use crate::significance::{brier, log_loss, rps};

/// The columns of predictions. Odds have the names that they have in files of matches.
pub const PREDICTION_COLUMNS: [&str; 48] = [
    "match_id",
    "league",
    "date",
    "home_team",
    "away_team",
    "home_goals",
    "away_goals",
    "known_at",
    "model",
    "p_home",
    "p_draw",
    "p_away",
    "line",
    "p_over",
    "p_under",
    "p_total_push",
    "ah_line",
    "p_ah_home",
    "p_ah_away",
    "p_ah_push",
    "p_btts",
    "expected_goals_home",
    "expected_goals_away",
    "rho",
    "odds_home",
    "odds_draw",
    "odds_away",
    "odds_over",
    "odds_under",
    "odds_ah_home",
    "odds_ah_away",
    "odds_btts_yes",
    "odds_btts_no",
    "market_p_home",
    "market_p_draw",
    "market_p_away",
    "log_loss",
    "brier",
    "rps",
    "seen_home",
    "seen_away",
    "newcomer",
    "p_home_se",
    "p_draw_se",
    "p_away_se",
    "unpooled_p_home",
    "unpooled_p_draw",
    "unpooled_p_away",
];

/// The texts among them; the others are numbers.
const TEXTS: [&str; 8] = [
    "match_id",
    "league",
    "date",
    "home_team",
    "away_team",
    "known_at",
    "model",
    "newcomer",
];

/// Whether a column of predictions holds numbers.
pub fn is_prediction_number(column: &str) -> bool {
    !TEXTS.contains(&column)
}

/// A forecast, and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct PredictionRow<'a> {
    /// The forecast.
    pub forecast: &'a Forecast,
    /// The final score, once it is known.
    pub score: Option<Score>,
    /// Whether it is the last forecast of the match before kick-off: the one that is scored.
    pub is_last: bool,
    /// The name of the model.
    pub model: &'a str,
    /// The names of the teams.
    pub names: &'a Names,
}

/// The cells of one row.
type Cells<'a> = [Cell<'a>; PREDICTION_COLUMNS.len()];

impl<'a> PredictionRow<'a> {
    /// The rows of the forecast: one, and another for each further line that is priced or of which the model said something.
    pub fn rows(self) -> Vec<Cells<'a>> {
        let opinion = opinion(self.forecast);
        let totals = self.lines(MarketKind::OverUnder);
        let handicaps = self.lines(MarketKind::AsianHandicap);
        let count = totals.len().max(handicaps.len()).max(1);
        (0..count)
            .map(|number| {
                let lines = [totals.get(number), handicaps.get(number)];
                self.row(number == 0, &opinion, lines.map(Option::<&Line>::copied))
            })
            .collect()
    }

    /// The lines of a market, the usual one first; of totals at least that.
    fn lines(&self, kind: MarketKind) -> Vec<Line> {
        let priced = self.forecast.prices.iter().map(|(selection, _)| *selection);
        let named = self.forecast.named.iter().map(|(selection, _)| *selection);
        let markets = priced.chain(named).map(Selection::market);
        let markets = markets.filter(|market| market.kind() == kind);
        let lines: BTreeSet<Line> = markets.filter_map(Market::line).collect();
        let usual = kind.usual_line();
        let first = usual.filter(|usual| lines.is_empty() || lines.contains(usual));
        let others = lines.into_iter().filter(|line| Some(*line) != first);
        first.into_iter().chain(others).collect()
    }

    /// A row; only the first one has what is not about lines.
    fn row(
        self,
        is_first: bool,
        opinion: &Opinion,
        [total, handicap]: [Option<Line>; 2],
    ) -> Cells<'a> {
        let Forecast { fixture, time, .. } = self.forecast;
        let first = |cell| if is_first { cell } else { Cell::Missing };
        let goals = |goals: fn(Score) -> u8| match self.score {
            Some(score) => Cell::Count(goals(score).into()),
            None => Cell::Missing,
        };
        let [line, over, under, push] = self.lined(MarketKind::OverUnder, total, opinion);
        let [ah_line, ah_home, ah_away, ah_push] =
            self.lined(MarketKind::AsianHandicap, handicap, opinion);
        let rates = self.forecast.rates;
        let odds = |kind, place, line| self.odds(kind, place, line);
        let seen = |side: usize| {
            let seen = self.forecast.seen;
            seen.map_or(Cell::Missing, |seen| Cell::Count(seen[side].into()))
        };
        let score = |rule| first(exact(self.scored(rule)));
        let of_three =
            |three: Option<[f64; 3]>, place: usize| first(exact(three.map(|all| all[place])));
        let won = |place: usize| of_three(self.forecast.model, place);
        let market = |place: usize| of_three(self.forecast.market, place);
        let error = |place: usize| of_three(self.forecast.standard_errors, place);
        let own = |place: usize| of_three(self.forecast.unpooled, place);
        let both = MarketKind::BothTeamsToScore;
        [
            Cell::Text(fixture.id.to_string().into()),
            Cell::Text(self.names.league(fixture.league).into()),
            Cell::Text(format_date(fixture.day).into()),
            Cell::Text(self.names.team(fixture.home).into()),
            Cell::Text(self.names.team(fixture.away).into()),
            first(goals(|score| score.home)),
            first(goals(|score| score.away)),
            Cell::Text(format!("{}Z", format_time(*time)).into()),
            Cell::Text(self.model.into()),
            won(0),
            won(1),
            won(2),
            line,
            over,
            under,
            push,
            ah_line,
            ah_home,
            ah_away,
            ah_push,
            first(exact(side(both, 0, None, opinion).map(|yes| yes.won))),
            first(exact(rates.map(|rates| rates.home))),
            first(exact(rates.map(|rates| rates.away))),
            first(exact(rates.map(|rates| rates.rho))),
            first(odds(MarketKind::MatchOdds, 0, None)),
            first(odds(MarketKind::MatchOdds, 1, None)),
            first(odds(MarketKind::MatchOdds, 2, None)),
            odds(MarketKind::OverUnder, 0, total),
            odds(MarketKind::OverUnder, 1, total),
            odds(MarketKind::AsianHandicap, 0, handicap),
            odds(MarketKind::AsianHandicap, 1, handicap),
            first(odds(both, 0, None)),
            first(odds(both, 1, None)),
            market(0),
            market(1),
            market(2),
            score(log_loss),
            score(brier),
            score(rps),
            first(seen(0)),
            first(seen(1)),
            first(Cell::Flag(self.forecast.newcomer)),
            error(0),
            error(1),
            error(2),
            own(0),
            own(1),
            own(2),
        ]
    }

    /// The price of a side.
    fn odds(&self, kind: MarketKind, place: usize, line: Option<Line>) -> Cell<'static> {
        let wanted = selection(kind, place, line);
        let mut prices = self.forecast.prices.iter();
        let price = prices.find(|(priced, _)| Some(*priced) == wanted);
        exact(price.map(|(_, odds)| odds.decimal()))
    }

    /// The line of a market, and the probabilities that one side wins in full, the other does, and of the scores in between.
    /// A line on which there is neither a price nor a probability is left out.
    fn lined(&self, kind: MarketKind, line: Option<Line>, opinion: &Opinion) -> [Cell<'static>; 4] {
        let sides = [0, 1].map(|place| side(kind, place, line, opinion));
        let push = sides[0].map(|first| first.void + first.half_won + first.half_lost);
        let mut prices = self.forecast.prices.iter();
        let is_priced = prices.any(|(priced, _)| {
            let market = priced.market();
            market.kind() == kind && market.line() == line
        });
        let line = line.filter(|_| is_priced || sides[0].is_some());
        let [one, other] = sides.map(|side| exact(side.map(|side| side.won)));
        [exact(line.map(Line::goals)), one, other, exact(push)]
    }

    /// How well the forecast did by a scoring rule.
    fn scored(&self, rule: fn([f64; 3], Score) -> f64) -> Option<f64> {
        let score = self.score.filter(|_| self.is_last)?;
        Some(rule(self.forecast.model?, score)).filter(|score| score.is_finite())
    }
}

/// What the model said, as far as the forecast keeps it: the rates tell what was not named.
pub fn opinion(forecast: &Forecast) -> Opinion {
    let of_rates = forecast.rates.and_then(|rates| {
        let grid = ScoreGrid::dixon_coles(rates.home, rates.away, rates.rho);
        Some(Opinion::of_rates(rates, grid.ok()?))
    });
    let mut opinion = of_rates.unwrap_or_default();
    for (selection, distribution) in &forecast.named {
        opinion.set(*selection, *distribution);
    }
    opinion
}

/// A side of a market by its place.
fn selection(kind: MarketKind, place: usize, line: Option<Line>) -> Option<Selection> {
    Selection::new(Market::new(kind, line)?, kind.sides()[place])
}

/// How a bet on a side ends. Where the model names the other side of two alone, this one ends in the opposite way.
fn side(
    kind: MarketKind,
    place: usize,
    line: Option<Line>,
    opinion: &Opinion,
) -> Option<OutcomeDistribution> {
    let own = opinion.distribution(selection(kind, place, line)?);
    own.or_else(|| {
        let other = opinion.distribution(selection(kind, 1 - place, line)?)?;
        Some(other.opposite())
    })
}

/// A number that reads back to the same bits.
fn exact(number: Option<f64>) -> Cell<'static> {
    number.map_or(Cell::Missing, Cell::Exact)
}
