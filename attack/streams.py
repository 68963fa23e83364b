"""kills of traders, Redis and the publisher: the bets are those of one trader whom nobody disturbed

Two traders share a group, so that one takes over from the other; Redis writes every command to its disk before it answers.
Now and then a stream that is written has a value of another type for a moment: a trader may end then, but must not go on
without what it could not write.
"""

import json
import time

from harness import SIMBET, Program, Redis, simbet, wait_for
from load import SETTINGS

TIMES = 100
RATE = 500  # entries a second
SECONDS = 0.9  # of the feed for each kill


def bets_of(entries):
    return [(kind, json.loads(data)) for kind, data in entries if kind.startswith("bet")]


def truth(attack, feed):
    """What a trader says whom nobody disturbs."""
    events = simbet("publish", "--quiet", *feed).stdout
    traded = simbet("trade", "-", "--quiet", *SETTINGS, input=events)
    attack.check(traded.returncode == 0, f"the undisturbed trader failed: {traded.stderr[-300:]}")
    entries = [json.loads(line) for line in traded.stdout.splitlines()]
    return bets_of((entry["event_type"], json.dumps(entry["data"])) for entry in entries)


SPOIL = "redis.call('RENAME', KEYS[1], KEYS[2]) return redis.call('SET', KEYS[1], 'garbage')"
MEND = "redis.call('DEL', KEYS[1]) return redis.call('RENAME', KEYS[2], KEYS[1])"


def spoil(attack, redis, traders):
    """Puts a value of another type where a stream is, for a moment. Traders may end with an error."""
    key = attack.random.choice(["bets", "predictions", "metrics"])
    if not redis.command("EXISTS", key):
        return
    redis.command("EVAL", SPOIL, 2, key, f"{key}:aside")
    attack.pause(0.1, 0.6)
    redis.command("EVAL", MEND, 2, key, f"{key}:aside")
    time.sleep(1)  # until whoever saw it has ended
    attack.counts[f"{key} spoilt"] += 1
    for trader in traders:
        if trader.process.poll() == 1:
            attack.counts["traders that ended at a spoilt key"] += 1
            trader.start()


def keep_running(attack, programs, finished):
    """Starts what is not running; what failed by itself is a fault, and what came to its end stays."""
    for program in programs:
        if program.process is None or program.process.poll() == -9:
            program.start()
        elif program.process.poll() == 0:
            finished.add(program)
        elif program.process.poll() is not None:
            attack.check(False, f"{program.name} ended with {program.process.poll()}: {program.said()}")
            program.start()


def run(attack):
    matches = max(100, int(RATE * SECONDS * (attack.times or 60 * attack.minutes) / 3))
    feed = ["--matches", matches, "--seed", attack.seed]
    expected = truth(attack, feed)
    attack.note(f"{matches} matches, {len(expected)} entries of bets")
    redis = Redis(attack).start()
    trade = [SIMBET, "trade", "--redis", redis.url, "--quiet", "--no-latency", "--lease", "1s", *SETTINGS]
    traders = [Program(attack, f"trader-{number}", trade) for number in (1, 2)]
    publish = [SIMBET, "publish", "--redis", redis.url, "--quiet", "--resume", "--rate", RATE, *feed]
    publisher, finished = Program(attack, "publisher", publish), set()
    for _ in attack.rounds():
        keep_running(attack, [*traders, publisher], finished)
        if finished.issuperset(traders):
            break
        attack.pause(0, 1)
        if attack.random.random() < 0.15:
            spoil(attack, redis, traders)
            continue
        victim = attack.random.choices([*traders, redis, publisher], [3, 3, 5, 1])[0]
        victim.kill()
        attack.counts[f"kills of {victim.name}"] += 1
        if victim is redis:
            attack.pause(0, 0.3)
            redis.start()
    keep_running(attack, [*traders, publisher], finished)
    ended = wait_for(lambda: not any(program.is_running() for program in [*traders, publisher]), 300)
    attack.check(ended is not None, f"traders are not done: {traders[0].said()} {publisher.said()}")
    keep_running(attack, [*traders, publisher], finished)
    found = bets_of((entry[b"event_type"].decode(), entry[b"data"]) for entry in redis.entries("bets"))
    attack.counts["bets"] = len(found)
    attack.check(found == expected, f"{len(found)} entries of bets, expected {len(expected)}: {difference(found, expected)}")


def difference(found, expected):
    """How two lists of bets differ."""
    found, expected = ([json.dumps(bet, sort_keys=True) for bet in bets] for bets in (found, expected))
    twice = len(found) - len(set(found))
    lost, more = set(expected) - set(found), set(found) - set(expected)
    return f"{twice} twice, {len(lost)} lost such as {sorted(lost)[:1]}, {len(more)} more such as {sorted(more)[:1]}"
