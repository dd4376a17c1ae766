#!/usr/bin/env bash
# Measures speed with the release build: how fast scenes are rendered, and what analysis costs beside decoding alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

read -ra flags <<<"${SWIFT_FLAGS:-}"
flags+=(-c release)
swift build "${flags[@]}" --product render-scene
swift build "${flags[@]}" --product lookout
LOOKOUT_BUILD=$(swift build "${flags[@]}" --show-bin-path)
export LOOKOUT_BUILD

# Processor time of drawing frames, the preparation of the scene taken off.
render_seconds() {
    local TIMEFORMAT='%U'
    { time "$LOOKOUT_BUILD/render-scene" "$1" --size 960x540 --fps "$2" --seconds 60 --truth /dev/null; } 2>&1
}
for scene in gate hillside static-noise light-changes; do
    few=$(render_seconds "$scene" 1)
    many=$(render_seconds "$scene" 11)
    awk -v scene="$scene" -v few="$few" -v many="$many" \
        'BEGIN { printf "render %s at 960x540: %.0f frames a second of one core\n", scene, 600 / (many - few) }'
done

/usr/bin/python3 Tests/Figures/analyze_against_decode.py
