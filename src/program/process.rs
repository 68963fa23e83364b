//! A process that is written to and read from without ever waiting for it in vain.
//!
//! One thread writes, one reads and one keeps the last lines of stderr: a program that writes before it reads, reads nothing or
//! floods its stderr stops none of them. The process has ended and is waited for when its [`Process`] is gone.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::running;
use super::tail::{Tail, read_pieces};

/// The most bytes of a line that is read: a round of a thousand grids has fewer.
pub const MOST_OF_LINE: u64 = 16 << 20;
/// How many lines may wait to be read; a program that writes more than its answers is held up, so that memory is bounded.
const UNREAD: usize = 16;
/// How often a wait looks whether it is still wanted.
const TICK: Duration = Duration::from_millis(100);
/// How long a program may take to end by itself once its stdin is closed.
const GRACE: Duration = Duration::from_secs(3);
/// How long a program that has closed its stdout may take to end, so that it can be said how it did.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// A process with its pipes.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Texts to be written; `None` once no more are.
    texts: Option<Sender<Vec<u8>>>,
    news: Receiver<News>,
    /// Texts that are on their way into the pipe.
    unwritten: usize,
    /// Lines that came while something else was waited for.
    lines: VecDeque<Vec<u8>>,
    tail: Arc<Mutex<Tail>>,
    /// Whether it heads a group of processes, which ends with it.
    leads_group: bool,
    /// Whether it was ended and waited for: its number may be another's by now.
    is_over: bool,
}

/// What the threads of the pipes have to say.
#[derive(Debug)]
enum News {
    /// A line came, without its end.
    Line(Vec<u8>),
    /// A text is in the pipe.
    Written,
    /// A line is longer than any may be; this is its beginning.
    TooLong(Vec<u8>),
    /// It reads no more.
    Deaf,
    /// It writes no more.
    Mute,
}

/// Why a process does not go on.
#[derive(Debug)]
pub enum Fault {
    /// It cannot be started.
    NotStarted(io::Error),
    /// It ended.
    Ended(ExitStatus),
    /// It closed its stdin or stdout, and did not end.
    Closed,
    /// It took too long.
    Silent {
        /// Whether it has not even read what it is told.
        unread: bool,
    },
    /// It wrote a line without an end, which begins so.
    TooLong(Vec<u8>),
    /// It writes and writes without being asked; this is a line of it.
    Talkative(Vec<u8>),
    /// It is not wanted any more.
    Stopped,
}

/// Whose group of processes a process belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// One of its own: what a terminal says to simbet is not meant for it.
    Own,
    /// That of this process, which whoever started this one will end.
    Inherited,
}

