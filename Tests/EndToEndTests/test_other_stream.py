"""A camera that comes back as another one: other size, other codec, other clock. It is watched again, and what was recorded
before and after can all be played."""
import json
import os
import subprocess
import time
import unittest

import faults
from harness import Lookout, RtspServer, clip, wait_for

HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=20:bframes=0:log-level=0")
# RTP carries no Huffman tables: cameras use those of the standard (RFC 2435).
MJPEG = ("-c:v", "mjpeg", "-q:v", "6", "-huffman", "default")
HOUR = 3600 * 90_000
# What the camera is after each restart, and by how much its clock is wrong then.
FORMS = [
    ("h264", 640, {}, 0), ("h264", 480, {"size": "480x270"}, 0), ("hevc", 640, {"codec": HEVC}, 0),
    ("mjpeg", 640, {"codec": MJPEG}, 0), ("h264", 640, {}, -HOUR), ("h264", 640, {}, HOUR),
]


class OtherStream(unittest.TestCase):
    def test_whatever_comes_back_is_watched_and_recorded(self):
        clips = [clip("static-noise", seconds=30, **how)[0] for _, _, how, _ in FORMS]
        server = RtspServer({"/gate": clips[0]})
        proxy = faults.Faults(server.port)
        lookout = Lookout([{"id": "gate", "source": proxy.url("/gate"), "detect": ["motion"],
                            "recording": {"enabled": True, "segmentSeconds": 5}}])
        try:
            waits = []
            for number, (codec, width, _, shift) in enumerate(FORMS):
                if number:
                    server.stop()
                    wait_for(lambda: lookout.camera("gate")["state"] == "blind", 20, "the loss is noticed")
                    server.mounts["/gate"] = clips[number]
                    proxy.fault = faults.shifting(lambda seconds: shift) if shift else faults.none
                    server.start()
                began = time.monotonic()
                is_back = lambda: ((camera := lookout.camera("gate"))["state"] in ("watching", "learning")
                                   and (camera["codec"], camera["width"]) == (codec, width))
                wait_for(is_back, 20, lambda: f"it is watched as {codec} of {width}: {lookout.camera('gate')}")
                waits.append(time.monotonic() - began)
                seen = lookout.camera("gate")["counters"]["framesDecoded"]
                wait_for(lambda: lookout.camera("gate")["counters"]["framesDecoded"] >= seen + 25, 20, "pictures go on")
            print(f"\n{len(FORMS) - 1} restarts as another stream: watched again after {', '.join(f'{wait:.1f} s' for wait in waits[1:])}")
            kinds = {incident["kind"] for incident in lookout.get("/api/incidents")["incidents"]}
            self.assertLessEqual(kinds, {"stream-lost", "stream-unstable", "scene-change"}, "a view that comes in another form is neither moved nor covered")
            self.assertEqual(lookout.stop(), 0)
            self.check(lookout)
        finally:
            lookout.close()
            proxy.close()
            server.close()

    def check(self, lookout):
        """Each file holds one form, whole; all forms are there."""
        forms = set()
        for folder, _, files in os.walk(os.path.join(lookout.data, "recordings")):
            for name in files:
                if not name.endswith((".mp4", ".mov")):
                    continue
                path = os.path.join(folder, name)
                done = subprocess.run(
                    ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,nb_read_frames", "-count_frames", "-of", "json", path],
                    capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), path)
                stream = json.loads(done.stdout)["streams"][0]
                forms.add((stream["codec_name"], stream["width"]))
                self.assertGreater(int(stream["nb_read_frames"]), 0, path)
        self.assertEqual(forms, {(codec, width) for codec, width, _, _ in FORMS})


if __name__ == "__main__":
    unittest.main(verbosity=2)
