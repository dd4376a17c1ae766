"""The demo's hillside, analysed with the shipped streams.yaml: what is reported as smoke lies on the plume."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

from harness import LOOKOUT, RENDER

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
STEPS_A_SECOND = 2


def overlap(a, b):
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return across > 0 and down > 0


class SmokeDemo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="smoke-demo-")
        cls.clip, truth = os.path.join(cls.folder, "hillside.mp4"), os.path.join(cls.folder, "truth.jsonl")
        # Only the pictures that the detector looks at, at the demo's size and quality.
        render = subprocess.Popen(
            [RENDER, "hillside", "--size", "960x540", "--fps", str(STEPS_A_SECOND), "--truth", truth, "--y4m", "-"],
            stdout=subprocess.PIPE)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-bf", "0", cls.clip],
            stdin=render.stdout, check=True)
        render.stdout.close()
        assert render.wait() == 0
        cls.plume = {}
        with open(truth, encoding="utf-8") as file:
            for line in map(json.loads, file):
                boxes = [each["box"] for each in line["objects"] if each["kind"] == "smoke" and "box" in each]
                if boxes:
                    cls.plume[round(line["time"] * STEPS_A_SECOND)] = boxes[0]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def incidents(self, config):
        lines = os.path.join(self.folder, "lines.jsonl")
        subprocess.run(
            [LOOKOUT, "analyze", self.clip, "--config", config, "--camera", "hillside", "--json", lines], check=True,
            stderr=subprocess.DEVNULL)
        with open(lines, encoding="utf-8") as file:
            return [each for each in map(json.loads, file) if each["type"] == "incident" and each["kind"] == "smoke"]

    def check(self, config):
        found = self.incidents(config)
        self.assertTrue(found, "the plume is not found")
        first = min(found, key=lambda each: each["start"])
        self.assertLess(first["start"], min(self.plume) / STEPS_A_SECOND + 20, "the plume is found late")
        truth = self.plume.get(round(first["start"] * STEPS_A_SECOND))
        self.assertIsNotNone(truth, f"smoke at {first['start']} s, when there is none")
        self.assertTrue(overlap(first["box"], truth), f"smoke in {first['box']}, the plume in {truth}")

    def test_the_first_smoke_of_the_demo_is_the_plume(self):
        self.check(os.path.join(ROOT, "streams.yaml"))

    def test_without_a_zone_too(self):
        with open(os.path.join(ROOT, "streams.yaml"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn("{kind: smoke, zone: slope}", text)
        config = os.path.join(self.folder, "everywhere.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(text.replace("{kind: smoke, zone: slope}", "{kind: smoke}"))
        self.check(config)


if __name__ == "__main__":
    unittest.main()
