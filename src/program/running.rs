//! The programs that run: none outlives this process, and none holds up its end.

use std::io;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether no program is waited for any more.
static STOP: AtomicBool = AtomicBool::new(false);
/// The processes that head a group.
static LEADERS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Ends every wait for a program in this process: a question under way is one of a run that was stopped, and none is put any
/// more.
pub fn stop_asking() {
    STOP.store(true, Ordering::Relaxed);
}

/// Ends every program that has a group of its own, with its group, for a process that is about to end without cleaning up.
pub fn end_all() {
    stop_asking();
    for leader in leaders().drain(..) {
        end_group(leader);
    }
}

/// Whether no program is waited for any more.
pub(super) fn is_stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Starts the head of a group; `None` where none is started any more.
pub(super) fn start(command: &mut Command) -> io::Result<Option<Child>> {
    // held while it starts, so that nothing starts between the end of all and that of this process
    let mut leaders = leaders();
    if is_stopped() {
        return Ok(None);
    }
    let child = command.spawn()?;
    leaders.push(child.id());
    Ok(Some(child))
}

/// Ends a group.
pub(super) fn end(leader: u32) {
    leaders().retain(|other| *other != leader);
    end_group(leader);
}

#[cfg(unix)]
fn end_group(leader: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = i32::try_from(leader).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // where all of it has ended there is nothing to do
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// There are no groups of processes; this ends those that the process started as well, as nothing in std does.
#[cfg(not(unix))]
fn end_group(leader: u32) {
    use std::process::Stdio;
    let mut end = Command::new("taskkill");
    end.args(["/F", "/T", "/PID", &leader.to_string()]);
    end.stdin(Stdio::null()).stdout(Stdio::null());
    // where all of it has ended there is nothing to do
    let _ = end.stderr(Stdio::null()).status();
}

fn leaders() -> MutexGuard<'static, Vec<u32>> {
    LEADERS.lock().unwrap_or_else(PoisonError::into_inner)
}
