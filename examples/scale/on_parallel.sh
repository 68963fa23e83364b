#!/usr/bin/env bash
# The shards of a sweep or a simulation by GNU parallel, one for each core at a time, and then their merge:
#
#   examples/scale/on_parallel.sh 16 results -- sweep data/ --grid half_life=100..400:20 --strategy kelly
#
# SIMBET             the program [simbet]
# PARALLEL           options of parallel: '--sshloginfile machines --workdir .' for other machines that see this folder
# RAYON_NUM_THREADS  the threads of a shard [1]
#
# A shard that was killed or failed is repeated three times, by another machine if there is one; then everything stops.
# parallel cannot tell the two apart, so it repeats errors too. The same command goes on then.
set -euo pipefail

if (($# < 4)) || [[ $3 != -- ]]; then
  echo "usage: $0 SHARDS OUT -- sweep|simulate ..." >&2
  exit 2
fi
simbet=${SIMBET:-simbet} shards=$1 out=$2
shift 3

# a shard's command, quoted for a shell: in a template of parallel {} and {.} in names would be taken for its marks
line() {
  printf "'%s' " "${@//\'/\'\\\'\'}"
  printf '\0'
}

folders=()
for ((shard = 1; shard <= shards; shard++)); do folders+=("$out.shards/$shard"); done
for ((shard = 1; shard <= shards; shard++)); do
  line env "RAYON_NUM_THREADS=${RAYON_NUM_THREADS:-1}" "$simbet" "$@" --shard "$shard/$shards" --out "$out.shards/$shard"
done | parallel --null --retries 4 --halt now,fail=1
"$simbet" merge "${folders[@]}" --out "$out"
