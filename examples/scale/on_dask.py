#!/usr/bin/env python3
"""The shards of a sweep or a simulation on a Dask cluster, and then their merge:

    examples/scale/on_dask.py 16 results -- sweep data/ --grid half_life=100..400:20 --strategy kelly

SIMBET                  the program [simbet]
DASK_SCHEDULER_ADDRESS  the cluster [a worker process for each core of this machine]

Every worker sees this folder and the program under the same paths. A shard whose worker was killed is repeated, by
another if need be; what was killed four times stops everything, and so does an error. The same command goes on then.
"""

import argparse
import os
import shutil
import subprocess
import sys

from dask.distributed import Client, as_completed

SIMBET = os.environ.get("SIMBET", "simbet")
CLUSTER = os.environ.get("DASK_SCHEDULER_ADDRESS")
HERE = {"n_workers": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(), "threads_per_worker": 1, "dashboard_address": None}
# a shard that outlived its worker would be in the way of the one that repeats it
WITH_WORKER = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


def run(command, folder):
    # one thread, as a shard runs on every core
    done = subprocess.run(command, cwd=folder, env={"RAYON_NUM_THREADS": "1"} | os.environ)
    if done.returncode < 0:  # killed, which is worth another try; an error is not
        done.check_returncode()
    return done.returncode


def main():
    parser = argparse.ArgumentParser(usage="%(prog)s SHARDS OUT -- sweep|simulate ...")
    parser.add_argument("shards", type=int)
    parser.add_argument("out")
    parser.add_argument("arguments", nargs="+")
    typed = parser.parse_args()
    folders = [f"{typed.out}.shards/{shard}" for shard in range(1, typed.shards + 1)]

    with Client(CLUSTER) if CLUSTER else Client(**HERE) as cluster:
        tasks = []
        for shard, folder in enumerate(folders, 1):
            part = ["--shard", f"{shard}/{typed.shards}", "--out", folder]
            command = [*WITH_WORKER, SIMBET, *typed.arguments, *part]
            tasks.append(cluster.submit(run, command, os.getcwd(), retries=3, pure=False))
        for task, status in as_completed(tasks, with_results=True):
            if status:
                sys.exit(status)
            task.release()  # else the loss of a worker would repeat all that it did

    sys.exit(subprocess.run([SIMBET, "merge", *folders, "--out", typed.out]).returncode)


if __name__ == "__main__":
    main()
