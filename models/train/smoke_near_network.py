"""How the near cameras' network is trained: first on rendered places and stills, then on clips as well.

It does not begin from nothing but from the shipped network, which the towers had before: it knows what smoke looks like and
has never seen what moves before a near camera.
"""
import json
import pathlib

import numpy as np

import smoke_features as features
import smoke_models as models

SEED = 1
STEPS = 900
"""On rendered places."""
RATE = 1e-3
CLIP_STEPS = 500
"""After that, with clips."""
CLIP_RATE = 7e-4
SIDE = models.CROP // features.CELL
NEAREST, FARTHEST = 0.7, 1.5
"""How much nearer or farther half of the crops seem."""
SHARES = {"clip": 0.35, "over clip": 0.3, "rendered": 0.35}
"""From where crops are drawn once there are clips."""


def is_rendered(each):
    return each.group.startswith(("world", "still"))


def source(each):
    if is_rendered(each):
        return "rendered"
    return "over clip" if each.is_composite else "clip"


class Draw:
    """Crops around smoke, around what the trees take for smoke, and anywhere: first a source, then a sequence, then a
    picture, then a window, so that large plumes and long clips count no more than others."""

    def __init__(self, data, trees, random):
        self.smoke, self.hard, self.all = ({name: [] for name in SHARES} for _ in range(3))
        for each in data:
            if min(each.gate.shape[1:]) < SIDE:
                continue
            pictures = [np.argwhere(labels == 1) for labels in each.labels]
            pictures = [(place, cells) for place, cells in enumerate(pictures) if len(cells)]
            if pictures:
                self.smoke[source(each)].append((each, pictures))
            places = each.windows(0, 4000, random)
            if len(places):
                worst = places[np.argsort(-trees.predict(each.at(places)))]
                self.hard[source(each)].append((each, worst[:max(20, len(worst) // 10)][:200]))
                self.all[source(each)].append((each, places))

    @staticmethod
    def sequence(random, by_source):
        there = [name for name in SHARES if by_source[name]]
        weights = np.array([SHARES[name] for name in there])
        chosen = by_source[there[random.choice(len(there), p=weights / weights.sum())]]
        return chosen[random.integers(len(chosen))]

    def __call__(self, random, kind):
        if kind == 0:
            each, pictures = self.sequence(random, self.smoke)
            picture, cells = pictures[random.integers(len(pictures))]
            row, column = cells[random.integers(len(cells))]
        else:
            each, places = self.sequence(random, self.hard if kind == 1 else self.all)
            picture, row, column = places[random.integers(len(places))]
        rows, columns = each.gate.shape[1:]
        extent = SIDE
        if random.random() < 0.5:
            extent *= np.exp(random.uniform(np.log(NEAREST), np.log(FARTHEST)))
        extent = int(min(extent, rows, columns))
        top, left = (
            int(np.clip(round(cell + 0.5 - random.uniform(0.15, 0.85) * extent), 0, cells - extent))
            for cell, cells in ((row, rows), (column, columns)))
        planes, labels = each.crop_of_cells(picture, left, top, extent, models.CROP)
        inputs = models.network_input(planes)
        if random.random() < 0.5:
            inputs, labels = inputs[:, :, ::-1], labels[:, ::-1]
        return models.augment(inputs, random), labels.copy()


def start():
    file = pathlib.Path(__file__).parents[1] / "smoke-near-network.json"
    return models.go_on_from(json.loads(file.read_text(encoding="utf-8")))


def train(rendered, trees):
    """On rendered places alone; `trees` name what is taken for smoke there."""
    draw = Draw(rendered, trees, np.random.default_rng(SEED))
    return models.train_network(draw, None, SEED, STEPS, start=start(), rate=RATE)


def train_on(begun, data, trees):
    """Goes on with clips."""
    draw = Draw(data, trees, np.random.default_rng(SEED + 1))
    return models.train_network(draw, None, SEED + 1, CLIP_STEPS, start=begun, rate=CLIP_RATE)
