//! simbet as a process that can be stopped, killed and waited for.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::wait_for;

/// A simbet that runs, and ends with this.
pub struct Simbet {
    child: Child,
    what: String,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    out: Arc<Mutex<String>>,
}

/// What came of one.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// Its stderr.
    pub said: String,
    /// Its stdout.
    pub out: String,
}

/// A command that the environment of the tests does not change.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simbet"));
    for variable in [
        "REDIS_URL",
        "REDIS_USERNAME",
        "REDIS_PASSWORD",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "LOG_LEVEL",
    ] {
        command.env_remove(variable);
    }
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .args(arguments);
    command
}

impl Simbet {
    pub fn spawn(arguments: &[&[&str]]) -> Self {
        Self::run(command(&arguments.concat()))
    }

    pub fn run(mut command: Command) -> Self {
        let what = format!("{:?}", command.get_args().collect::<Vec<_>>());
        let piped = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let (said, out) = (Arc::default(), Arc::default());
        let readers = vec![
            listen(child.stderr.take().unwrap(), &said),
            listen(child.stdout.take().unwrap(), &out),
        ];
        Self {
            child,
            what,
            said,
            readers,
            out,
        }
    }

    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub fn out(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has said this on stderr.
    pub fn wait_until_said(&self, text: &str) {
        let what = format!("{} to say {text:?}", self.what);
        let start = super::now();
        while !self.said().contains(text) {
            assert!(
                start.elapsed() < super::PATIENCE,
                "waited in vain for {what}; it said:\n{}",
                self.said()
            );
            thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends a signal, such as `STOP`.
    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(self.id().to_string())
            .status()
            .unwrap();
        assert!(status.success(), "kill -{signal} of {}", self.what);
    }

    /// Ends it as SIGKILL does; what it said.
    pub fn kill(mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.said()
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ended {
        let start = super::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                start.elapsed() < super::PATIENCE,
                "{} does not end; it said:\n{}",
                self.what,
                self.said()
            );
            thread::sleep(std::time::Duration::from_millis(2));
        };
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        Ended {
            code: status.code(),
            said: self.said(),
            out: self.out.lock().unwrap().clone(),
        }
    }

    /// Waits for a good end; what it said.
    pub fn succeed(self) -> Ended {
        let what = self.what.clone();
        let ended = self.wait();
        assert_eq!(ended.code, Some(0), "{what}:\n{}", ended.said);
        ended
    }

    /// Waits for an end with this code, and that this was said of it.
    pub fn fail(self, code: i32, said: &str) -> Ended {
        let what = self.what.clone();
        let ended = self.wait();
        assert_eq!(ended.code, Some(code), "{what}:\n{}", ended.said);
        assert!(
            ended.said.contains(said),
            "{what} does not say {said:?}:\n{}",
            ended.said
        );
        assert!(!ended.said.contains("panicked"), "{what}:\n{}", ended.said);
        ended
    }

    /// How many ticks of the processor it has used, of which there are a hundred a second.
    pub fn ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().unwrap())
            .sum()
    }
}

impl Drop for Simbet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(from: impl Read + Send + 'static, into: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let (mut from, into) = (BufReader::new(from), Arc::clone(into));
    thread::spawn(move || {
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            into.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    })
}

/// Runs to a good end.
pub fn succeed(arguments: &[&[&str]]) -> Ended {
    Simbet::spawn(arguments).succeed()
}

/// Waits until a process is so far.
pub fn wait_until(simbet: &mut Simbet, what: &str, mut so_far: impl FnMut() -> bool) {
    wait_for(what, || {
        assert!(
            simbet.is_running(),
            "{} ended before {what}:\n{}",
            simbet.what,
            simbet.said()
        );
        so_far().then_some(())
    });
}
