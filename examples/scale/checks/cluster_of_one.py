"""A stand-in for kubectl: checks a manifest against the schemas of Kubernetes and runs its pods as an Indexed Job would."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TEXT = """#!{python}
import sys
sys.path.insert(0, {here!r})
from cluster_of_one import kubectl
kubectl({volume!r}, {state!r})
"""


def write(path, volume, state):
    """A kubectl whose claimed volume is the folder `volume`."""
    here = str(Path(__file__).parent)
    path.write_text(TEXT.format(python=sys.executable, here=here, volume=str(volume), state=str(state)))
    path.chmod(0o755)


def kubectl(volume, state):
    match sys.argv[1:]:
        case ["create", "-o", "name", "-f", "-"]:
            print(create(sys.stdin.read(), volume, Path(state)))
        case ["get", name, "-o", jsonpath] if ".status.conditions" in jsonpath:
            print((Path(state) / name.replace("/", "-")).read_text())
        case other:
            sys.exit(f"no such use of kubectl is expected: {other}")


def create(text, volume, state):
    import kubernetes_validate
    import yaml

    manifest = yaml.safe_load(text)
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
    name = f"job.batch/{manifest['metadata']['generateName']}abcde"
    job = manifest["spec"]
    with ThreadPoolExecutor(2) as nodes:
        succeeded = list(nodes.map(lambda index: run_index(job, index, volume), range(job["completions"])))
    conditions = "SuccessCriteriaMet Complete" if all(succeeded) else "FailureTarget Failed"
    (state / name.replace("/", "-")).write_text(conditions)
    return name


def run_index(job, index, volume):
    pod = job["template"]["spec"]
    assert job["completionMode"] == "Indexed" and pod["restartPolicy"] == "Never"
    (container,) = pod["containers"]
    assert container["workingDir"] == container["volumeMounts"][0]["mountPath"] == "/work"
    environment = {"PATH": os.environ["PATH"], "JOB_COMPLETION_INDEX": str(index)}
    command = [expanded(text, environment) for text in container["command"] + container["args"]]
    for _ in range(1 + job["backoffLimitPerIndex"]):
        status = subprocess.run(command, cwd=volume, env=environment, stdout=sys.stderr).returncode
        if status in (0, 1, 2):  # done, or an error, which the Job's policy does not repeat
            return status == 0
    return False


def expanded(text, environment):
    """With the variables $(NAME) that there are, as Kubernetes expands them; $$ is $."""
    known = lambda found: "$" if found[0] == "$$" else environment.get(found[1], found[0])
    return re.sub(r"\$\$|\$\(([^)]*)\)", known, text)
