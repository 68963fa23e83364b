//! The scores of all forecasters, folded match by match: memory grows with leagues and seasons only.

use std::collections::BTreeMap;

use super::{ForecastGroup, ForecastOf, ForecastReport, ForecastScore, Forecaster, ForecastsOf};
use crate::calendar::season_name;
use crate::domain::{Book, Fixture, LeagueId, Names, OutcomeDistribution, Score};
use crate::metrics::Scores;
use crate::metrics::mean::Mean;
use crate::significance::{brier, log_loss, result, rps};

const FORECASTERS: usize = Forecaster::ALL.len();

/// The share of the model's matches that a forecaster must have to be compared: one that has a handful of them would leave
/// nothing else to compare.
const LEAST_SHARE: u64 = 10;

/// How often things happened in the matches of a league so far.
///
/// Each count begins as if everything had happened once, so that nothing is ever impossible (Laplace's rule of succession).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateCounts {
    results: [f64; 3],
    /// Over 2.5 and not.
    over: [f64; 2],
    /// Handicaps that the home side won and lost; those half won count half.
    handicap: [f64; 2],
}

/// The shares of what happened so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaseRates {
    /// Home wins, draws and away wins.
    pub results: [f64; 3],
    /// Matches over 2.5 goals.
    pub over: f64,
    /// Handicaps that the home side won, of those won or lost.
    pub handicap: f64,
}

impl Default for RateCounts {
    fn default() -> Self {
        Self {
            results: [1.0; 3],
            over: [1.0; 2],
            handicap: [1.0; 2],
        }
    }
}

impl RateCounts {
    /// Counts a result.
    pub fn played(&mut self, score: Score) {
        self.results[result(score)] += 1.0;
        self.over[usize::from(!is_over(score))] += 1.0;
    }

    fn handicapped(&mut self, [won, lost]: [f64; 2]) {
        self.handicap[0] += won;
        self.handicap[1] += lost;
    }

    /// The shares so far.
    ///
    /// # Formula
    /// ```text
    /// (how often it happened + 1) / (matches + number of outcomes)
    /// ```
    pub fn rates(&self) -> BaseRates {
        let all: f64 = self.results.iter().sum();
        let first = |[first, second]: [f64; 2]| first / (first + second);
        BaseRates {
            results: self.results.map(|count| count / all),
            over: first(self.over),
            handicap: first(self.handicap),
        }
    }
}

/// More than two goals.
fn is_over(score: Score) -> bool {
    u16::from(score.home) + u16::from(score.away) > 2
}

/// What everybody said of a match, in the order of [`Forecaster::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ScoredMatch {
    /// Home win, draw and away win.
    pub results: [Option<[f64; 3]>; FORECASTERS],
    /// Over 2.5.
    pub over: [Option<f64>; FORECASTERS],
    /// That the home side wins a handicap, of those that are won or lost.
    pub handicap: [Option<f64>; FORECASTERS],
    /// How much of that handicap was won and lost: halves where it was half won or half lost, nothing where it was void.
    pub handicap_settled: [f64; 2],
}

/// The probability that a bet is won, of what is won or lost of it: 1 / fair odds.
///
/// # Formula
/// ```text
/// (won + half won / 2) / (won + half won / 2 + half lost / 2 + lost)
/// ```
pub fn settled_probability(outcomes: &OutcomeDistribution) -> Option<f64> {
    let won = outcomes.won + outcomes.half_won / 2.0;
    let settled = won + outcomes.half_lost / 2.0 + outcomes.lost;
    Some(won / settled).filter(|share| (0.0..=1.0).contains(share))
}

/// The sums of scores of some matches.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    log_loss: Mean,
    brier: Mean,
    rps: Mean,
}

impl Sums {
    fn merge(&mut self, other: &Self) {
        self.log_loss.merge(&other.log_loss);
        self.brier.merge(&other.brier);
        self.rps.merge(&other.rps);
    }

    /// Mean scores, by the mean weight of a match.
    fn means(&self, weight: f64) -> Scores {
        let mean = |sum: &Mean| Some(sum.mean()? / weight).filter(|mean| mean.is_finite());
        Scores {
            n: self.rps.count(),
            log_loss: mean(&self.log_loss),
            brier: mean(&self.brier),
            rps: mean(&self.rps),
        }
    }
}

