#!/usr/bin/env python3
"""The shards of a sweep or a simulation on a Ray cluster, and then their merge:

    examples/scale/on_ray.py 16 results -- simulate --runs 1000000 --strategy kelly

SIMBET       the program [simbet]
RAY_ADDRESS  the cluster [one worker process for each core of this machine]

Every worker sees this folder and the program under the same paths. A shard whose worker was killed is repeated, by
another if need be; what was killed four times stops everything, and so does an error. The same command goes on then.
"""

import argparse
import os
import shutil
import subprocess
import sys

import ray

SIMBET = os.environ.get("SIMBET", "simbet")
# a shard that outlived its worker would be in the way of the one that repeats it
WITH_WORKER = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


@ray.remote(max_retries=3, retry_exceptions=[subprocess.CalledProcessError])
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

    ray.init(include_dashboard=False)
    tasks = []
    for shard, folder in enumerate(folders, 1):
        part = ["--shard", f"{shard}/{typed.shards}", "--out", folder]
        tasks.append(run.remote([*WITH_WORKER, SIMBET, *typed.arguments, *part], os.getcwd()))
    while tasks:
        done, tasks = ray.wait(tasks)
        if status := ray.get(done[0]):
            sys.exit(status)
    ray.shutdown()

    sys.exit(subprocess.run([SIMBET, "merge", *folders, "--out", typed.out]).returncode)


if __name__ == "__main__":
    main()
