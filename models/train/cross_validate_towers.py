#!/usr/bin/env python3
"""Scores the recipe for towers on cameras and fires that it was not trained on.

usage: cross_validate_towers.py --labels LABELS.yaml [--labels ...] [--folds K] [--scores DIR] [the options of train_smoke.py]

Trains K times, each time without a part of the cameras (those that may show the same fire stay together), and judges the
sequences left out as the detector would. The models, and what they say of each window, are kept in `--scores`, so that
judging again costs nothing; only folds that are not there yet are trained.

Prints, for each bar and for settings chosen on the other folds (nested): fires found, minutes after the nominal ignition,
false alarms in quiet time with 95 % intervals (Wilson; Garwood), and FIgLib's frame-level figures, in which each frame
before ignition is negative, each one after it positive, and an alarm holds to the end.
"""
import datetime
import functools
import itertools
import json
import os
import pathlib
import re
import statistics

import lightgbm
import numpy as np
import torch
from scipy import stats

import smoke_features as features
import smoke_footage as footage
import smoke_judge as judge
import smoke_models as models
import train_smoke as train

WARM_UP = 10
USUAL = (3.5, 0.5, judge.MEMORY)
"""Bar, bias and memory that the detector is shipped with."""
BARS = (2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0)
BIASES = (0.25, 0.5, 1.0)
MEMORIES = (0.8, 0.85, 0.9)
TRACK_PICTURES = 30
"""A region that was not seen for longer is a new alarm."""
MOST_FALSE = 1
"""Settings with more false alarms on the folds that choose are not chosen, if there are others."""


