"""How long `simbet serve` takes to answer at a fixed rate, with and without its page open, of one or several binaries in turn.

    cargo build --release
    python benches/peers/serve.py target/release/simbet
    python benches/peers/serve.py yesterday/simbet target/release/simbet --rate 20000 --seconds 10 --rounds 3

The load is open: event n is due at n / rate, whatever became of the others, and its latency counts from when it was due, not
from when it could be sent. So an answer that is late makes those behind it late as well, as it does for those who wait for them.
The load needs a good part of a processor of the same machine: `sent late` is the 99th percentile of how long it was itself
behind with an event for which a connection was free. Where that is not well below the latencies, these are not the service's.

`calm p99` is the median of the 99th percentiles of all quarters of a second. A machine that shares its processors with others
may lose a tenth of a second now and then: the first line says how much it loses while it does nothing but sums, and where that is
more than next to nothing the other percentiles are the machine's.

Each run has a new store in `--folder`. Before it counts, `--before` events are in the store, and one second is let pass.
"""

import argparse
import datetime
import json
import multiprocessing
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
import urllib.request

WARM = 1.0
COLUMNS = ("binary", "page", "rate", "answered/s", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms", "calm p99", "refused",
           "us of processor", "MB of memory", "MB of log", "sent late ms", "load's share")
VIEWER = """
import socket, sys
viewer = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
viewer.sendall(b"GET /page/events HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
while viewer.recv(1 << 20):
    pass
"""


class Service:
    def __init__(self, binary, folder, options):
        self.store = os.path.join(folder, "load.db")
        command = [*shlex.split(options.run_with), binary, "serve", "--store", self.store, "--listen", "127.0.0.1:0"]
        self.child = subprocess.Popen(command + shlex.split(options.serve), stderr=subprocess.PIPE, text=True)
        for line in self.child.stderr:
            if "listening on" in line:
                self.port = int(line.rsplit(":", 1)[1])
                return
        sys.exit(f"{binary} does not listen")

    def processor(self):
        with open(f"/proc/{self.child.pid}/stat") as stat:
            fields = stat.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        with open(f"/proc/{self.child.pid}/status") as status:
            return next(int(line.split()[1]) / 1e3 for line in status if line.startswith("VmHWM"))

    def log(self):
        return os.path.getsize(self.store + "-wal") / 1e6

    def stop(self):
        self.child.terminate()
        self.child.stderr.close()
        return self.child.wait()


def sums(_):
    """What equal sums took, one after another for some seconds."""
    took, end = [], time.perf_counter() + 4
    while (begun := time.perf_counter()) < end:
        sum(range(20_000))
        took.append(time.perf_counter() - begun)
    return took


def lost():
    """What a sum usually takes, the longest that one took, and the share of time that went into those that took three times as long."""
    count = os.cpu_count()
    with multiprocessing.Pool(count) as pool:
        took = pool.map(sums, range(count))
    usual = sorted(took[0])[len(took[0]) // 2]
    slow = [one - usual for each in took for one in each if one > 3 * usual]
    return usual, max(map(max, took)), sum(slow) / sum(map(sum, took))


def load(program, port, rate, options, warm, seconds):
    """Sends events, and returns what the program has seen, and its share of a processor."""
    run = f"{time.time():.3f}"
    instant = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    command = [program, port, rate, options.clients, options.matches, warm, seconds, run, options.instant or instant]
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    output = subprocess.run(shlex.split(options.run_with) + [str(part) for part in command], check=True, capture_output=True)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - wall
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(output.stdout), used / wall


def measured(program, binary, viewers, options):
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        service = Service(binary, folder, options)
        options.instant = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        if options.before:
            load(program, service.port, 15_000, options, 0, options.before / 15_000)
        watching = [subprocess.Popen([sys.executable, "-c", VIEWER, str(service.port)]) for _ in range(viewers)]
        before = service.processor()
        seen, share = load(program, service.port, options.rate, options, WARM, options.seconds)
        used = (service.processor() - before) / seen["sent"] * 1e6
        row = [os.path.basename(binary), viewers, options.rate, seen["rate"], *(round(ms, 2) for ms in seen["ms"])]
        row += [round(seen["calm_p99"], 2), seen["refused"], round(used, 1), round(service.memory()), round(service.log())]
        row += [seen["sent_late"], f"{share:.0%}"]
        if options.latencies:
            with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/metrics") as answer:
                print(json.dumps(json.load(answer)["latency"]), file=sys.stderr)
        for viewer in watching:
            viewer.terminate()
            viewer.wait()
        if service.stop():
            sys.exit(f"{binary} did not end well")
        return row


def compiled(folder):
    """The program that sends the events."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "serve_load.rs")
    program = os.path.join(folder, "serve_load")
    subprocess.run(["rustc", "--edition", "2024", "-O", "-o", program, source], check=True)
    return program


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", nargs="+")
    parser.add_argument("--rate", type=int, default=20_000, help="events a second")
    parser.add_argument("--seconds", type=float, default=10, help="how long each run counts")
    parser.add_argument("--clients", type=int, default=64, help="connections")
    parser.add_argument("--matches", type=int, default=1_000, help="matches that the events are of")
    parser.add_argument("--before", type=int, default=0, help="events in the store before")
    parser.add_argument("--viewers", default="0,1", help="how many have the page open, one run each")
    parser.add_argument("--rounds", type=int, default=1, help="how often all runs are made, in turn")
    parser.add_argument("--folder", help="where the stores are: a disk, not a tmpfs")
    parser.add_argument("--serve", default="", help="more options of simbet serve")
    parser.add_argument("--run-with", default="", help="such as 'chrt -r 1' on a machine that others use")
    parser.add_argument("--latencies", action="store_true", help="what the service itself has measured, on stderr")
    options = parser.parse_args()
    usual, longest, share = lost()
    print(f"this machine, doing nothing but sums: one takes {1e3 * usual:.1f} ms, took up to {1e3 * longest:.1f} ms, "
          f"and {share:.1%} of the time was lost so")
    print(" | ".join(COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder)
        for _ in range(options.rounds):
            for viewers in map(int, options.viewers.split(",")):
                for binary in options.binaries:
                    print(" | ".join(str(cell) for cell in measured(program, binary, viewers, options)), flush=True)


if __name__ == "__main__":
    main()
