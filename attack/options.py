"""options with absurd values: every command ends with an exit code of its own and words, not by a panic or for want of memory

The options are those that `--help` names. What takes longer than ten seconds is stopped by Ctrl-C, which it has to obey.
"""

import re
import resource
import signal
import subprocess
import time

from harness import DATASET, SIMBET, simbet

TIMES = 1000
MEMORY = 4 << 30  # address space
PATIENCE = 10  # seconds before Ctrl-C, and after it
COMMANDS = {
    "backtest": [DATASET], "simulate": [], "season": [DATASET], "sweep": [DATASET, "--grid", "min_edge=0.01,0.02"], "fit": [DATASET],
    "predict": [DATASET, "--fixtures", DATASET], "inspect": [DATASET], "convert": [DATASET], "publish": [DATASET], "trade": ["/dev/null"],
}
# options that write files, wait for ever or reach for a network
LEFT_OUT = {"out", "output", "plot", "dead", "emit", "junit", "baseline", "update-baseline", "redis", "config", "speed", "rate", "linger",
            "alias-file", "history", "fixtures", "help", "version", "threads"}
NUMBERS = ["0", "1", "2", "3", "7", "0.5", "0.01", "10", "90", "1000", "1e-320", "1e9", "1e308", "4294967296", "1000000", "18446744073709551615",
           "9223372036854775807", "-1", "-0.5", "nan", "inf", "5%", "1/3"]
TEXTS = ["", "1/0", "99999999999999999999", "\u00a31,000", "2024-02-30", "9999-12-31", "-9999-01-01", "2024-01-01", "a=b", "=", ",", "x" * 5000,
         "\u202e", "\x1b[31m", "1x2,ou,ah,btts", "ev,kelly:0.5,flat:1e300", "min_edge=0..1:1e-9", "min_odds=1..1e18:0.5", "half_life=1..nan:1",
         "best:b365,ps", "E0+E1", "b365", "home", "league,season,market", "Arsenal=99999"]


def options_of(command):
    """The names of its options with the values that they may have: none where they take none, numbers where none are named."""
    options = []
    for part in re.split(r"\n(?= +(?:-\w, )?--)", simbet(command, "--help").stdout.decode())[1:]:
        name, value = re.match(r" +(?:-\w, )?--([a-z-]+)(?:\.\.\.)?(?: <|\[=)?(\S*)", part).groups()
        if name not in LEFT_OUT:
            named = re.findall(r"^ +- ([a-z0-9-]+):", part, re.MULTILINE)
            named += re.findall(r"[a-z0-9-]+", "".join(re.findall(r"values: ([^\]]*)\]", part)))
            options.append((name, (named or NUMBERS) if value else []))
    return options


def invent(chance, command, options):
    arguments = [command, *COMMANDS[command]]
    for name, values in chance.sample(options, min(len(options), chance.choice([1, 1, 2, 3, 5]))):
        value = chance.choice(TEXTS if chance.random() < 0.15 else values) if values else None
        arguments.append(f"--{name}" if value is None else f"--{name}={value}")
    return arguments


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def attempt(attack, arguments):
    process = subprocess.Popen(
        [SIMBET, *arguments], cwd=attack.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=limit)
    how = " ".join(argument if len(argument) < 80 else f"{argument[:60]}..." for argument in arguments)
    try:
        error = process.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:
        attack.counts["took long"] += 1
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        try:
            error = process.communicate(timeout=PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return attack.check(False, f"{how}: runs on {time.monotonic() - begun:.0f} s after Ctrl-C")
    attack.counts[f"exit code {process.returncode}"] += 1
    is_own = process.returncode in (0, 1, 2, -signal.SIGINT, 130) and b"panicked" not in error
    attack.check(is_own, f"{how}: exit code {process.returncode}: {error[-300:].decode(errors='replace')}")
    has_words = process.returncode in (0, -signal.SIGINT, 130) or error.strip()
    return attack.check(has_words, f"{how}: exit code {process.returncode} without a word")


def run(attack):
    options = {command: options_of(command) for command in COMMANDS}
    attack.note(f"{sum(map(len, options.values()))} options of {len(options)} commands")
    for _ in attack.rounds():
        command = attack.random.choice(list(COMMANDS))
        attempt(attack, invent(attack.random, command, options[command]))
