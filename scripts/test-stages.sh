#!/usr/bin/env bash
# Runs all test stages on what is built, also after one of them has failed, and ends with a list of what failed:
# the last screen of a long log says why. Usage: test-stages.sh [flags of swift test]
#
# Cameras, brokers and browsers are waited for in real time, and a machine that stands still for seconds fails such a
# test. So tests that failed run once more, alone; those that pass then are listed as unstable. A crash fails at once.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=${PYTHON:-/usr/bin/python3}

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=()
unstable=()

# run NAME COMMAND...: a process that a test left behind may hold the pipe open, so `tee` is not waited for.
run() {
    local name=$1 start=$SECONDS status=0
    shift
    "$@" > >(tee "$logs/$name") 2>&1 || status=$?
    sleep 1
    echo "$name: $((SECONDS - start)) s"
    return $status
}

# Tests of pure computing, which depend on no clock, fill the second core while the others wait for cameras and disks.
computing='^(Domain|PixelKernels|SyntheticScenes|Detection|Inference|SmokeModels|Geolocation|Incidents|SiteConfiguration)Tests\.'
binary=$(swift build "$@" --show-bin-path)/LookoutPackageTests.xctest

swift_tests() { NO_COLOR=1 "$binary" --testing-library swift-testing --no-parallel "$@"; }

unit_tests() {
    local status=0 computed=0
    swift_tests --filter "$computing" >"$logs/computing" 2>&1 &
    local process=$!
    swift_tests --skip "$computing" || status=$?
    wait $process || computed=$?
    cat "$logs/computing"
    return $((status > computed ? status : computed))
}

# By the names of the functions; arguments and suites are not told in these lines.
failed_unit_tests() {
    sed -nE 's/^✘ Test ([A-Za-z0-9_]+)\(.*(failed after|with [0-9]+ test cases failed).*/\1/p' "$logs/unit-tests" | sort -u
}

# Tests that hold the program to seconds have the machine to themselves. The others mostly wait for cameras, so two files
# run at a time; what a file printed comes out in one piece.
timed='^test_(faults|health|latency|reconnect)\.py$'

end_to_end_tests() (
    cd Tests/EndToEndTests
    status=0
    printf '%s\n' test_*.py | grep -vE "$timed" | xargs -P 2 -n 1 "${BASH:-bash}" -c '
        start=$SECONDS status=0
        "$0" -m unittest --verbose "$2" >"$1/$2" 2>&1 || status=1
        flock "$1" cat "$1/$2"
        echo "$2: $((SECONDS - start)) s"
        exit $status' "$python" "$logs" || status=1
    "$python" -m unittest --verbose $(printf '%s\n' test_*.py | grep -E "$timed") || status=1
    return $status
)

# `FAIL: test_x (module.Class.test_x)` and `ERROR: setUpClass (module.Class)`
failed_end_to_end_tests() {
    sed -nE 's/^(FAIL|ERROR): [A-Za-z0-9_]+ \(([A-Za-z0-9_.]+)\).*/\2/p' "$logs/end-to-end-tests" | sort -u
}

if ! run unit-tests unit_tests; then
    names=$(failed_unit_tests)
    if [[ -n $names ]] && run unit-tests-again swift_tests --filter "[./]($(paste -sd '|' <<<"$names"))\\("; then
        unstable+=($names)
    else
        failed+=(unit-tests)
    fi
fi

run instruction-sets scripts/check-instruction-sets.sh short || failed+=(instruction-sets)

if ! run end-to-end-tests end_to_end_tests; then
    names=$(failed_end_to_end_tests)
    if [[ -n $names ]] && (cd Tests/EndToEndTests && run end-to-end-tests-again "$python" -m unittest --verbose $names); then
        unstable+=($names)
    else
        failed+=(end-to-end-tests)
    fi
fi

if ((${#unstable[@]} > 0)); then
    echo "Unstable, passed when run again:"
    printf '    %s\n' "${unstable[@]}"
fi
if ((${#failed[@]} == 0)); then exit 0; fi

echo
echo "What failed:"
for name in "${failed[@]}"; do
    echo "== $name"
    for log in "$logs/$name" "$logs/$name-again"; do
        [[ -e $log ]] && grep -E '^✘|recorded an issue|^↳|^(ERROR|FAIL):|(Error|Exception): |^error:|^Fatal error|scalar' "$log" \
            | cut -c 1-400 | tail -n 40
    done
done
exit 1
