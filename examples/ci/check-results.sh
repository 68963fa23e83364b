#!/bin/sh
# Fails a build when the results of a backtest move. Everything after the script's name goes to `simbet backtest`:
#
#   examples/ci/check-results.sh data/ --config simbet.toml
#   examples/ci/check-results.sh data/ --config simbet.toml --update-baseline    # when they are meant to move
#
# SIMBET    the program                                   [simbet]
# BASELINE  what came out before; commit it               [baseline.json]
# RESULTS   folder for comparison.md and comparison.xml   [results]
#
# On GitHub the comparison stands in the job's summary. Exit codes: 0 nothing moved, 1 something did, 2 there is no
# comparison: the data changed or are not there, a setting is wrong, the program is missing.
set -u

simbet="${SIMBET:-simbet}"
baseline="${BASELINE:-baseline.json}"
results="${RESULTS:-results}"
mkdir -p "$results" && rm -f "$results/comparison.xml" || exit 2

# what writes a baseline compares nothing
case " $* " in
  *' --update-baseline '*) ;;
  *) set -- "$@" --junit "$results/comparison.xml" ;;
esac

status=0
"$simbet" backtest "$@" --baseline "$baseline" --format markdown \
  >"$results/comparison.md" 2>"$results/messages.txt" || status=$?

# only a comparison that was written whole says that something moved; whatever else went wrong is no verdict
if [ "$status" -gt 1 ] || [ ! -s "$results/comparison.md" ] ||
  { [ "$status" -eq 1 ] && [ ! -s "$results/comparison.xml" ]; }; then
  status=2
  { echo '### simbet: no comparison'; echo; sed 's/^/    /' "$results/messages.txt"; } >"$results/comparison.md"
fi
cat "$results/messages.txt" >&2
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat "$results/comparison.md" >>"$GITHUB_STEP_SUMMARY" || status=2
fi
exit "$status"
