#!/usr/bin/env bash
# Measures speed with the release build. Usage: bench.sh [kernels|detector|programs], all of them without an argument.
#   kernels   each kernel against memcpy, and the motion detector at four sizes
#   detector  the motion detector beside OpenCV's on the same pictures, in the same run; a step of the smoke detector
#   programs  how fast scenes are rendered, and what analysis costs beside decoding alone
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

read -ra flags <<<"${SWIFT_FLAGS:-}"
python=${PYTHON:-/usr/bin/python3}
scratch=.build-benchmarks
# The benchmarks bring a package of their own; the list of those that the whole build resolved stays as it is.
resolved=$(mktemp)
trap 'rm -f "$resolved"' EXIT
cp Package.resolved "$resolved" 2>/dev/null || true
restore() { if [[ -s $resolved ]]; then cp "$resolved" Package.resolved; fi; }

kernels() {
    LOOKOUT_PART=benchmarks swift package --scratch-path "$scratch" "${flags[@]}" --allow-writing-to-package-directory \
        benchmark --target KernelBenchmarks --grouping benchmark --no-progress
    restore
}

detector() {
    local build=(-c release --scratch-path "$scratch-detector" "${flags[@]}")
    LOOKOUT_PART=kernels swift build "${build[@]}" --product measure-detector
    local tool
    tool=$(LOOKOUT_PART=kernels swift build "${build[@]}" --show-bin-path)/measure-detector
    restore
    local environment=.build/opencv
    if [[ ! -x $environment/bin/python ]]; then
        "$python" -m venv "$environment"
        "$environment/bin/pip" install --quiet opencv-contrib-python-headless
    fi
    "$environment/bin/python" Tests/Figures/detector_against_opencv.py "$tool"
    local score=(-c release --build-path .build-score "${flags[@]}")
    LOOKOUT_PART=score swift build "${score[@]}" --product score-smoke
    tool=$(LOOKOUT_PART=score swift build "${score[@]}" --show-bin-path)/score-smoke
    "$tool" cost near 200
    "$tool" cost tower 60
}

# Processor time of drawing frames, the preparation of the scene taken off.
render_seconds() {
    local TIMEFORMAT='%U'
    { time "$LOOKOUT_BUILD/render-scene" "$1" --size 960x540 --fps "$2" --seconds 60 --truth /dev/null; } 2>&1
}

programs() {
    flags+=(-c release)
    swift build "${flags[@]}" --product render-scene
    swift build "${flags[@]}" --product lookout
    LOOKOUT_BUILD=$(swift build "${flags[@]}" --show-bin-path)
    export LOOKOUT_BUILD
    local scene few many
    for scene in gate hillside static-noise light-changes; do
        few=$(render_seconds "$scene" 1)
        many=$(render_seconds "$scene" 11)
        awk -v scene="$scene" -v few="$few" -v many="$many" \
            'BEGIN { printf "render %s at 960x540: %.0f frames a second of one core\n", scene, 600 / (many - few) }'
    done
    "$python" Tests/Figures/analyze_against_decode.py
}

case ${1:-all} in
kernels | detector | programs) "$1" ;;
all)
    detector
    programs
    kernels
    ;;
*)
    echo "bench: unknown part '$1'. Use kernels, detector or programs." >&2
    exit 2
    ;;
esac
