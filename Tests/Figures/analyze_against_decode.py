#!/usr/bin/env python3
"""CPU of `lookout analyze` with motion on a 1080p H.264 clip, one job, as a ratio to FFmpeg's decoding alone, in turn.

usage: analyze_against_decode.py [CLIP] [--runs 5]
Without CLIP a scene is rendered at 1920x1080 and 25 frames a second and encoded with x264's defaults. Exits 1 above 1.15.
"""
import argparse
import os
import resource
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests"))
from harness import LOOKOUT, clip  # noqa: E402


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("clip", nargs="?")
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--detect", default="motion", help="detectors, separated by commas")
    options = arguments.parse_args()
    path = options.clip or clip("gate", size="1920x1080", fps=25, seconds=40, codec=("-c:v", "libx264", "-preset", "medium"))[0]
    ours, decode = [], []
    for _ in range(options.runs + 1):
        ours.append(cpu([LOOKOUT, "analyze", path, "--json", "/dev/null", "--jobs", "1", "--detect", options.detect]))
        decode.append(cpu(["ffmpeg", "-v", "error", "-threads", "1", "-i", path, "-an", "-f", "null", "-"]))
    ours, decode = ours[1:], decode[1:]
    ratio = statistics.median(a / b for a, b in zip(ours, decode))
    print(f"analyze ({options.detect}) {statistics.median(ours):.2f} s, ffmpeg -threads 1 {statistics.median(decode):.2f} s of CPU; ratio {ratio:.3f} (at most 1.15), "
          f"working height 360, at most 10 pictures a second analysed")
    return 0 if ratio <= 1.15 else 1


if __name__ == "__main__":
    sys.exit(main())
