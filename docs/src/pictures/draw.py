#!/usr/bin/env python3
"""Draws the pictures of the README from real runs, light and dark: a report, a fan of simulated bankrolls, the live page.

    SIMBET=target/release/simbet python3 docs/src/pictures/draw.py

It needs Chromium, nothing else. Run it when a page looks different, and look at what came out.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
PICTURES = pathlib.Path(__file__).resolve().parent
SIMBET = os.path.abspath(os.environ.get("SIMBET", ROOT / "target/release/simbet"))
# no picture may make the page slow
MOST_BYTES = 150_000


def simbet(*arguments):
    subprocess.run([SIMBET, *map(str, arguments), "--quiet"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def photograph(address, name, width, height):
    """A page as it looks in a browser, in both colour schemes."""
    for scheme, number in (("light", 1), ("dark", 0)):
        picture = PICTURES / f"{name}-{scheme}.png"
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                [
                    shutil.which("chromium") or "chromium",
                    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    f"--user-data-dir={profile}", f"--blink-settings=preferredColorScheme={number}",
                    f"--window-size={width},{height}", "--timeout=9000", f"--screenshot={picture}", address,
                ],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        size = picture.stat().st_size
        print(f"{picture.relative_to(ROOT)}: {size:,} bytes")
        if size > MOST_BYTES:
            sys.exit(f"{picture.name} has {size:,} bytes, more than {MOST_BYTES:,}")


def report(folder):
    simbet("backtest", "datasets/epl.csv", "--out", folder / "results")
    simbet("report", folder / "results")
    photograph((folder / "results/report.html").as_uri(), "report", 1000, 1080)


def fan(folder):
    """The first picture of the report of a simulation, without what stands around it."""
    simbet("simulate", "--matches", 380, "--runs", 2000, "--model", "truth", "--model-noise", 0.1,
           "--strategies", "kelly:0.25", "--out", folder / "runs")
    simbet("report", folder / "runs")
    page = (folder / "runs/report.html").read_text()
    head = page[: page.index("<body")]
    figure = re.search(r"<figure.*?</figure>", page, re.DOTALL).group()
    (folder / "fan.html").write_text(f"{head}<body><main>{figure}</main></body></html>")
    photograph((folder / "fan.html").as_uri(), "fan", 860, 620)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def post(address, body):
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def live(folder):
    """Half a season is posted to a service, whose page is then looked at."""
    address = f"http://127.0.0.1:{free_port()}"
    service = subprocess.Popen(
        [SIMBET, "serve", "--listen", address.removeprefix("http://"), "--store", str(folder / "simbet.db"), "--quiet"],
        cwd=ROOT,
    )
    try:
        wait_for(address)
        published = subprocess.run(
            [SIMBET, "publish", "datasets/epl.csv", "--quiet"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for line in published.stdout.splitlines()[:1500]:
            entry = json.loads(line)
            path = {"match_event": "/match-events", "match_result": "/match-results"}.get(entry["event_type"])
            if path is not None:
                post(address + path, entry["data"])
        photograph(address, "live", 1240, 720)
    finally:
        service.terminate()
        service.wait(timeout=30)


def wait_for(address):
    for _ in range(100):
        try:
            urllib.request.urlopen(address + "/health", timeout=1)
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    sys.exit("the service did not start")


with tempfile.TemporaryDirectory() as temporary:
    temporary = pathlib.Path(temporary)
    report(temporary)
    fan(temporary)
    live(temporary)
