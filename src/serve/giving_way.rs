//! Work that gives way to everything else that this process does.

use std::thread;

use super::store::StoreError;

/// How nice such work is, from 0 to 19: where all processors are busy it gets a third of what others get, so that it ends.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

/// Does something in a thread of its own, of lower priority, and waits for it. It cannot be a thread that does other things
/// later: the priority does not come back.
///
/// # Errors
/// When there can be no thread.
pub fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, StoreError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("page".to_owned())
            .spawn_scoped(scope, || {
                give_way();
                work()
            })
            .map_err(StoreError::Thread)?;
        let panicked = |_| StoreError::Thread(std::io::Error::other("it panicked"));
        thread.join().map_err(panicked)
    })
}

/// On Linux a priority is that of a thread, elsewhere that of the whole process.
#[cfg(target_os = "linux")]
fn give_way() {
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!("the page is rendered at the priority of the engine: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
const fn give_way() {}
