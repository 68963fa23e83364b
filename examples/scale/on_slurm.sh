#!/usr/bin/env bash
# The shards of a sweep or a simulation as an array of Slurm jobs, and then their merge:
#
#   examples/scale/on_slurm.sh 16 results -- sweep data/ --grid half_life=100..400:20 --strategy kelly
#
# SIMBET    the program [simbet]
# SBATCH_*  options of sbatch, such as SBATCH_PARTITION, SBATCH_TIMELIMIT and SBATCH_MEM_PER_CPU
#
# A shard that was killed, preempted or lost with its node goes back into the queue; after three times everything stops, as
# after an error. The same command goes on then. What the shards say is in OUT.shards/N.log.
set -euo pipefail

if (($# < 4)) || [[ $3 != -- ]]; then
  echo "usage: $0 SHARDS OUT -- sweep|simulate ..." >&2
  exit 2
fi
simbet=${SIMBET:-simbet} shards=$1 out=$2

# in the array this script is the job: a signal (the kernel's, for want of memory, say) is worth another try, an error is not
run_shard() {
  shift 3
  local shard=$SLURM_ARRAY_TASK_ID status=0
  "$simbet" "$@" --shard "$shard/$shards" --out "$out.shards/$shard" || status=$?
  if ((status > 128 && ${SLURM_RESTART_COUNT:-0} < 3)); then
    scontrol requeue "$SLURM_JOB_ID"
    sleep infinity
  fi
  exit "$status"
}
if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then run_shard "$@"; fi

mkdir -p "$out.shards"
sbatch --wait --requeue --array="1-$shards" --job-name=simbet \
  --output="${out//%/%%}.shards/%a.log" --open-mode=append "$0" "$@" ||
  { echo "some shards failed: read $out.shards/*.log" >&2; exit 1; }

folders=()
for ((shard = 1; shard <= shards; shard++)); do folders+=("$out.shards/$shard"); done
srun --job-name=simbet-merge "$simbet" merge "${folders[@]}" --out "$out"
