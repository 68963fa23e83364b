//! The order in which settings are played, and how machines share them out.

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::SweepConfig;
use crate::config::Shard;

/// The settings in groups that share predictions, in the order in which each first comes: first those that read the files in
/// the same way, within these those of the same replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan(Vec<Group>);

/// Settings that share their predictions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Which way of reading the files it is, from 0.
    pub read: usize,
    /// Which replay of these it is, from 0.
    pub replay: usize,
    /// The places of the settings in the grid.
    pub places: Vec<usize>,
}

impl Plan {
    /// The plan of a search.
    pub fn new(config: &SweepConfig) -> Self {
        let mut groups = Vec::new();
        let task = |place: &usize| config.search_task(*place).config;
        let all: Vec<usize> = (0..config.points.len()).collect();
        let by_read = grouped(all, |place| digest(&task(place).read));
        for (read, places) in by_read.into_iter().enumerate() {
            let by_replay = grouped(places, |place| digest(task(place).replay));
            for (replay, places) in by_replay.into_iter().enumerate() {
                let by_model = grouped(places, |place| {
                    let engine = task(place).engine;
                    digest((&engine.model, &engine.pools))
                });
                groups.extend(by_model.into_iter().map(|places| Group {
                    read,
                    replay,
                    places,
                }));
            }
        }
        Self(groups)
    }

    /// A single setting.
    pub(super) fn of(place: usize) -> Self {
        Self(vec![Group {
            read: 0,
            replay: 0,
            places: vec![place],
        }])
    }

    /// The number of settings.
    pub fn len(&self) -> usize {
        self.0.iter().map(|group| group.places.len()).sum()
    }

    /// Whether it has no setting.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn groups(&self) -> &[Group] {
        &self.0
    }

    /// The places of the settings in the grid, in the order in which they are played.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().flat_map(|group| group.places.iter().copied())
    }

    /// The part of the order that a shard plays. Shards are even, but for groups that share predictions: a cut that would
    /// divide one goes to its nearer end, if that is within a quarter of a share.
    pub fn share(&self, shard: Shard) -> Range<usize> {
        let all = self.len() as u64;
        let even = shard.of(all);
        let most = all / shard.count() / 4;
        let bound = |ideal: u64| {
            let near = self.nearest_end(ideal as usize);
            let may_move = (near as u64).abs_diff(ideal) <= most;
            if may_move { near } else { ideal as usize }
        };
        bound(even.start)..bound(even.end)
    }

    /// The end of a group that is nearest to a place in the order.
    fn nearest_end(&self, place: usize) -> usize {
        let (mut end, mut nearest) = (0_usize, 0_usize);
        for group in &self.0 {
            end += group.places.len();
            if end.abs_diff(place) < nearest.abs_diff(place) {
                nearest = end;
            }
        }
        nearest
    }

    /// The settings within a part of the order.
    #[must_use]
    pub fn part(&self, range: &Range<usize>) -> Self {
        let mut start = 0;
        let mut groups = Vec::new();
        for group in &self.0 {
            let length = group.places.len();
            let from = range.start.clamp(start, start + length) - start;
            let to = range.end.clamp(start, start + length) - start;
            if from < to {
                groups.push(Group {
                    places: group.places[from..to].to_vec(),
                    ..*group
                });
            }
            start += length;
        }
        Self(groups)
    }
}

/// Groups items by key, in the order in which each key first comes.
pub(super) fn grouped<T>(all: Vec<T>, key: impl Fn(&T) -> [u8; 16]) -> Vec<Vec<T>> {
    let (mut places, mut groups) = (HashMap::new(), Vec::<Vec<T>>::new());
    for one in all {
        let place = *places.entry(key(&one)).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(one);
    }
    groups
}

/// A digest of settings by which those that are alike are known.
pub(super) fn digest(value: impl Serialize) -> [u8; 16] {
    // settings are plain data, which serializes without errors
    let text = serde_json::to_string(&value).unwrap_or_default();
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(text)[..16]);
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(sizes: &[usize]) -> Plan {
        let mut next = 0;
        Plan(
            sizes
                .iter()
                .map(|&size| {
                    let places = (next..next + size).collect();
                    next += size;
                    Group {
                        read: 0,
                        replay: 0,
                        places,
                    }
                })
                .collect(),
        )
    }

    fn shares(plan: &Plan, of: usize) -> Vec<Range<usize>> {
        (1..=of)
            .map(|number| plan.share(format!("{number}/{of}").parse().unwrap()))
            .collect()
    }

    #[test]
    fn cuts_go_to_the_ends_of_groups_that_are_near() {
        assert_eq!(shares(&plan(&[9, 11]), 2), [0..9, 9..20]);
        assert_eq!(shares(&plan(&[4; 10]), 4), [0..8, 8..20, 20..28, 28..40]);
        // one large group has to be divided
        assert_eq!(
            shares(&plan(&[1_000]), 4),
            [0..250, 250..500, 500..750, 750..1_000]
        );
        assert_eq!(shares(&plan(&[2]), 3), [0..0, 0..1, 1..2]);
    }

    proptest! {
        #[test]
        fn shares_are_neighbours_and_parts_are_all(sizes in prop::collection::vec(1_usize..40, 1..20), of in 1_usize..30) {
            let plan = plan(&sizes);
            let mut end = 0;
            let mut places = Vec::new();
            for share in shares(&plan, of) {
                prop_assert_eq!(share.start, end);
                prop_assert!(share.start <= share.end);
                end = share.end;
                let part = plan.part(&share);
                prop_assert_eq!(part.len(), share.len());
                places.extend(part.places());
            }
            prop_assert_eq!(end, plan.len());
            prop_assert!(places.into_iter().eq(plan.places()));
        }
    }
}
