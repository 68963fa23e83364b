"""A Slurm of one node on this machine: munged, slurmctld and slurmd as Debian has them, from files of their own."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager

NEEDED = ["munged", "slurmctld", "slurmd", "sbatch", "srun"]

CONFIGURATION = """\
ClusterName=check
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
# how long what was requeued waits: two minutes otherwise
AuthInfo=socket={folder}/munge.socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
"""


def why_not():
    """Why it cannot be started here; None where it can."""
    missing = [name for name in NEEDED if not shutil.which(name, path=PATH)]
    if missing:
        return f"{', '.join(missing)} missing (Debian: slurmctld slurmd slurm-client munge)"
    return None if os.geteuid() == 0 else "its daemons start as root only"


PATH = os.environ["PATH"] + ":/usr/sbin"


@contextmanager
def started(folder):
    """The variables by which its commands find it."""
    host = socket.gethostname().partition(".")[0]
    for name in ["state", "spool"]:
        (folder / name).mkdir(parents=True)
    configuration = folder / "slurm.conf"
    controller, node = free_ports(2)
    configuration.write_text(
        CONFIGURATION.format(host=host, folder=folder, controller=controller, node=node, cores=os.cpu_count())
    )
    variables = {"SLURM_CONF": str(configuration), "PATH": PATH}
    environment = os.environ | variables
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    munged = ["munged", "--force", "--foreground", f"--key-file={key}", f"--socket={folder}/munge.socket"]
    munged += [f"--{name}-file={folder}/munge.{name}" for name in ["pid", "log", "seed"]]
    with ExitStack() as daemons:
        for command in [munged, ["slurmctld", "-D", "-c"], ["slurmd", "-D", "-c"]]:
            daemons.enter_context(running(command, folder, environment))
        wait_until_idle(environment)
        yield variables


@contextmanager
def running(command, folder, environment):
    with open(folder / f"{command[0]}.out", "w") as out:
        daemon = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            yield
        finally:
            daemon.terminate()
            daemon.wait()


def wait_until_idle(environment):
    for _ in range(60):
        states = subprocess.run(["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, text=True)
        if states.stdout.strip() == "idle":
            return
        time.sleep(0.5)
    raise RuntimeError("Slurm's node did not become idle")


def free_ports(number):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
