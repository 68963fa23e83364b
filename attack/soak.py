"""a long mixed load with faults: every answer is in the store once, and memory, descriptors and latencies stay flat

Two services: one keeps its store on a small disk, the other goes by way of Redis and a trader. While clients post matches,
faults come and go: readers and writers of the store, a full disk, SIGSTOP, kills and stops, Redis that is killed or stopped, uploads,
backtests, invented matches, half-open connections, bad requests, and events of odd clocks. After each the service has to
answer within five seconds, and the ledgers are checked at the end.
"""

import contextlib
import datetime
import http.client
import json
import pathlib
import signal
import socket
import sqlite3
import statistics
import time

from connections import HALF_OPEN, LISTENER, close, open_many
from disks import answers_again
from harness import DATASET, SIMBET, Disk, Program, Redis, Service
from load import SETTINGS, Load, recount

MINUTES = 60
SAMPLES = 30
RESTARTS = {"killed", "restarted"}  # only in the first third, so that what grows has time to
DISK, DISK_A_MINUTE = 600, 30  # MB: the log of the store grows while somebody reads
READS = 30  # seconds that a reader stays at most

# of what is refused: none of it may be answered with 500, or change anything
BAD_BODIES = [
    b"", b"{", b"[]", b"null", b'{"match_id":1e999}', b"\xff\xfe", b'{"a":' * 2000, b'"' + b"a" * 70000 + b'"',
    b'{"match_id":"x\\u0000","home_team":"A","away_team":"B"}', b'{"match_id":"\\ud800"}', b"1" * 60000,
    json.dumps({"match_id": "m", "home_team": "A\n", "away_team": "\u202eB", "minute": -3, "home_goals": 1e9, "away_goals": None,
                "market_odds_home": "NaN", "market_odds_away": -1, "timestamp": "yesterday"}).encode(),
]
BAD_PATHS = ["/bets?limit=-1", "/bets?cursor=%ff%zz", "/bets/%00/settle?home_goals=x", "/backtests/../../etc/passwd", "/nowhere",
             "/simulate/match?duration_minutes=1e9", "/bets?limit=99999999999999999999", "//", "/bets?from=9999-99-99"]
RAW = [b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /match-events HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
       b"POST /match-events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"\x16\x03\x01" * 50,
       b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n", b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n"]


