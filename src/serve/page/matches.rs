//! Matches in play: score and minute, and the probabilities of the model.

use maud::{Markup, html};

use super::snapshot::{MATCHES, Snapshot};
use crate::domain::{Book, Commission, MarketKind, Odds, Side};
use crate::predict::{MarginMethod, margin};
use crate::report::text_table::{decimals, percentage, signed_percentage, thousands};
use crate::schema::selection_name;
use crate::serve::live::LiveMatch;
use crate::serve::views::{Bet, Price};
use crate::strategy::BookChoice;

/// Prices of one match that are shown.
const PRICES: usize = 12;

/// A card for each match in play.
pub fn cards(all: &Snapshot) -> Markup {
    let matches = &all.stored.live.matches;
    let mut shown: Vec<&LiveMatch> = matches.iter().take(MATCHES).collect();
    // a card keeps its place when another match is added
    shown.sort_by_key(|one| &one.match_id);
    html! {
        @if matches.is_empty() { p.nothing { "No match is in play." } }
        @for one in shown { (card(one, all)) }
        @if matches.len() > MATCHES { p.note { "There are more: these are the " (MATCHES) " with the latest news." } }
    }
}

fn card(one: &LiveMatch, all: &Snapshot) -> Markup {
    let rows: Vec<Row> = shown(&one.odds, &all.books, &all.commission)
        .into_iter()
        .take(PRICES)
        .map(|price| Row::new(one, price, all))
        .collect();
    let label = format!(
        "{} {}–{} {}",
        one.home_team, one.home_goals, one.away_goals, one.away_team
    );
    html! {
        article.match aria-label=(label) {
            div.head {
                h3 {
                    span.team { (one.home_team) } " " span.score { (one.home_goals) } " "
                    span.team { (one.away_team) } " " span.score { (one.away_goals) }
                }
                p.minute { (minute(one.minute)) @if let Some(league) = &one.league { span.league { (league) } } }
            }
            @if rows.is_empty() { p.nothing { "No price that the strategy bets at." } } @else { (bars(&rows)) (table(one, &rows)) }
            p.note { (opinion(one)) (at_stake(one)) }
        }
    }
}

/// The probabilities of home, draw and away by the market and by the model as bars. The table has the same figures.
fn bars(rows: &[Row]) -> Markup {
    let sides = rows.iter().take(3);
    let market: Option<Vec<f64>> = sides.clone().map(|row| row.market).collect();
    let model: Option<Vec<f64>> = sides.map(|row| row.model).collect();
    let (Some(market), Some(model)) = (market, model) else {
        return Markup::default();
    };
    html! {
        div.bars aria-hidden="true" {
            span { "market" } (bar(&market))
            span { "model" } (bar(&model))
        }
    }
}

/// Shares side by side, on a width of 100.
fn bar(shares: &[f64]) -> Markup {
    html! {
        svg viewBox="0 0 100 8" preserveAspectRatio="none" {
            @for (place, (share, side)) in shares.iter().zip(["home", "draw", "away"]).enumerate() {
                rect.(side) x=(format!("{:.2}", 100.0 * shares[..place].iter().sum::<f64>())) y="0" height="8" width=(bar_width(*share)) {}
            }
        }
    }
}

/// The width of a share; a little less than the share, so that neighbours have a gap between them.
fn bar_width(share: f64) -> String {
    format!("{:.2}", (100.0 * share - 0.6).max(0.0))
}

fn minute(minute: u8) -> Markup {
    html! { @if minute == 0 { "before kick-off" } @else { (minute) "'" } }
}

fn opinion(one: &LiveMatch) -> String {
    one.prediction.as_ref().map_or_else(
        || "The model has no opinion at these prices.".to_owned(),
        |model| match (model.expected_goals_home, model.expected_goals_away) {
            (Some(home), Some(away)) => {
                format!("The model expects {home:.2} – {away:.2} goals at full time.")
            }
            (_, _) => "The model expects no number of goals.".to_owned(),
        },
    )
}

