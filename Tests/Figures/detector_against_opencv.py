#!/usr/bin/env python3
"""Lookout's motion detector beside OpenCV's background subtractors: the same pictures, the same run, one thread each.

usage: detector_against_opencv.py MEASURE_DETECTOR [--rounds 5]
MEASURE_DETECTOR is the tool of that name. The programs take turns, round by round, so that a busy machine slows all of
them alike. OpenCV gets the pictures as BGR, converted beforehand, and writes a mask; Lookout gets them as decoded and
does everything: it brings them to working size, and cleans, labels and follows what it finds. Processor time, median of
the rounds' medians. Exits 1 where, at 640x360, a picture takes more than 0.9 ms, MOG2 less than 2.5 times as long, a working
pixel more than 32 bytes, or a picture on which nothing moves asks for memory more than once.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import cv2
import numpy

SIZES = ((320, 180), (640, 360), (1280, 720), (1920, 1080))
PICTURES = 60
LEARNING = 20
PEERS = {
    "MOG2": cv2.createBackgroundSubtractorMOG2,
    "KNN": cv2.createBackgroundSubtractorKNN,
    "CNT": cv2.bgsegm.createBackgroundSubtractorCNT,
}


def peer_milliseconds(make, pictures):
    subtractor, times = make(), []
    for picture in pictures:
        start = time.process_time_ns()
        subtractor.apply(picture)
        times.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(times[LEARNING:])


def measure(tool, width, height, path):
    command = [tool, "measure", str(width), str(height), path]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    cv2.setNumThreads(1)
    cv2.ocl.setUseOpenCL(False)
    broken = []
    print(f"OpenCV {cv2.__version__}, one thread; milliseconds a picture, in brackets how many times Lookout's")
    for width, height in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "pictures.yuv")
            subprocess.run([options.tool, "render", "gate", str(width), str(height), str(PICTURES), path], check=True)
            planes = numpy.fromfile(path, numpy.uint8).reshape(PICTURES, height * 3 // 2, width)
            pictures = [cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_I420) for picture in planes]
            ours, peers = [], {name: [] for name in PEERS}
            for _ in range(options.rounds):
                result = measure(options.tool, width, height, path)
                ours.append(result["milliseconds"])
                for name, make in PEERS.items():
                    peers[name].append(peer_milliseconds(make, pictures))
        ratios = {name: statistics.median(a / b for a, b in zip(times, ours)) for name, times in peers.items()}
        row = ", ".join(f"{name} {statistics.median(times):.2f} ({ratios[name]:.1f})" for name, times in peers.items())
        print(f"{width}x{height}: Lookout {statistics.median(ours):.2f}, {row}; "
              f"{result['allocations']} allocations a picture (on quiet ones at most "
              f"{result['mostAllocationsOfQuietPictures']}), {result['bytesPerWorkingPixel']:.1f} bytes a working pixel")
        if (width, height) == (640, 360):
            broken = promises_broken(statistics.median(ours), ratios["MOG2"], result)
    for words in broken:
        print(f"640x360: {words}")
    return 1 if broken else 0


def promises_broken(milliseconds, ratio, result):
    allocations, size = result["mostAllocationsOfQuietPictures"], result["bytesPerWorkingPixel"]
    return [words for kept, words in (
        (milliseconds <= 0.9, f"a picture takes {milliseconds:.2f} ms, more than 0.9"),
        (ratio >= 2.5, f"MOG2 takes {ratio:.1f} times as long, less than 2.5"),
        (size <= 32, f"{size:.1f} bytes a working pixel, more than 32"),
        (allocations <= 1, f"a picture on which nothing moves asks for memory {allocations} times"),
    ) if not kept]


if __name__ == "__main__":
    sys.exit(main())
