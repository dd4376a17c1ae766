#!/usr/bin/env python3
"""Trains the models of the smoke detector on rendered places, on labelled footage and on plumes laid over both.

usage: train_smoke.py --out models [--labels LABELS.yaml ...] [--stills DIR] [--worlds N] [--regime near] [--work DIR]
                      [--fold NAMES]

Each labels file is one that `lookout evaluate sequences` reads; smoke boxes stand in `boxes.csv` beside it, or as
`smokeBox: [left, top, right, bottom]` in the label. Without footage the near models come from rendered places (and
stills) alone, as the shipped ones do; the tower models, for which nothing is rendered, stay as they are. With `--fold`, sequences whose names begin with one of these
words (comma-separated) are left out: the models that come out may be scored on them.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import zlib

import cv2
import numpy as np

import smoke_features as features
import smoke_footage as footage
import smoke_models as models
import smoke_near as near
import smoke_near_network as near_network
import smoke_scenes as scenes
import smoke_worlds as worlds

SEED = 1
WORLDS = 500
"""Rendered places for the near regime; half as many more lie under broken clouds."""
STILL_TIMES = 3
"""How often something else happens before each still."""
USUAL_WEIGHT = 3
"""How much more a window counts in which nothing happens than one in which something does, of those without smoke."""
SMOKE_WEIGHT = 0.4
"""What all smoke counts together for the near trees, beside all else."""
LONGEST = 120
"""Pictures of a clip that are used: a minute."""
NETWORK_STEPS = 1800
NETWORKS = 2
"""Trained alike from other starts; their log-odds are averaged."""
FARTHEST, NEAREST = 2.0, 0.8
"""How much farther off half of the networks' crops seem: few footage shows fires far away."""
PLANS = {
    # plume, distractors of each variant laid over a quiet sequence
    "tower": ((True, 0), (True, 2), (False, 3), (True, 1)),
    "near": ((True, 0), (True, 1), (False, 2)),
}


def prepare(entry, work):
    """Measures a sequence and its composites, or finds them measured."""
    regime, name = entry["regime"], f"{entry['regime']}-{entry['file']}"
    own = footage.Measured(work, name, entry["file"])
    composites = [footage.Measured(work, f"{name}~{variant}", entry["file"]) for variant in range(len(PLANS[regime]))]
    far = footage.Measured(work, f"{name}~far", entry["file"])
    if not os.path.exists(f"{own.base}.npz"):
        pictures = list(footage.read(entry["path"], entry.get("rate"), regime))
        if regime == "near":
            del pictures[LONGEST:]
        print(f"{entry['file']}: {len(pictures)} pictures", flush=True)
        quiet = [picture for index, picture in enumerate(pictures) if not footage.truth(entry, index, (4, 4)).any()]
        if len(quiet) >= 20:
            for variant, composite in enumerate(composites):
                lay = near.over_clip if regime == "near" else compose
                lay(composite, quiet[:near.PICTURES], *PLANS[regime][variant])
        if regime == "tower":
            far.write([halved(picture) for picture in pictures],
                      lambda index, analysis: footage.truth(entry, index, analysis.gate.shape, 0.5))
        # Last: that it is there says that all are.
        own.write(pictures, lambda index, analysis: footage.truth(entry, index, analysis.gate.shape), regime == "tower")
    # Clips of fewer pictures than it takes to compare are left out.
    kept = [each for each in [own] + composites + [far] if os.path.exists(f"{each.base}.npz")]
    return [each.load(entry if each is own else None) for each in kept]


