"""disks that become full: nothing that was there or was answered is lost, and all goes on once there is room

Results of `--out`, the store of the service, the journal of a sweep and dead letters, in turn, each on a small file system in
memory. It needs root.
"""

import json
import signal

from harness import AGAIN_WITHIN, DATASET, Disk, Service, simbet, wait_for
from load import SETTINGS, Load, recount
from out import digests

TIMES = 20
GRID = ["--strategy", "flat", "--grid", "selections=home,draw,away", "--grid", "min_odds=1..4:0.5", "--resamples", "200"]


def full_results(attack, disk):
    """A run that does not fit leaves the results of the one before."""
    folder, other = disk.folder / "out", ["--strategy", "flat", "--bets-format", "csv"]
    simbet("backtest", DATASET, "--quiet", "--out", folder)
    before, size = digests(folder), sum(file.stat().st_size for file in folder.iterdir())
    disk.fill(leave=int(attack.random.uniform(0, 0.9) * size))
    failed = simbet("backtest", DATASET, "--quiet", "--out", folder, *other)
    attack.check(failed.returncode == 1 and failed.stderr, f"a full disk ends a backtest with {failed.returncode}: {failed.stderr[-300:]}")
    attack.check(digests(folder) == before, f"a full disk changed earlier results: {sorted(digests(folder))}")
    left = [file.name for file in folder.iterdir() if file.name not in before and not file.name.startswith(".simbet")]
    attack.check(not left, f"left in the folder: {left}")
    disk.clear()
    done = simbet("backtest", DATASET, "--quiet", "--out", folder, *other)
    attack.check(done.returncode == 0, f"once there is room, a backtest fails: {done.stderr[-300:]}")


def full_store(attack, disk):
    """The service says that it cannot answer, and answers again once there is room."""
    service = Service(attack, *SETTINGS, name=f"serve-{attack.counts['disks']}", store=disk.folder / "store.db").start()
    with Load(service, f"{attack.seed} {service.name}") as load:
        attack.pause(1, 2)
        disk.fill(leave=attack.random.choice([0, 4096, 65536]))
        refused = wait_for(lambda: 503 in load.codes, 5)
        attack.counts["store: refused meanwhile"] += refused is not None
        attack.pause(0.5, 2)
        if attack.random.random() < 0.3:
            service.stop(attack.random.choice([signal.SIGTERM, signal.SIGKILL]))
            disk.clear()
            service.start()
        disk.clear()
        again = answers_again(attack, service, load, "a full disk")
        attack.pause(0.5, 1)
    service.stop()
    if not again:
        service.start().stop()
    recount(attack, service, load)


def answers_again(attack, service, load, fault):
    """Whether events are answered soon after a fault has passed."""
    took = load.probe(AGAIN_WITHIN)
    if took is not None:
        attack.counts["longest until an answer, ms"] = max(attack.counts["longest until an answer, ms"], int(1000 * took))
    return attack.check(took is not None, f"no answer within {AGAIN_WITHIN:.0f} s after {fault}: {dict(load.codes)} {service.said()}")


def full_journal(attack, disk):
    """A sweep that ran out of room goes on where it was, to the same results."""
    whole, folder = attack.folder / "sweep", disk.folder / "sweep"
    if not whole.exists():
        simbet("sweep", DATASET, "--quiet", *GRID, "--out", whole)
    folder.mkdir()
    size = sum(file.stat().st_size for file in whole.iterdir())
    disk.fill(leave=int(attack.random.uniform(0.1, 0.9) * size))
    failed = simbet("sweep", DATASET, "--quiet", *GRID, "--out", folder)
    attack.check(failed.returncode == 1 and failed.stderr, f"a full disk ends a sweep with {failed.returncode}: {failed.stderr[-300:]}")
    disk.clear()
    done = simbet("sweep", DATASET, "--quiet", *GRID, "--out", folder)
    attack.check(done.returncode == 0, f"once there is room, the sweep fails: {done.stderr[-300:]}")
    for name in ("sweep.csv", "summary.json"):
        is_same = (folder / name).exists() and (folder / name).read_bytes() == (whole / name).read_bytes()
        attack.check(is_same, f"once there is room, {name} is another")


def full_letters(attack, disk):
    """A trader whose rejected entries cannot be kept says so."""
    good = simbet("publish", "--quiet", "--matches", 50).stdout.splitlines(keepends=True)
    bad = [json.dumps({"event_type": "match_result", "data": {"match_id": str(number)}}).encode() + b"\n" for number in range(5000)]
    lines, letters = b"".join([*good[:-1], *bad, good[-1]]), disk.folder / "dead.ndjson"
    disk.fill(leave=attack.random.choice([0, 4096, 65536]))
    traded = simbet("trade", "-", "--quiet", *SETTINGS, "--dead", letters, input=lines)
    kept = len(letters.read_bytes().splitlines()) if letters.exists() else 0
    told = traded.returncode != 0 and traded.stderr.strip()
    attack.check(told or kept == len(bad), f"{kept} of {len(bad)} dead letters are kept, exit code {traded.returncode}: {traded.stderr[-300:]}")


PARTS = {"out": full_results, "store": full_store, "journal": full_journal, "dead": full_letters}


def run(attack):
    parts = attack.only or list(PARTS)
    for number in attack.rounds():
        part = parts[number % len(parts)]
        # large enough for what is written, so that it is full only while it was filled
        disk = Disk(attack, attack.random.uniform(64, 128), name=f"disk-{number}")
        PARTS[part](attack, disk)
        disk.unmount()
        attack.counts["disks"] += 1
        attack.counts[f"disks: {part}"] += 1
