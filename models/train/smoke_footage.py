"""Footage on disk as pictures with labels, and the measured sequences that training reads."""
import csv
import os
import pathlib
import subprocess
from collections import defaultdict

import cv2
import numpy as np
import yaml

import smoke_features as features
import smoke_models as models

NEAR_STEP_SECONDS = 0.5
TOWER_SECONDS = 5
"""Pictures at least so far apart come from a tower."""
SMALLEST_PLUME = 3 * features.CELL
"""A window is as large: those that see most of a smaller plume are windows of smoke too."""
WIDEST = {"near": 648, "tower": 1008}


def shrink(y, u, v, widest):
    """The size at which the detector works: divided by a whole number, in whole cells."""
    height, width = y.shape
    factor = max(1, -(-width // widest))
    columns, rows = width // factor // features.CELL, height // factor // features.CELL

    def smaller(plane, across, down):
        cropped = plane[: down * factor, : across * factor]
        return cropped if factor == 1 else cv2.resize(cropped, (across, down), interpolation=cv2.INTER_AREA)

    size = (columns * features.CELL, rows * features.CELL)
    half = (size[0] // 2, size[1] // 2)
    return features.Planes(smaller(y, *size), smaller(u, *half), smaller(v, *half))


def read(path, rate, regime):
    """Pictures of a clip, or of a folder of stills taken `rate` times a second, at the detector's step."""
    path = pathlib.Path(path)
    if path.is_dir():
        stills = sorted(each for each in path.iterdir() if each.suffix.lower() in (".jpg", ".jpeg", ".png"))
        every = max(1, round(rate * NEAR_STEP_SECONDS)) if regime == "near" else 1
        first, arguments = stills[0], [
            "-pattern_type", "glob", "-i", f"{path}/*{stills[0].suffix}", "-vf", f"select=not(mod(n\\,{every}))",
            "-fps_mode", "passthrough"]
    else:
        first, arguments = path, ["-i", str(path), "-vf", f"fps={1 / NEAR_STEP_SECONDS}"]
    size = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0",
         str(first)], check=True, capture_output=True, text=True).stdout.strip().strip(",").split(",")
    width, height = (int(side) // 2 * 2 for side in size[:2])
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", *arguments, "-f", "rawvideo", "-s", f"{width}x{height}", "-pix_fmt", "yuvj420p", "-"],
        check=True, capture_output=True).stdout
    pixels = width * height
    for frame in np.frombuffer(raw, np.uint8).reshape(-1, pixels * 3 // 2):
        y = frame[:pixels].reshape(height, width)
        u = frame[pixels:pixels * 5 // 4].reshape(height // 2, width // 2)
        v = frame[pixels * 5 // 4:].reshape(height // 2, width // 2)
        yield shrink(y, u, v, WIDEST[regime])


def sequences(labels_path):
    """What a file of labels lists, with the boxes of smoke that stand beside it in `boxes.csv` (pixels) or in the
    label itself (`smokeBox`, fractions)."""
    labels_path = pathlib.Path(labels_path)
    boxes = defaultdict(list)
    beside = labels_path.parent / "boxes.csv"
    if beside.exists():
        with open(beside, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                name = os.path.basename(os.path.dirname(row["file"]))
                boxes[name, int(row["frame"])].append([int(row[key]) for key in ("x1", "y1", "x2", "y2")])
    for entry in yaml.safe_load(labels_path.read_text(encoding="utf-8"))["sequences"]:
        rate = entry.get("rate")
        entry["regime"] = "tower" if rate and 1 / rate >= TOWER_SECONDS else "near"
        entry["path"] = labels_path.parent / entry["file"]
        entry["boxes"] = {frame: each for (name, frame), each in boxes.items() if name == os.path.basename(entry["file"])}
        yield entry


def plumes(entry, index, shape):
    """Boxes of smoke in one picture, in pixels; none where nothing burns, `None` where nobody says."""
    rows, columns = shape
    smoke = [event for event in entry["expect"] if event["kind"] == "smoke"]
    if not entry["expect"]:
        return []
    seconds = index / entry["rate"] if entry["regime"] == "tower" else index * NEAR_STEP_SECONDS
    if seconds < min(event["from"] for event in entry["expect"]):
        return []
    found = entry["boxes"].get(index, [])
    if entry.get("smokeBox"):
        left, top, right, bottom = entry["smokeBox"]
        side = features.CELL
        found = [[left * columns * side, top * rows * side, right * columns * side, bottom * rows * side]]
    return found if smoke and found else None


def window_labels(boxes, shape):
    """Labels of the windows of one picture: 1 smoke, 0 none, -1 unknown."""
    rows, columns = shape
    if boxes is None:
        return np.full(shape, -1, np.int8)
    labels = np.zeros(shape, np.int8)
    y, x = np.mgrid[0:rows, 0:columns] * features.CELL + features.CELL // 2
    for left, top, right, bottom in boxes:
        labels[(x > left - 48) & (x < right + 48) & (y > top - 64) & (y < bottom + 32)] = -1
    for left, top, right, bottom in boxes:
        beside, above = (max(SMALLEST_PLUME - side, 0) / 2 for side in (right - left, bottom - top))
        labels[(x >= left - beside) & (x <= right + beside) & (y >= top - above) & (y <= bottom + above)] = 1
    return labels


def truth(entry, index, shape, scale=1):
    """`window_labels` of a picture that was made smaller by `scale`."""
    boxes = plumes(entry, index, (shape[0] / scale, shape[1] / scale))
    return window_labels(boxes and np.multiply(boxes, scale), shape)


class Measured:
    """What was measured of one sequence, kept in files."""

    def __init__(self, folder, name, group):
        self.base = pathlib.Path(folder) / name.replace("/", "_")
        self.group = group
        """Sequences of one group are never split between training and scoring."""
        self.is_composite = "~" in name
        self.boxes = None
        """Of each measured picture what `plumes` gives; `None` where smoke is known by its opacity only."""

    def write(self, pictures, label, finds_horizon=True):
        """`label(index, analysis)` gives the labels of a picture. False where there are too few pictures."""
        measure = features.Measure(finds_horizon)
        values, gates, labels, planes = [], [], [], []
        for index, picture in enumerate(pictures):
            analysis = measure.step(*picture)
            if analysis is None:
                continue
            values.append(analysis.features)
            gates.append(analysis.gate)
            labels.append(label(index, analysis))
            planes.append(np.concatenate([plane.ravel() for plane in analysis.planes]))
        if not values:
            return False
        np.save(f"{self.base}.values.npy", np.array(values, np.float32))
        np.save(f"{self.base}.planes.npy", np.array(planes))
        np.savez(f"{self.base}.npz", gate=np.array(gates), labels=np.array(labels))
        return True

    def load(self, entry=None):
        """`entry`: what the labels say of a sequence that is as it was taken."""
        self.values = np.load(f"{self.base}.values.npy", mmap_mode="r")
        self.planes = np.load(f"{self.base}.planes.npy", mmap_mode="r")
        with np.load(f"{self.base}.npz") as kept:
            self.gate, self.labels = kept["gate"], kept["labels"]
        if entry:
            self.boxes = [plumes(entry, features.FIRST + place, gate.shape) for place, gate in enumerate(self.gate)]
        return self

    def windows(self, label, most, random):
        """Places (picture, row, column) of windows worth a look that have a label."""
        places = np.argwhere(self.gate & (self.labels == label))
        return places[random.choice(len(places), most, False)] if len(places) > most else places

    def at(self, places):
        return np.asarray(self.values)[tuple(places.T)]

    def probabilities(self, trees):
        """What the trees say of each window; 0 where nobody looks."""
        scores = np.zeros(self.gate.shape, np.float32)
        for place, gate in enumerate(self.gate):
            if gate.any():
                scores[place][gate] = trees.predict(np.asarray(self.values[place])[gate])
        return scores

    def crop(self, picture, left, top, extent, side):
        """The network's input and labels for a square of `extent` pixels from an even place on, scaled to `side`."""
        boxes = self.boxes[picture]
        if boxes is not None:
            boxes = (np.reshape(boxes, (-1, 4)) - (left, top, left, top)) * (side / extent)
        cells = side // features.CELL
        labels = window_labels(boxes, (cells, cells)).astype(np.float32)
        return self.square(picture, left, top, extent, side), labels

    def square(self, picture, left, top, extent, side):
        """The network's input for a square of `extent` pixels from an even place on, scaled to `side`."""
        rows, columns = self.gate.shape[1:]
        height, width = rows * features.CELL, columns * features.CELL
        pixels, frame = height * width, self.planes[picture]

        def scaled(plane, to):
            return plane if len(plane) == to else cv2.resize(
                plane, (to, to), interpolation=cv2.INTER_AREA if len(plane) > to else cv2.INTER_LINEAR)

        planes = [
            scaled(frame[k * pixels:(k + 1) * pixels].reshape(height, width)[top:top + extent, left:left + extent], side)
            for k in range(5)]
        quarter = pixels // 4
        for k in range(2):
            chroma = frame[5 * pixels + k * quarter:5 * pixels + (k + 1) * quarter].reshape(height // 2, width // 2)
            part = chroma[top // 2:(top + extent) // 2, left // 2:(left + extent) // 2]
            planes.append(scaled(part, side // 2))
        return planes

    def analyses(self):
        """What was measured of each picture, and its labels."""
        for place, (gate, labels) in enumerate(zip(self.gate, self.labels)):
            yield features.Analysis(np.asarray(self.values[place]), gate, self._planes(place), None), labels

    def _planes(self, place):
        height, width = (length * features.CELL for length in self.gate.shape[1:])
        pixels, frame = height * width, self.planes[place]
        return list(frame[:5 * pixels].reshape(5, height, width)) + list(
            frame[5 * pixels:].reshape(2, height // 2, width // 2))

    def network_says(self, says):
        """Log-odds for each window, where `says(input)` gives those of one picture; 0 on pictures where nobody looks."""
        scores = np.zeros(self.gate.shape, np.float32)
        for place, gate in enumerate(self.gate):
            if gate.any():
                scores[place] = says(models.network_input(self._planes(place)))
        return scores
