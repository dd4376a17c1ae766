#!/usr/bin/env python3
"""Scores near models on rendered places kept aside from training: what the bar is chosen on.

usage: score_aside.py --models FOLDER [--work DIR] [--things N] [--plumes N]

One thing of a kind happens in each place: the share that raises an alarm, by kind; and of plumes how many are found
by the end of the sequence, by the number of windows that ever see them.
"""
import argparse
import json
import pathlib

import numpy as np

import smoke_features as features
import smoke_judge as judge
import smoke_models as models
import smoke_near as near
import smoke_worlds as worlds

WARM_UP = 8
BARS = (4.0, 4.5, 5.0, 5.5, 6.0, 7.0)
BIASES = (0.5,)
PICTURES = 60
SIZES = ((1, 13), (13, 40), (40, 10000))
"""Windows that see a plume when it is largest."""


def scores(measured, trees, network):
    """Probabilities as the written models give them."""
    logits = np.full(measured.gate.shape, -9.0)
    for place, gate in enumerate(measured.gate):
        if gate.any():
            logits[place][gate] = models.walk_trees(trees, np.asarray(measured.values[place])[gate])
    says = measured.network_says(lambda pixels: models.run_layers(network, pixels))
    return judge.together(1 / (1 + np.exp(-logits)), [says], measured.gate)


def alarm(held, bar, on=None, after=0):
    """The first picture of an alarm, if any, that touches windows of `on`."""
    for picture, (left, top, right, bottom) in judge.alarms(held, features.FIRST, bar, WARM_UP):
        place = picture - features.FIRST
        if on is None or (place >= after and (on[place, top:bottom, left:right] == 1).any()):
            return place
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="models")
    parser.add_argument("--work", default=".build/train")
    parser.add_argument("--things", type=int, default=6)
    parser.add_argument("--plumes", type=int, default=40)
    options = parser.parse_args()
    folder = pathlib.Path(options.models)
    trees, network = (json.loads((folder / f"smoke-near-{part}.json").read_text()) for part in ("trees", "network"))
    cases = [(kind, index, [kind]) for kind in near.KINDS for index in range(options.things)]
    cases += [("plume", index, []) for index in range(options.plumes)]
    judged = []
    for kind, index, names in cases:
        measured = near.rendered(
            f"aside-{kind}{index}", options.work, worlds.World, PICTURES, names, with_smoke=kind == "plume")
        judged.append((kind, measured, scores(measured, trees, network)))
    for bias in BIASES:
        held = [list(judge.evidence(each, bias)) for _, _, each in judged]
        for bar in BARS:
            line = []
            for kind in near.KINDS:
                own = [alarm(each, bar) is not None for (name, _, _), each in zip(judged, held) if name == kind]
                line.append(f"{kind} {sum(own)}/{len(own)}")
            for low, high in SIZES:
                found = []
                for (name, measured, _), each in zip(judged, held):
                    most = (measured.labels == 1).sum((1, 2)).max() if name == "plume" else 0
                    if low <= most < high:
                        found.append(alarm(each, bar, measured.labels) is not None)
                line.append(f"plumes of {low} windows up {sum(found)}/{len(found)}")
            print(f"bias {bias} bar {bar}: {', '.join(line)}", flush=True)


if __name__ == "__main__":
    main()
