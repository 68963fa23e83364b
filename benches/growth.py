"""What ten and a hundred times as much costs: processor time (user and system) of whole processes, and the exponent that
it grows by.

    python benches/growth.py target/release/simbet [--repeat N] [ROW...]

The exponent of n is the slope of log cost against log size: 1 where cost grows as size does, 2 where it grows as its
square. `all` is fitted through every size, with the time that it takes to start in it, `last` through the last two sizes,
where that hardly counts. Each time is the least of a few, since other work on the machine only ever adds to it.
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile

SIZES = (1, 10, 100)


def simulate(simbet, *options):
    return [simbet, "simulate", "--strategy", "kelly", *options]


def emitted(simbet, folder, matches, teams=20):
    """A file of invented matches, written once."""
    path = os.path.join(folder, f"{matches}-{teams}.csv")
    if not os.path.exists(path):
        options = ["--matches", str(matches), "--teams", str(teams), "--emit", path]
        run([simbet, "simulate", "--strategy", "flat", *options])
    return path


def settings(count):
    """A grid of so many settings that all have an effect."""
    return f"min_odds=1.001..{1 + count / 1000:.3f}:0.001"


# Each row has a name, its first size, and how many threads' work the command of a size is
ROWS = {
    "matches, read and bet flat": (
        300, lambda simbet, folder, n: [[simbet, "backtest", emitted(simbet, folder, n), "--strategy", "flat"]]),
    "matches, with a fit at every round": (
        300, lambda simbet, folder, n: [[simbet, "backtest", emitted(simbet, folder, n), "--strategy", "kelly"]]),
    "matches of one run, rates known": (
        1_000, lambda simbet, folder, n: [simulate(simbet, "--model", "truth", "--matches", str(n))]),
    "offers in play, rates known": (
        100, lambda simbet, folder, n: [
            simulate(simbet, "--model", "truth", "--in-play", "--every", "1", "--matches", str(n))]),
    "runs of 380 matches, rates known": (
        100, lambda simbet, folder, n: [simulate(simbet, "--model", "truth", "--runs", str(n))]),
    "runs of 380 matches, a fit at every round": (
        10, lambda simbet, folder, n: [simulate(simbet, "--runs", str(n))]),
    "settings of a sweep over 3,800 matches": (
        10, lambda simbet, folder, n: [
            [simbet, "sweep", emitted(simbet, folder, 3_800), "--strategy", "flat", "--grid", settings(n)]]),
    # a league has 100 teams at most
    "teams (10, 32, 100), 8,000 matches, a fit at every round": (
        (10, 32, 100), lambda simbet, folder, n: [
            [simbet, "backtest", emitted(simbet, folder, 8_000, n), "--strategy", "kelly"]]),
    "teams (10, 32, 100), one fit of ten matches a team": (
        (10, 32, 100), lambda simbet, folder, n: [[simbet, "fit", emitted(simbet, folder, 10 * n, n)]]),
    "shards of 1,000 runs, and their merge": (
        1, lambda simbet, folder, n: [
            *(simulate(simbet, "--model", "truth", "--runs", "1000", "--shard", f"{part}/{n}",
                       "--out", os.path.join(folder, f"shards-{n}", str(part))) for part in range(1, n + 1)),
            [simbet, "merge", *(os.path.join(folder, f"shards-{n}", str(part)) for part in range(1, n + 1)),
             "--out", os.path.join(folder, f"merged-{n}")]]),
}


def run(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


def cost(commands):
    """Seconds of the processor that these commands take together."""
    before = of_children()
    for command in commands:
        run(command)
    return of_children() - before


def of_children():
    """The processor time so far of every command that has ended, to the microsecond."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def slope(points):
    """The slope of a line through the logarithms of points, by least squares."""
    xs, ys = ([math.log(value) for value in values] for values in zip(*points))
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    along = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys))
    return along / sum((x - x_mean) ** 2 for x in xs)


def seconds(value):
    return f"{1000 * value:.3g} ms" if value < 1 else f"{value:.2f} s"


def measure(simbet, folder, name, repeat):
    first, commands = ROWS[name]
    points = []
    sizes = first if isinstance(first, tuple) else [first * times for times in SIZES]
    for size in sizes:
        listed = commands(simbet, folder, size)
        points.append((size, min(cost(listed) for _ in range(repeat))))
    cells = " | ".join(seconds(value) for _, value in points)
    exponents = f"{slope(points):.2f} | {slope(points[-2:]):.2f}"
    print(f"| {name} | {sizes[0]:,} | {cells} | {exponents} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("simbet")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="parts of the names of rows; all without any")
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_intermixed_args()
    print("| what there is more of | from | 1× | 10× | 100× | exponent, all | last |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in ROWS:
            if not arguments.rows or any(part in name for part in arguments.rows):
                measure(arguments.simbet, folder, name, arguments.repeat)


if __name__ == "__main__":
    main()
