#!/usr/bin/env bash
# The demo site: renders and encodes two synthetic cameras once, serves them over RTSP on this machine, and watches
# them with Lookout. Ctrl-C stops everything that was started here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rtsp_port=8554
read -ra flags <<<"${SWIFT_FLAGS:-}"
flags+=(-c "${CONFIGURATION:-release}")
clips=demo-data
started=()

say() { printf 'demo: %s\n' "$*"; }

stop_all() {
    trap - EXIT INT TERM
    local pid
    for pid in "${started[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
}
trap stop_all EXIT
trap 'echo; say "stopping"; exit 130' INT
trap 'exit 143' TERM

listening() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

dashboard=$(awk '/^center:/ { inside = 1 } inside && match($0, /listen: */) {
    value = substr($0, RSTART + RLENGTH); gsub(/[",}].*|[ #].*/, "", value); print value; exit }' streams.yaml)
dashboard=${dashboard:-127.0.0.1:8080}

if listening 127.0.0.1 "$rtsp_port"; then
    say "port $rtsp_port is taken. Stop what uses it (see: ss -ltnp 'sport = :$rtsp_port'), then run again." >&2
    exit 1
fi
if listening "${dashboard%:*}" "${dashboard##*:}"; then
    say "port ${dashboard##*:} is taken. Stop what uses it, or change 'listen' in streams.yaml." >&2
    exit 1
fi

say "building (${CONFIGURATION:-release}; the first time takes some minutes)"
swift build "${flags[@]}" --product render-scene
swift build "${flags[@]}" --product lookout
tools=$(swift build "${flags[@]}" --show-bin-path)

# A clip is rendered anew when its recipe or the renderer has changed.
render() {
    local scene=$1 recipe stamp
    shift
    recipe="$* $(find Sources/SyntheticScenes Sources/RenderScene scripts/run-demo.sh -type f -print0 | sort -z | xargs -0 cat | sha256sum)"
    stamp=$clips/$scene.recipe
    if [[ -f $clips/$scene.mp4 && $(cat "$stamp" 2>/dev/null) == "$recipe" ]]; then return; fi
    say "rendering $scene"
    rm -f "$stamp"
    "$tools/render-scene" "$scene" "$@" --truth "$clips/$scene.jsonl" --y4m - |
        ffmpeg -loglevel error -y -i - -c:v libx264 -preset veryfast \
            -crf 24 -g 20 -bf 0 -pix_fmt yuv420p -movflags +faststart "$clips/$scene.mp4"
    printf '%s\n' "$recipe" >"$stamp"
}
mkdir -p "$clips"
mounts=()
rendering=()
for scene in gate hillside; do
    render "$scene" --size 960x540 --fps 10 &
    rendering+=("$!")
    mounts+=(--mount "/$scene=$clips/$scene.mp4")
done
for pid in "${rendering[@]}"; do wait "$pid"; done

# Debian's own Python: the GStreamer bindings are installed for that one.
/usr/bin/python3 Demo/rtsp-server.py "${mounts[@]}" --port "$rtsp_port" >/dev/null &
started+=("$!")
camera_server=$!
for _ in {1..100}; do
    if listening 127.0.0.1 "$rtsp_port"; then break; fi
    if ! kill -0 "$camera_server" 2>/dev/null; then
        say "the camera server stopped. Its message stands above." >&2
        exit 1
    fi
    sleep 0.1
done
say "cameras: rtsp://127.0.0.1:$rtsp_port/gate and rtsp://127.0.0.1:$rtsp_port/hillside"

"$tools/lookout" run streams.yaml &
started+=("$!")
lookout=$!
for _ in {1..300}; do
    if listening "${dashboard%:*}" "${dashboard##*:}"; then
        say "dashboard: http://$dashboard/   (Ctrl-C stops everything)"
        break
    fi
    if ! kill -0 "$lookout" 2>/dev/null; then break; fi
    sleep 0.1
done

status=0
wait -n "$camera_server" "$lookout" || status=$?
if kill -0 "$lookout" 2>/dev/null; then say "the camera server stopped; stopping Lookout" >&2; fi
exit "$status"
