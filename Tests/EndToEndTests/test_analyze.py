"""`lookout analyze` on a clip with B-pictures: which detectors look, and that what is not decoded changes nothing."""
import json
import os
import resource
import shutil
import subprocess
import tempfile
import unittest

from harness import LOOKOUT, clip

B_PICTURES = ("-c:v", "libx264", "-preset", "medium", "-bf", "3")


class Analyze(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clip = clip("gate", fps=25, seconds=40, codec=B_PICTURES)[0]
        cls.folder = tempfile.mkdtemp()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def analyze(self, *arguments):
        return subprocess.run([LOOKOUT, "analyze", self.clip, *arguments, "--json"], capture_output=True, text=True)

    def test_passing_over_pictures_changes_nothing(self):
        """With --masks every picture is decoded."""
        for rate in ("10", "4"):
            fewer = self.analyze("--detect", "motion", "--analysis-rate", rate)
            all_of_them = self.analyze("--detect", "motion", "--analysis-rate", rate, "--masks", os.path.join(self.folder, rate))
            self.assertEqual(fewer.stdout, all_of_them.stdout)
            lines = [json.loads(line) for line in fewer.stdout.splitlines()]
            self.assertIn("motion", [line.get("kind") for line in lines])
            self.assertEqual(lines[-1]["frames"], 1000)

    def test_places_are_those_of_the_ground(self):
        """From a mast of 6 m on a plateau: as the site's level has it, and as an elevation model has it, 3 m lower."""
        rows = "\n".join(" ".join(["7"] * 41) for _ in range(41))
        with open(os.path.join(self.folder, "ground.asc"), "w", encoding="utf-8") as file:
            file.write(f"ncols 41\nnrows 41\nxllcorner 103.979\nyllcorner 10.199\ncellsize 0.00005\nNODATA_value -9999\n{rows}\n")
        places = []
        for geography in ("groundMetres: 10", "elevationModel: ground.asc"):
            path = os.path.join(self.folder, "ground.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write("cameras:\n  - id: gate\n    source: rtsp://10.0.1.9/main\n    rules: [{kind: motion}]\n"
                           "    pose: {latitude: 10.2, longitude: 103.98, heightMetres: 16, azimuthDegrees: 90, tiltDegrees: -20,"
                           " fieldOfViewDegrees: 61, sigmaDegrees: 0.1}\n"
                           f"geography: {{{geography}}}\n")
            done = self.analyze("--detect", "motion", "--config", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            places.append([json.loads(line)["ground"] for line in done.stdout.splitlines()[:-1]])
        self.assertTrue(places[0])
        for level, model in zip(*places):
            # 9 m below the camera instead of 6: half as far again, in the same direction.
            for axis in ("xMetres", "yMetres"):
                self.assertAlmostEqual(model[axis], 1.5 * level[axis], delta=0.05 * abs(level[axis]) + 0.2)
            self.assertTrue(103.98 < level["longitude"] < model["longitude"])

    def test_fewer_pictures_are_decoded_where_that_is_asked_for(self):
        looked, seconds = {}, {}
        for mode in ("all", "reference", "keyframes"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            lines = self.analyze("--detect", "motion", "--analysis-rate", "25", "--decode", mode).stdout.splitlines()
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            summary = json.loads(lines[-1])
            self.assertEqual((summary["frames"], summary["decodeErrors"]), (1000, 0), mode)
            looked[mode], seconds[mode] = summary["framesAnalysed"], after.ru_utime - before.ru_utime
        keyframes = subprocess.run(
            ["ffprobe", "-v", "error", "-skip_frame", "nokey", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", self.clip],
            capture_output=True, text=True).stdout.strip()
        self.assertEqual(looked["keyframes"], int(keyframes))
        self.assertGreater(looked["all"], looked["reference"])
        self.assertGreater(looked["reference"], looked["keyframes"])
        print("\nCPU for decoding and motion, all = 1: " + ", ".join(f"{mode} {used / seconds['all']:.2f}" for mode, used in seconds.items()))

    def test_only_the_named_detectors_look(self):
        kinds = {}
        for detector in ("motion", "flame"):
            lines = [json.loads(line) for line in self.analyze("--detect", detector).stdout.splitlines()]
            kinds[detector] = {line["kind"] for line in lines if "kind" in line}
        self.assertIn("motion", kinds["motion"])
        self.assertNotIn("motion", kinds["flame"])
        refused = self.analyze("--detect", "bees")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--detect", refused.stderr)


SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared")
MODEL, FOOTAGE = os.path.join(SHARED, "models/yolox_nano.onnx"), os.path.join(SHARED, "data/negative/lights-on-night.mp4")


@unittest.skipUnless(os.path.exists(MODEL) and os.path.exists(FOOTAGE), "skipped: no ../shared")
class RealClassifier(unittest.TestCase):
    def test_a_person_is_recognised_on_footage(self):
        """Colours in the wrong order or a crop at the wrong place would find nobody. yolox_nano.onnx, 416x416, COCO."""
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "streams.yaml")
            with open(config, "w") as file:
                json.dump({"cameras": [{"id": "yard", "source": FOOTAGE, "classify": {"model": MODEL}}]}, file)
            done = subprocess.run([LOOKOUT, "analyze", FOOTAGE, "--config", config, "--json"], capture_output=True, text=True)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        objects = [line["object"] for line in found if line.get("kind") == "motion"]
        self.assertIn(("recognised", "person"), [(each["state"], each.get("label")) for each in objects], done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
