"""`lookout evaluate motion` against an independent count over the masks that `lookout analyze` writes, and the report of
`lookout evaluate sequences`."""
import glob
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

from harness import LOOKOUT, RENDER, SHARED, clip

WIDTH, HEIGHT = 320, 180
FIRST, LAST = 120, 169


def write_png(path, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + pixels[y * WIDTH:(y + 1) * WIDTH] for y in range(HEIGHT))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def read_grey(path):
    return subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
                          capture_output=True, check=True).stdout


class Evaluate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="evaluate-")
        truth, masks = os.path.join(cls.folder, "groundtruth"), os.path.join(cls.folder, "ids")
        os.mkdir(truth)
        os.mkdir(os.path.join(cls.folder, "input"))
        render = subprocess.Popen(
            [RENDER, "gate", "--size", f"{WIDTH}x{HEIGHT}", "--fps", "10", "--seconds", "36", "--y4m", "-", "--masks", masks],
            stdout=subprocess.PIPE)
        subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-frames:v", "180", "-q:v", "2", os.path.join(cls.folder, "input/in%06d.jpg")],
                       stdin=render.stdout, check=True)
        render.stdout.close()
        render.wait()
        for number, path in enumerate(sorted(glob.glob(masks + "/*.pgm"))[:180], start=1):
            with open(path, "rb") as file:
                ids = file.read()[-WIDTH * HEIGHT:]
            labels = bytearray(255 if identity else 0 for identity in ids)
            # All five labels of the benchmark: a frame outside the region of interest, some unknown pixels, some shadow.
            labels[:WIDTH * 4] = bytes([85]) * (WIDTH * 4)
            labels[WIDTH * 4:WIDTH * 6] = bytes([170]) * (WIDTH * 2)
            labels[WIDTH * 6:WIDTH * 7] = bytes([50]) * WIDTH
            if number % 7:
                write_png(os.path.join(truth, f"gt{number:06d}.png"), bytes(labels))
        with open(os.path.join(cls.folder, "temporalROI.txt"), "w") as file:
            file.write(f"{FIRST} {LAST}")
        cls.masks = os.path.join(cls.folder, "masks")
        subprocess.run([LOOKOUT, "analyze", os.path.join(cls.folder, "input"), "--rate", "10", "--masks", cls.masks, "--json", "/dev/null"], check=True)
        cls.answer = json.loads(subprocess.run(
            [LOOKOUT, "evaluate", "motion", cls.folder, "--rate", "10", "--json"], capture_output=True, check=True, text=True).stdout)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_agrees_with_an_independent_count(self):
        tp = fp = fn = tn = frames = 0
        for number in range(FIRST, LAST + 1):
            path = os.path.join(self.folder, f"groundtruth/gt{number:06d}.png")
            if not os.path.exists(path):
                continue
            frames += 1
            for label, found in zip(read_grey(path), read_grey(os.path.join(self.masks, f"{number:06d}.png"))):
                if label == 255:
                    tp, fn = tp + (found >= 128), fn + (found < 128)
                elif label in (0, 50):
                    fp, tn = fp + (found >= 128), tn + (found < 128)
        self.assertGreater(tp, 0, "somebody is in the picture and is found")
        recall, precision = tp / max(tp + fn, 1), tp / max(tp + fp, 1)
        self.assertEqual(self.answer["frames"], frames)
        self.assertAlmostEqual(self.answer["recall"], recall, places=9)
        self.assertAlmostEqual(self.answer["precision"], precision, places=9)
        self.assertAlmostEqual(self.answer["specificity"], tn / (tn + fp), places=9)
        self.assertAlmostEqual(self.answer["pwc"], 100 * (fp + fn) / (tp + fp + fn + tn), places=9)
        self.assertAlmostEqual(self.answer["f"], 2 * precision * recall / (precision + recall), places=9)

    def test_agrees_with_the_benchmarks_scorer(self):
        scorer = os.path.join(SHARED, "eval", "score_cdnet.py")
        if not os.path.exists(scorer) or not importlib.util.find_spec("cv2"):
            self.skipTest("skipped: no ../shared, or no OpenCV for Python")
        line = subprocess.run([sys.executable, scorer, self.folder, self.masks], capture_output=True, check=True, text=True).stdout
        for part in line.split():
            name, value = part.split("=")
            self.assertAlmostEqual(float(value), self.answer[name], delta=0.00051 if name == "pwc" else 0.000051)

    def test_only_pictures_that_were_analysed_are_scored(self):
        line = subprocess.run(
            [LOOKOUT, "evaluate", "motion", self.folder, "--rate", "10", "--analysis-rate", "5", "--json"],
            capture_output=True, check=True, text=True).stdout
        half = json.loads(line)
        self.assertAlmostEqual(half["frames"], self.answer["frames"] / 2, delta=5)
        self.assertGreater(half["recall"], self.answer["recall"] - 0.1, "masks that are held fall behind what moves")

    def test_says_what_is_wrong_with_a_folder(self):
        empty = tempfile.mkdtemp(dir=self.folder)
        result = subprocess.run([LOOKOUT, "evaluate", "motion", empty], capture_output=True, text=True)
        self.assertEqual(result.returncode, 3)
        self.assertIn("groundtruth", result.stderr)
        os.mkdir(os.path.join(empty, "groundtruth"))
        shutil.copytree(os.path.join(self.folder, "input"), os.path.join(empty, "input"))
        write_png(os.path.join(empty, "groundtruth/gt000001.png"), bytes(WIDTH * HEIGHT))
        with open(os.path.join(empty, "temporalROI.txt"), "w") as file:
            file.write("from one to ten")
        result = subprocess.run([LOOKOUT, "evaluate", "motion", empty], capture_output=True, text=True)
        self.assertEqual(result.returncode, 3)
        self.assertIn("temporalROI.txt", result.stderr)


