"""What the attacks share: seeded chance, a scratch folder, what was counted and what failed, and programs under attack."""

import collections
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

SIMBET = os.path.abspath(os.environ["SIMBET"]) if "SIMBET" in os.environ else shutil.which("simbet")
ROOT = pathlib.Path(__file__).resolve().parent.parent
DATASET = str(ROOT / "datasets" / "epl.csv")
STOPS_WITHIN = 13.0  # the ten seconds that are promised, and a margin for a busy machine
AGAIN_WITHIN = 5.0
QUICK = 0.1  # of /health


class Attack:
    """An attack under way."""

    def __init__(self, name, seed, times, minutes):
        self.name, self.seed, self.times, self.minutes = name, seed, times, minutes
        self.random = random.Random(f"{name} {seed}")
        self.counts, self.faults = collections.Counter(), []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"attack-{name}-"))
        self.begun = time.monotonic()
        self.closing = contextlib.ExitStack()

    def elapsed(self):
        return time.monotonic() - self.begun

    def rounds(self):
        """Numbers the rounds until there were enough of them, or the time is over."""
        for number in itertools.count():
            if (self.times and number >= self.times) or (self.minutes and self.elapsed() > 60 * self.minutes):
                return
            yield number

    def pause(self, least, most):
        time.sleep(self.random.uniform(least, most))

    def note(self, text):
        print(f"  {self.elapsed():7.1f} s  {text}", flush=True)

    def check(self, holds, fault):
        """Counts a fault unless a promise holds."""
        if not holds:
            self.faults.append(fault)
            self.note(f"FAULT: {fault}")
        return holds

    def end(self):
        """Stops what is still running, and says what came of the attack."""
        self.closing.close()
        counts = ", ".join(f"{what} {number}" for what, number in sorted(self.counts.items()))
        verdict = f"{len(self.faults)} FAULTS, see {self.folder}" if self.faults else "OK"
        print(f"{self.name}, seed {self.seed}, {self.elapsed():.0f} s: {counts}: {verdict}", flush=True)
        if not self.faults:
            shutil.rmtree(self.folder, ignore_errors=True)
        return not self.faults


def simbet(*arguments, **options):
    """Runs the program to its end."""
    options = {"capture_output": True, "timeout": 600} | options
    return subprocess.run([SIMBET, *map(str, arguments)], **options)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(condition, patience):
    """The seconds until a condition holds; none if it does not in time."""
    begun = time.monotonic()
    while time.monotonic() - begun < patience:
        if condition():
            return time.monotonic() - begun
        time.sleep(0.02)
    return None


class Program:
    """A process that can be killed and started again, and ends with the attack. Its messages are in a log."""

    def __init__(self, attack, name, arguments, descriptors=None):
        self.attack, self.name, self.arguments = attack, name, [str(argument) for argument in arguments]
        self.log, self.process = attack.folder / f"{name}.log", None
        self.descriptors = descriptors
        attack.closing.callback(self.kill)

    def start(self):
        limit = self.descriptors and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors,) * 2))
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=limit, start_new_session=True)
        return self

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def send_signal(self, number):
        if self.is_running():
            self.process.send_signal(number)

    def kill(self):
        self.send_signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
            self.check_alone()

    def check_alone(self):
        """Processes that it started, such as backtests, end with it."""
        gone = wait_for(lambda: not processes_of(self.process.pid), 2)
        self.attack.check(gone is not None, f"{self.name} left processes behind: {processes_of(self.process.pid)}")

    def stop(self, number=signal.SIGTERM):
        """The exit code and how many seconds the stop took; one that does not come in time is a fault."""
        begun = time.monotonic()
        self.send_signal(number)
        took = wait_for(lambda: not self.is_running(), STOPS_WITHIN)
        if not self.attack.check(took is not None, f"{self.name} did not stop in {STOPS_WITHIN:.0f} s"):
            self.kill()
        self.check_alone()
        return self.process.returncode, time.monotonic() - begun

    def figures(self):
        """Memory in MB, descriptors and threads."""
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
            return int(status["VmRSS"].split()[0]) // 1024, len(os.listdir(folder / "fd")), int(status["Threads"])
        except (OSError, KeyError):
            return 0, 0, 0

    def said(self, last=300):
        return self.log.read_text(errors="replace")[-last:].strip().replace("\n", " | ")


