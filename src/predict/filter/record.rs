//! The filter's memory of its last lessons, which can still be corrected.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lesson::Lesson;
use super::state::State;
use super::tuning::Tunings;
use crate::domain::{LeagueId, Match, Time};

/// Days for which a result can be taken back or put in its place. Corrections are read for thirty days after a result became
/// known, which is some days after its match day where that was late.
const DAYS: i64 = 2 * Match::REMEMBERED / Time::DAY;
/// Days between states that are kept.
const APART: i64 = 10;

/// The level of each division.
pub(super) type Levels = BTreeMap<LeagueId, u32>;

/// A state that is always the one to which all lessons lead in their order.
///
/// A filter cannot forget. So the lessons of the last two months are kept, with a state before every ten days of them: after a
/// correction, and when one comes late, it learns again from the last state before it. Lessons are learned when somebody asks.
#[derive(Debug, Clone)]
pub(super) struct Record {
    chapters: Vec<Chapter>,
    now: State,
    /// The first chapter, and the first of its lessons, that `now` has not learned.
    next: (usize, usize),
}

/// Ten days or more of lessons in their order.
#[derive(Debug, Clone)]
struct Chapter {
    before: Arc<State>,
    lessons: Vec<Lesson>,
}

/// What is saved of a record: the first state, and the lessons of each chapter.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedRecord(State, Vec<Vec<Lesson>>);

impl Default for Record {
    fn default() -> Self {
        let empty = Chapter {
            before: Arc::default(),
            lessons: Vec::new(),
        };
        Self {
            chapters: vec![empty],
            now: State::default(),
            next: (0, 0),
        }
    }
}

impl Record {
    /// Notes a lesson, and says whether a chapter begins with it.
    pub(super) fn add(&mut self, lesson: Lesson) -> bool {
        let (chapter, begins) = self.chapter_of(lesson.day);
        let lessons = &mut self.chapters[chapter].lessons;
        let place = lessons.partition_point(|other| other.order() <= lesson.order());
        lessons.insert(place, lesson);
        self.learn_again_from(chapter, place);
        begins
    }

    /// The chapter in which a day stands, and whether it is a new one because the last one is long enough.
    fn chapter_of(&mut self, day: i64) -> (usize, bool) {
        let start = |chapter: &Chapter| chapter.lessons.first().map(|lesson| lesson.day);
        let has_begun = |chapter: &Chapter| start(chapter).is_some_and(|start| start <= day);
        let chapter = self.chapters.iter().rposition(has_begun).unwrap_or(0);
        let is_long = start(&self.chapters[chapter]).is_some_and(|start| day >= start + APART);
        if !is_long || chapter + 1 < self.chapters.len() {
            return (chapter, false);
        }
        self.chapters.push(Chapter {
            // set when it is begun
            before: Arc::default(),
            lessons: Vec::new(),
        });
        (chapter + 1, true)
    }

    /// Takes a lesson back. Nothing changes where it is not among the last ones.
    pub(super) fn retract(&mut self, played: &Match) {
        for chapter in (0..self.chapters.len()).rev() {
            let lessons = &mut self.chapters[chapter].lessons;
            if let Some(place) = lessons.iter().rposition(|lesson| lesson.is_of(played)) {
                lessons.remove(place);
                self.learn_again_from(chapter, place);
                return;
            }
        }
    }

    /// Notes that lessons from this one on have changed.
    fn learn_again_from(&mut self, chapter: usize, place: usize) {
        if (chapter, place) < self.next {
            self.next = (chapter, 0);
            self.now = State::clone(&self.chapters[chapter].before);
        }
    }

    /// Forgets the chapters that ended so long ago that nothing in them is corrected any more.
    pub(super) fn forget_old(&mut self) {
        let newest = self.chapters.iter().rev().find_map(|it| it.lessons.last());
        let Some(newest) = newest.map(|lesson| lesson.day) else {
            return;
        };
        while self.next.0 > 0
            && let Some(first) = self.chapters[1].lessons.first()
            && newest - first.day > DAYS
        {
            self.chapters.remove(0);
            self.next.0 -= 1;
        }
    }

    /// Learns what has not been learned yet.
    pub(super) fn catch_up(&mut self, levels: &Levels, tunings: &Tunings) {
        loop {
            let (chapter, place) = self.next;
            let Some(lesson) = self.chapters[chapter].lessons.get(place) else {
                if chapter + 1 == self.chapters.len() {
                    return;
                }
                self.next = (chapter + 1, 0);
                // its first match is of a later day
                self.now.settle();
                self.chapters[chapter + 1].before = Arc::new(self.now.clone());
                continue;
            };
            let level = levels.get(&lesson.league()).copied().unwrap_or(0);
            self.now.learn(lesson, level, tunings);
            self.next.1 += 1;
        }
    }

    /// The state after all lessons that were caught up with.
    pub(super) const fn now(&self) -> &State {
        &self.now
    }

    pub(super) fn save(&self) -> SavedRecord {
        let lessons = self.chapters.iter().map(|it| it.lessons.clone());
        SavedRecord(State::clone(&self.chapters[0].before), lessons.collect())
    }

    /// The record that was saved; `None` where its parts do not belong together.
    pub(super) fn restored(SavedRecord(before, lessons): SavedRecord) -> Option<Self> {
        let is_in_order = lessons
            .iter()
            .flatten()
            .is_sorted_by(|one, other| one.order() <= other.order());
        let is_sound = before.is_sound() && !lessons.is_empty() && is_in_order;
        let now = before.clone();
        let mut before = Some(Arc::new(before));
        let chapters = lessons.into_iter().map(|lessons| Chapter {
            before: before.take().unwrap_or_default(),
            lessons,
        });
        is_sound.then(|| Self {
            chapters: chapters.collect(),
            now,
            next: (0, 0),
        })
    }
}