def yellow(path):
    """Width of the picture, and the columns and rows of pixels as yellow as the frame that is drawn around a place."""
    size = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", path],
                          capture_output=True, check=True, text=True).stdout.strip().split(",")
    width, height = map(int, size)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                         capture_output=True, check=True).stdout
    places = [k for k in range(width * height) if raw[3 * k] > 180 and raw[3 * k + 1] > 180 and raw[3 * k + 2] < 90]
    return width, height, [k % width for k in places], [k // width for k in places]


class EvaluateSequences(unittest.TestCase):
    """What is missed and what is reported wrongly can be looked at."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="evaluate-")
        hillside, _ = clip("hillside", size="960x540", fps=2, seconds=100)
        gate, _ = clip("gate", size="320x180", fps=2, seconds=36)
        for name, path in (("wrong.mp4", hillside), ("missed.mp4", gate)):
            os.symlink(path, os.path.join(cls.folder, name))
        labels = os.path.join(cls.folder, "labels.yaml")
        with open(labels, "w", encoding="utf-8") as file:
            file.write("sequences:\n- {file: wrong.mp4, expect: []}\n"
                       "- {file: missed.mp4, expect: [{kind: smoke, from: 2, to: 60}], smokeBox: [0.25, 0.25, 0.75, 0.5]}\n")
        cls.report = os.path.join(cls.folder, "report")
        cls.output = subprocess.run([LOOKOUT, "evaluate", "sequences", labels, "--report", cls.report],
                                    capture_output=True, check=True, text=True).stdout
        with open(os.path.join(cls.report, "index.html"), encoding="utf-8") as file:
            cls.page = file.read()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def pictures(self, title):
        section = next(each for each in self.page.split("<h2>")[1:] if each.startswith(title))
        return [os.path.join(self.report, part.split('"')[0]) for part in section.split('src="')[1:]]

    def test_what_was_missed_is_shown_where_the_labels_say_it_is(self):
        self.assertIn("found=0/1", self.page)
        pictures = self.pictures("Missed: smoke, missed.mp4")
        self.assertEqual(len(pictures), 3)
        for path in pictures:
            width, height, columns, rows = yellow(path)
            self.assertTrue(columns, "a frame is drawn")
            self.assertAlmostEqual(min(columns) / width, 0.25, delta=0.03)
            self.assertAlmostEqual(max(columns) / width, 0.75, delta=0.03)
            self.assertAlmostEqual(min(rows) / height, 0.25, delta=0.03)
            self.assertAlmostEqual(max(rows) / height, 0.5, delta=0.03)

    def test_what_was_reported_wrongly_is_shown_before_and_then(self):
        self.assertNotIn("falseAlarms=0", self.output)
        pictures = self.pictures("False alarm: smoke, wrong.mp4")
        self.assertEqual(len(pictures), 2)
        before, then = (yellow(path) for path in pictures)
        self.assertTrue(before[2] and then[2], "a frame is drawn on both")
        self.assertAlmostEqual(min(before[2]), min(then[2]), delta=4, msg="at the same place")
        with open(pictures[0], "rb") as one, open(pictures[1], "rb") as other:
            self.assertNotEqual(one.read(), other.read(), "they are of different times")

    def test_says_what_is_wrong_with_a_box(self):
        labels = os.path.join(self.folder, "bad.yaml")
        with open(labels, "w", encoding="utf-8") as file:
            file.write("sequences:\n- {file: missed.mp4, expect: [], smokeBox: [0.5, 0.5, 0.2, 0.9]}\n")
        result = subprocess.run([LOOKOUT, "evaluate", "sequences", labels], capture_output=True, text=True)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("smokeBox", result.stderr)


class EvaluateTowerStills(unittest.TestCase):
    """`boxes.csv` beside the labels says where the smoke of a tower's stills is, picture by picture."""

    SIDE = 200

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="evaluate-")
        self.addCleanup(shutil.rmtree, self.folder)
        os.mkdir(os.path.join(self.folder, "slope"))
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"color=gray:size={self.SIDE}x{self.SIDE}:rate=1", "-frames:v", "21",
             os.path.join(self.folder, "slope", "%06d.jpg")], check=True)
        self.labels = os.path.join(self.folder, "labels.yaml")
        with open(self.labels, "w", encoding="utf-8") as file:
            # Stills 16 seconds apart: it begins with picture 10, half-way is picture 15, near its end picture 19.
            file.write("sequences:\n- {file: slope, rate: 0.0625, expect: [{kind: smoke, from: 160, to: 320}]}\n")

    def evaluate(self, boxes):
        with open(os.path.join(self.folder, "boxes.csv"), "w", encoding="utf-8") as file:
            file.write(boxes)
        report = os.path.join(self.folder, "report")
        result = subprocess.run(
            [LOOKOUT, "evaluate", "sequences", self.labels, "--report", report], capture_output=True, text=True)
        return result, report

    def test_each_picture_shows_its_own_boxes(self):
        result, report = self.evaluate(
            "file,frame,x1,y1,x2,y2\n"
            "slope/000010.jpg,10,20,40,60,80\n"
            # Two parts of one plume, and a plume of another sequence at the same time.
            "slope/000015.jpg,15,20,40,60,80\nslope/000015.jpg,15,100,60,160,120\nelsewhere/000015.jpg,15,0,0,199,199\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("found=0/1", result.stdout)
        pictures = sorted(glob.glob(os.path.join(report, "*.jpg")))
        self.assertEqual(len(pictures), 3)
        for path, sides in zip(pictures, ((20, 40, 60, 80), (20, 40, 160, 120))):
            _, _, columns, rows = yellow(path)
            self.assertTrue(columns, "a frame is drawn")
            for seen, side in zip((min(columns), min(rows), max(columns), max(rows)), sides):
                self.assertAlmostEqual(seen, side, delta=5)
        self.assertEqual(yellow(pictures[2])[2], [], "nobody says where it is on picture 19")

    def test_says_which_line_is_wrong(self):
        result, _ = self.evaluate("file,frame,x1,y1,x2,y2\nslope/000010.jpg,10,20,40,60,80\nslope/000011.jpg,ten,20,40,60,80\n")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("boxes.csv:3", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
