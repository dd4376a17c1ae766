#!/usr/bin/env python3
"""What `decode: reference | keyframes` and `skipLoopFilter` cost as ratios to `decode: all`, and a smoke-only tower.

usage: decode_cost.py [--seconds 30] [--only-tower]
Needs the release build (LOOKOUT_BUILD). Ratios are CPU times of `lookout analyze` over the same clip with B-pictures, each
setting measured three times in turn, the median taken; the tower is a live 1080p camera at 15 pictures a second with a keyframe
every two seconds, which is looked at with each keyframe (near) or every 30 seconds (tower). Exits 1 where a cheaper setting is
not cheaper, or the tower takes 1 % of a core or more in the regime that is made for it.
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests"))
from harness import LOOKOUT, Lookout, RtspServer, clip, cpu_seconds, memory_megabytes, wait_for  # noqa: E402

SETTINGS = {
    "all": {}, "all, skipLoopFilter": {"skipLoopFilter": True}, "reference": {"decode": "reference"},
    "reference, skipLoopFilter": {"decode": "reference", "skipLoopFilter": True}, "keyframes": {"decode": "keyframes"},
}


def analyze(video, detect, settings):
    """CPU seconds of one run, and what it found."""
    with tempfile.TemporaryDirectory() as folder:
        config, out = os.path.join(folder, "streams.yaml"), os.path.join(folder, "out.jsonl")
        with open(config, "w") as file:
            json.dump({"cameras": [{"id": "tower", "source": video, "detect": detect, **settings}]}, file)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([LOOKOUT, "analyze", video, "--config", config, "--camera", "tower", "--json", out],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        lines = [json.loads(line) for line in open(out)]
        found = sum(line["type"] == "incident" for line in lines)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, found


def ratios(scene, detect):
    video = clip(scene, size="1920x1080", fps=15, seconds=60, codec=("-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-bf", "2"))[0]
    runs = {name: [] for name in SETTINGS}
    found = {}
    for _ in range(3):
        for name, settings in SETTINGS.items():
            cpu, found[name] = analyze(video, detect, settings)
            runs[name].append(cpu)
    base = statistics.median(runs["all"])
    told = {name: statistics.median(times) / base for name, times in runs.items()}
    for name, ratio in told.items():
        print(f"{scene}, {'+'.join(detect)}, 1080p at 15/s: decode {name}: {ratio:.2f} of the CPU of 'all', {found[name]} incidents", flush=True)
    return told


def tower(seconds, regime):
    """Share of a core."""
    video = clip("hillside", size="1920x1080", fps=15, seconds=60, codec=("-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-bf", "0"))[0]
    server = RtspServer({"/tower": video})
    program = Lookout([{"id": "tower", "source": server.url("/tower"), "detect": ["smoke"], "decode": "keyframes",
                        "smoke": {"regime": regime}}])
    try:
        wait_for(lambda: program.camera("tower")["counters"]["framesAnalysed"] > 0, 60, "the tower is looked at")
        time.sleep(25)
        begun, before = time.monotonic(), cpu_seconds(program.process.pid)
        time.sleep(seconds)
        cpu = 100 * (cpu_seconds(program.process.pid) - before) / (time.monotonic() - begun)
        print(f"a tower that looks for smoke, 1080p at 15/s, decode keyframes, regime {regime}: {cpu:.2f} % of a core, "
              f"{memory_megabytes(program.process.pid):.0f} MB")
        return cpu
    finally:
        program.close()
        server.close()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=30)
    arguments.add_argument("--only-tower", action="store_true")
    options = arguments.parse_args()
    good = True
    for scene, detect in () if options.only_tower else (("gate", ["motion"]), ("hillside", ["smoke"])):
        told = ratios(scene, detect)
        good = good and told["keyframes"] < told["reference"] < 1
    shares = {regime: tower(options.seconds, regime) for regime in ("near", "tower")}
    return 0 if shares["tower"] < 1 and good else 1


if __name__ == "__main__":
    sys.exit(main())
