#!/usr/bin/env python3
"""Scores the recipe for near cameras on footage that it was not trained on.

usage: cross_validate.py --labels LABELS.yaml [--labels ...] [--folds K] [--without-footage] [the options of train_smoke.py]

Trains K times, each time without a part of the labelled sequences, and judges these as the detector would: when its first
alarm comes, and whether one comes where nothing burns. Rendered places are trained on in every fold, by the network once,
before it goes on with the clips of a fold. With `--without-footage` the models see rendered places alone, and all sequences
are judged.
"""
import os
import zlib

import numpy as np

import smoke_footage as footage
import smoke_judge as judge
import smoke_models as models
import smoke_near as near
import smoke_near_network as near_network
import train_smoke as train

WARM_UP = 8
BARS = (4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0)
BIASES = (0.5, 1.0)


def first_alarm(scores, bar, bias):
    from_start = train.features.FIRST
    return next(judge.alarms(judge.evidence(scores, bias), from_start, bar, WARM_UP), (None, None))


def judged(entries, scores, bar, bias):
    """Seconds to the first alarm of each sequence with smoke, and the names of those with a false one."""
    found, false = {}, []
    for entry in entries:
        if entry["file"] not in scores:
            continue
        picture, _ = first_alarm(scores[entry["file"]], bar, bias)
        if not entry["expect"]:
            false += [os.path.basename(entry["file"])] if picture is not None else []
        elif any(event["kind"] == "smoke" for event in entry["expect"]):
            found[os.path.basename(entry["file"])] = None if picture is None else picture * footage.NEAR_STEP_SECONDS
    return found, false


def fold_scores(data, rendered, left_out, network, work):
    """Probabilities of the windows of the sequences left out."""
    clips = [near.sample_of(each, work) for each in data if each.group not in left_out]
    trees = train.train_near_trees(rendered + clips)
    if clips:
        network = near_network.train_on(network, rendered + clips)
    return {
        each.group: judge.together(each.probabilities(trees), [each.network_says(models.says(network))], each.gate)
        for each in data if each.group in left_out and not each.is_composite}


def main():
    parser = train.parser()
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--without-footage", action="store_true")
    options = parser.parse_args()
    options.regime = "near"
    entries = [entry for path in options.labels for entry in footage.sequences(path) if entry["regime"] == "near"]
    data = train.gather(options)["near"]
    files = {entry["file"] for entry in entries}
    folds = {name: zlib.crc32(os.path.basename(name).encode()) % options.folds for name in files}
    rendered = train.gather_rendered(options)
    network = near_network.train(rendered, options.work)
    scores = {}
    for fold in range(1 if options.without_footage else options.folds):
        left_out = {name for name in files if options.without_footage or folds[name] == fold}
        scores.update(fold_scores(data, rendered, left_out, network, options.work))
        print(f"fold {fold + 1}: {len(left_out)} sequences left out", flush=True)
    for bias in BIASES:
        for bar in BARS:
            found, false = judged(entries, scores, bar, bias)
            print(f"bias {bias} bar {bar}: {found}; false on {false}", flush=True)


if __name__ == "__main__":
    main()
