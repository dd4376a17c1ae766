#!/usr/bin/env python3
"""Resident memory of each further RTSP camera of 1920x1080 with 4 reference frames, by what the camera does.

usage: memory.py [--cameras 6]
Needs the release build (LOOKOUT_BUILD). What a part takes is the difference between two runs of the whole program; exits 1
where a camera with motion and clips takes more than 45 MB.
"""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests"))
from harness import Lookout, RtspServer, clip, memory_megabytes  # noqa: E402

CODEC = ("-c:v", "libx264", "-preset", "veryfast", "-refs", "4", "-g", "50", "-bf", "0", "-b:v", "4M")
WITHOUT = {"clips": {"enabled": False}}
STEPS = (
    ("connection and decoder", {"detect": [], **WITHOUT}),
    ("motion detector", {"detect": ["motion"], "rules": [], "tamper": False, **WITHOUT}),
    ("tamper detector", {"detect": ["motion"], "rules": [], **WITHOUT}),
    ("incidents, their pictures", {"detect": ["motion"], **WITHOUT}),
    ("packets kept for clips", {"detect": ["motion"]}),
)


def settled(urls, settings):
    program = Lookout([{"id": f"c{n}", "source": url, **settings} for n, url in enumerate(urls)])
    try:
        for n in range(len(urls)):
            program.wait_state(f"c{n}", "watching", 90)
        # Longer than the ring's pre-roll and the detector's warm-up.
        time.sleep(25)
        return memory_megabytes(program.process.pid)
    finally:
        program.close()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--cameras", type=int, default=6)
    count = arguments.parse_args().cameras
    video = clip("gate", size="1920x1080", fps=10, seconds=40, codec=CODEC)[0]
    server = RtspServer({f"/c{n}": video for n in range(count)})
    try:
        urls = [server.url(f"/c{n}") for n in range(count)]
        each = [(settled(urls, settings) - settled(urls[:1], settings)) / (count - 1) for _, settings in STEPS]
    finally:
        server.close()
    for (name, _), whole, before in zip(STEPS, each, [0, *each]):
        print(f"{name:26} {whole - before:6.1f} MB per further camera")
    print(f"{'together':26} {each[-1]:6.1f} MB per further camera of 1920x1080 (at most 45)")
    return 0 if each[-1] <= 45 else 1


if __name__ == "__main__":
    sys.exit(main())
