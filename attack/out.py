"""kills while results are written: a folder is of one run, or `report` and `compare` say that it is not

Three runs with other settings write into one folder, and each is ended at a random instant by SIGKILL, SIGINT or SIGTERM:
half of them at any time, half in the moment in which the files take their places.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import time

from harness import DATASET, SIMBET, simbet

TIMES = 200
RUNS = {
    "plain": [],
    "parquet": ["--strategy", "kelly", "--bets-format", "parquet"],
    "home": ["--strategy", "flat", "--selections", "home"],
}
SIGNALS = [signal.SIGKILL, signal.SIGINT, signal.SIGTERM]
RESULTS = ("bets.", "bankroll.", "summary.", "run.json")


def backtest(folder, name):
    return [SIMBET, "backtest", DATASET, "--quiet", "--out", str(folder), *RUNS[name]]


def digests(folder):
    """The files of results in a folder by what they hold; a page that was made of them is none."""
    files = sorted(folder.iterdir()) if folder.exists() else []
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.name.startswith(RESULTS)}


def whole_runs(attack):
    """What each run writes if it is left alone, and how long it takes; `parquet` may not be built in."""
    whole, took = {}, 0
    for name in RUNS:
        begun = time.monotonic()
        done = subprocess.run(backtest(attack.folder / name, name), capture_output=True)
        if done.returncode == 0:
            whole[name], took = digests(attack.folder / name), max(took, time.monotonic() - begun)
        elif name != "parquet":
            raise RuntimeError(f"{name}: {done.stderr[-300:]}")
    return whole, took


def wait_for_changes(folder, process, number):
    """Until files of a folder have come, gone or got another's name so many times, or the process has ended."""
    last = None
    while number >= 0 and process.poll() is None:
        with os.scandir(folder) as files:
            now = {(file.name, file.inode()) for file in files}
        number, last = number - (now != last), now


def end_at_random(attack, folder, name, took):
    process = subprocess.Popen(backtest(folder, name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    chosen = attack.random.choice(SIGNALS)
    if attack.random.random() < 0.5:
        attack.pause(0, 1.2 * took)
    else:
        wait_for_changes(folder, process, attack.random.randint(1, 10))
        time.sleep(attack.random.choice([0, 0.0002, 0.002]))
    process.send_signal(chosen)
    process.wait()
    return chosen.name


def judge(attack, folder, whole, how):
    """A folder is read as the run that its run.json is of, or refused. Whether it is of one run."""
    state = digests(folder)
    run = next((name for name in whole if whole[name]["run.json"] == state.get("run.json")), None)
    is_whole = run is not None and whole[run].items() <= state.items()
    attack.counts["whole" if is_whole else "mixed"] += 1
    origin = {file: [name for name in whole if whole[name].get(file) == digest] for file, digest in state.items()}
    for arguments, refused in ((["report", folder, "-o", folder.parent / "page.html"], (1, 2)),
                               (["compare", folder, folder.parent / (run or "plain")], (2,))):
        read = simbet(*arguments, "--quiet")
        is_read = read.returncode not in refused or not read.stderr.strip()
        attack.check(not is_read or is_whole, f"{how}: {arguments[0]} takes a mixture for a run ({read.returncode}): {origin}")
        # what is left of an earlier run beside it may be reason enough
        attack.check(is_read or state not in whole.values(), f"{how}: {arguments[0]} refuses a whole run: {read.stderr[-300:]}")
    return is_whole


def check_next(attack, folder, whole, name):
    """The run that is done again is whole, and leaves nothing else behind."""
    done = subprocess.run(backtest(folder, name), capture_output=True)
    is_whole = done.returncode == 0 and digests(folder) == whole[name]
    attack.check(is_whole, f"{name} again is not whole: {done.stderr[-300:]} {sorted(os.listdir(folder))}")
    left = set(os.listdir(folder)) - set(os.listdir(attack.folder / name)) - {"page.html"}
    attack.check(not left, f"left in the folder: {sorted(left)}")


def run(attack):
    whole, took = whole_runs(attack)
    folder = attack.folder / "out"
    shutil.copytree(attack.folder / "plain", folder)
    for _ in attack.rounds():
        name, before = attack.random.choice(sorted(whole)), digests(folder)
        how = f"{end_at_random(attack, folder, name, took)} of {name}"
        attack.counts["kills"] += 1
        if digests(folder) == before:
            attack.counts["unchanged"] += 1
        elif not judge(attack, folder, whole, how):
            check_next(attack, folder, whole, name)
    check_next(attack, folder, whole, "plain")