/// The stakes of the open bets, including bets at prices that are gone.
fn at_stake(one: &LiveMatch) -> String {
    let stake: f64 = one.bets.iter().map(|bet| bet.stake).sum();
    match one.bets.len() {
        0 => String::new(),
        1 => format!(" One open bet holds {}.", amount(stake)),
        count => format!(" {count} open bets hold {}.", amount(stake)),
    }
}

fn amount(amount: f64) -> String {
    thousands(&format!("{amount:.2}"))
}

fn table(one: &LiveMatch, rows: &[Row]) -> Markup {
    html! {
        table {
            caption.unseen { "Prices of " (one.home_team) " – " (one.away_team) ", and what the model thinks of them" }
            thead { tr {
                th scope="col" { "bet" }
                @for name in ["odds", "market", "model", "edge", "EV", "stake"] { th.number scope="col" { (name) } }
            } }
            tbody { @for row in rows { (row.show()) } }
        }
    }
}

/// The prices that are bet at, one for each selection, as [`BookChoice`] has it.
fn shown<'a>(prices: &'a [Price], books: &BookChoice, commission: &Commission) -> Vec<&'a Price> {
    match books {
        BookChoice::Best(books) => best(prices, books, commission),
        BookChoice::Prefer(books) => prices
            .iter()
            .filter(|price| {
                preferred(prices, books, &price.market)
                    .is_some_and(|book| price.book == book.as_str())
            })
            .collect(),
    }
}

/// The first book that prices every side of a market, or that has any price of it.
fn preferred<'a>(prices: &[Price], books: &'a [Book], market: &str) -> Option<&'a Book> {
    let sides = market
        .parse()
        .map_or(2, |kind: MarketKind| kind.sides().len());
    books
        .iter()
        .find(|book| count(prices, book, market) >= sides)
        .or_else(|| books.iter().find(|book| count(prices, book, market) > 0))
}

/// How many sides of a market a book prices.
fn count(prices: &[Price], book: &Book, market: &str) -> usize {
    prices
        .iter()
        .filter(|price| price.market == market && price.book == book.as_str())
        .count()
}

fn best<'a>(prices: &'a [Price], books: &[Book], commission: &Commission) -> Vec<&'a Price> {
    let mut best: Vec<&Price> = Vec::new();
    let left = |price| net_odds(price, commission);
    for price in books
        .iter()
        .flat_map(|book| prices.iter().filter(|price| price.book == book.as_str()))
    {
        match best.iter_mut().find(|known| is_same(known, price)) {
            None => best.push(price),
            Some(known) if left(price) > left(known) => *known = price,
            Some(_) => {}
        }
    }
    best
}

/// The odds after commission, in steps in which prices that leave the same are equal.
fn net_odds(price: &Price, commission: &Commission) -> f64 {
    let odds = Odds::new(price.odds).ok();
    let left = odds
        .zip(price.book.parse().ok())
        .zip(price.market.parse().ok())
        .map(|((odds, book), kind)| commission.left_of(odds, book, kind));
    left.unwrap_or(price.odds)
}

fn is_same(one: &Price, other: &Price) -> bool {
    (&one.market, &one.selection, one.line) == (&other.market, &other.selection, other.line)
}

/// Whether a bet is on the selection of a price.
fn is_on(bet: &Bet, price: &Price) -> bool {
    bet.market == price.market && bet.selection == price.selection && bet.line == price.line
}

/// A price, and its probability by the market and by the model.
struct Row {
    name: String,
    odds: f64,
    net_odds: f64,
    market: Option<f64>,
    model: Option<f64>,
    at_stake: f64,
}

impl Row {
    fn new(one: &LiveMatch, price: &Price, all: &Snapshot) -> Self {
        let backed = one.bets.iter().filter(|bet| is_on(bet, price));
        Self {
            name: name(one, price),
            odds: price.odds,
            net_odds: net_odds(price, &all.commission),
            market: fair(&one.odds, price, all.margin_method),
            model: probability(one, price),
            at_stake: backed.map(|bet| bet.stake).sum(),
        }
    }

