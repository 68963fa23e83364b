"""What streams over Redis carry, side by side: simbet, redis-benchmark, and a consumer in Python that reads one entry at
a time. Starts a redis-server of its own on 127.0.0.1 and stops it.

    pip install redis
    python benches/peers/streams.py target/release/simbet
    python benches/peers/streams.py target/release/simbet scale [FOLDER]

With `scale` it measures what docs/src/scale.md reckons with: processor time (user and system) of publisher, server and
trader for each entry, and memory, by the number of partitions, the number of entries and the model. Processor time
says what a machine can carry also where others work on it; the time on the clock does not. A folder of files of
football-data.co.uk (E0_2023-24.csv ...) adds what models cost on real leagues, with three seasons as history.
"""

import glob
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import redis

MATCHES = 100_000
RATE = 5_000
READ_BY_PYTHON = 20_000


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def timed(*command):
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def publish(simbet, url, server):
    server.flushall()
    seconds = timed(simbet, "publish", "--matches", str(MATCHES), "--redis", url)
    return server.xlen("match_events") / seconds


def xadd(port, server):
    entry = server.xrange("match_events", count=1)[0][1]
    fields = [part for name in ("event_type", "data", "timestamp") for part in (name, entry[name])]
    command = ["redis-benchmark", "-p", str(port), "-P", "100", "-c", "1", "-n", "300000", "--csv", "XADD", "bench", "*"]
    output = subprocess.run(command + fields, check=True, capture_output=True, text=True).stdout
    server.delete("bench")
    # the command itself is in the first of eight cells, quotes and all
    return float(output.splitlines()[-1].rsplit('","', 7)[1])


def trade(simbet, url, server, *options):
    for key in server.keys("match_events:processors*"):
        server.delete(key)
    server.delete("predictions", "bets", "metrics")
    if server.xinfo_groups("match_events"):
        server.xgroup_destroy("match_events", "processors")
    seconds = timed(simbet, "trade", "--redis", url, *options)
    return server.xlen("match_events") / seconds


def python_consumer(server):
    server.xgroup_create("match_events", "python", id="0")
    begun = time.perf_counter()
    for _ in range(READ_BY_PYTHON):
        ((_, ((entry, fields),)),) = server.xreadgroup("python", "one", {"match_events": ">"}, count=1)
        event = json.loads(fields["data"])
        server.xadd("python", {"event_type": "prediction", "data": json.dumps({"match_id": event["match_id"]})})
        server.xack("match_events", "python", entry)
    return READ_BY_PYTHON / (time.perf_counter() - begun)


def milliseconds(entry):
    return int(entry.split("-")[0])


def latency(simbet, url, server):
    """From XADD to the XADD of the bet, by the ids that the server gave both."""
    server.flushall()
    trader = subprocess.Popen([simbet, "trade", "--redis", url], stderr=subprocess.DEVNULL)
    time.sleep(1)
    timed(simbet, "publish", "--matches", "20000", "--rate", str(RATE), "--redis", url)
    trader.wait()
    published = {}
    for entry, fields in server.xrange("match_events"):
        if fields["event_type"] == "match_event":
            published[json.loads(fields["data"])["match_id"]] = milliseconds(entry)
    bets = [
        milliseconds(entry) - published[json.loads(fields["data"])["match_id"]]
        for entry, fields in server.xrange("bets")
        if fields["event_type"] == "bet"
    ]
    # the clocks of two steps may be a millisecond apart
    quantiles = statistics.quantiles([max(0, bet) for bet in bets], n=1000)
    return len(bets), quantiles[499], quantiles[989], quantiles[998]


# An invented season pre-match: price, closing price, result; and one in play, an offer every five minutes.
PRE_MATCH = ["--matches", "20000"]
IN_PLAY = ["--matches", "4000", "--in-play", "--every", "5"]
LEARNS_NOTHING = ["--model", "average"]
IDLE_SECONDS = 10


