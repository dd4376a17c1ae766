#!/usr/bin/env python3
"""Scores the recipe for towers on small plumes laid over the quiet pictures of lookouts that it was not trained on.

usage: score_lookout_plumes.py --labels LABELS.yaml [--labels ...] [--scores DIR] [--plumes N] [--narrowest W] [--widest W]

`--scores` is the folder of `cross_validate_towers.py`, which keeps there the models of each fold: each sequence is judged
by those that saw neither it nor another of its camera. Its quiet pictures (before the nominal ignition) are judged as
they are, for false alarms, and then `--plumes` times with a plume laid over them: puffs that rise, widen and thin out
(Gaussian puffs in a wind that grows with height), drawn by code that no training imports, with exact masks.

Prints how many are found, and after how many pictures (those that are missed count as never), by width and by how much
the plume changes the picture; and alarms beside the plume or before it.
"""
import argparse
import copy
import pathlib
import statistics
import zlib

import cv2
import numpy as np
import torch
from scipy import stats

import cross_validate_towers as towers
import smoke_features as features
import smoke_footage as footage
import smoke_judge as judge
from smoke_models import network_input

NARROWEST, WIDEST = 8, 20
"""Pixels that a grown plume is wide."""
ASKED_PICTURES = 5
LEAST_AFTER = 12
"""Pictures of each composite from the onset on, at least."""
VISIBLE = 0.05
"""Opacity from which on a pixel belongs to the plume."""
PUFFS = 60
CANVAS = 192
"""Pixels of the square on which a plume is drawn before it is brought to its size."""