impl Process {
    /// Starts a process.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(mut command: Command, group: Group) -> Result<Self, Fault> {
        command
            .env_remove("SIMBET_API_TOKEN")
            // a line that waits in a buffer of Python's is the commonest reason for an answer that does not come
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        if group == Group::Own {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
        }
        let started = match group {
            Group::Own => running::start(&mut command),
            Group::Inherited => command.spawn().map(Some),
        };
        let mut child = started.map_err(Fault::NotStarted)?.ok_or(Fault::Stopped)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (texts, to_write) = channel();
        let (sender, news) = sync_channel(UNREAD);
        let process = Self {
            child,
            texts: Some(texts),
            news,
            unwritten: 0,
            lines: VecDeque::new(),
            tail: Arc::default(),
            leads_group: group == Group::Own,
            is_over: false,
        };
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(Fault::NotStarted(io::Error::other("it has no pipes")));
        };
        let (tail, deaf) = (Arc::clone(&process.tail), sender.clone());
        let threads = [
            spawn("model-stdin", move || write_all(stdin, &to_write, &deaf)),
            spawn("model-stdout", move || read_lines(stdout, &sender)),
            spawn("model-stderr", move || {
                read_pieces(stderr, |piece| {
                    let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
                    tail.add(piece, |line| tracing::info!("the model's program: {line}"));
                })
            }),
        ];
        match threads.into_iter().collect::<io::Result<()>>() {
            Ok(()) => Ok(process),
            Err(error) => Err(Fault::NotStarted(error)),
        }
    }

    /// Writes a text, and waits until the one before it is in the pipe.
    ///
    /// # Errors
    /// When the process does not go on, reads nothing for so long, or `stop` is raised.
    pub fn write(
        &mut self,
        text: Vec<u8>,
        patience: Duration,
        stop: &AtomicBool,
    ) -> Result<(), Fault> {
        while self.unwritten > 0 {
            self.advance(patience, stop)?;
        }
        let sent = self.texts.as_ref().map(|texts| texts.send(text));
        match sent {
            Some(Ok(())) => {
                self.unwritten += 1;
                Ok(())
            }
            // the thread ends only after it has said why
            Some(Err(_)) | None => Err(self.advance(patience, stop).err().unwrap_or(Fault::Closed)),
        }
    }

    /// The next line that it writes, without its end.
    ///
    /// # Errors
    /// When the process does not go on, takes longer than that, or `stop` is raised. The time counts anew when a part of what
    /// it was told is in the pipe.
    pub fn read(&mut self, patience: Duration, stop: &AtomicBool) -> Result<Vec<u8>, Fault> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Ok(line);
            }
            self.advance(patience, stop)?;
        }
    }

    /// A line that it has written and nobody has read, where there is one by now.
    ///
    /// # Errors
    /// When the process does not go on.
    pub fn unread(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        while let Ok(news) = self.news.try_recv() {
            self.take(news)?;
        }
        Ok(self.lines.pop_front())
    }

    /// Waits until something happens.
    fn advance(&mut self, patience: Duration, stop: &AtomicBool) -> Result<(), Fault> {
        let mut left = patience;
        loop {
            if stop.load(Ordering::Relaxed) || running::is_stopped() {
                return Err(Fault::Stopped);
            }
            let tick = left.min(TICK);
            match self.news.recv_timeout(tick) {
                Ok(news) => return self.take(news),
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
                Err(RecvTimeoutError::Timeout) => left -= tick,
            }
            // what it has started may hold its stdout open
            if let Ok(Some(status)) = self.child.try_wait() {
                return match self.news.try_recv() {
                    Ok(news) => self.take(news),
                    Err(_) => Err(Fault::Ended(status)),
                };
            }
            if left.is_zero() {
                let unread = self.unwritten > 0;
                return Err(Fault::Silent { unread });
            }
        }
    }

    fn take(&mut self, news: News) -> Result<(), Fault> {
        match news {
            News::Line(line) if self.lines.len() == UNREAD => return Err(Fault::Talkative(line)),
            News::Line(line) => self.lines.push_back(line),
            News::Written => self.unwritten -= 1,
            News::TooLong(beginning) => return Err(Fault::TooLong(beginning)),
            News::Deaf | News::Mute => return Err(self.ended()),
        }
        Ok(())
    }

    /// How it ended, once a pipe of it has.
    fn ended(&mut self) -> Fault {
        match self.wait_for(LAST_BREATH) {
            Some(status) => Fault::Ended(status),
            None => Fault::Closed,
        }
    }

    /// Waits for its end, so long at most. There is no such wait in the standard library, so this one looks again and again.
    fn wait_for(&mut self, patience: Duration) -> Option<ExitStatus> {
        let (mut left, mut pause) = (patience, Duration::from_millis(1));
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            if left.is_zero() {
                return None;
            }
            let rest = pause.min(left);
            thread::sleep(rest);
            left -= rest;
            pause = (2 * pause).min(Duration::from_millis(20));
        }
    }

    /// Ends it at once, and returns the last lines that it wrote to stderr.
    pub fn kill(mut self) -> Vec<String> {
        self.texts = None;
        // the lines of one that has ended by itself may still be in the pipe
        let _ = self.wait_for(Duration::from_millis(50));
        self.end();
        let mut patience = 20;
        // the thread that keeps the tail holds it until the pipe is closed
        while Arc::strong_count(&self.tail) > 1 && patience > 0 {
            thread::sleep(Duration::from_millis(10));
            patience -= 1;
        }
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.lines()
    }

    /// Ends it and its group, and waits for it.
    fn end(&mut self) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        if self.leads_group {
            running::end(self.child.id());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    /// Closes its stdin, which ends a program that reads lines, and ends it where it goes on all the same.
    fn drop(&mut self) {
        if self.texts.take().is_some() {
            let _ = self.wait_for(GRACE);
        }
        self.end();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
}

/// Writes texts into the pipe, and says when each is in it.
fn write_all(mut pipe: ChildStdin, texts: &Receiver<Vec<u8>>, news: &SyncSender<News>) {
    for text in texts {
        let is_written = pipe.write_all(&text).is_ok();
        let word = if is_written {
            News::Written
        } else {
            News::Deaf
        };
        if news.send(word).is_err() || !is_written {
            return;
        }
    }
}

/// Reads lines to the end, or to one that is longer than any may be.
fn read_lines(pipe: ChildStdout, news: &SyncSender<News>) {
    let mut pipe = BufReader::with_capacity(1 << 16, pipe);
    loop {
        let mut line = Vec::new();
        let read = pipe
            .by_ref()
            .take(MOST_OF_LINE)
            .read_until(b'\n', &mut line);
        let word = match read {
            Ok(0) | Err(_) => News::Mute,
            Ok(_) if line.ends_with(b"\n") => {
                line.pop();
                News::Line(line)
            }
            Ok(read) if read as u64 == MOST_OF_LINE => News::TooLong(line),
            // the last line may lack its end
            Ok(_) => News::Line(line),
        };
        let is_last = matches!(word, News::Mute | News::TooLong(_));
        if news.send(word).is_err() || is_last {
            return;
        }
    }
}
