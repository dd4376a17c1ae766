#!/usr/bin/env bash
# Runs tests under a sanitizer. Usage: sanitize.sh thread|address short|whole
# short: what continuous integration has time for. The crash tests are left out: they preload a library of their own.
# So is the test that weighs the process after much was freed: the address sanitizer keeps freed memory back on purpose.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:?usage: sanitize.sh thread|address short|whole}
length=${2:?usage: sanitize.sh thread|address short|whole}
case $kind-$length in
thread-short) part=watching filter='^(WatchTests|EventBusTests|EvidenceTests|MediaTests\.(PacketQueue|RTSP|MediaError))' ;;
address-short) part=pictures filter='^(MediaTests|PixelKernelsTests|DetectionTests)' ;;
# Pure computing starts no thread, and takes the thread sanitizer an hour.
thread-whole) part=core filter='^(?!PixelKernels|SyntheticScenes|Detection|Geolocation)' ;;
address-whole) part=core filter='.' ;;
*)
    echo "sanitize: unknown choice '$kind $length'" >&2
    exit 2
    ;;
esac

export LOOKOUT_PART=$part
# Reports end the run with an error; Swift's own crash reporter would hang on them.
export TSAN_OPTIONS="halt_on_error=1:suppressions=$PWD/scripts/thread-sanitizer.txt" ASAN_OPTIONS=detect_leaks=0
export SWIFT_BACKTRACE=enable=no
build=(--sanitize="$kind" --scratch-path ".build-$kind-$part")
swift build --build-tests "${build[@]}"
# So many tests at once starve those that hold something to seconds.
if [[ $length == whole ]]; then build+=(--no-parallel); fi
swift test --skip-build "${build[@]}" --filter "$filter" --skip '^CrashTests|handlesFreeWhatTheyOwn'