def processes_of(session):
    """The processes of a session that have not ended."""
    found = []
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, own = status.read_text().rsplit(")", 1)[1].split()[:4]
            if int(own) == session and state != "Z":
                found.append(status.parent.name)
    return found


class Service(Program):
    """`simbet serve`, and its store."""

    def __init__(self, attack, *options, name="serve", store=None, **settings):
        self.port, self.store = free_port(), pathlib.Path(store or attack.folder / f"{name}.db")
        listen = f"127.0.0.1:{self.port}"
        super().__init__(attack, name, [SIMBET, "serve", "--listen", listen, "--store", self.store, *options], **settings)

    def start(self, patience=60):
        super().start()
        started = wait_for(lambda: not self.is_running() or self.answers(), patience)
        self.attack.check(started is not None and self.is_running(), f"{self.name} did not start: {self.said()}")
        return self

    def request(self, method, path, body=None, headers=(), timeout=15):
        """The status and the text of an answer; a body that is no text is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            return send(connection, method, path, body, headers)
        finally:
            connection.close()

    def answers(self):
        """Whether it answers at all."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.request("GET", "/health", timeout=2)
            return True
        return False

    def health(self):
        """The seconds that /health took to say that all is well; infinite if it does not."""
        begun = time.monotonic()
        with contextlib.suppress(OSError, http.client.HTTPException):
            if self.request("GET", "/health", timeout=2)[0] == 200:
                return time.monotonic() - begun
        return float("inf")


def send(connection, method, path, body=None, headers=()):
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    connection.request(method, path, body, {"Content-Type": "application/json"} | dict(headers))
    response = connection.getresponse()
    return response.status, response.read().decode(errors="replace")


class Redis(Program):
    """A server of one's own, which forgets nothing that it answered."""

    def __init__(self, attack, name="redis"):
        self.port, folder = free_port(), attack.folder / name
        folder.mkdir()
        self.url = f"redis://127.0.0.1:{self.port}"
        super().__init__(attack, name, [
            "redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
            "--appendfsync", "always", "--dir", folder])

    def start(self, patience=30):
        super().start()
        self.attack.check(wait_for(self.answers, patience) is not None, f"no Redis: {self.said()}")
        return self

    def answers(self):
        try:
            return self.command("PING") == b"PONG"
        except OSError:
            return False

    def command(self, *words):
        """The reply to a command: bytes, a number, a list or none."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection, connection.makefile("rwb") as file:
            words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
            file.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
            file.flush()
            return reply(file)

    def entries(self, stream):
        """Every entry of a stream, its fields as a dictionary."""
        found = self.command("XRANGE", stream, "-", "+")
        return [dict(zip(fields[::2], fields[1::2])) for _, fields in found]


def reply(file):
    line = file.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("Redis closed the connection")
    kind, rest = line[:1], line[1:-2]
    if kind == b"$":
        return None if rest == b"-1" else file.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return None if rest == b"-1" else [reply(file) for _ in range(int(rest))]
    if kind == b"-":
        raise ConnectionError(rest.decode())
    return int(rest) if kind == b":" else rest


class Disk:
    """A small file system in memory, which can be full for a while. It needs root."""

    def __init__(self, attack, megabytes, name="disk"):
        if os.geteuid():
            raise PermissionError("only root can make a small file system in memory")
        self.folder = attack.folder / name
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={int(megabytes * 1024)}k", "tmpfs", self.folder], check=True)
        attack.closing.callback(self.unmount)

    def unmount(self):
        subprocess.run(["umount", "-l", self.folder], check=False, capture_output=True)

    def fill(self, leave=0):
        """Takes all room but some bytes."""
        with contextlib.suppress(OSError), open(self.folder / "filler", "wb") as filler:
            while self.free() > leave:
                os.posix_fallocate(filler.fileno(), 0, os.fstat(filler.fileno()).st_size + self.free() - leave)

    def free(self):
        room = os.statvfs(self.folder)
        return room.f_bavail * room.f_frsize

    def clear(self):
        (self.folder / "filler").unlink(missing_ok=True)
