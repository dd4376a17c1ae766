#!/usr/bin/env bash
# Runs all test stages on what is built, also after one of them has failed, and ends with a list of what failed:
# the last screen of a long log says why. Usage: test-stages.sh [flags of swift test]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=${PYTHON:-/usr/bin/python3}

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=()

# stage NAME COMMAND...: a process that a test left behind may hold the pipe open, so `tee` is not waited for.
stage() {
    local name=$1 start=$SECONDS
    shift
    "$@" > >(tee "$logs/$name") 2>&1 || failed+=("$name")
    echo "$name: $((SECONDS - start)) s"
}

stage unit-tests swift test --skip-build --no-parallel "$@"
stage instruction-sets scripts/check-instruction-sets.sh short
stage end-to-end-tests "$python" -m unittest discover \
    --start-directory Tests/EndToEndTests --pattern 'test_*.py' --verbose

if ((${#failed[@]} == 0)); then
    exit 0
fi
sleep 1
echo
echo "What failed:"
for name in "${failed[@]}"; do
    echo "== $name"
    grep -E '^✘|recorded an issue|^↳|^(ERROR|FAIL):|(Error|Exception): |^error:|^Fatal error|scalar' "$logs/$name" \
        | cut -c 1-400 | tail -n 60
done
exit 1
