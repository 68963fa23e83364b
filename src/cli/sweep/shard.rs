//! A part of the settings of a sweep, run for others to put together.

use std::ops::Range;
use std::path::Path;

use serde_json::json;

use super::{Sweep, engines_of, note_taken_over, open};
use crate::cli::grid_input::{InputReader, load_probabilities};
use crate::cli::{Console, Typed, progress, settings, signals};
use crate::config::Shard;
use crate::report::text_table::count;
use crate::results::{Committed, Folder, Journal, Span, ensure_no_other_part};
use crate::sweep::{self, Plan, SweepConfig};

/// The name of the command in its parts.
pub const COMMAND: &str = "sweep";

impl Sweep {
    /// Runs the settings of a part, and keeps them in a folder.
    pub(super) fn part(
        &self,
        shard: Shard,
        mut config: SweepConfig,
        typed: &Typed,
        console: Console,
    ) -> anyhow::Result<()> {
        typed.refuse(
            &["format"],
            "a part prints no results; give it to simbet merge",
        )?;
        let out = self.out.as_deref().unwrap_or_else(|| Path::new("."));
        ensure_no_other_part(out, COMMAND, shard)?;
        let mut journal = open(out, console)?;
        let mut reader = InputReader::new(&self.inputs, console);
        load_probabilities(&self.inputs, &mut config.points, &mut reader, console)?;
        let places = Plan::new(&config).share(shard);
        let mut run = json!({ "command": self.layers.record(&typed.arguments)? });
        self.describe(&config, &mut run);
        run["inputs"] = self.play(&config, &places, &mut reader, &mut journal, console)?;
        run["journal"] = journal.digest()?.into();
        settings::remark(engines_of(&config.points), console);
        let all = config.points.len() as u64;
        let items = places.start as u64..places.end as u64;
        Span::new(COMMAND, shard, items.clone(), all).mark(&mut run);
        let wait = signals::waiting(console);
        let committed = Folder::create(out, &wait)?.commit(&run)?;
        console.note(written(shard, &items, all, &committed));
        Ok(())
    }

    /// Runs the settings of these places in the plan; the files that were read.
    fn play(
        &self,
        config: &SweepConfig,
        places: &Range<usize>,
        reader: &mut InputReader<'_>,
        journal: &mut Journal,
        console: Console,
    ) -> anyhow::Result<serde_json::Value> {
        let stop = signals::stop_on_signals();
        let bar = progress::settings(console, "sweeping", places.len() as u64);
        let played = sweep::play_part(
            config,
            places,
            &mut |config| reader.read(config),
            journal,
            &stop,
            &|done| bar.set_position(done as u64),
        );
        bar.finish_and_clear();
        let (taken_over, matches) = played.map_err(|error| self.explained(error))?;
        note_taken_over(console, places.len(), taken_over);
        Ok(json!(matches.inputs))
    }
}

/// What was written, and what to do when all parts are there.
fn written(shard: Shard, items: &Range<u64>, all: u64, committed: &Committed) -> String {
    let (out, in_place) = (committed.path.display(), committed.in_place());
    let settings = count(items.end - items.start);
    let all = count(all);
    format!(
        "{out} has part {shard}{in_place}: {settings} of {all} settings; simbet merge puts the parts together"
    )
}
