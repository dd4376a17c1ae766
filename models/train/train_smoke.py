#!/usr/bin/env python3
"""Trains the models of the smoke detector on labelled footage and on plumes laid over its quiet pictures.

usage: train_smoke.py --labels LABELS.yaml [--labels ...] --out models [--work DIR] [--fold CAMERAS]

Each labels file is one that `lookout evaluate sequences` reads; smoke boxes stand in `boxes.csv` beside it, or as
`smokeBox: [left, top, right, bottom]` in the label. Regimes for which nothing is labelled keep the models they have.
With `--fold`, sequences whose names begin with one of these words (comma-separated) are left out: the models that come
out may be scored on them.
"""
import argparse
import hashlib
import os
import pathlib
import zlib

import numpy as np

import smoke_features as features
import smoke_footage as footage
import smoke_models as models
import smoke_scenes as scenes

SEED = 1
NETWORK_STEPS = 1500
PLANS = {
    # plume, distractors of each variant laid over a quiet sequence
    "tower": ((True, 0), (True, 2), (False, 3), (True, 1)),
    "near": ((True, 0), (True, 2)),
}
KINDS = {
    "tower": (scenes.Bank, scenes.Shade, scenes.Shade, scenes.Cumulus),
    "near": (scenes.Walker, scenes.Walker, scenes.Shade, scenes.Bank),
}


def prepare(entry, work):
    """Measures a sequence and its composites, or finds them measured."""
    regime, name = entry["regime"], f"{entry['regime']}-{entry['file']}"
    own = footage.Measured(work, name, entry["file"])
    composites = [footage.Measured(work, f"{name}~{variant}", entry["file"]) for variant in range(len(PLANS[regime]))]
    if not os.path.exists(f"{own.base}.npz"):
        pictures = list(footage.read(entry["path"], entry.get("rate"), regime))
        print(f"{entry['file']}: {len(pictures)} pictures", flush=True)
        own.write(pictures, lambda index, shape: footage.truth(entry, index, shape), regime == "tower")
        quiet = [picture for index, picture in enumerate(pictures) if not footage.truth(entry, index, (4, 4)).any()]
        if len(quiet) >= 20:
            for variant, composite in enumerate(composites):
                compose(composite, quiet[:40], regime, *PLANS[regime][variant])
    return [each.load() for each in [own] + composites if os.path.exists(f"{each.base}.npz")]


def compose(composite, quiet, regime, plume, distractors):
    random = np.random.default_rng(zlib.crc32(composite.base.name.encode()))
    luma = quiet[len(quiet) // 2].y
    if regime == "tower":
        ground = features.horizon(features.cell_mean(luma), features.edges(luma))
    else:
        ground = np.full(luma.shape[1] // features.CELL, int(random.uniform(0.25, 0.8) * luma.shape[0] / features.CELL))
    pictures, opacity = scenes.compose(
        quiet, ground, random, plume, distractors, lapse=regime == "tower" or random.random() < 0.2,
        first=12 if regime == "tower" else 9, kinds=KINDS[regime])

    def label(index, shape):
        return np.where(opacity[index] > 0.06, 1, np.where(opacity[index] < 0.004, 0, -1)).astype(np.int8)

    composite.write(pictures, label, regime == "tower")


def train_trees(data, random):
    """Twice: the second time with what the first took for smoke."""
    rows, labels = [], []
    for each in data:
        for label, most in ((1, 500 if each.is_composite else 1500), (0, 900 if each.is_composite else 4000)):
            places = each.windows(label, most, random)
            rows.append(each.at(places))
            labels.append(np.full(len(places), label))
    first = models.train_trees(np.concatenate(rows), np.concatenate(labels), None, SEED, trees=120)
    for each in data:
        values = each.at(each.windows(0, 30000, random))
        if len(values):
            taken = first.predict(values)
            hard = np.argsort(-taken)[:300 if each.is_composite else 1000]
            rows.append(values[hard[taken[hard] > 0.5]])
            labels.append(np.zeros(len(rows[-1])))
    values, labels = np.concatenate(rows), np.concatenate(labels)
    return models.train_trees(values, labels, models.balanced(labels), SEED)


def train_network(data, trees, random):
    """Crops around smoke, around what the trees take for smoke, and anywhere."""
    smoke = [(each, np.argwhere(each.labels == 1)) for each in data]
    smoke = [pair for pair in smoke if len(pair[1])]
    hard = []
    for each in data:
        places = each.windows(0, 6000, random)
        if len(places):
            hard.append((each, places[np.argsort(-trees.predict(each.at(places)))[:300]]))
    cells = models.CROP // features.CELL
    large = [each for each in data if min(each.gate.shape[1:]) >= cells]

    def draw(random, kind):
        if kind == 2:
            each = large[random.integers(len(large))]
            picture = random.integers(len(each.gate))
            row, column = random.integers(each.gate.shape[1]), random.integers(each.gate.shape[2])
        else:
            real = random.random() < 0.6
            pool = [pair for pair in (smoke, hard)[kind] if pair[0].is_composite != real and pair[0] in large]
            pool = pool or [pair for pair in (smoke, hard)[kind] if pair[0] in large]
            each, places = pool[random.integers(len(pool))]
            picture, row, column = places[random.integers(len(places))]
        row = int(np.clip(row - random.integers(3, cells - 3), 0, each.gate.shape[1] - cells))
        column = int(np.clip(column - random.integers(3, cells - 3), 0, each.gate.shape[2] - cells))
        planes, labels = each.crop(picture, row, column, models.CROP)
        inputs = models.network_input(planes)
        if random.random() < 0.5:
            inputs, labels = inputs[:, :, ::-1], labels[:, ::-1]
        return models.augment(inputs, random), labels.copy()

    return models.train_network(draw, models.LAYERS, SEED, NETWORK_STEPS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", action="append", required=True)
    parser.add_argument("--out", default="models")
    parser.add_argument("--work", default=".build/train")
    parser.add_argument("--fold", default="")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    left_out = tuple(word for word in options.fold.split(",") if word)
    by_regime = {"tower": [], "near": []}
    for path in options.labels:
        for entry in footage.sequences(path):
            if not (left_out and entry["file"].startswith(left_out)):
                by_regime[entry["regime"]] += prepare(entry, options.work)
    out = pathlib.Path(options.out)
    for regime, data in by_regime.items():
        if not any((each.labels == 1).any() for each in data):
            continue
        random = np.random.default_rng(SEED)
        trees = train_trees(data, random)
        checks = np.concatenate([random.normal(0, 5, (3, len(features.NAMES))), data[0].at(np.argwhere(data[0].gate)[:3])])
        models.write(models.trees_document(trees, checks), out / f"smoke-{regime}-trees.json")
        if regime == "tower":
            network = train_network(data, trees, random)
            models.write(models.network_document(network), out / f"smoke-{regime}-network.json")
        print(f"{regime}: trained on {len(data)} sequences", flush=True)
    with open(out / "SHA256SUMS", "w", encoding="utf-8") as file:
        for path in sorted(out.glob("smoke-*.json")):
            file.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


if __name__ == "__main__":
    main()
