#!/usr/bin/env bash
# Holds the detector's release build against its promises: every kernel is vector code, and the portable build and the
# one for a newer processor find exactly the same. Usage: check-instruction-sets.sh [short]
# short: only the vector code of the portable build, which takes seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

newer=x86-64-v3
what=(--product measure-detector)
if [[ ${1:-} == short ]]; then what=(--target PixelKernels); fi
# What is built here needs no outside package; the list of those that the whole build resolved stays as it is.
export LOOKOUT_PART=kernels
resolved=$(mktemp)
trap 'rm -f "$resolved"' EXIT
cp Package.resolved "$resolved" 2>/dev/null || true
restore() { if [[ -s $resolved ]]; then cp "$resolved" Package.resolved; fi; }

build() { # build LEVEL FLAG...: prints the folder of what was built
    local flags=(-c release --scratch-path ".build-kernels-$1" "${@:2}")
    # Inside $( ) the shell goes on after a failure unless told.
    swift build "${flags[@]}" "${what[@]}" >&2 || return
    swift build "${flags[@]}" --show-bin-path
}

portable=$(build portable)
restore
echo "portable build:"
scripts/check-kernels.py "$portable/PixelKernels.build"
if [[ ${1:-} == short ]]; then exit 0; fi

fast=$(build "$newer" -Xcc "-march=$newer")
restore
echo "build for $newer:"
scripts/check-kernels.py "$fast/PixelKernels.build"

if ! grep -qw avx2 /proc/cpuinfo; then
    echo "equal results: not compared, since this processor cannot run the build for $newer"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$resolved" "$folder"' EXIT
status=0
for size in "320 180" "640 360" "1280 720" "1920 1080"; do
    read -r width height <<<"$size"
    pictures=$folder/$width.yuv
    "$portable/measure-detector" render gate "$width" "$height" 60 "$pictures"
    expected=$("$portable/measure-detector" measure "$width" "$height" "$pictures" | grep -o '"maskHash":.*"')
    found=$("$fast/measure-detector" measure "$width" "$height" "$pictures" | grep -o '"maskHash":.*"')
    rm "$pictures"
    if [[ $expected == "$found" ]]; then
        echo "${width}x$height: equal masks on both, $expected"
    else
        echo "${width}x$height: portable $expected, $newer $found" >&2
        status=1
    fi
done
exit $status