def camera_folds(files, count):
    """Fold of each sequence `camera_YYYYMMDD_HHMM`. Cameras taken within half an hour of each other may show one fire;
    `-mono` is the same camera."""
    group = {}
    taken = []
    for file in files:
        camera, when = re.match(r"(.+?)(?:-mono)?_(\d{8}_\d{4})", os.path.basename(file)).groups()
        taken.append((file, camera, datetime.datetime.strptime(when, "%Y%m%d_%H%M")))
        group.setdefault(camera, camera)

    def root(camera):
        return camera if group[camera] == camera else root(group[camera])

    for (_, one, then), (_, other, later) in itertools.combinations(taken, 2):
        if abs(then - later) <= datetime.timedelta(minutes=30):
            group[root(one)] = root(other)
    members = {}
    for file, camera, _ in taken:
        members.setdefault(root(camera), []).append(file)
    folds, load = {}, [0] * count
    for _, own in sorted(members.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        lightest = load.index(min(load))
        load[lightest] += len(own)
        folds |= {file: lightest for file in own}
    return folds


def network_logits(network, each):
    """Log-odds of each window, picture by picture."""
    rows, columns = each.gate.shape[1:]
    height, width = rows * features.CELL, columns * features.CELL
    pixels = height * width
    out = []
    with torch.no_grad():
        for frame in each.planes:
            planes = [frame[k * pixels:(k + 1) * pixels].reshape(height, width) for k in range(5)]
            planes += list(frame[5 * pixels:].reshape(2, height // 2, width // 2))
            out.append(network(torch.from_numpy(models.network_input(planes))[None])[0].numpy())
    return np.array(out, np.float32)


def keep_models(folder, fold, trees, networks):
    trees.save_model(folder / f"fold{fold}-trees.txt")
    for index, network in enumerate(networks):
        models.write(models.network_document(network), folder / f"fold{fold}-network-{index + 1}.json")


def kept_models(folder, fold):
    """The trees of a fold, and for each of its networks a function from its input to log-odds."""
    path = folder / f"fold{fold}-trees.txt"
    if not path.exists():
        raise SystemExit(f"{path} is missing: run cross_validate_towers.py with an empty folder --scores first")
    trees = lightgbm.Booster(model_file=path)
    documents = [json.loads(path.read_text()) for path in sorted(folder.glob(f"fold{fold}-network-*.json"))]
    return trees, [functools.partial(models.run_layers, document) for document in documents]


def score_fold(data, fold, left_out, folder):
    """Trains without some sequences; keeps the models and what they say of these."""
    seen = [each for each in data if each.group not in left_out]
    trees = train.train_trees(seen, np.random.default_rng(train.SEED))
    networks = [train.train_network(seen, trees, train.SEED + seed) for seed in range(train.NETWORKS)]
    keep_models(folder, fold, trees, networks)
    for each in data:
        if each.group in left_out and not each.is_composite:
            above = np.asarray(each.values)[:, 0, :, features.NAMES.index("aboveHorizon")]
            np.savez(
                folder / f"{each.group.replace('/', '_')}.npz", gate=each.gate, horizon=above.astype(int),
                trees=each.probabilities(trees),
                networks=np.array([network_logits(network, each) for network in networks]))


class Sequence:
    """A sequence left out of training, and what the models said of it."""

    def __init__(self, entry, scores):
        self.name = os.path.basename(entry["file"])
        smoke = [event["from"] for event in entry["expect"] if event["kind"] == "smoke"]
        with np.load(scores) as kept:
            self.horizon = kept["horizon"]
            self.probabilities = judge.together(kept["trees"], kept["networks"], kept["gate"])
        self.pictures = features.FIRST + len(self.probabilities)
        self.step_minutes = 1 / entry["rate"] / 60
        self.has_smoke = bool(smoke)
        self.onset = min(smoke) * entry["rate"] if smoke else self.pictures
        """The picture of the nominal ignition."""
        every = [box for boxes in entry["boxes"].values() for box in boxes]
        self.boxes = np.array(every).reshape(-1, 4) / features.CELL
        self.evidence = {}

    @property
    def quiet_hours(self):
        return max(0, min(self.onset, self.pictures) - features.FIRST) * self.step_minutes / 60

    def alarms(self, bar, bias, memory):
        """First picture of each alarm, and whether it lies on the plume."""
        if (bias, memory) not in self.evidence:
            self.evidence[bias, memory] = list(
                judge.evidence(self.probabilities, bias, memory, self.horizon))
        tracks = []
        for picture, box in judge.alarms(self.evidence[bias, memory], features.FIRST, bar, WARM_UP, self.horizon):
            for track in tracks:
                if picture - track["last"] <= TRACK_PICTURES and share(track["box"], box) > 0.3:
                    track |= {"box": box, "last": picture}
                    break
            else:
                tracks.append({"box": box, "last": picture, "first": picture,
                               "is_plume": any(share(box, each) > 0 for each in self.boxes)})
        return [(track["first"], track["is_plume"]) for track in tracks]


def share(a, b):
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return max(0, across) * max(0, down) / smaller


class Outcome:
    """What was found with some settings."""

    def __init__(self):
        self.minutes, self.missed, self.false, self.elsewhere = {}, [], [], []
        self.quiet_hours = 0.0
        self.frames = np.zeros(4, int)
        """True positives, false positives, false negatives, true negatives."""

    def add(self, sequence, settings):
        alarms = sequence.alarms(*settings)
        onset = sequence.onset - 0.1  # rates are written with few digits
        self.quiet_hours += sequence.quiet_hours
        self.false += [f"{sequence.name}@{first}" for first, _ in alarms if first < onset]
        self.elsewhere += [f"{sequence.name}@{first}" for first, is_plume in alarms if first >= onset and not is_plume]
        if sequence.has_smoke:
            hits = [first for first, is_plume in alarms if first >= onset and is_plume]
            if hits:
                self.minutes[sequence.name] = max(0.0, (hits[0] - sequence.onset) * sequence.step_minutes)
            else:
                self.missed.append(sequence.name)
        index = np.arange(sequence.pictures)
        on = index >= min((first for first, _ in alarms), default=sequence.pictures)
        burns = index >= onset
        self.frames += [(on & burns).sum(), (on & ~burns).sum(), (~on & burns).sum(), (~on & ~burns).sum()]
        return self

    @property
    def f1(self):
        hit, false, missed, _ = self.frames
        return 2 * hit / max(1, 2 * hit + false + missed)

    def __str__(self):
        hit, false, missed, quiet = self.frames
        fires = len(self.minutes) + len(self.missed)
        low, high = stats.binomtest(len(self.minutes), fires).proportion_ci(method="wilson") if fires else (0, 1)
        alarms = len(self.false)
        least = stats.chi2.ppf(0.025, 2 * alarms) / 2 if alarms else 0
        most = stats.chi2.ppf(0.975, 2 * alarms + 2) / 2
        hours = max(self.quiet_hours, 1e-6)
        median = statistics.median(self.minutes.values()) if self.minutes else float("nan")
        return (f"found {len(self.minutes)} of {fires} ({low:.2f} to {high:.2f}), median {median:.1f} min, "
                f"{alarms} false in {hours:.1f} h ({least / hours:.2f} to {most / hours:.2f} an hour), "
                f"{len(self.elsewhere)} beside the fire; acc {(hit + quiet) / max(1, self.frames.sum()):.3f} "
                f"P {hit / max(1, hit + false):.3f} R {hit / max(1, hit + missed):.3f} F1 {self.f1:.3f}")


def judged(sequences, settings):
    outcome = Outcome()
    for sequence in sequences:
        outcome.add(sequence, settings)
    return outcome


def chosen(sequences, grid):
    """The settings with the highest F1 among those with few false alarms."""
    outcomes = {settings: judged(sequences, settings) for settings in grid}
    allowed = max(MOST_FALSE, min(len(outcome.false) for outcome in outcomes.values()))
    return max((settings for settings in grid if len(outcomes[settings].false) <= allowed),
               key=lambda settings: outcomes[settings].f1)


def nested(sequences, folds, grid):
    outcome, choices = Outcome(), []
    for fold in sorted(set(folds.values())):
        choices.append(chosen([each for name, each in sequences.items() if folds[name] != fold], grid))
        for name, each in sequences.items():
            if folds[name] == fold:
                outcome.add(each, choices[-1])
    return outcome, choices


def report(sequences, folds):
    for bar in BARS:
        print(f"bar {bar}: {judged(sequences.values(), (bar,) + USUAL[1:])}", flush=True)
    bars = [(bar,) + USUAL[1:] for bar in BARS]
    for what, grid in (("bar", bars), ("bar, bias and memory", list(itertools.product(BARS, BIASES, MEMORIES)))):
        outcome, choices = nested(sequences, folds, grid)
        print(f"nested in {what}: {outcome}\n  chosen {choices}; on all {chosen(list(sequences.values()), grid)}")
        print(f"  minutes {outcome.minutes}\n  missed {outcome.missed}\n  false {outcome.false}\n"
              f"  beside {outcome.elsewhere}", flush=True)


def main():
    parser = train.parser()
    parser.add_argument("--folds", type=int, default=6)
    parser.add_argument("--scores", default=".build/tower-scores")
    options = parser.parse_args()
    options.regime = "tower"
    entries = [entry for path in options.labels for entry in footage.sequences(path) if entry["regime"] == "tower"]
    folds = camera_folds([entry["file"] for entry in entries], options.folds)
    folder = pathlib.Path(options.scores)
    folder.mkdir(parents=True, exist_ok=True)
    kept = {entry["file"]: folder / f"{entry['file'].replace('/', '_')}.npz" for entry in entries}
    data = None
    for fold in range(options.folds):
        left_out = {file for file, own in folds.items() if own == fold}
        if all(kept[file].exists() for file in left_out):
            continue
        data = data or train.gather(options)["tower"]
        print(f"fold {fold + 1}: without {', '.join(sorted(left_out))}", flush=True)
        score_fold(data, fold, left_out, folder)
    report({entry["file"]: Sequence(entry, kept[entry["file"]]) for entry in entries}, folds)


if __name__ == "__main__":
    main()
