//! A source of your own: rounds made by hand, as a feed or a generator would make them.
//!
//! ```sh
//! cargo run --release --example own_source
//! ```

use std::sync::Arc;

use simbet::Engine;
use simbet::run;
use simbet::{
    Book, Fixture, Match, MatchState, MatchStatus, Names, Odds, Offer, Quote, Round, Score,
    Selection, Time,
};
use simbet::{NextRound, Source, SourceError};
use simbet::{RunConfig, Settings};

/// The home side is offered at 2.10 every day, and wins two matches of three.
struct EveryDay {
    names: Names,
    day: i64,
}

impl EveryDay {
    fn fixture(&mut self, day: i64) -> Arc<Fixture> {
        let id = Fixture::id_of("Example", &day.to_string(), "Home", "Away");
        let (home, away) = (
            self.names.intern_team("Home"),
            self.names.intern_team("Away"),
        );
        let league = self.names.intern_league("Example");
        Arc::new(Fixture {
            id,
            league,
            home,
            away,
            season: 1970,
            day: Time::from_days(day),
            kickoff: None,
            neutral: false,
        })
    }
}

impl Source for EveryDay {
    fn next_round(&mut self, round: &mut Round) -> Result<NextRound, SourceError> {
        if self.day == 30 {
            return Ok(NextRound::End);
        }
        let time = Time::from_days(self.day);
        round.reset(time);
        if self.day > 0 {
            let score = Score {
                home: u8::from(self.day % 3 != 0),
                away: 0,
            };
            round.results.push(Match {
                fixture: self.fixture(self.day - 1),
                score,
                status: MatchStatus::Played,
                statistics: None,
            });
        }
        let odds = Odds::new(2.1).expect("2.1 is above 1");
        let quote = Quote {
            selection: Selection::HOME,
            odds,
            book: Book::AVG,
            as_of: time,
        };
        round.offers.push(Offer {
            fixture: self.fixture(self.day),
            state: MatchState::default(),
            quotes: vec![quote],
        });
        self.day += 1;
        Ok(NextRound::Round)
    }

    fn names(&self) -> &Names {
        &self.names
    }
}

/// Backs the home side with 100 a day for thirty days; the last bet stays open.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = "strategy = 'flat'\nselections = ['home']\nbankroll = 10000";
    let config = RunConfig::resolve(&Settings::from_toml(settings)?)?;
    let mut engine = Engine::new(&config.engine)?;
    let mut source = EveryDay {
        names: Names::default(),
        day: 0,
    };
    let summary = run(&mut source, &mut engine, &mut [], &mut |_| {})?;
    println!(
        "{} bets, {} won, {} open, profit {}",
        summary.bets, summary.won, summary.open, summary.profit
    );
    assert_eq!(
        (summary.bets, summary.won, summary.lost, summary.open),
        (30, 20, 9, 1)
    );
    assert_eq!(summary.profit.to_string(), "1300.00");
    Ok(())
}
