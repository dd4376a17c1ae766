#!/usr/bin/env python3
"""What `decode: reference | keyframes` and `skipLoopFilter` cost in detection, beside what they save in CPU time.

usage: decode_score.py        (LOOKOUT_BUILD names the folder of the release build)
Footage of ../shared/data beside the project is encoded as a camera would (H.264 with B-pictures, a keyframe every second or
two) and analysed with each setting: F of the motion masks by the rules of CDnet over the pictures that are looked at, and the
events that are told; whether smoke is told, after how long, and the highest evidence. It is left out where it is not there; the
rendered courtyard always runs. CPU times are told as ratios to `all`, the median of three runs in turn.
"""
import glob
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests"))
from harness import LOOKOUT, SHARED, clip  # noqa: E402

DATA = os.path.join(SHARED, "data")
SETTINGS = {
    "all": [], "all, skipLoopFilter": ["--skip-loop-filter"], "reference": ["--decode", "reference"],
    "reference, skipLoopFilter": ["--decode", "reference", "--skip-loop-filter"], "keyframes": ["--decode", "keyframes"],
}
ROUNDS = 3


def encode(source, path, rate, keyframe_seconds):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *source, "-an", "-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-c:v", "libx264",
                    "-preset", "medium", "-crf", "24", "-bf", "2", "-g", str(round(rate * keyframe_seconds)), "-pix_fmt", "yuv420p", path],
                   check=True)
    return path


def lookout(*words):
    """What it prints, and the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([LOOKOUT, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        sys.exit(f"lookout {' '.join(words)} failed with {run.returncode}: {run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()], after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def analyze(video, detect):
    """For each setting: what is told, and the CPU time as a ratio to that of `all`."""
    config = video + ".json"
    # Each who comes is an event of its own.
    rules = {"rules": [{"kind": "motion", "quietSeconds": 1}]} if detect == "motion" else {}
    with open(config, "w") as file:
        json.dump({"cameras": [{"id": "camera", "source": video, "detect": [detect], **rules}]}, file)
    told, times = {}, {name: [] for name in SETTINGS}
    for _ in range(ROUNDS):
        for name, words in SETTINGS.items():
            told[name], seconds = lookout("analyze", video, "--config", config, "--json", *words)
            times[name].append(seconds)
    base = statistics.median(times["all"])
    return told, {name: statistics.median(seconds) / base for name, seconds in times.items()}


def incidents(lines, kind):
    return [line for line in lines if line["type"] == "incident" and line["kind"] == kind]


def motion(folder):
    print(f"{'motion':22} {'decode':28} {'CPU':>5} {'pictures':>9} {'F':>7} {'events':>7}")
    for sequence in sorted(glob.glob(os.path.join(DATA, "motion", "*", "input"))):
        name = os.path.basename(os.path.dirname(sequence))
        video = encode(["-framerate", "25", "-pattern_type", "glob", "-i", os.path.join(sequence, "*.jpg")],
                       os.path.join(folder, name + ".mp4"), 25, 2)
        told, ratios = analyze(video, "motion")
        for setting, words in SETTINGS.items():
            score = lookout("evaluate", "motion", os.path.dirname(sequence), "--video", video, "--json", *words)[0][0]
            row(name, setting, ratios, score["frames"], f"{score['f']:.4f}", len(incidents(told[setting], "motion")))
    rendered = clip("arrivals", seconds=60, fps=10, codec=("-c:v", "libx264", "-preset", "medium", "-g", "20", "-bf", "2"))[0]
    video = shutil.copy(rendered, folder)
    told, ratios = analyze(video, "motion")
    for setting in SETTINGS:
        looks = next(line for line in told[setting] if line["type"] == "summary")["framesAnalysed"]
        row("rendered courtyard", setting, ratios, looks, "", len(incidents(told[setting], "motion")))


def row(name, setting, ratios, pictures, score, events):
    print(f"{name:22} {setting:28} {ratios[setting]:5.2f} {pictures:9} {score:>7} {events:7}", flush=True)


def labelled():
    """(file, what must be told) of the footage that shows smoke to a fixed camera."""
    labels = os.path.join(DATA, "labels.yaml")
    if not os.path.exists(labels):
        return
    for line in open(labels):
        found = re.search(r"file: (\S+\.mp4), +camera: fixed, +expect: \[\{kind: smoke", line)
        if found:
            yield os.path.join(DATA, found[1])


def smoke(folder):
    print(f"{'smoke':22} {'decode':28} {'CPU':>5} {'pictures':>9} {'told':>7} {'evidence':>9}")
    for path in labelled():
        rate = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=avg_frame_rate", "-of",
                               "csv=p=0", path], stdout=subprocess.PIPE, text=True, check=True).stdout.strip().split("/")
        name = os.path.splitext(os.path.basename(path))[0]
        video = encode(["-i", path], os.path.join(folder, name + ".mp4"), int(rate[0]) / int(rate[1]), 1)
        told, ratios = analyze(video, "smoke")
        for setting in SETTINGS:
            found = incidents(told[setting], "smoke")
            looks = next(line for line in told[setting] if line["type"] == "summary")["framesAnalysed"]
            evidence = [m["value"] for line in found for m in line["measurements"] if m["name"] == "evidence"]
            when = f"{found[0]['start']:.0f} s" if found else "no"
            print(f"{name:22} {setting:28} {ratios[setting]:5.2f} {looks:9} {when:>7} {max(evidence, default=0):9.1f}", flush=True)


def main():
    if not os.path.isdir(DATA):
        print("labelled footage: skipped: no ../shared")
    with tempfile.TemporaryDirectory() as folder:
        motion(folder)
        smoke(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