    fn edge(&self) -> Option<f64> {
        Some(self.model? - 1.0 / self.net_odds)
    }

    fn expected_value(&self) -> Option<f64> {
        Some(self.model? * self.net_odds - 1.0)
    }

    fn show(&self) -> Markup {
        let is_backed = self.at_stake > 0.0;
        html! {
            tr.backed[is_backed] {
                th scope="row" { (self.name) }
                td.number { (decimals(Some(self.odds), 2)) }
                td.number { (tenths(self.market, false)) }
                td.number { (tenths(self.model, false)) }
                td.number { (tenths(self.edge(), true)) }
                td.number.plus[self.expected_value().is_some_and(|worth| worth > 0.0)] { (tenths(self.expected_value(), true)) }
                td.number { @if is_backed { (amount(self.at_stake)) } @else { "–" } }
            }
        }
    }
}

/// The selection that is backed. In the market of the winner the side alone is clear.
fn name(one: &LiveMatch, price: &Price) -> String {
    if is_match_odds(price) {
        price.selection.to_string()
    } else {
        let teams = [&one.home_team, &one.away_team].map(String::as_str);
        selection_name(&price.market, &price.selection, price.line, teams)
    }
}

fn is_match_odds(price: &Price) -> bool {
    price.market == MarketKind::MatchOdds.code()
}

/// A share in percent, to the tenth: more of it does not fit, and means nothing in play. The sign of percent stands apart,
/// because there is no room for it on a phone.
fn tenths(share: Option<f64>, is_signed: bool) -> Markup {
    let Some(share) = share else {
        return html! { "–" };
    };
    let number = if is_signed {
        signed_percentage(share, 1)
    } else {
        percentage(share, 1)
    };
    html! { (number) span.unit { " %" } }
}

/// The probability of a price without its margin, which is known where the same book prices home, draw and away.
fn fair(prices: &[Price], price: &Price, method: MarginMethod) -> Option<f64> {
    if !is_match_odds(price) {
        return None;
    }
    let set: Vec<&Price> = prices
        .iter()
        .filter(|other| other.market == price.market && other.book == price.book)
        .collect();
    let odds: Vec<f64> = set.iter().map(|other| other.odds).collect();
    let odds: [f64; MarketKind::MOST_SIDES] = odds.try_into().ok()?;
    let place = set.iter().position(|other| is_same(other, price))?;
    Some(margin::fair_of(odds, method).ok()?[place])
}

fn probability(one: &LiveMatch, price: &Price) -> Option<f64> {
    let prediction = one.prediction.as_ref()?;
    if !is_match_odds(price) {
        return None;
    }
    let sides = MarketKind::MatchOdds.sides();
    let side = sides.iter().find(|side| side.code() == price.selection)?;
    match side {
        Side::Home => Some(prediction.win_prob_home),
        Side::Draw => Some(prediction.draw_prob),
        Side::Away => Some(prediction.win_prob_away),
        Side::Over | Side::Under | Side::Yes | Side::No => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(book: &str, market: &'static str, odds: f64) -> Price {
        Price {
            market: market.into(),
            selection: "home".into(),
            line: None,
            book: book.to_owned(),
            odds,
        }
    }

    /// 2.02 less 5 % of what it wins is 1.969.
    #[test]
    fn the_best_price_is_the_one_that_leaves_most() {
        let prices = [price("b365", "1x2", 2.0), price("bfe", "1x2", 2.02)];
        let books = ["bfe", "b365"].map(|code| code.parse().unwrap());
        let shown = |commission: &str| {
            let best = best(&prices, &books, &commission.parse().unwrap());
            best.iter().map(|price| price.odds).collect::<Vec<f64>>()
        };
        assert_eq!(shown("0"), [2.02]);
        assert_eq!(shown("bfe=0.05"), [2.0]);
        assert_eq!(shown("bfe=0.05,bfe:1x2=0.01"), [2.02]);
    }
}
