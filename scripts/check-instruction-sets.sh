#!/usr/bin/env bash
# Holds the detector's release build against its promises: every kernel is vector code, and the portable build and the
# one for a newer processor find exactly the same. Usage: check-instruction-sets.sh [short | LEVEL...]
# short: compared at two sizes instead of four. LEVEL: x86-64-v3 (unless named), native ...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

sizes=("320 180" "640 360" "1280 720" "1920 1080")
if [[ ${1:-} == short ]]; then
    sizes=("${sizes[@]:0:2}")
    shift
fi
# What is built here needs no outside package; the list of those that the whole build resolved stays as it is.
export LOOKOUT_PART=kernels
resolved=$(mktemp)
trap 'rm -f "$resolved"' EXIT
cp Package.resolved "$resolved" 2>/dev/null || true
restore() { if [[ -s $resolved ]]; then cp "$resolved" Package.resolved; fi; }

build() { # build LEVEL FLAG...: prints the folder of what was built
    local flags=(-c release --scratch-path ".build-kernels-$1" "${@:2}")
    # Inside $( ) the shell goes on after a failure unless told.
    swift build "${flags[@]}" --product measure-detector >&2 || return
    swift build "${flags[@]}" --show-bin-path
}

portable=$(build portable)
restore
echo "portable build:"
scripts/check-kernels.py "$portable/PixelKernels.build"

if (($# == 0)); then set -- x86-64-v3; fi
declare -A fast
for level in "$@"; do
    fast[$level]=$(build "$level" -Xcc "-march=$level")
    restore
    echo "build for $level:"
    scripts/check-kernels.py "${fast[$level]}/PixelKernels.build"
done

if ! grep -qw avx2 /proc/cpuinfo; then
    echo "equal results: not compared, since this processor cannot run the builds for $*"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$resolved" "$folder"' EXIT
hashes() { "$1/measure-detector" measure "$width" "$height" "$pictures" | grep -o '"maskHash":.*"'; }
status=0
for size in "${sizes[@]}"; do
    read -r width height <<<"$size"
    pictures=$folder/$width.yuv
    "$portable/measure-detector" render gate "$width" "$height" 60 "$pictures"
    expected=$(hashes "$portable")
    for level in "$@"; do
        found=$(hashes "${fast[$level]}")
        if [[ $expected == "$found" ]]; then
            echo "${width}x$height: equal masks and reports, portable and $level, $expected"
        else
            echo "${width}x$height: portable $expected, $level $found" >&2
            status=1
        fi
    done
    rm "$pictures"
done
exit $status
