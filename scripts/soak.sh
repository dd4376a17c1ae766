#!/usr/bin/env bash
# Runs all that takes too long for every commit, one stage after the other, also after one has failed, and ends with what
# each came to. Usage: soak.sh SHARE [flags of swift build]
#
# SHARE is the part of the whole that is run: 1 takes a day, most of it under the sanitizers; with 0.01 everything is gone
# through once, and the sanitizers run what continuous integration runs.
# STAGES names those that are run, all by default; LOOKOUT_BUILD and LOOKOUT_RELEASE the folders of builds that are there.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
share=${1:?usage: soak.sh SHARE [flags of swift build]}
shift
python=${PYTHON:-/usr/bin/python3}
export LOOKOUT_SOAK=1 LOOKOUT_SOAK_SHARE=$share
logs=.build/soak
mkdir -p "$logs"
summary=()
failed=0

# stage NAME COMMAND...
stage() {
    local name=$1 start=$SECONDS outcome=passed
    shift
    if [[ -n ${STAGES:-} && " $STAGES " != *" $name "* ]]; then return; fi
    echo "== $name"
    "$@" > >(tee "$logs/$name.log") 2>&1 || outcome=FAILED failed=1
    summary+=("$(printf '%-22s %6s  %s s' "$name" "$outcome" $((SECONDS - start)))")
}

# part LEAST WHOLE: the share of the whole, never less than the least.
part() { "$python" -c 'import sys; least, whole, share = map(float, sys.argv[1:]); print(int(max(least, whole * share)))' "$1" "$2" "$share"; }

end_to_end() { (cd Tests/EndToEndTests && "$python" -m unittest --verbose "$@"); }

if [[ -z ${LOOKOUT_BUILD:-} ]]; then
    swift build "$@" || exit 1
    LOOKOUT_BUILD=$(swift build "$@" --show-bin-path)
fi
if [[ -z ${LOOKOUT_RELEASE:-} ]]; then
    for product in lookout render-scene alert-sender; do swift build -c release "$@" --product "$product" || exit 1; done
    LOOKOUT_RELEASE=$(swift build -c release "$@" --show-bin-path)
fi
export LOOKOUT_BUILD

LOOKOUT_BUILD=$LOOKOUT_RELEASE stage delivery end_to_end test_delivery.DeliveryTests.test_nothing_is_lost_whoever_dies
stage clips end_to_end test_clips
stage faults-of-streams end_to_end test_faults test_reconnect test_other_stream
stage faults-of-the-host end_to_end test_faulty_host
stage reload end_to_end test_reload test_road
stage hours end_to_end test_run_for_hours
LOOKOUT_BUILD=$LOOKOUT_RELEASE stage 64-cameras "$python" Tests/Figures/many_cameras.py --counts 64 --overload 0 \
    --seconds "$(part 40 1800)"
stage fuzz scripts/fuzz.sh "$(part 20 600)"
length=whole
if [[ $(part 0 100) -lt 100 ]]; then length=short; fi
stage thread-sanitizer scripts/sanitize.sh thread $length
stage address-sanitizer scripts/sanitize.sh address $length

echo
printf '%s\n' "${summary[@]}"
exit $failed
