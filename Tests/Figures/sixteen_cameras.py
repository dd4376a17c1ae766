#!/usr/bin/env python3
"""CPU and memory of 16 RTSP cameras of 640x360 at 10 frames a second, beside Debian's `motion` on the same streams.

usage: sixteen_cameras.py [--cameras 16] [--seconds 60]
Needs the release build (LOOKOUT_BUILD), GStreamer's RTSP server and the package `motion`. Prints one line per program, and what
ffmpeg takes to decode the same pictures and do nothing with them: no program that sees all of them can take less. Exits 1
where Lookout dropped a frame or took more than half of motion's CPU.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests"))
from harness import Lookout, RtspServer, clip, cpu_seconds, memory_megabytes, wait_for  # noqa: E402


def measure(pid, seconds):
    """Mean CPU share of one core over `seconds`."""
    begun, before = time.monotonic(), cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / (time.monotonic() - begun)


def lookout(urls, seconds):
    program = Lookout([{"id": f"c{n}", "source": url, "detect": ["motion"]} for n, url in enumerate(urls)])
    try:
        for n in range(len(urls)):
            program.wait_state(f"c{n}", "watching", 60)
        time.sleep(10)
        before = {camera["camera"]: camera["counters"] for camera in program.get("/api/cameras")["cameras"]}
        begun = time.monotonic()
        cpu = measure(program.process.pid, seconds)
        after = {camera["camera"]: camera["counters"] for camera in program.get("/api/cameras")["cameras"]}
        lasted = time.monotonic() - begun
        decoded = [(after[c]["framesDecoded"] - before[c]["framesDecoded"]) / lasted for c in after]
        analysed = [(after[c]["framesAnalysed"] - before[c]["framesAnalysed"]) / lasted for c in after]
        shed = sum(after[c]["packetsShed"] for c in after)
        errors = sum(after[c]["decodeErrors"] for c in after)
        return cpu, memory_megabytes(program.process.pid), min(decoded), min(analysed), shed, errors
    finally:
        program.close()


def motion(urls, seconds):
    folder = tempfile.mkdtemp(prefix="motion-")
    common = f"""
daemon off
log_level 4
log_file {folder}/motion.log
target_dir {folder}
picture_output off
movie_output off
stream_port 0
webcontrol_port 0
"""
    with open(f"{folder}/motion.conf", "w") as file:
        file.write(common)
        for n, url in enumerate(urls):
            file.write(f"camera {folder}/c{n}.conf\n")
            with open(f"{folder}/c{n}.conf", "w") as camera:
                camera.write(f"camera_id {n + 1}\nnetcam_url {url}\nwidth 640\nheight 360\nframerate 10\n")
    process = subprocess.Popen(["motion", "-n", "-c", f"{folder}/motion.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(30)
        if process.poll() is not None:
            sys.exit("motion ended by itself: " + open(f"{folder}/motion.log").read()[-500:])
        cpu = measure(process.pid, seconds)
        # A camera that motion could not open would cost nothing and flatter it.
        log = open(f"{folder}/motion.log", errors="replace").read()
        opened = len(re.findall(r"Camera .* (?:stream|handler|started)|[Oo]pened camera|Resizing|codec", log))
        return cpu, memory_megabytes(process.pid), opened
    finally:
        process.terminate()
        process.wait()


def decoding(videos):
    """What decoding alone takes of a core for each camera: the processor time of ffmpeg over the duration of the clips."""
    begun = os.times()
    for video in videos:
        subprocess.run(["ffmpeg", "-v", "error", "-threads", "1", "-i", video, "-f", "null", "-"], check=True)
    ended = os.times()
    lasted = sum(
        float(subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", video],
                             stdout=subprocess.PIPE, text=True, check=True).stdout) for video in videos)
    return (ended.children_user + ended.children_system - begun.children_user - begun.children_system) / lasted


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--cameras", type=int, default=16)
    arguments.add_argument("--seconds", type=float, default=60)
    options = arguments.parse_args()
    videos = [clip("gate", seed=1 + n % 4)[0] for n in range(options.cameras)]
    server = RtspServer({f"/c{n}": video for n, video in enumerate(videos)})
    try:
        urls = [server.url(f"/c{n}") for n in range(options.cameras)]
        cpu, memory, decoded, analysed, shed, errors = lookout(urls, options.seconds)
        one = lookout(urls[:1], 15)[1]
        peer, peer_memory, _ = motion(urls, options.seconds)
        floor = decoding(videos[:4])
    finally:
        server.close()
    count = options.cameras
    print(f"lookout  {100 * cpu / count:.2f} % of a core per camera, {memory:.0f} MB for {count}, {(memory - one) / max(1, count - 1):.1f} MB per further one; "
          f"slowest camera {decoded:.2f} decoded and {analysed:.2f} analysed pictures/s, {shed} packets shed, {errors} decode errors")
    print(f"motion   {100 * peer / count:.2f} % of a core per camera, {peer_memory:.0f} MB for {count}")
    print(f"decoding {100 * floor:.2f} % of a core per camera with ffmpeg, {floor * count / peer:.2f} of motion")
    print(f"ratio    {cpu / peer:.2f} (at most 0.5)")
    return 0 if shed == 0 and decoded > 9.8 and cpu <= peer / 2 else 1


if __name__ == "__main__":
    sys.exit(main())
