"""The program, of which the first process for shard 2 is killed midway; for shard 3 it is what started the process."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

TOO_LONG = 60
TICKS = os.sysconf("SC_CLK_TCK")
STARTED = 19  # when a process began, in what `stat_of` gives

TEXT = """#!{python}
import sys
sys.path.insert(0, {here!r})
from killed_midway import start
start({program!r}, {records!r}, {victim!r})
"""


def write(path, program, records, victim):
    """A program that does as `program` does; `victim` is what is killed under shard 3: worker, job or program."""
    here = str(Path(__file__).parent)
    text = TEXT.format(python=sys.executable, here=here, program=str(program), records=str(records), victim=victim)
    path.write_text(text)
    path.chmod(0o755)


def start(program, records, victim):
    arguments = sys.argv[1:]
    if "--shard" in arguments:
        shard = arguments[arguments.index("--shard") + 1].split("/")[0]
        out = Path(arguments[arguments.index("--out") + 1])
        kinds = {"2": "program", "3": victim}
        with open(Path(records) / "starts", "a") as starts:
            starts.write(f"{shard}\n")
        if shard in kinds and is_first(Path(records) / f"shard {shard}"):
            record = Path(records) / f"shard {shard}"
            in_background(record / "errors", kill, kinds[shard], os.getpid(), os.getppid(), out, record)
    os.execv(program, [program, *arguments])


def is_first(record):
    try:
        record.mkdir()
        return True
    except FileExistsError:
        return False


def in_background(errors, work, *arguments):
    """In a process that belongs to nobody, so that what is killed is not it."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    file = os.open(errors, os.O_RDWR | os.O_CREAT)
    for stream in range(3):
        os.dup2(file, stream)
    work(*arguments)
    os._exit(0)


def kill(kind, program, parent, out, record):
    wait(lambda: seconds_of(program) > (0.05 if files_in(out) else 0.2))
    os.kill(program, signal.SIGSTOP)
    wait(lambda: state_of(program) in "TZ")
    victim = parent if kind == "worker" else program
    found = {
        "state": state_of(program),
        "seconds": seconds_of(program),
        "wrote": files_in(out),
        "victim": Path(f"/proc/{victim}/cmdline").read_text().replace("\0", " ").strip(),
        "processes": [(process, stat_of(process)[STARTED]) for process in {program, victim}],
    }
    # before the kill: Slurm takes this process along
    (record / "found").write_text(json.dumps(found))
    if kind == "job":
        subprocess.run(["scontrol", "requeue", os.environ["SLURM_JOB_ID"]], check=True)
    else:
        os.kill(victim, signal.SIGKILL)


def is_gone(process, started):
    fields = stat_of(process)
    return fields[0] == "Z" or fields[STARTED] != started


def wait(condition):
    for _ in range(TOO_LONG * 500):
        if condition():
            return
        time.sleep(0.002)


def stat_of(process):
    """The fields of /proc/N/stat from the state on; of a process that is gone, those of one that has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["Z", *["0"] * 40]


def state_of(process):
    return stat_of(process)[0]


def seconds_of(process):
    fields = stat_of(process)
    return 1e9 if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / TICKS


def files_in(folder):
    """The files that are being written or were, with their sizes."""
    sizes = {}
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # renamed meanwhile
            sizes[str(file.relative_to(folder))] = file.stat().st_size
    return sizes