/// Of the log loss that a forecaster saved against the base rates, match by match: Σ x², and Σ x y with y of the closing price.
#[derive(Debug, Clone, Copy, Default)]
struct Saved {
    squares: f64,
    with_closing: f64,
}

/// The sums of matches that the same forecasters have.
#[derive(Debug, Clone, Copy, Default)]
struct Alike {
    weight: Mean,
    sums: [Sums; FORECASTERS],
    saved: [Saved; FORECASTERS],
}

impl Alike {
    fn merge(&mut self, other: &Self) {
        self.weight.merge(&other.weight);
        for (sums, other) in self.sums.iter_mut().zip(&other.sums) {
            sums.merge(other);
        }
        for (saved, other) in self.saved.iter_mut().zip(&other.saved) {
            saved.squares += other.squares;
            saved.with_closing += other.with_closing;
        }
    }

    /// Adds the log losses of a match; infinite where a forecaster has none.
    fn save(&mut self, losses: [f64; FORECASTERS]) {
        let saved = |who: Forecaster| losses[Forecaster::Base as usize] - losses[who as usize];
        let closing = saved(Forecaster::Closing);
        for (sums, who) in self.saved.iter_mut().zip(Forecaster::ALL) {
            let own = saved(who);
            if own.is_finite() && closing.is_finite() {
                sums.squares += own * own;
                sums.with_closing += own * closing;
            }
        }
    }

    fn scores(&self, who: usize) -> Scores {
        self.sums[who].means(self.weight.mean().unwrap_or_default())
    }
}

/// The sums of matches by the forecasters that they have, a bit for each.
#[derive(Debug, Clone, Default)]
struct Tally(Vec<(u8, Alike)>);

impl Tally {
    fn of(&mut self, having: u8) -> &mut Alike {
        let known = self.0.iter().position(|(bits, _)| *bits == having);
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push((having, Alike::default()));
        }
        &mut self.0[place].1
    }

    fn merge(&mut self, other: &Self) {
        for (having, alike) in &other.0 {
            self.of(*having).merge(alike);
        }
    }

    fn matches(&self, wanted: u8) -> u64 {
        let having = self.0.iter().filter(|(bits, _)| bits & wanted == wanted);
        having.map(|(_, alike)| alike.weight.count()).sum()
    }

    /// The sums of the matches that all of these have.
    fn common(&self, wanted: u8) -> Alike {
        let mut common = Alike::default();
        for (_, alike) in self.0.iter().filter(|(bits, _)| bits & wanted == wanted) {
            common.merge(alike);
        }
        common
    }

    fn finish(&self) -> Option<ForecastsOf> {
        let [pool, model] = [Forecaster::Pool, Forecaster::Model].map(|who| 1 << who as u8);
        // what is bet with: the pool, or the model where there is none
        let model = if self.matches(pool) > 0 { pool } else { model };
        let matches = self.matches(model);
        let places = 0..FORECASTERS;
        let is_compared = |place: &usize| {
            let own = self.matches(model | 1 << place);
            own > 0 && own * LEAST_SHARE >= matches
        };
        let compared: Vec<usize> = places.filter(is_compared).collect();
        let wanted = compared.iter().fold(model, |bits, place| bits | 1 << place);
        let common = self.common(wanted);
        let score = |place: usize| {
            let own = self.common(model | 1 << place).scores(place);
            ForecastScore::new(common.scores(place), own)
        };
        let mut scores: BTreeMap<Forecaster, ForecastScore> = compared
            .into_iter()
            .map(|place| (Forecaster::ALL[place], score(place)))
            .collect();
        let gap_std_error = set_skill(&mut scores, &common);
        (matches > 0).then(|| ForecastsOf {
            matches,
            compared: common.weight.count(),
            gap_std_error,
            scores,
        })
    }
}

impl ForecastScore {
    const fn new(compared: Scores, own: Scores) -> Self {
        Self {
            log_loss: compared.log_loss,
            brier: compared.brier,
            rps: compared.rps,
            skill: None,
            skill_std_error: None,
            own,
        }
    }
}

