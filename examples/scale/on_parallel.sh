#!/usr/bin/env bash
# The shards of a sweep or a simulation by GNU parallel, one for each core at a time, and then their merge:
#
#   examples/scale/on_parallel.sh 16 results -- sweep data/ --grid half_life=100..400:20 --strategy kelly
#
# SIMBET    the program [simbet]
# PARALLEL  options of parallel: '--sshloginfile machines --workdir .' for other machines that see this folder
#
# A shard that was killed or failed is repeated three times, by another machine if there is one; then everything stops.
# The same command goes on then.
set -euo pipefail

if (($# < 4)) || [[ $3 != -- ]]; then
  echo "usage: $0 SHARDS OUT -- sweep|simulate ..." >&2
  exit 2
fi
simbet=${SIMBET:-simbet} shards=$1 out=$2
shift 3

seq "$shards" |
  parallel --quote --retries 4 --halt now,fail=1 \
    env RAYON_NUM_THREADS=1 "$simbet" "$@" --shard "{}/$shards" --out "$out.shards/{}"

mapfile -t folders < <(seq -f "$out.shards/%g" "$shards")
"$simbet" merge "${folders[@]}" --out "$out"
