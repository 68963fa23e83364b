//! A Redis of a test's own.

use std::ffi::OsStr;
use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ::redis::{Client, Connection, ErrorKind, FromRedisValue, ServerErrorKind, cmd};
use tempfile::TempDir;

use super::wait_for;

/// A `redis-server` with a folder of its own, which ends with this.
pub struct Server {
    child: Option<Child>,
    port: u16,
    folder: TempDir,
    options: Vec<String>,
    /// How a test's own client gets in.
    login: String,
    /// The address that it listens on, and the network namespace that it runs in.
    place: (String, Option<String>),
}

/// A program that runs in a network namespace.
pub fn entered(namespace: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("ip");
    // it becomes the program, under the same process id
    command.args(["netns", "exec", namespace]).arg(program);
    command
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Whether there is a `redis-server`; without one a test says so and is skipped, but not where it is required.
fn is_installed() -> bool {
    let found = Command::new("redis-server")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let is_required = std::env::var_os("SIMBET_REQUIRE_REDIS").is_some();
    assert!(
        found.is_ok() || !is_required,
        "redis-server is not installed, and SIMBET_REQUIRE_REDIS is set"
    );
    if found.is_err() {
        eprintln!("skipped: redis-server is not installed");
    }
    found.is_ok()
}

impl Server {
    /// One that loses nothing when it is killed; `None` where none is installed.
    pub fn start() -> Option<Self> {
        Self::with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// One with these options.
    pub fn with(options: &[&str]) -> Option<Self> {
        Self::for_user("", options)
    }

    /// One that a test gets into with this login, `user:password@`.
    pub fn for_user(login: &str, options: &[&str]) -> Option<Self> {
        Self::at(("127.0.0.1".to_owned(), None), login, options)
    }

    /// One in a network namespace, at its address.
    pub fn inside(namespace: &str, address: &str, options: &[&str]) -> Option<Self> {
        let open = [options, &["--protected-mode", "no"]].concat();
        let place = (address.to_owned(), Some(namespace.to_owned()));
        Self::at(place, "", &open)
    }

    fn at(place: (String, Option<String>), login: &str, options: &[&str]) -> Option<Self> {
        if !is_installed() {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let options = options
            .iter()
            .map(|option| option.replace("FOLDER", folder.path().to_str().unwrap()))
            .collect();
        let mut server = Self {
            child: None,
            port: 0,
            folder,
            options,
            login: login.to_owned(),
            place,
        };
        // a port may be taken between being found free and being used
        for _ in 0..20 {
            server.port = free_port();
            if server.try_start() {
                return Some(server);
            }
        }
        panic!("redis-server does not start:\n{}", server.log());
    }

    fn try_start(&mut self) -> bool {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .unwrap();
        let mut command = match &self.place.1 {
            Some(namespace) => entered(namespace, "redis-server"),
            None => Command::new("redis-server"),
        };
        command.args([
            "--port",
            &self.port.to_string(),
            "--bind",
            &self.place.0,
            "--save",
            "",
        ]);
        command
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.options);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let (url, id) = (self.url(), child.id());
        let is_up = wait_for("redis-server to answer", || {
            match child.try_wait().unwrap() {
                Some(_) => Some(false),
                None => is_loaded(&url, id).then_some(true),
            }
        });
        self.child = Some(child);
        is_up
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it anew after [`Self::kill`].
    pub fn restart(&mut self) {
        assert!(
            self.try_start(),
            "redis-server does not start again:\n{}",
            self.log()
        );
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("{}:{}", self.place.0, self.port)
    }

    pub fn host(&self) -> &str {
        &self.place.0
    }

    /// The id of its process.
    #[cfg(feature = "serve")]
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("a server that runs").id()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its address, with the login of the tests.
    pub fn url(&self) -> String {
        format!("redis://{}{}", self.login, self.address())
    }

    pub fn connection(&self) -> Connection {
        connection(&self.url()).expect("a connection to the test's own Redis")
    }

    /// Asks for one thing.
    pub fn ask<T: FromRedisValue>(&self, command: &[&str]) -> T {
        let mut asked = cmd(command[0]);
        asked.arg(&command[1..]);
        asked
            .query(&mut self.connection())
            .unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// The length of a stream.
    pub fn length(&self, stream: &str) -> u64 {
        self.ask(&["XLEN", stream])
    }

    /// How many entries a group is done with.
    pub fn done(&self, state: &str) -> u64 {
        self.ask::<Option<u64>>(&["HGET", state, "done_number"])
            .unwrap_or(0)
    }

    pub fn assert_nothing_pending(&self, stream: &str, group: &str) {
        let reply: ::redis::streams::StreamInfoGroupsReply = self.ask(&["XINFO", "GROUPS", stream]);
        let found = reply
            .groups
            .iter()
            .find(|found| found.name == group)
            .expect("the group");
        assert_eq!((found.pending, found.lag), (0, Some(0)), "{stream} {group}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("redis-server said:\n{}", self.log());
        }
    }
}

pub fn connection(url: &str) -> Result<Connection, ::redis::RedisError> {
    let connection = Client::open(url)?.get_connection_with_timeout(Duration::from_secs(5))?;
    connection.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(connection)
}

/// Whether the Redis there is this process, and has read what it knew before.
fn is_loaded(url: &str, process: u32) -> bool {
    let info: Result<String, _> = connection(url).and_then(|mut link| cmd("INFO").query(&mut link));
    match info {
        Ok(info) => {
            info.contains(&format!("process_id:{process}\r")) && info.contains("\nloading:0\r")
        }
        Err(error) => {
            let kind = error.kind();
            // one that lets nobody in is there as well
            matches!(
                kind,
                ErrorKind::AuthenticationFailed | ErrorKind::Server(ServerErrorKind::NoPerm)
            ) || error.code() == Some("NOAUTH")
        }
    }
}
