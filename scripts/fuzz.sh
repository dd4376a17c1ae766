#!/usr/bin/env bash
# Lets libFuzzer invent configurations, requests and recordings. Usage: fuzz.sh SECONDS [TARGET...]
# Each target gets so many seconds. What it finds is kept in .build-fuzz/findings, and fails the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:?usage: fuzz.sh SECONDS [TARGET...]}
shift
targets=("$@")
if ((${#targets[@]} == 0)); then targets=(fuzz-configuration fuzz-media fuzz-requests); fi

export LOOKOUT_PART=fuzz SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
build=(--sanitize=fuzzer --scratch-path .build-fuzz)
for target in "${targets[@]}"; do swift build "${build[@]}" --product "$target"; done
binaries=$(swift build "${build[@]}" --show-bin-path)

# Seeds: the shipped configuration, requests of every kind, and tiny recordings of the usual containers and codecs.
seeds=.build-fuzz/seeds
mkdir -p $seeds/fuzz-configuration $seeds/fuzz-media
cp -r Tests/Fuzzing/Seeds/. $seeds/
cp streams.yaml $seeds/fuzz-configuration/demo.yaml
picture=(-v error -y -f lavfi -i testsrc=size=64x48:rate=5 -t 1)
encode() { ffmpeg "${picture[@]}" -pix_fmt "$2" "${@:3}" "$seeds/fuzz-media/$1"; }
encode h264.mp4 yuv420p -c:v libx264 -g 2
encode h264.264 yuv420p -c:v libx264 -bf 2
encode hevc.mkv yuv420p -c:v libx265 -x265-params log-level=none
encode mjpeg.avi yuvj422p -c:v mjpeg
encode vp9.webm yuv420p -c:v libvpx-vp9 -b:v 50k
encode h264.ts yuv420p -c:v libx264

# Side by side: each uses one processor.
fuzz() {
    local corpus=.build-fuzz/corpus/$1 findings=.build-fuzz/findings/$1
    mkdir -p "$corpus" "$findings"
    # What earlier runs found useful is kept in the corpus; the seeds are read, never written.
    "$binaries/$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$findings/" "$corpus" "$seeds/$1" >".build-fuzz/$1.log" 2>&1
}
running=()
for target in "${targets[@]}"; do
    fuzz "$target" &
    running+=($!)
done
failed=0
for index in "${!targets[@]}"; do
    wait "${running[$index]}" && outcome="no finding" || { outcome=FOUND failed=1; }
    echo "${targets[$index]}: $outcome"
    tail -n 25 ".build-fuzz/${targets[$index]}.log"
done
exit $failed
