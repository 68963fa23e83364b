"""fuzzing of all that is read: tables, workbooks, Parquet, events, requests, settings, journals, checkpoints

libFuzzer, instrumented by the stable compiler; the first build takes minutes, most of them for Parquet: `--only TARGET`
builds without it. Corpora and what was found stay in fuzz/corpus and fuzz/artifacts.
"""

import json
import os
import pathlib
import re
import subprocess

from harness import DATASET, ROOT, simbet

MINUTES = 1
TARGETS = ["read", "tables", "workbooks", "parquet", "events", "bodies", "settings", "journal", "checkpoint"]
FUZZ = ROOT / "fuzz"
BUILT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target") / "fuzz"
PARTS = ["level=4", "inline-8bit-counters", "pc-table", "trace-compares"]
COVERAGE = ["-Cpasses=sancov-module", *(f"-Cllvm-args=-sanitizer-coverage-{part}" for part in PARTS), "-Ccodegen-units=1", "--cfg fuzzing"]


def build(attack, targets):
    """Where the programs are. Host programs, such as macros, are not instrumented because a target is named."""
    host = re.search(r"host: (\S+)", subprocess.run(["rustc", "-vV"], capture_output=True, text=True).stdout)[1]
    settings = {"CARGO_TARGET_DIR": str(BUILT), "RUSTFLAGS": " ".join(COVERAGE), "CARGO_INCREMENTAL": "0"}
    arguments = [f"--bin={target}" for target in targets] + (["--features=parquet"] if "parquet" in targets else [])
    built = subprocess.run(["cargo", "build", "--target", host, *arguments], cwd=FUZZ, env=os.environ | settings)
    attack.check(built.returncode == 0, "the targets cannot be built")
    return BUILT / host / "debug"


def sheet(rows):
    """A sheet of a workbook with these rows."""
    cells = ("".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row.split(",")) for row in rows)
    return "<worksheet><sheetData>" + "".join(f"<row>{row}</row>" for row in cells) + "</sheetData></worksheet>"


def seeds(attack):
    """Small files of real kinds, by target."""
    rows = pathlib.Path(DATASET).read_text().splitlines()[:8]
    small = attack.folder / "small.csv"
    small.write_text("\n".join(rows) + "\n")
    feeds = [simbet("publish", "--quiet", "--matches", 3, *more).stdout for more in ([], ["--in-play", "--every", 40])]
    entries = [json.loads(line) for feed in feeds for line in feed.splitlines()]
    bodies = [(b"\1" if entry["event_type"] == "match_result" else b"\0") + json.dumps(entry["data"]).encode() for entry in entries]
    request = b"\xffPOST /match-events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    simbet("sweep", DATASET, "--quiet", "--strategy", "flat", "--grid", "selections=home,draw", "--resamples", 100, "--out", attack.folder)
    simbet("convert", small, "--output", attack.folder / "small.parquet")
    texts = [path.read_bytes() for path in (ROOT / "examples").glob("*.toml")]
    files = [attack.folder / name for name in ("sweep.journal", "small.parquet")]
    journal, parquet = ([file.read_bytes()] if file.exists() else [] for file in files)
    cases = [path.read_bytes() for path in (ROOT / "tests").rglob("*.csv") if path.stat().st_size < 4096]
    return {
        "read": [small.read_bytes(), *cases],
        "tables": [b"\0" + row.encode() for row in ("E0,11/08/2023,Burnley,Man City,0,3,A,C Pawson,8,5.5,1.33,1.5,1.95,1.98",)],
        "workbooks": [sheet(rows[:4]).encode()],
        "parquet": parquet,
        "events": feeds + [line for feed in feeds for line in feed.splitlines()],
        "bodies": [*bodies, request],
        "settings": [*texts, b"min_edge=0.01..0.10:0.01\nbook='b365,avg',ps\nmarkets=1x2,[1x2,ou]"],
        "journal": journal,
        "checkpoint": [b"\0\0\0"],
    }


def fuzz(attack, folder, target, inputs):
    corpus, found = FUZZ / "corpus" / target, FUZZ / "artifacts" / target
    for made in (corpus, found):
        made.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(inputs):
        (corpus / f"seed-{number}").write_bytes(content)
    log = attack.folder / f"{target}.log"
    with open(log, "wb") as output:
        ended = subprocess.run([
            folder / target, corpus, f"-max_total_time={int(60 * (attack.minutes or MINUTES))}", f"-seed={attack.seed + 1}", "-timeout=20",
            "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={found}/"], stdout=output, stderr=output)
    said = log.read_text(errors="replace")
    runs = re.search(r"number_of_executed_units: (\d+)", said)
    attack.counts[f"{target}: inputs"] = int(runs[1]) if runs else 0
    reason = re.findall(r"^(?:thread .* panicked.*\n.*|.*ERROR: libFuzzer.*|.*Test unit written to.*)$", said, re.MULTILINE)
    attack.check(ended.returncode == 0, f"{target}: {' | '.join(reason) or said[-500:]}".replace("\n", " "))
    attack.note(f"{target}: {' '.join(re.findall(r'cov: [0-9]+', said)[-1:])}, {runs[1] if runs else 0} inputs")


def run(attack):
    targets = attack.only or TARGETS
    folder = build(attack, targets)
    inputs = seeds(attack)
    for target in targets:
        fuzz(attack, folder, target, inputs[target])
