"""What streams over Redis carry, side by side: simbet, redis-benchmark, and a consumer in Python that reads one entry at
a time. Starts a redis-server of its own on 127.0.0.1 and stops it.

    pip install redis
    python benches/peers/streams.py target/release/simbet
"""

import json
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


def main(simbet):
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
            for _ in range(3):
                print(f"publish            {publish(simbet, url, server):10,.0f} entries/s")
                print(f"redis-benchmark    {xadd(port, server):10,.0f} XADD/s, -P 100 -c 1, the same entry")
            for _ in range(3):
                print(f"trade              {trade(simbet, url, server):10,.0f} entries/s")
                print(f"trade --no-latency {trade(simbet, url, server, '--no-latency'):10,.0f} entries/s")
            print(f"Python, one a time {python_consumer(server):10,.0f} entries/s")
            bets, median, p99, p999 = latency(simbet, url, server)
            print(f"to the bet at {RATE:,}/s: {bets:,} bets, median {median:.0f} ms, p99 {p99:.0f}, p99.9 {p999:.0f}")
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