class Puffs:
    """A small column as a lookout sees it from afar, a picture a minute: each picture shows other puffs of one fire."""

    def __init__(self, random, shape, ground, widths):
        self.random = random
        self.shape = shape
        self.width = float(np.exp(random.uniform(*np.log(widths))))
        height, width = shape
        self.x = random.uniform(0.05, 0.95) * width
        skyline = ground[int(self.x) // features.CELL] * features.CELL
        # Fires burn on slopes; some just behind the ridge.
        self.y = min(skyline + random.uniform(-0.01, 0.2) * height, height - 2.0)
        self.slender = random.uniform(0.8, 2.5)
        self.shear = random.normal(0, 0.5)
        self.spread = random.uniform(0.05, 0.16)
        self.opacity = random.uniform(0.3, 0.95)
        self.grows = random.uniform(1, 8)
        """Pictures until it has its size."""
        self.light = random.uniform(0.15, 1)
        """How far its colour is from that of black smoke to that of the haze at the horizon, or of white smoke."""
        self.is_white = random.random() < 0.6

    def colour(self, planes, ground):
        """That of lit smoke, or of the air at the skyline: what lies before it is the same air."""
        row = int(np.clip(ground[int(self.x) // features.CELL] * features.CELL - 6, 0, self.shape[0] - 1))
        column = int(self.x)
        air = (float(planes.y[row, max(0, column - 20):column + 20].mean()),
               float(planes.u[row // 2, column // 2]), float(planes.v[row // 2, column // 2]))
        light = 0.4 + 0.6 * self.light if self.is_white else self.light
        return (light * (max(air[0], 150) if self.is_white else air[0]),) + tuple(
            128 + (chroma - 128) * 0.5 for chroma in air[1:])

    def alpha(self, age):
        """Opacity of each pixel."""
        grown = min(1.0, (age + 1) / self.grows) ** 0.7
        heights = self.random.uniform(0, 1, PUFFS) ** 0.8
        tall = CANVAS * 0.8
        gust = self.random.normal(0, 0.12)
        sigma = CANVAS * (0.015 + self.spread * heights) / 2
        x = (self.shear + gust) * tall * heights ** 1.5 + self.random.normal(0, 1, PUFFS) * sigma * 1.2
        down, across = np.mgrid[0:CANVAS, 0:4 * CANVAS].astype(np.float32)
        depth = np.zeros((CANVAS, 4 * CANVAS), np.float32)
        for height, aside, size in zip(heights, x, sigma):
            cx, cy, reach = 2 * CANVAS + aside, CANVAS - 2 - height * tall, 3 * size
            part = np.s_[int(max(0, cy - reach)):int(max(0, cy + reach)) + 1,
                         int(np.clip(cx - reach, 0, 4 * CANVAS)):int(np.clip(cx + reach, 0, 4 * CANVAS)) + 1]
            depth[part] += np.exp(-((across[part] - cx) ** 2 + (down[part] - cy) ** 2) / (2 * size * size)) / size
        own = 1 - np.exp(np.log(1 - self.opacity) * depth / max(float(np.quantile(depth[depth > 0], 0.9)), 1e-6))
        return self._placed(own, grown)

    def _placed(self, own, grown):
        rows, columns = np.nonzero(own > VISIBLE)
        own = own[rows.min():rows.max() + 1, columns.min():columns.max() + 1]
        wide = max(2, round(self.width * (0.3 + 0.7 * grown)))
        tall = max(3, round(self.width * self.slender * (0.3 + 0.7 * grown)))
        own = cv2.resize(own, (wide, tall), interpolation=cv2.INTER_AREA)
        foot = int(np.average(np.arange(wide), weights=own[-1] + 1e-6))
        out = np.zeros(self.shape, np.float32)
        height, width = self.shape
        top, left = int(self.y) - tall, int(self.x) - foot
        y0, x0, y1, x1 = max(0, top), max(0, left), min(height, top + tall), min(width, left + wide)
        if y1 > y0 and x1 > x0:
            out[y0:y1, x0:x1] = own[y0 - top:y1 - top, x0 - left:x1 - left]
        return cv2.GaussianBlur(out, (0, 0), 0.6)


def laid(planes, alpha, colour):
    """Haze law: I' = (1 - a) I + a A, to whole grey levels."""
    small = cv2.resize(alpha, planes.u.shape[::-1], interpolation=cv2.INTER_AREA)
    return features.Planes(*(
        np.rint(plane * (1 - a) + value * a).astype(np.uint8)
        for plane, a, value in zip(planes, (alpha, small, small), colour)))


class Composite:
    """Quiet pictures with a plume from `onset` on."""

    def __init__(self, quiet, random, widths):
        middle = quiet[len(quiet) // 2].y
        ground = features.horizon(features.cell_mean(middle), features.edges(middle))
        self.onset = int(random.integers(towers.WARM_UP + 4, len(quiet) - LEAST_AFTER + 1))
        self.plume = Puffs(random, middle.shape, ground, widths)
        self.pictures, self.boxes, changes = [], [], []
        """From the onset on."""
        for age, picture in enumerate(quiet[self.onset:]):
            alpha = self.plume.alpha(age)
            colour = self.plume.colour(picture, ground)
            self.pictures.append(laid(picture, alpha, colour))
            rows, columns = np.nonzero(alpha > VISIBLE)
            box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else (0, 0, 0, 0)
            self.boxes.append(np.array(box) / features.CELL)
            inside = alpha > VISIBLE
            difference = np.abs(self.pictures[-1].y[inside].astype(float) - picture.y[inside])
            changes.append(difference.mean() if inside.any() else 0)
        self.change = float(np.mean(changes))
        """Grey levels by which the plume changes the pixels it covers, in the mean."""

    def judged(self, watch):
        """`watch` has seen what lies before the onset."""
        for picture in self.pictures:
            watch.take(picture)
        return Found(self, watch.alarms())


class Watch:
    """The detector with the shipped settings, and what its models said so far."""

    def __init__(self, models):
        self.trees, self.networks = models
        self.measure, self.probabilities, self.horizon = features.Measure(), [], []

    def fork(self):
        """Another one that has seen the same."""
        other = copy.copy(self)
        other.measure = copy.deepcopy(self.measure)
        other.probabilities, other.horizon = list(self.probabilities), list(self.horizon)
        return other

    def take(self, picture):
        analysis = self.measure.step(*picture)
        if analysis is None:
            return
        scores = np.zeros(analysis.gate.shape, np.float32)
        if analysis.gate.any():
            scores[analysis.gate] = self.trees.predict(analysis.features[analysis.gate], num_threads=1)
        pixels = network_input(analysis.planes)
        self.probabilities.append(judge.together(scores, [says(pixels) for says in self.networks], analysis.gate))
        self.horizon.append(analysis.horizon)

    def alarms(self):
        """Picture, and box in cells."""
        bar, bias, memory = towers.USUAL
        held = judge.evidence(np.array(self.probabilities), bias, memory, self.horizon)
        return list(judge.alarms(held, features.FIRST, bar, towers.WARM_UP, self.horizon))


class Found:
    """What became of one plume."""

    def __init__(self, composite, alarms):
        self.width, self.change = composite.plume.width, composite.change
        self.is_early = any(picture < composite.onset for picture, _ in alarms)
        after = [(picture - composite.onset, box) for picture, box in alarms if picture >= composite.onset]
        hits = [age for age, box in after if towers.share(composite.boxes[age], box) > 0]
        self.pictures = min(hits, default=float("inf"))
        self.is_beside = len(hits) < len(after)

    def __str__(self):
        return f"{self.width:.0f} px wide, changes {self.change:.0f} grey levels: after {pictures([self.pictures])} pictures"


def quiet_pictures_of(entry):
    pictures = list(footage.read(entry["path"], entry["rate"], "tower"))
    onset = min((event["from"] for event in entry["expect"]), default=None)
    return pictures if onset is None else pictures[:int(onset * entry["rate"])]


def pictures(counts):
    """Their median; "none" where most were not found, and where there are none."""
    median = statistics.median(list(counts) or [float("inf")])
    return f"{median:g}" if median < float("inf") else "none"


def line(what, found):
    if not found:
        return f"{what}: none"
    hits = [each.pictures for each in found if each.pictures < float("inf")]
    low, high = stats.binomtest(len(hits), len(found)).proportion_ci(method="wilson")
    soon = sum(each.pictures <= ASKED_PICTURES for each in found)
    return (f"{what}: found {len(hits)} of {len(found)} ({low:.2f} to {high:.2f}), {soon} within {ASKED_PICTURES} pictures; "
            f"median {pictures(each.pictures for each in found)} pictures of all, {pictures(hits)} of those found; alarms before the onset on "
            f"{sum(each.is_early for each in found)}, beside on {sum(each.is_beside for each in found)}")


def report(found, widths, quiet_alarms, quiet_pictures):
    print(f"quiet pictures: {quiet_pictures} judged, {quiet_alarms} sequences with an alarm")
    print(line("all", found))
    edges = np.exp(np.linspace(*np.log(widths), 4))
    for low, high in zip(edges, edges[1:]):
        print(line(f"{low:.0f} to {high:.0f} px wide", [each for each in found if low <= each.width < high]))
    for low, high in ((0, 5), (5, 10), (10, 20), (20, 256)):
        print(line(f"changes what it covers by {low} to {high} grey levels",
                   [each for each in found if low <= each.change < high]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", action="append", required=True)
    parser.add_argument("--scores", default=".build/tower-scores")
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--plumes", type=int, default=4, help="for each sequence")
    parser.add_argument("--narrowest", type=float, default=NARROWEST)
    parser.add_argument("--widest", type=float, default=WIDEST)
    options = parser.parse_args()
    widths = (options.narrowest, options.widest)
    torch.set_num_threads(1)
    entries = [each for path in options.labels for each in footage.sequences(path) if each["regime"] == "tower"]
    folds = towers.camera_folds([each["file"] for each in entries], options.folds)
    found, quiet_alarms, quiet_pictures = [], 0, 0
    for entry in entries:
        quiet = quiet_pictures_of(entry)
        if len(quiet) < towers.WARM_UP + 4 + LEAST_AFTER:
            continue
        composites = [Composite(quiet, np.random.default_rng(zlib.crc32(f"{entry['file']} {index}".encode())), widths)
                      for index in range(options.plumes)]
        watch = Watch(towers.kept_models(pathlib.Path(options.scores), folds[entry["file"]]))
        for index, picture in enumerate(quiet):
            for composite in composites:
                if composite.onset == index:
                    found.append(composite.judged(watch.fork()))
                    print(f"{entry['file']}: {found[-1]}", flush=True)
            watch.take(picture)
        quiet_alarms += bool(watch.alarms())
        quiet_pictures += len(watch.probabilities)
    report(found, widths, quiet_alarms, quiet_pictures)


if __name__ == "__main__":
    main()
