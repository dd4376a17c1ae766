#!/usr/bin/env bash
# Scores the smoke detector on rendered places with exact truth; a table on standard output.
#
# usage: scripts/score-smoke.sh [short]
#
# The places, the plumes and what is taken for them are drawn by Tests/Scores/ScoreSmoke, which shares nothing with what
# the models are trained on. In full it takes hours of processor time; `short` is an hour a weather from a tower and a
# tenth of that near by.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

part=(--build-path .build-score -c release)
LOOKOUT_PART=score swift build "${part[@]}" --product score-smoke >&2
score="$(LOOKOUT_PART=score swift build "${part[@]}" --show-bin-path)/score-smoke"

case "${1:-full}" in
short) tower=1 near=0.1 each=0.5 count=40 faulty=10 ;;
full) tower=12 near=12 each=2 count=300 faulty=100 ;;
*)
    echo "usage: scripts/score-smoke.sh [short]" >&2
    exit 2
    ;;
esac
"$score" cost near 200
"$score" cost tower 60
"$score" quiet tower "$tower"
"$score" quiet near "$near"
"$score" distractors tower "$each"
"$score" distractors near "$near"
"$score" composites tower "$count"
"$score" composites near "$count"
"$score" faults tower "$faulty"
"$score" faults near "$faulty"
"$score" quiet fine "$near"
"$score" distractors fine "$near"
"$score" composites fine "$count"