/// Sets how far everybody came from the base rates to the closing price; returns the standard error of that gap.
///
/// # Formula
/// ```text
/// skill = Σ x / Σ y    x: log loss of the base rates less that of the forecaster, y: less that of the closing price
/// standard error of the skill = √Σ (x − skill · y)² / Σ y    (delta method, matches taken one by one)
/// standard error of the gap = √(Σ y² − n ȳ²) / Σ weight
/// ```
fn set_skill(scores: &mut BTreeMap<Forecaster, ForecastScore>, common: &Alike) -> Option<f64> {
    let log_loss = |who| {
        scores
            .get(&who)
            .and_then(|score: &ForecastScore| score.log_loss)
    };
    let gap = log_loss(Forecaster::Base)? - log_loss(Forecaster::Closing)?;
    let base = log_loss(Forecaster::Base)?;
    let matches = common.weight.count() as f64;
    let weight = matches * common.weight.mean()?;
    let gap_squares = common.saved[Forecaster::Closing as usize].squares;
    for (who, score) in scores.iter_mut().filter(|_| gap > 0.0) {
        score.skill = score.log_loss.map(|log_loss| (base - log_loss) / gap);
        let saved = common.saved[*who as usize];
        score.skill_std_error = score.skill.map(|skill| {
            let squares =
                saved.squares - 2.0 * skill * saved.with_closing + skill.powi(2) * gap_squares;
            // rounding makes the error of the closing price itself a little less than nothing
            squares.max(0.0).sqrt() / (gap * weight)
        });
    }
    let spread = gap_squares - (gap * weight).powi(2) / matches;
    (matches > 1.0).then(|| spread.max(0.0).sqrt() / weight)
}

/// The tallies of a group, one for each of [`ForecastOf::ALL`].
type Tallies = [Tally; ForecastOf::ALL.len()];

/// Folds scored matches into a [`ForecastReport`] without keeping them.
#[derive(Debug, Clone, Default)]
pub struct ForecastFold {
    groups: BTreeMap<(LeagueId, i16), Tallies>,
    rates: BTreeMap<LeagueId, RateCounts>,
    closing_prices: BTreeMap<Book, u64>,
}

impl ForecastFold {
    /// Notes a result of a league for its base rates.
    pub fn played(&mut self, league: LeagueId, score: Score) {
        self.rates.entry(league).or_default().played(score);
    }

    /// The base rates of a league so far.
    pub fn base_rates(&self, league: LeagueId) -> BaseRates {
        self.rates.get(&league).copied().unwrap_or_default().rates()
    }

    /// Notes whose closing price a match had.
    pub fn closed_by(&mut self, book: Book) {
        *self.closing_prices.entry(book).or_default() += 1;
    }

    /// Adds a match that is over.
    pub fn add(&mut self, fixture: &Fixture, score: Score, said: &ScoredMatch) {
        let key = (fixture.league, fixture.season);
        let tallies = self.groups.entry(key).or_default();
        let [of_result, of_over, of_handicap] = tallies;
        add(of_result, 1.0, said.results, |forecast| {
            [
                log_loss(forecast, score),
                brier(forecast, score),
                rps(forecast, score),
            ]
        });
        let over = f64::from(is_over(score));
        add(of_over, 1.0, said.over, |p| {
            two_sided(p, [over, 1.0 - over])
        });
        let settled = said.handicap_settled;
        let weight = settled[0] + settled[1];
        if weight > 0.0 {
            add(of_handicap, weight, said.handicap, |p| {
                two_sided(p, settled)
            });
            let counts = self.rates.entry(fixture.league).or_default();
            counts.handicapped(settled);
        }
    }

    /// The scores of all groups.
    pub fn report(&self, names: &Names) -> Option<ForecastReport> {
        let mut groups = Grouped::default();
        for ((league, season), tallies) in &self.groups {
            let league = names.league(*league).to_owned();
            groups.merge(Some(league), Some(season_name(*season)), tallies);
        }
        let all = groups.finish(false, false).pop()?;
        Some(ForecastReport {
            all,
            closing_prices: self
                .closing_prices
                .iter()
                .map(|(book, matches)| (book.to_string(), *matches))
                .collect(),
            by_league: groups.finish(true, false),
            by_season: groups.finish(false, true),
            by_league_and_season: groups.finish(true, true),
        })
    }
}

