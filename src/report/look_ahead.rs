//! The sentence on forecasts that are better than those of one who has not seen the results can be.

use super::text_table::count;

/// How far a log loss may be below the market's before it is no forecast any more. All that prices know beyond how often sides
/// win at home, draw and win away is worth near 0.1, so that this is half of it again, and honest models lead by 0.01 at most.
const HONEST: f64 = 0.05;
/// The fewest matches that tell such a lead from luck: its standard error is then near 0.02 at most.
const FEWEST: u64 = 100;

/// Says so of a log loss that is so far below the market's over so many matches.
///
/// ```text
/// lead > 0.05 over at least 100 matches
/// ```
pub fn sentence(whose: &str, lead: f64, matches: u64) -> Option<String> {
    (lead > HONEST && matches >= FEWEST).then(|| {
        format!(
            "{whose} log loss is {lead:.5} below the market's over {} matches. A lead of more than {HONEST} is nearly always \
             look-ahead: a model that knew these results, whatever it says of when it knew them.",
            count(matches)
        )
    })
}
