"""What the near models are trained on: rendered places, stills and clips in which things happen, with labels."""
import os
import zlib

import cv2
import numpy as np

import smoke_distractors as distractors
import smoke_features as features
import smoke_footage as footage
import smoke_plumes as plumes
import smoke_scenes as scenes
import smoke_things as things
import smoke_worlds as worlds

SEED = 1
PICTURES = 40
"""Of each rendered place: 20 seconds."""
FIRST_SMOKE, LAST_ONSET = 9, 32
KINDS = {
    "person": (things.Person, 3), "vehicle": (things.Vehicle, 2), "thing": (things.Thing, 2), "shade": (scenes.Shade, 1),
    "bank": (scenes.Bank, 1), "cumulus": (scenes.Cumulus, 0.5), "lamp": (distractors.Lamp, 1.5),
    "dust": (distractors.Dust, 2), "steam": (distractors.Steam, 1.5), "contrail": (distractors.Contrail, 0.5),
    "swarm": (distractors.Swarm, 1), "exposure": (distractors.Exposure, 0.7)}
"""What may happen, and how often beside the others."""


def draw_kinds(random, count):
    weights = np.array([weight for _, weight in KINDS.values()])
    return [list(KINDS)[index] for index in random.choice(len(weights), count, p=weights / weights.sum())]


def happen(pictures, ground, random, names, smoke=None, onset=0, front=None):
    """Lays what is named over quiet pictures, and smoke from a picture on.

    `front`: how much of each pixel stands before the smoke. Returns the pictures and the labels of the windows of each.
    """
    height, width = pictures[0].y.shape
    others = [KINDS[name][0](random, height, width, ground) for name in names]
    behind = [random.random() < 0.5 for _ in others]
    noise = random.uniform(0.2, 2.5)
    shift = random.uniform(0, 0.5) if random.random() < 0.35 else 0.0
    wobble = random.uniform(0, 0.02) if random.random() < 0.4 else 0.0
    blur = random.uniform(0.3, 1.1) if random.random() < 0.5 else 0.0
    out, labels = [], []
    for step, picture in enumerate(pictures):
        planes = tuple(plane.astype(np.float32) for plane in picture)
        planes = overlay(planes, [each for each, far in zip(others, behind) if far], step)
        label = np.zeros((height // features.CELL, width // features.CELL), np.int8)
        if smoke is not None and step >= onset:
            alpha = smoke.alpha(step - onset)
            if front is not None:
                alpha = alpha * (1 - front)
            clear = planes[0]
            planes = scenes.blend(planes, alpha, by_light(smoke.colour, planes))
            label = plumes.window_labels(alpha, np.abs(planes[0] - clear))
        planes = overlay(planes, [each for each, far in zip(others, behind) if not far], step)
        if blur:
            planes = (cv2.GaussianBlur(planes[0], (0, 0), blur),) + planes[1:]
        out.append(scenes.camera(planes, random, noise, shift, 1 + random.normal(0, wobble) if wobble else 1.0))
        labels.append(label)
    return out, labels


def overlay(planes, others, step):
    for other in others:
        if hasattr(other, "paint"):
            planes = other.paint(planes, step)
        elif hasattr(other, "factor_field"):
            planes = (planes[0] * other.factor_field(step),) + planes[1:]
        else:
            planes = scenes.blend(planes, other.alpha(step), by_light(other.colour, planes))
    return planes


def by_light(colour, planes):
    """By night smoke and dust shine no brighter than what lights them."""
    return (colour[0] * min(1.0, (float(planes[0].mean()) + 30) / 110),) + colour[1:]


def rendered(name, work, place, count=PICTURES, names=None, with_smoke=None):
    """Measures a place with what happens there, or finds it measured. `place(random)` draws it.

    `names` and `with_smoke`: what happens; drawn where `None`.
    """
    measured = footage.Measured(work, f"near-{name}~", name)
    if not os.path.exists(f"{measured.base}.npz"):
        random = np.random.default_rng(zlib.crc32(f"{SEED} {name}".encode()))
        world = place(random)
        ground = world.ground
        quiet = list(world.pictures(count))
        if random.random() < 0.5:
            ground = np.full_like(ground, int(random.uniform(0.25, 0.85) * quiet[0].y.shape[0] / features.CELL))
        burns = random.random() < 0.6 if with_smoke is None else with_smoke
        others = draw_kinds(random, int(random.integers(0, 4)) + (0 if burns else 1)) if names is None else names
        smoke = column(random, quiet[0].y.shape, ground, getattr(world, "kind", "")) if burns else None
        pictures, labels = happen(
            quiet, ground, random, others, smoke, int(random.integers(FIRST_SMOKE, LAST_ONSET)),
            world.front if random.random() < 0.4 else None)
        if random.random() < 0.7:
            pictures = worlds.recorded(pictures, int(random.integers(18, 36)))
        measured.write(pictures, lambda index, shape: labels[index], finds_horizon=False)
    return measured.load().doubt_what_is_faint()


def column(random, shape, ground, kind=""):
    fills = kind == "room" and random.random() < 0.35
    return (plumes.Filling if fills else plumes.Billow)(random, *shape, ground)


def over_clip(composite, quiet, burns, count):
    """Lays smoke and other things over a clip in which nothing burns."""
    random = np.random.default_rng(zlib.crc32(composite.base.name.encode()))
    shape = quiet[0].y.shape
    ground = np.full(shape[1] // features.CELL, int(random.uniform(0.25, 0.8) * shape[0] / features.CELL))
    pictures, labels = happen(
        quiet, ground, random, draw_kinds(random, count), column(random, shape, ground) if burns else None,
        int(random.integers(FIRST_SMOKE, max(FIRST_SMOKE + 1, len(quiet) - 8))))
    composite.write(pictures, lambda index, shape: labels[index], finds_horizon=False)