/// Adds what was said of a match that the model, or its pool with the price, forecast.
fn add<T: Copy>(
    tally: &mut Tally,
    weight: f64,
    said: [Option<T>; FORECASTERS],
    scores: impl Fn(T) -> [f64; 3],
) {
    let forecasts = [Forecaster::Model, Forecaster::Pool].map(|who| said[who as usize]);
    if forecasts.iter().all(Option::is_none) {
        return;
    }
    let bit = |(place, said): (usize, &Option<T>)| u8::from(said.is_some()) << place;
    let having = said.iter().enumerate().map(bit).sum();
    let alike = tally.of(having);
    alike.weight.add(weight);
    let mut losses = [f64::INFINITY; FORECASTERS];
    for ((sums, loss), said) in alike.sums.iter_mut().zip(&mut losses).zip(said) {
        if let Some(said) = said {
            let [log_loss, brier, rps] = scores(said);
            *loss = log_loss;
            sums.log_loss.add(log_loss);
            sums.brier.add(brier);
            sums.rps.add(rps);
        }
    }
    alike.save(losses);
}

/// The scores of a probability of the first of two sides, times how much was won and lost: log loss, Brier score, and RPS,
/// which is the same.
fn two_sided(p: f64, [won, lost]: [f64; 2]) -> [f64; 3] {
    // 0 · ln 0 is 0: nothing was said of what did not happen
    let loss = |weight: f64, p: f64| if weight > 0.0 { -weight * p.ln() } else { 0.0 };
    let brier = won * (1.0 - p).powi(2) + lost * p.powi(2);
    [loss(won, p) + loss(lost, 1.0 - p) + 0.0, brier, brier]
}

/// The league and the season of a group; `None` for all.
type GroupName = (Option<String>, Option<String>);

/// Groups by name.
#[derive(Default)]
struct Grouped(BTreeMap<GroupName, Tallies>);

impl Grouped {
    /// Adds the matches of a season of a league.
    fn merge(&mut self, league: Option<String>, season: Option<String>, tallies: &Tallies) {
        let names = [
            (None, None),
            (league.clone(), None),
            (None, season.clone()),
            (league, season),
        ];
        for name in names {
            let known = self.0.entry(name).or_default();
            for (known, tally) in known.iter_mut().zip(tallies) {
                known.merge(tally);
            }
        }
    }

