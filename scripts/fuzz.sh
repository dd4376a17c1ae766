#!/usr/bin/env bash
# Lets libFuzzer invent configurations, requests, recordings, clips and RTSP sessions. Usage: fuzz.sh SECONDS [TARGET...]
# Each target gets so many seconds. What it finds is kept in .build-fuzz/findings, and fails the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:?usage: fuzz.sh SECONDS [TARGET...]}
shift
targets=("$@")
if ((${#targets[@]} == 0)); then targets=(fuzz-configuration fuzz-clips fuzz-media fuzz-requests fuzz-sessions); fi

export LOOKOUT_PART=fuzz SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
build=(--sanitize=fuzzer --scratch-path .build-fuzz)
# What a build says is of interest only where it fails: the rest are hints of packages that this part does not use.
mkdir -p .build-fuzz
for target in "${targets[@]}"; do
    swift build "${build[@]}" --product "$target" >.build-fuzz/build.log 2>&1 || { cat .build-fuzz/build.log; exit 1; }
done
binaries=$(swift build "${build[@]}" --show-bin-path 2>/dev/null)

# Seeds: the shipped configuration, requests of every kind, tiny recordings of the usual containers and codecs with and
# without sound, clips that were closed and clips that were cut off, and all that a camera says in a session.
seeds=.build-fuzz/seeds
rm -rf $seeds
mkdir -p $seeds/fuzz-{clips,configuration,media,requests,sessions}
cp -r Tests/Fuzzing/Seeds/. $seeds/
cp streams.yaml $seeds/fuzz-configuration/demo.yaml
picture=(-nostdin -v error -y -f lavfi -i testsrc=size=64x48:rate=5)
tone=(-f lavfi -i sine=frequency=440:sample_rate=8000)
x265=(-c:v libx265 -x265-params log-level=none:keyint=3)
fragmented=(-movflags empty_moov+default_base_moof+frag_keyframe)
# encode FOLDER/NAME PIXELS ARGUMENTS..., and heard the same with sound beside the pictures.
encode() { ffmpeg "${picture[@]}" -t 1 -pix_fmt "$2" "${@:3}" "$seeds/$1"; }
heard() { ffmpeg "${picture[@]}" "${tone[@]}" -t 1 -pix_fmt "$2" "${@:3}" "$seeds/$1"; }
encode fuzz-media/h264.mp4 yuv420p -c:v libx264 -g 2
encode fuzz-media/h264.264 yuv420p -c:v libx264 -bf 2
encode fuzz-media/hevc.mkv yuv420p "${x265[@]}"
encode fuzz-media/mjpeg.avi yuvj422p -c:v mjpeg
encode fuzz-media/vp9.webm yuv420p -c:v libvpx-vp9 -b:v 50k
heard fuzz-media/h264-aac.ts yuv420p -c:v libx264 -c:a aac
heard fuzz-media/mjpeg-alaw.mkv yuvj420p -c:v mjpeg -c:a pcm_alaw
encode fuzz-clips/h264.mp4 yuv420p -c:v libx264 -g 2 -bf 2 "${fragmented[@]}"
encode fuzz-clips/hevc.mp4 yuv420p "${x265[@]}" "${fragmented[@]}"
heard fuzz-clips/h264-aac.mp4 yuv420p -c:v libx264 -g 2 -c:a aac "${fragmented[@]}"
heard fuzz-clips/h264-alaw.mov yuv420p -c:v libx264 -g 2 -c:a pcm_alaw "${fragmented[@]}"
heard fuzz-clips/mjpeg-mulaw.mov yuvj420p -c:v mjpeg -c:a pcm_mulaw "${fragmented[@]}"
heard fuzz-clips/whole.mp4 yuv420p -c:v libx264 -c:a aac -movflags faststart
for clip in h264-aac.mp4 hevc.mp4 mjpeg-mulaw.mov; do
    head -c $(($(stat -c %s "$seeds/fuzz-clips/$clip") * 2 / 3)) "$seeds/fuzz-clips/$clip" >"$seeds/fuzz-clips/cut-$clip"
done
cp $seeds/fuzz-clips/h264-aac.mp4 $seeds/fuzz-clips/hevc.mp4 $seeds/fuzz-media/
if [[ " ${targets[*]} " == *" fuzz-sessions "* ]]; then
    shown=.build-fuzz/shown
    mkdir -p $shown
    encode ../shown/h264.mp4 yuv420p -c:v libx264 -g 2 -bf 0
    encode ../shown/hevc.mp4 yuv420p "${x265[@]}"
    encode ../shown/mjpeg.mp4 yuvj420p -c:v mjpeg
    for sound in "" "--sound aac" "--sound alaw"; do
        # shellcheck disable=SC2086
        /usr/bin/python3 Tests/Fuzzing/record_sessions.py $seeds/fuzz-sessions $shown/*.mp4 $sound &
    done
    wait
fi

# Side by side: each uses one processor.
fuzz() {
    local corpus=.build-fuzz/corpus/$1 findings=.build-fuzz/findings/$1
    local words=() longest=65536
    # FFmpeg asks the system for each byte of an answer, one at a time.
    if [[ $1 == fuzz-sessions ]]; then longest=8192; fi
    if [[ -e Tests/Fuzzing/Words/$1.dict ]]; then words=(-dict="Tests/Fuzzing/Words/$1.dict"); fi
    mkdir -p "$corpus" "$findings"
    # What earlier runs found useful is kept in the corpus; the seeds are read, never written.
    "$binaries/$1" -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -max_len=$longest -print_final_stats=1 \
        "${words[@]}" -artifact_prefix="$findings/" "$corpus" "$seeds/$1" >".build-fuzz/$1.log" 2>&1
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