class Victim:
    """A service under load, and what can be done to it."""

    def __init__(self, attack, service, load):
        self.attack, self.service, self.load, self.chance = attack, service, load, attack.random
        self.reading, self.reads_since = None, 0

    def connect(self):
        return sqlite3.connect(self.service.store, isolation_level=None, timeout=5, check_same_thread=False)

    def programs(self):
        return [self.service]

    def reader(self):
        """Somebody looks into the store, and leaves a transaction open while other faults come."""
        self.end_reading()
        self.reading, self.reads_since = self.connect(), self.attack.elapsed()
        self.reading.execute("BEGIN")
        self.reading.execute("SELECT COUNT(*) FROM events").fetchone()

    def end_reading(self, after=0):
        if self.reading and self.attack.elapsed() - self.reads_since >= after:
            self.reading.close()
            self.reading = None

    def writer(self):
        with contextlib.closing(self.connect()) as store, contextlib.suppress(sqlite3.OperationalError):
            store.execute(self.chance.choice(["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"]))
            self.attack.pause(1, 4)
            store.execute("ROLLBACK")

    def burst(self):
        """As many events as the service can take, for some seconds."""
        with Load(self.service, f"burst {self.attack.elapsed()}", clients=8, begun=self.load.begun) as more:
            self.attack.pause(1, 4)
        self.load.answers.update(more.answers)
        self.load.codes.update(more.codes)

    def stopped(self):
        self.service.send_signal(signal.SIGSTOP)
        self.attack.pause(0.5, 3)
        self.service.send_signal(signal.SIGCONT)

    def killed(self):
        self.service.kill()
        self.service.start()

    def restarted(self):
        code, _ = self.service.stop()
        self.attack.check(code == 0, f"{self.service.name} stopped with {code}: {self.service.said()}")
        self.service.start()

    def uploads(self):
        """Backtests, some of them taken back at once, one too large, and uploads that stall."""
        csv = pathlib.Path(DATASET).read_text()
        stalled = b"POST /backtests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 16000000\r\n\r\n"
        opened = open_many(self.attack, self.service, 5, stalled + b'{"csv":"' + b"a" * 1_000_000)
        many = "".join(f"2020-01-01,T{team},T{(team * 7 + 1) % 25_000},1,0,,,\n" for team in range(25_000))
        header = "date,home_team,away_team,home_goals,away_goals,odds_home,odds_draw,odds_away\n"
        for body in ({"csv": csv}, {"csv": csv}, {"csv": csv}, {"csv": header + many}, {"csv": "\x00" * 1000}):
            status, text = self.ask("POST", "/backtests", body)
            if status == 202 and self.chance.random() < 0.5:
                self.ask("DELETE", f"/backtests/{json.loads(text)['id']}")
        slowest = min(self.service.health() for _ in range(3))
        self.attack.check(slowest < 1, f"{self.service.name}: /health takes {slowest:.1f} s beside backtests")
        close(opened)

    def invented(self):
        self.ask("POST", f"/simulate/match?home_team=Ash&away_team=Bay&seed={self.chance.randrange(1000)}&pace=90", timeout=30)

    def connections(self):
        opened = open_many(self.attack, self.service, 200, HALF_OPEN) + open_many(self.attack, self.service, 50, LISTENER)
        self.attack.pause(0.5, 2)
        close(opened)

    def bad_requests(self):
        for body in self.chance.sample(BAD_BODIES, 5):
            for path in ("/match-events", "/match-results", "/predictions"):
                self.expect_refusal("POST", path, body)
        for path in BAD_PATHS:
            self.expect_refusal(self.chance.choice(["GET", "POST", "DELETE", "BREW"]), path)
        for request in RAW:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.service.port), timeout=5) as connection:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(65536)
                self.attack.check(not answer.startswith(b"HTTP/1.1 500"), f"{request[:60]} is answered with {answer[:200]}")

    def odd_clocks(self):
        """Events of other times than the others': refused, or without effect on them."""
        now = datetime.datetime.fromtimestamp(time.time(), datetime.timezone.utc)
        ahead = [now + datetime.timedelta(**by) for by in ({"hours": 30}, {"days": 400}, {"days": 900_000})]
        for instant in [*(moment.isoformat() for moment in ahead), "0001-01-01T00:00:00Z", "1900-01-01", "9999-12-31T23:59:59Z"]:
            self.expect_refusal("POST", "/match-results", json.dumps({
                "match_id": "odd", "home_team": "H1", "away_team": "A1", "home_goals": 1, "away_goals": 0, "timestamp": instant}))

    def ask(self, *arguments, **options):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.service.request(*arguments, **options)
        return None, ""

    def expect_refusal(self, method, path, body=None):
        status, text = self.ask(method, path, body)
        is_bad = status is not None and (status == 200 and body is not None or status in (500, 502))
        self.attack.check(not is_bad, f"{method} {path} {(body or b'')[:60]!r} is answered with {status}: {text[:200]}")


class OnDisk(Victim):
    """A service alone, whose disk becomes full."""

    FAULTS = ["reader", "writer", "burst", "stopped", "killed", "restarted", "uploads", "invented", "connections", "bad_requests", "odd_clocks", "full_disk"]

    def __init__(self, attack):
        self.disk = Disk(attack, DISK + DISK_A_MINUTE * attack.minutes)
        service = Service(attack, *SETTINGS, name="alone", store=self.disk.folder / "store.db")
        super().__init__(attack, service.start(), Load(service, f"{attack.seed} alone", clients=3, pause=0.01))

    def full_disk(self):
        self.disk.fill(leave=self.chance.choice([0, 4096, 100_000]))
        self.attack.pause(1, 4)
        self.disk.clear()


