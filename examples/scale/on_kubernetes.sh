#!/usr/bin/env bash
# The shards of a sweep or a simulation as an Indexed Job of Kubernetes (1.29 or later), and then their merge:
#
#   CLAIM=research examples/scale/on_kubernetes.sh 16 results -- sweep data/ --grid half_life=100..400:20
#
# CLAIM    the claim of a volume that all pods may write; the paths are paths in it
# IMAGE    an image with simbet and a shell, as this repository's Dockerfile makes it [simbet]
# A pod that was evicted or lost with its node is replaced, and one that was killed is repeated three times; then everything
# stops, as after an error. The same command goes on then.
set -euo pipefail

if (($# < 4)) || [[ $3 != -- || -z ${CLAIM:-} ]]; then
  echo "usage: CLAIM=NAME $0 SHARDS OUT -- sweep|simulate ..." >&2
  exit 2
fi

# Makes a Job of $2 pods, each of which runs the line $3 with the further arguments, and waits for its end.
job() {
  local name ended condition='{.status.conditions[?(@.status=="True")].type}'
  set -- "${@//\'/\'\'}"; set -- "${@//\$/\$\$}" # as YAML quotes a quote, and Kubernetes a $(NAME)
  name=$(kubectl create -o name -f - <<YAML
apiVersion: batch/v1
kind: Job
metadata: {generateName: simbet-$1-}
spec:
  completionMode: Indexed
  completions: $2
  parallelism: $2
  backoffLimitPerIndex: 3
  podFailurePolicy:
    rules:
      - {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}
      - {action: FailJob, onExitCodes: {operator: In, values: [1, 2]}}
  template:
    spec:
      restartPolicy: Never
      securityContext: {runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: {type: RuntimeDefault}}
      volumes: [{name: work, persistentVolumeClaim: {claimName: $CLAIM}}]
      containers:
        - name: simbet
          image: ${IMAGE:-simbet}
          resources: {requests: {cpu: 1, memory: 1Gi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
          workingDir: /work
          volumeMounts: [{name: work, mountPath: /work}]
          command: [sh, -c, '$3', simbet]
          args:
$(printf "            - '%s'\n" "${@:4}")
YAML
  )
  until ended=$(kubectl get "$name" -o "jsonpath=$condition") && [[ $ended =~ Complete|Failed ]]; do sleep 5; done
  [[ $ended == *Complete* ]] || { echo "$name failed: kubectl describe $name" >&2; exit 1; }
}

shards=$1 out=$2 folders=()
for ((shard = 1; shard <= shards; shard++)); do folders+=("$out.shards/$shard"); done
shard="\$((JOB_COMPLETION_INDEX + 1))"
job shards "$shards" "out=\$1; shift; exec simbet \"\$@\" --shard $shard/$shards --out \"\$out.shards/$shard\"" "$out" "${@:4}"
job merge 1 'exec simbet "$@"' merge "${folders[@]}" --out "$out"
