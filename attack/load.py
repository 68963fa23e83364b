"""Invented matches posted to a service by several clients, and the recount: what was answered against what the store has."""

import collections
import datetime
import http.client
import json
import random
import sqlite3
import threading
import time

from harness import send, simbet

# A model that forgets, so that work and memory stay the same however long the load lasts, and stakes of one size.
SETTINGS = ["--model", "average", "--window", "20", "--min-matches", "0", "--strategy", "flat", "--stake", "10"]
BANKROLL = 10_000
EPOCH = datetime.datetime(2015, 1, 1)
STEP = datetime.timedelta(hours=6)


class Load:
    """Clients, each of which posts two prices and the result of one match after another.

    What has no answer is sent again, as a client would: it may be in the store or not, but only once.
    """

    def __init__(self, service, seed, clients=4, pause=0.0, begun=None):
        self.service, self.pause = service, pause
        self.answers, self.codes, self.took = {}, collections.Counter(), []
        self.begun, self.stopping, self.lock = begun or time.monotonic(), threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self.play, args=(f"{seed}-{number}",), daemon=True) for number in range(clients)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(20)
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def now(self):
        """The instant of the feed: it steps on every second."""
        return (EPOCH + int(time.monotonic() - self.begun) * STEP).isoformat()

    def play(self, seed):
        chance, connection = random.Random(seed), None
        while not self.stopping.is_set():
            match = f"{seed}-{chance.getrandbits(40):010x}"
            for path, key, body in events(chance, match):
                body["timestamp"] = self.now()
                connection = self.post(connection, path, (match, key), body)
                self.stopping.wait(self.pause)
        if connection:
            connection.close()

    def post(self, connection, path, key, body):
        """Posts until there is an answer, or the load is stopped. The connection that is left open is returned."""
        while not self.stopping.is_set():
            begun = time.monotonic()
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=15)
                status, text = send(connection, "POST", path, body)
            except (OSError, http.client.HTTPException) as error:
                connection, status, text = None, type(error).__name__, ""
            with self.lock:
                self.codes[status] += 1
                if status == 200:
                    self.answers[key] = text
                    self.took.append(time.monotonic() - begun)
            # 404: the prices before a result may have been refused; 409: others were quicker, and it is late
            if status in (200, 404, 409, 422):
                return connection
            self.stopping.wait(0.05)
        return connection

    def probe(self, patience):
        """The seconds until a new event is answered; none if it is not in time."""
        begun, chance = time.monotonic(), random.Random()
        while time.monotonic() - begun < patience:
            match = f"probe-{chance.getrandbits(40):010x}"
            path, key, body = next(events(chance, match))
            status, text = self.try_once(path, body | {"timestamp": self.now()})
            if status == 200:
                with self.lock:
                    self.answers[match, key] = text
                return time.monotonic() - begun
            time.sleep(0.05)
        return None

    def try_once(self, path, body):
        try:
            return self.service.request("POST", path, body, timeout=2)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__, ""

    def take_quantiles(self):
        """Median, 99th percentile and maximum of the answers since this was asked last, in milliseconds."""
        with self.lock:
            took, self.took = sorted(self.took), []
        return [round(1000 * took[int(share * (len(took) - 1))], 1) for share in (0.5, 0.99, 1)] if took else []


def events(chance, match):
    """The path, a key and the body of each event of a match."""
    teams = [f"{side}{chance.randrange(8)}" for side in "HA"]
    for minute in (0, 30):
        home = round(chance.uniform(1.6, 4), 2)
        away = round(1 / (1.05 - 1 / 3.4 - 1 / home), 2)
        yield "/match-events", minute, {
            "match_id": match, "home_team": teams[0], "away_team": teams[1], "minute": minute, "home_goals": 0,
            "away_goals": 0, "market_odds_home": home, "market_odds_draw": 3.4, "market_odds_away": away}
    yield "/match-results", "result", {
        "match_id": match, "home_goals": chance.randrange(4), "away_goals": chance.randrange(3)}