def halved(picture):
    """The same from twice as far off: of small plumes there is little footage."""
    height, width = (length // 2 // features.CELL * features.CELL for length in picture.y.shape)
    return features.Planes(*(
        cv2.resize(plane[:2 * down, :2 * across], (across, down), interpolation=cv2.INTER_AREA)
        for plane, down, across in zip(picture, (height, height // 2, height // 2), (width, width // 2, width // 2))))


def labelled(opacity):
    """What `Measured.write` asks for, from the opacity of each picture's windows."""

    def label(index, _):
        return np.where(opacity[index] > 0.06, 1, np.where(opacity[index] < 0.004, 0, -1)).astype(np.int8)

    return label


def compose(composite, quiet, plume, count):
    random = np.random.default_rng(zlib.crc32(composite.base.name.encode()))
    luma = quiet[len(quiet) // 2].y
    ground = features.horizon(features.cell_mean(luma), features.edges(luma))
    pictures, opacity = scenes.compose(quiet, ground, random, plume, count)
    composite.write(pictures, labelled(opacity))


def train_near_trees(data):
    """Trees that have not seen where the horizon lies never ask for it: near cameras need not look for it."""
    values, labels = np.concatenate([each.rows for each in data]), np.concatenate([each.row_labels for each in data])
    weights = np.concatenate([each.row_weights(USUAL_WEIGHT) for each in data])
    values[:, features.NAMES.index("aboveHorizon")] = 0
    weights[labels == 1] *= SMOKE_WEIGHT * weights[labels == 0].sum() / max(1, (labels == 1).sum())
    return models.train_trees(values, labels, weights * len(weights) / weights.sum(), SEED)


def train_trees(data, random):
    """The towers', twice: the second time with what the first took for smoke."""
    rows, labels = [], []

    def trained(weights, **settings):
        return models.train_trees(np.concatenate(rows), np.concatenate(labels), weights, SEED, **settings)

    for each in data:
        for label, most in ((1, 500 if each.is_composite else 1500), (0, 900 if each.is_composite else 4000)):
            places = each.windows(label, most, random)
            rows.append(each.at(places))
            labels.append(np.full(len(places), label))
    first = trained(None, trees=120)
    for each in data:
        values = each.at(each.windows(0, 30000, random))
        if len(values):
            taken = first.predict(values)
            hard = np.argsort(-taken)[:300 if each.is_composite else 1000]
            rows.append(values[hard[taken[hard] > 0.5]])
            labels.append(np.zeros(len(rows[-1])))
    return trained(models.balanced(np.concatenate(labels)))


def train_network(data, trees, seed):
    """Crops around smoke, around what the trees take for smoke, and anywhere, of pictures as they were taken."""
    random = np.random.default_rng(seed)
    data = [each for each in data if each.boxes is not None and min(each.gate.shape[1:]) * features.CELL >= models.CROP]
    # First a sequence, then a picture, then a window: large plumes and long fires count no more than others.
    smoke = []
    for each in data:
        pictures = [np.argwhere(labels == 1) for labels in each.labels]
        smoke += [(each, [(place, cells) for place, cells in enumerate(pictures) if len(cells)])]
    smoke = [pair for pair in smoke if pair[1]]
    hard = []
    for each in data:
        places = each.windows(0, 6000, random)
        if len(places):
            hard.append((each, places[np.argsort(-trees.predict(each.at(places)))[:300]]))

    def draw(random, kind):
        if kind == 0:
            each, pictures = smoke[random.integers(len(smoke))]
            picture, cells = pictures[random.integers(len(pictures))]
            row, column = cells[random.integers(len(cells))]
        elif kind == 1 and hard:
            each, places = hard[random.integers(len(hard))]
            picture, row, column = places[random.integers(len(places))]
        else:
            each = data[random.integers(len(data))]
            picture, row, column = (random.integers(length) for length in each.gate.shape)
        rows, columns = each.gate.shape[1:]
        extent = models.CROP
        if random.random() < 0.5:
            extent *= np.exp(random.uniform(np.log(NEAREST), np.log(FARTHEST)))
        extent = int(min(extent, rows * features.CELL, columns * features.CELL)) // 2 * 2
        top, left = (
            int(np.clip((cell + 0.5) * features.CELL - random.uniform(0.15, 0.85) * extent, 0,
                        cells * features.CELL - extent)) // 2 * 2
            for cell, cells in ((row, rows), (column, columns)))
        planes, labels = each.crop(picture, left, top, extent, models.CROP)
        inputs = models.network_input(planes)
        if random.random() < 0.5:
            inputs, labels = inputs[:, :, ::-1], labels[:, ::-1]
        return models.augment(inputs, random), labels.copy()

    return models.train_network(models.batches_of(draw), models.LAYERS, seed, NETWORK_STEPS)


def gather(options):
    """The measured footage, by regime."""
    os.makedirs(options.work, exist_ok=True)
    left_out = tuple(word for word in options.fold.split(",") if word)
    by_regime = {regime: [] for regime in PLANS if options.regime in (None, regime)}
    for path in options.labels:
        for entry in footage.sequences(path):
            if entry["regime"] in by_regime and not (left_out and entry["file"].startswith(left_out)):
                by_regime[entry["regime"]] += prepare(entry, options.work)
    return by_regime


def gather_rendered(options):
    """What is kept of rendered places and of stills in which things happen."""
    found = [near.sampled(f"world{index}", options.work, worlds.World) for index in range(options.worlds)]
    found += [near.sampled(f"sky{index}", options.work, lambda random: worlds.World(random, worlds.BrokenClouds))
              for index in range(options.worlds // 2)]
    for path in sorted(pathlib.Path(options.stills).iterdir()) if options.stills else ():
        if path.suffix.lower() in (".jpg", ".jpeg", ".png"):
            found += [near.sampled(f"still{index}-{path.name}", options.work, lambda random: worlds.Photograph(random, path))
                      for index in range(STILL_TIMES)]
    return found


def parser():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--labels", action="append", default=[])
    arguments.add_argument("--stills", help="a folder of pictures in which nothing burns, as further backgrounds")
    arguments.add_argument("--worlds", type=int, default=WORLDS, help="rendered places for the near regime; half as many more under broken clouds")
    arguments.add_argument("--regime", choices=sorted(PLANS), help="train this one only")
    arguments.add_argument("--out", default=".build/trained-models")
    arguments.add_argument("--work", default=".build/train")
    arguments.add_argument("--fold", default="")
    return arguments


def make_near(rendered, clips, out, work):
    trees = train_near_trees(rendered + clips)
    write_trees(trees, np.concatenate([each.rows[:1] for each in rendered])[:3], out / "smoke-near-trees.json")
    network = near_network.train(rendered, work)
    if clips:
        network = near_network.train_on(network, rendered + clips)
    models.write(models.network_document(network), out / "smoke-near-network.json")
    print(f"near: trained on {len(rendered)} rendered places and {len(clips)} clips and composites", flush=True)


def make_towers(data, out):
    trees = train_trees(data, np.random.default_rng(SEED))
    write_trees(trees, data[0].at(np.argwhere(data[0].gate)[:3]), out / "smoke-tower-trees.json")
    if any(each.boxes and (each.labels == 1).any() for each in data):
        for seed in range(NETWORKS):
            network = train_network(data, trees, SEED + seed)
            models.write(models.network_document(network), out / f"smoke-tower-network-{seed + 1}.json")
    else:
        print("no smoke with boxes: the networks, which see no composites, stay as they are", flush=True)
    print(f"towers: trained on {len(data)} sequences", flush=True)


def write_trees(trees, examples, path):
    """With checks: windows and what the trees say of them."""
    made_up = np.random.default_rng(SEED).normal(0, 5, (3, len(features.NAMES)))
    models.write(models.trees_document(trees, np.concatenate([made_up, examples])), path)


def main():
    options = parser().parse_args()
    if not options.labels:
        print("no footage: the near models come from rendered places alone; the towers' stay as they are", flush=True)
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    # What is not trained anew is taken over, so that the folder is a complete set.
    for shipped in pathlib.Path("models").glob("smoke-*.json"):
        if not (out / shipped.name).exists():
            shutil.copy(shipped, out)
    for regime, data in gather(options).items():
        if regime == "near":
            make_near(gather_rendered(options), [near.sample_of(each, options.work) for each in data], out,
                      options.work)
        elif any((each.labels == 1).any() for each in data):
            make_towers(data, out)
    with open(out / "SHA256SUMS", "w", encoding="utf-8") as file:
        for path in sorted(out.glob("smoke-*.json")):
            file.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


if __name__ == "__main__":
    main()