def spent(process):
    """Waits for a process: its processor time in seconds, and the most memory that it had, in MB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measured(server, *command):
    """Processor time of a command and, meanwhile, of the server; the time on the clock; the command's memory."""
    before, begun = server_seconds(server), time.perf_counter()
    own, memory = spent(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    return own, server_seconds(server) - before, time.perf_counter() - begun, memory


def server_seconds(server):
    used = server.info("cpu")
    return used["used_cpu_user"] + used["used_cpu_sys"]


def entries_of(server, partitions):
    return sum(server.xlen(f"match_events:{{{one}}}") for one in range(partitions))


HEADER = "| stream | model | partitions | entries | publisher | server | trader | server | entries/s | trader MB | server MB |"


def row(simbet, url, server, what, published, partitions, *settings):
    """Publishes and trades once: microseconds of processor time for each entry, side by side."""
    server.flushall()
    place = ["--redis", url, "--partitions", str(partitions)]
    publisher, taking, _, _ = measured(server, simbet, "publish", *published, *place)
    entries = entries_of(server, partitions)
    held = server.info("memory")["used_memory"] / 2**20
    trader, giving, seconds, memory = measured(server, simbet, "trade", "--no-latency", *settings, *place)
    each = [f"{1e6 * used / entries:.1f}" for used in (publisher, taking, trader, giving)]
    model = settings[1] if settings else "default"
    cells = [what, model, partitions, f"{entries:,}", *each, f"{entries / seconds:,.0f}", f"{memory:.0f}", f"{held:.0f}"]
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def idle(simbet, url, server, partitions):
    """What traders cost that wait, one that has every partition and one that has to look on."""
    server.flushall()
    trade = [simbet, "trade", "--redis", url, "--partitions", str(partitions), *LEARNS_NOTHING]
    traders = [subprocess.Popen(trade + ["--consumer", name], stderr=subprocess.DEVNULL) for name in ("one", "two")]
    time.sleep(8)
    before = server_seconds(server)
    ticks = [cpu_of(trader.pid) for trader in traders]
    time.sleep(IDLE_SECONDS)
    used = [(cpu_of(trader.pid) - was) / IDLE_SECONDS for trader, was in zip(traders, ticks)]
    of_server = (server_seconds(server) - before) / IDLE_SECONDS
    for trader in traders:
        trader.terminate()
        trader.wait()
    cells = [partitions, *(f"{100 * one:.1f} %" for one in (*used, of_server))]
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def cpu_of(process):
    with open(f"/proc/{process}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def real_leagues(simbet, url, server, folder):
    """What models cost on a real season, three seasons of history included, which every partition learns for itself."""
    season = sorted(glob.glob(f"{folder}/*_2023-24.csv"))
    history = [file for years in ("2020-21", "2021-22", "2022-23") for file in glob.glob(f"{folder}/*_{years}.csv")]
    for partitions in (1, 4, 16):
        for model in ("average", "dixon-coles", "filter"):
            settings = ["--model", model, "--history", *sorted(history)]
            row(simbet, url, server, "2023-24", season, partitions, *settings)


def scale(simbet, url, server, folder):
    print("microseconds of processor time for each entry: while it is published, and while it is traded\n")
    print(HEADER + "\n" + "|---" * (HEADER.count("|") - 1) + "|")
    for partitions in (1, 2, 4, 16, 160):
        row(simbet, url, server, "pre-match", ["--matches", "2000"], partitions, *LEARNS_NOTHING)
    for partitions in (1, 2, 4, 16, 160):
        row(simbet, url, server, "in play", IN_PLAY, partitions, *LEARNS_NOTHING)
    for matches in ("2000", "20000"):
        row(simbet, url, server, "pre-match", ["--matches", matches], 1, *LEARNS_NOTHING)
        row(simbet, url, server, "pre-match", ["--matches", matches], 16, *LEARNS_NOTHING)
    for model in ("market", "elo", "poisson", "dixon-coles"):
        row(simbet, url, server, "in play", ["--matches", "760", "--in-play", "--every", "5"], 1, "--model", model)
    if folder:
        real_leagues(simbet, url, server, folder)
    print("\nprocessor time of traders that wait, of one core: of two that share the partitions, and of the server\n")
    print("| partitions | first | second | server |\n|---|---|---|---|")
    for partitions in (2, 3, 16, 17, 160, 161):
        idle(simbet, url, server, partitions)


def side_by_side(simbet, url, server, port):
    for _ in range(3):
        print(f"publish            {publish(simbet, url, server):10,.0f} entries/s")
        print(f"redis-benchmark    {xadd(port, server):10,.0f} XADD/s, -P 100 -c 1, the same entry")
    for _ in range(3):
        print(f"trade              {trade(simbet, url, server):10,.0f} entries/s")
        print(f"trade --no-latency {trade(simbet, url, server, '--no-latency'):10,.0f} entries/s")
    print(f"Python, one a time {python_consumer(server):10,.0f} entries/s")
    bets, median, p99, p999 = latency(simbet, url, server)
    print(f"to the bet at {RATE:,}/s: {bets:,} bets, median {median:.0f} ms, p99 {p99:.0f}, p99.9 {p999:.0f}")


def main(simbet, what="side by side", folder=None):
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            time.sleep(1)
            server = redis.Redis(port=port, decode_responses=True)
            if what == "scale":
                scale(simbet, url, server, folder)
            else:
                side_by_side(simbet, url, server, port)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