def recount(attack, service, load, settings=SETTINGS):
    """Checks the store of a service that has stopped against what it answered, the money, and a trader on the same events."""
    name, begun, answers = service.name, attack.elapsed(), load.answers
    attack.check(500 not in load.codes, f"{name}: {load.codes[500]} answers of 500")
    for code, number in load.codes.items():
        attack.counts[f"{name}: {code}"] += number
    store = sqlite3.connect(service.store)
    integrity = store.execute("PRAGMA integrity_check").fetchone()[0]
    attack.check(integrity == "ok", f"{name}: {integrity[:200]}")
    check_answers(attack, name, store, answers)
    check_money(attack, name, store)
    check_replay(attack, name, store, settings)
    attack.note(f"{name}: {len(answers)} answers recounted in {attack.elapsed() - begun:.1f} s")
    store.close()


def key_of(data):
    return data["match_id"], data["minute"] if "market_odds_home" in data else "result"


def check_answers(attack, name, store, answers):
    """Everything that was answered is there once, as it was answered, and nothing is there twice."""
    rows = collections.defaultdict(list)
    for event, line, answer in store.execute("SELECT event_id, line, answer FROM events"):
        rows[key_of(json.loads(line)["data"])].append((event, answer))
    twice = [key for key, found in rows.items() if len(found) > 1 and key in answers]
    attack.check(not twice, f"{name}: {len(twice)} events are there twice, such as {twice[:3]}")
    lost = [key for key in answers if key not in rows]
    attack.check(not lost, f"{name}: {len(lost)} of {len(answers)} events that were answered are lost, such as {lost[:3]}")
    other = [key for key, answer in answers.items() if key in rows and json.loads(rows[key][0][1]) != json.loads(answer)]
    attack.check(not other, f"{name}: {len(other)} answers are not those of the store, such as {other[:3]}")
    bets = {row[0]: row[1:] for row in store.execute("SELECT bet_id, stake, odds_taken FROM bets")}
    answered = [bet for answer in answers.values() for bet in json.loads(answer).get("bets", [])]
    lost = [bet["bet_id"] for bet in answered if bets.get(bet["bet_id"]) != (bet["stake"], bet["odds_taken"])]
    attack.check(not lost, f"{name}: {len(lost)} of {len(answered)} bets that were answered are lost, such as {lost[:3]}")
    attack.counts[f"{name}: bets"] += len(bets)


def check_money(attack, name, store):
    """The balance is what there was, and what the settled bets brought, to the cent."""
    sums = "SELECT COALESCE(SUM(CAST(ROUND(100 * (payout - stake)) AS INTEGER)), 0) FROM bets WHERE settled_number IS NOT NULL"
    profit = store.execute(sums).fetchone()[0]
    last = store.execute("SELECT balance FROM bankroll ORDER BY number DESC LIMIT 1").fetchone()
    cents = round(100 * (last[0] if last else BANKROLL))
    attack.check(cents == 100 * BANKROLL + profit, f"{name}: the balance is {cents} cents, the bets say {100 * BANKROLL + profit}")


def check_replay(attack, name, store, settings):
    """A trader that gets the events of the store makes the same bets, with the same results."""
    lines = "\n".join(line for (line,) in store.execute("SELECT line FROM events ORDER BY event_id")) + "\n"
    traded = simbet("trade", "-", "--quiet", *settings, input=lines.encode())
    attack.check(traded.returncode == 0, f"{name}: the trader failed: {traded.stderr[-300:]}")
    bets = {}
    for line in traded.stdout.splitlines():
        entry = json.loads(line)
        if entry["event_type"].startswith("bet"):
            data = entry["data"]
            bets[data.get("corrects", data["bet_id"])] = (data["stake"], data["odds_taken"], data["result"], data["payout"])
    kept = {row[0]: row[1:] for row in store.execute("SELECT bet_id, stake, odds_taken, result, payout FROM bets")}
    other = [bet for bet in kept.keys() | bets.keys() if kept.get(bet) != bets.get(bet)]
    attack.check(not other, f"{name}: {len(other)} bets differ from a trader's on the same events, such as "
                            f"{[(bet, kept.get(bet), bets.get(bet)) for bet in other[:2]]}")