    /// The groups with or without a league and a season, by name.
    fn finish(&self, has_league: bool, has_season: bool) -> Vec<ForecastGroup> {
        let wanted = self.0.iter().filter(|((league, season), _)| {
            league.is_some() == has_league && season.is_some() == has_season
        });
        wanted
            .map(|((league, season), tallies)| ForecastGroup {
                league: league.clone(),
                season: season.clone(),
                of: ForecastOf::ALL
                    .into_iter()
                    .zip(tallies)
                    .filter_map(|(of, tally)| Some((of, tally.finish()?)))
                    .collect(),
            })
            .filter(|group| !group.of.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{TeamId, Time};

    fn fixture(league: u32, season: i16) -> Fixture {
        Fixture {
            id: Arc::from("match"),
            league: LeagueId(league),
            home: TeamId(0),
            away: TeamId(1),
            season,
            day: Time::from_days(19_000),
            kickoff: None,
            neutral: false,
        }
    }

    fn said(model: [f64; 3], closing: Option<[f64; 3]>) -> ScoredMatch {
        let mut said = ScoredMatch::default();
        said.results[Forecaster::Base as usize] = Some([1.0 / 3.0; 3]);
        said.results[Forecaster::Model as usize] = Some(model);
        said.results[Forecaster::Closing as usize] = closing;
        said
    }

    fn names(leagues: &[&str]) -> Names {
        let mut names = Names::default();
        for league in leagues {
            names.intern_league(league);
        }
        names
    }

    const HOME_WIN: Score = Score { home: 2, away: 1 };

    #[test]
    fn nothing_is_impossible_before_it_was_seen() {
        let mut counts = RateCounts::default();
        assert_eq!(counts.rates().results, [1.0 / 3.0; 3]);
        counts.played(HOME_WIN);
        counts.handicapped([0.5, 0.0]);
        let rates = counts.rates();
        assert_eq!(rates.results, [0.5, 0.25, 0.25]);
        assert_eq!((rates.over, rates.handicap), (2.0 / 3.0, 1.5 / 2.5));
    }

    #[test]
    fn what_is_won_or_lost_of_a_handicap_is_one_over_its_fair_odds() {
        let outcomes = OutcomeDistribution {
            won: 0.4,
            half_won: 0.1,
            void: 0.1,
            half_lost: 0.2,
            lost: 0.2,
        };
        let p = settled_probability(&outcomes).unwrap();
        assert!((p - 0.45 / 0.75).abs() < 1e-15);
        assert!((outcomes.fair_odds().unwrap() - 1.0 / p).abs() < 1e-12);
        let void = OutcomeDistribution {
            won: 0.0,
            half_won: 0.0,
            void: 1.0,
            half_lost: 0.0,
            lost: 0.0,
        };
        assert_eq!(settled_probability(&void), None);
    }

    #[test]
    fn a_price_that_hardly_a_match_has_is_left_out() {
        let report = |priced: usize| {
            let mut fold = ForecastFold::default();
            for number in 0..50 {
                let closing = (number < priced).then_some([0.6, 0.2, 0.2]);
                let said = said([0.5, 0.25, 0.25], closing);
                fold.add(&fixture(0, 2023), HOME_WIN, &said);
            }
            fold.report(&names(&["E0"])).unwrap().all.of[&ForecastOf::Result].clone()
        };
        let (few, enough) = (report(4), report(5));
        assert_eq!((few.compared, few.score(Forecaster::Closing)), (50, None));
        assert_eq!(enough.compared, 5);
        let closing = enough.score(Forecaster::Closing).unwrap();
        assert!((closing.log_loss.unwrap() + f64::ln(0.6)).abs() < 1e-12);
        assert_eq!(enough.score(Forecaster::Model).unwrap().own.n, 50);
    }

    #[test]
    fn skill_is_undefined_where_prices_knew_less_than_base_rates() {
        let mut fold = ForecastFold::default();
        fold.add(
            &fixture(0, 2023),
            HOME_WIN,
            &said([0.5, 0.25, 0.25], Some([0.2, 0.4, 0.4])),
        );
        let report = fold.report(&names(&["E0"])).unwrap();
        let scores = &report.all.of[&ForecastOf::Result].scores;
        assert!(scores.values().all(|score| score.skill.is_none()));
    }

    #[test]
    fn an_impossible_result_makes_a_log_loss_undefined_and_not_infinite() {
        let mut fold = ForecastFold::default();
        fold.add(&fixture(0, 2023), HOME_WIN, &said([0.0, 0.5, 0.5], None));
        let report = fold.report(&names(&["E0"])).unwrap();
        let model = report.all.of[&ForecastOf::Result].score(Forecaster::Model);
        assert_eq!(
            model.map(|model| (model.log_loss, model.own.n)),
            Some((None, 1))
        );
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(
            serde_json::from_str::<ForecastReport>(&text).unwrap(),
            report
        );
    }

    #[test]
    fn a_report_names_leagues_and_seasons_in_order() {
        let mut fold = ForecastFold::default();
        for (league, season) in [(1, 1999), (0, 2023), (0, 1999)] {
            fold.add(
                &fixture(league, season),
                HOME_WIN,
                &said([0.5, 0.25, 0.25], None),
            );
        }
        let report = fold.report(&names(&["SP1", "D1"])).unwrap();
        let leagues: Vec<_> = report
            .by_league
            .iter()
            .map(|one| one.league.clone().unwrap())
            .collect();
        assert_eq!(leagues, ["D1", "SP1"]);
        let seasons: Vec<_> = report
            .by_season
            .iter()
            .map(|one| one.season.clone().unwrap())
            .collect();
        assert_eq!(seasons, ["1999-00", "2023-24"]);
        assert_eq!(report.groups().count(), 1 + 2 + 2 + 3);
    }
}