class OverRedis(Victim):
    """A service whose events a trader bets on."""

    FAULTS = ["redis_killed", "redis_stopped", "trader_killed", "stopped", "killed", "bad_requests"]

    def __init__(self, attack):
        self.redis = Redis(attack).start()
        self.trader = Program(attack, "trader", [
            SIMBET, "trade", "--redis", self.redis.url, "--quiet", "--lease", "1s", *SETTINGS]).start()
        service = Service(attack, "--redis", self.redis.url, *SETTINGS, name="over-redis")
        super().__init__(attack, service.start(), Load(service, f"{attack.seed} redis", clients=1, pause=0.02))

    def redis_killed(self):
        self.redis.kill()
        self.attack.pause(0, 2)
        self.redis.start()

    def redis_stopped(self):
        self.redis.send_signal(signal.SIGSTOP)
        self.attack.pause(0.5, 3)
        self.redis.send_signal(signal.SIGCONT)

    def trader_killed(self):
        self.trader.kill()
        self.trader.start()

    def programs(self):
        return [self.service, self.trader, self.redis]


def fault(attack, victim):
    """One fault, and the wait for an answer after it."""
    is_early = attack.elapsed() < 20 * attack.minutes
    name = attack.random.choice([name for name in victim.FAULTS if is_early or name not in RESTARTS])
    attack.counts[f"fault {name}"] += 1
    victim.end_reading(after=READS)
    getattr(victim, name)()
    label = f"{victim.service.name}: {name}"
    for program in victim.programs():
        if not program.is_running():
            attack.check(False, f"{label}: {program.name} ended with {program.process.returncode}: {program.said()}")
            program.start()
    if not answers_again(attack, victim.service, victim.load, label):
        victim.killed()


def sample(attack, victims, samples):
    for victim in victims:
        memory, descriptors, threads = victim.service.figures()
        quantiles = victim.load.take_quantiles()
        samples.setdefault(victim.service.name, []).append((memory, descriptors, quantiles))
        attack.note(f"{victim.service.name:10}: answered {len(victim.load.answers):7}, memory {memory:4} MB, descriptors {descriptors:3}, "
                    f"threads {threads:3}, p50 p99 max {quantiles} ms, store {victim.service.store.stat().st_size >> 20} MB")


def check_flat(attack, samples):
    """Memory of the last third is not far above that of the second."""
    for name, figures in samples.items():
        size = len(figures) // 3
        if size < 2:
            continue
        thirds = [figures[size * part:size * (part + 1)] for part in range(3)]
        memory, descriptors = ([statistics.mean(figure[place] for figure in third) for third in thirds] for place in (0, 1))
        medians, p99 = ([middle(figure[2][place] for figure in third if figure[2]) for third in thirds] for place in (0, 1))
        attack.note(f"{name}, by thirds: memory {rounded(memory)} MB, descriptors {rounded(descriptors)}, p50 {medians} ms, p99 {p99} ms")
        attack.check(memory[2] < 1.3 * memory[1] + 20, f"{name}: memory grows: {rounded(memory)} MB")
        attack.check(descriptors[2] < descriptors[1] + 50, f"{name}: descriptors grow: {rounded(descriptors)}")


def middle(numbers):
    numbers = list(numbers)
    return round(statistics.median(numbers), 1) if numbers else None


def rounded(numbers):
    return [round(number) for number in numbers]


def run(attack):
    attack.minutes = attack.minutes or MINUTES
    victims, samples = [OnDisk(attack), OverRedis(attack)], {}
    for victim in victims:
        victim.load.start()
    due = 0
    for _ in attack.rounds():
        if attack.elapsed() >= due:
            sample(attack, victims, samples)
            due += 60 * attack.minutes / SAMPLES
        attack.pause(0.5, 2)
        fault(attack, attack.random.choices(victims, [3, 1])[0])
    for victim in victims:
        victim.end_reading()
        victim.load.stop()
        code, _ = victim.service.stop()
        attack.check(code == 0, f"{victim.service.name} stopped with {code}: {victim.service.said()}")
        recount(attack, victim.service, victim.load)
    check_flat(attack, samples)
