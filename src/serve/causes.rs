//! An error and what it came from.

use std::error::Error;
use std::iter::successors;

/// An error and its causes, one after the other.
pub fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source())
}

/// An error with its causes, in one line.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<_> = causes(error).map(|error| error.to_string()).collect();
    texts.join(": ")
}
