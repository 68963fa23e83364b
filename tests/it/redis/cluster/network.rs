//! Machines of a test's own: network namespaces on a bridge, each with a cable that can be pulled and a line that is slow.

use std::path::Path;
use std::process::{Command, Stdio};

use super::super::server::entered;

/// Namespaces on a bridge, which end with this. The test itself is on the bridge, too.
pub struct Network {
    /// Begins the names of all its parts.
    tag: String,
    /// The first three numbers of all its addresses.
    net: String,
    machines: usize,
}

/// A namespace with an address of its own.
pub struct Machine {
    pub namespace: String,
    pub address: String,
    /// The end of its cable that is in the bridge.
    plug: String,
}

/// Runs `ip` with these arguments.
fn ip(arguments: &str) -> Result<String, String> {
    run("ip", arguments)
}

fn run(program: &str, arguments: &str) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments.split(' '))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program} {arguments}: {}", said.trim()))
}

/// Removes what tests that were killed have left.
fn sweep() {
    let of_the_dead = |name: &str| {
        let digits = name.strip_prefix("sbt")?;
        let process: String = digits.chars().take_while(char::is_ascii_digit).collect();
        (!process.is_empty() && !Path::new("/proc").join(&process).exists())
            .then(|| name.to_owned())
    };
    let names = |listed: String, place: usize| -> Vec<String> {
        let words = listed.lines().filter_map(|line| {
            line.split([' ', '@'])
                .filter(|word| !word.is_empty())
                .nth(place)
        });
        words
            .filter_map(|word| of_the_dead(word.trim_end_matches(':')))
            .collect()
    };
    for name in names(ip("netns list").unwrap_or_default(), 0) {
        let _ = ip(&format!("netns del {name}"));
    }
    for name in names(ip("-o link show type bridge").unwrap_or_default(), 1) {
        let _ = ip(&format!("link del {name}"));
    }
}

impl Network {
    /// A network without machines; `None`, with a message, where none can be made, unless one is required.
    pub fn new() -> Option<Self> {
        sweep();
        let process = std::process::id();
        // addresses that are set aside for measurements (RFC 2544)
        let net = format!("198.{}.{}", 18 + process / 256 % 2, process % 256);
        let network = Self {
            tag: format!("sbt{process}"),
            net,
            machines: 0,
        };
        match network.lay() {
            Ok(()) => Some(network),
            Err(why) => {
                let is_required = std::env::var_os("SIMBET_REQUIRE_NETNS").is_some();
                assert!(!is_required, "{why}, and SIMBET_REQUIRE_NETNS is set");
                eprintln!("skipped: no network namespaces can be made here ({why})");
                None
            }
        }
    }

    fn lay(&self) -> Result<(), String> {
        let Self { tag, net, .. } = self;
        ip(&format!("link add {tag}b type bridge"))?;
        ip(&format!("addr add {net}.1/24 dev {tag}b"))?;
        ip(&format!("link set {tag}b up"))?;
        ip(&format!("netns add {tag}-0"))?;
        ip(&format!(
            "link add {tag}v0 type veth peer name eth0 netns {tag}-0"
        ))?;
        Ok(())
    }

    /// A machine more.
    pub fn machine(&mut self) -> Machine {
        self.machines += 1;
        let (tag, number) = (&self.tag, self.machines);
        let machine = Machine {
            namespace: format!("{tag}-{number}"),
            address: format!("{}.{}", self.net, 10 + number),
            plug: format!("{tag}v{number}"),
        };
        let Machine {
            namespace,
            address,
            plug,
        } = &machine;
        for step in [
            format!("netns add {namespace}"),
            format!("link add {plug} type veth peer name eth0 netns {namespace}"),
            format!("link set {plug} master {tag}b up"),
            format!("-n {namespace} link set lo up"),
            format!("-n {namespace} addr add {address}/24 dev eth0"),
            format!("-n {namespace} link set eth0 up"),
        ] {
            ip(&step).unwrap();
        }
        machine
    }
}

impl Machine {
    /// The same command on this machine.
    pub fn on(&self, command: &Command) -> Command {
        let mut here = entered(&self.namespace, command.get_program());
        here.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => here.env(name, value),
                None => here.env_remove(name),
            };
        }
        here.current_dir(command.get_current_dir().unwrap_or(Path::new(".")))
            .stdin(Stdio::null());
        here
    }

    /// Pulls the cable: nothing comes through, and nobody is told.
    pub fn unplug(&self) {
        ip(&format!("link set {} down", self.plug)).unwrap();
    }

    /// Puts the cable back.
    pub fn plug(&self) {
        ip(&format!("link set {} up", self.plug)).unwrap();
    }

    /// Has each packet that it sends wait, or, where the kernel cannot do that, share a narrow line with the others.
    pub fn slow_down(&self) {
        let on = format!("-n {} qdisc add dev eth0 root", self.namespace);
        let narrow = || run("tc", &format!("{on} tbf rate 1mbit burst 16kb latency 2s"));
        run("tc", &format!("{on} netem delay 20ms 10ms"))
            .or_else(|_| narrow())
            .unwrap();
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for number in 0..=self.machines {
            // its end of the cable goes with it, and with that the other
            let _ = ip(&format!("netns del {}-{number}", self.tag));
        }
        let _ = ip(&format!("link del {}b", self.tag));
    }
}
