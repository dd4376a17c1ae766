"""What the near models are trained on: rendered places, stills and clips in which things happen, with labels."""
import os
import zlib

import cv2
import numpy as np

import smoke_distractors as distractors
import smoke_features as features
import smoke_footage as footage
import smoke_plumes as plumes
import smoke_samples as samples
import smoke_scenes as scenes
import smoke_things as things
import smoke_worlds as worlds

SEED = 1
PICTURES = 44
"""Of each rendered place: 22 seconds."""
FIRST_SMOKE, LAST_ONSET = 8, 34
LONGEST_BURNING = 60
"""Pictures for which what burns from the first one on may have burnt."""
FINE = 0.2
"""Share of the places that are looked at twice as finely: a quarter of the picture, doubled."""
KINDS = {
    "person": (things.Person, 3), "vehicle": (things.Vehicle, 2), "thing": (things.Thing, 2), "shade": (scenes.Shade, 1),
    "bank": (scenes.Bank, 1), "cumulus": (scenes.Cumulus, 0.5), "lamp": (distractors.Lamp, 1.5),
    "dust": (distractors.Dust, 2), "steam": (distractors.Steam, 1.5), "contrail": (distractors.Contrail, 0.5),
    "swarm": (distractors.Swarm, 1), "exposure": (distractors.Exposure, 0.7)}
"""What may happen, and how often beside the others."""


def draw_kinds(random, count):
    weights = np.array([weight for _, weight in KINDS.values()])
    return [list(KINDS)[index] for index in random.choice(len(weights), count, p=weights / weights.sum())]


def happen(pictures, ground, random, names, smoke=None, onset=0, front=None, part=None):
    """Lays what is named over quiet pictures, and smoke from a picture on; `onset` below 0: it has burnt so long.

    `front`: how much of each pixel stands before the smoke. `part`: rows and columns that are kept, doubled.
    Returns the pictures, and of each `Labels.of` and the windows in which anything else happens.
    """
    height, width = pictures[0].y.shape
    others = [KINDS[name][0](random, height, width, ground) for name in names]
    behind = [random.random() < 0.5 for _ in others]
    noise = random.uniform(0.2, 2.5)
    shift = random.uniform(0, 0.5) if random.random() < 0.35 else 0.0
    wobble = random.uniform(0, 0.02) if random.random() < 0.4 else 0.0
    blur = random.uniform(0.3, 1.1) if random.random() < 0.5 else 0.0
    tell = plumes.Labels((height, width))
    if smoke is not None:
        for age in range(-onset):
            smoke.alpha(age)
    out, labels = [], []
    for step, picture in enumerate(pictures):
        planes = tuple(plane.astype(np.float32) for plane in picture)
        quiet = planes[0]
        planes = overlay(planes, [each for each, far in zip(others, behind) if far], step)
        happens = np.abs(planes[0] - quiet)
        alpha, clear = np.zeros((height, width), np.float32), planes[0]
        if smoke is not None and step >= onset:
            alpha = smoke.alpha(step - onset)
            if front is not None:
                alpha = alpha * (1 - front)
            planes = scenes.blend(planes, alpha, by_light(smoke.colour, planes))
        effect = planes[0] - clear
        if part:
            alpha, effect = doubled(alpha, part), doubled(effect, part)
            tell.shape = alpha.shape
        label = tell.of(alpha, effect, step - onset if smoke is not None else -1)
        before = planes[0]
        planes = overlay(planes, [each for each, far in zip(others, behind) if not far], step)
        happens += np.abs(planes[0] - before)
        labels.append(label + (touched(doubled(happens, part) if part else happens),))
        if blur:
            planes = (cv2.GaussianBlur(planes[0], (0, 0), blur),) + planes[1:]
        out.append(scenes.camera(planes, random, noise, shift, 1 + random.normal(0, wobble) if wobble else 1.0))
    return out, labels


def touched(happens):
    """The windows that what happens changes by grey levels; none where it changes all the picture."""
    windows = features.box(features.cell_mean(happens)) > 3
    return windows if windows.mean() < 0.5 else np.zeros_like(windows)


def doubled(plane, part, scale=1):
    """Rows and columns of a plane that is smaller by `scale`, twice as large."""
    rows, columns = (slice(each.start // scale, each.stop // scale) for each in part)
    return cv2.resize(plane[rows, columns], None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)


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


def staged(name, place, count=PICTURES, names=None, with_smoke=None):
    """Pictures of a place with what happens there, and labels. `place(random)` draws it.

    `names` and `with_smoke`: what happens; drawn where `None`.
    """
    random = np.random.default_rng(zlib.crc32(f"{SEED} {name}".encode()))
    world = place(random)
    ground = world.ground
    quiet = list(world.pictures(count))
    if random.random() < 0.5:
        ground = np.full_like(ground, int(random.uniform(0.25, 0.85) * quiet[0].y.shape[0] / features.CELL))
    burns = random.random() < 0.7 if with_smoke is None else with_smoke
    others = draw_kinds(random, int(random.integers(0 if burns else 1, 5))) if names is None else names
    smoke = column(random, quiet[0].y.shape, ground, getattr(world, "kind", "")) if burns else None
    onset = int(random.integers(FIRST_SMOKE, LAST_ONSET))
    part = None
    if names is None:
        # Fires are often seen from the first picture on.
        if random.random() < 0.35:
            onset = -int(random.integers(1, LONGEST_BURNING))
        if random.random() < FINE:
            part = quarter(random, quiet[0].y.shape)
    pictures, labels = happen(
        quiet, ground, random, others, smoke, onset, world.front if random.random() < 0.4 else None, part)
    if random.random() < 0.7:
        pictures = worlds.recorded(pictures, int(random.integers(18, 36)))
    if part:
        pictures = [features.Planes(*(doubled(plane, part, scale) for plane, scale in zip(picture, (1, 2, 2))))
                    for picture in pictures]
    return pictures, labels


def quarter(random, shape):
    """Rows and columns of half the height and width, in whole cells."""
    half = [length // 2 // features.CELL * features.CELL for length in shape]
    first = [int(random.integers(0, (length - own) // features.CELL + 1)) * features.CELL for length, own in zip(shape, half)]
    return tuple(slice(start, start + own) for start, own in zip(first, half))


def rendered(name, work, place, count=PICTURES, names=None, with_smoke=None):
    """Measures a place with what happens there, or finds it measured."""
    measured = footage.Measured(work, f"near-{name}~", name)
    if not os.path.exists(f"{measured.base}.npz"):
        pictures, labels = staged(name, place, count, names, with_smoke)
        measured.write(pictures, believed(labels), finds_horizon=False)
    return measured.load()


def sampled(name, work, place):
    """What is kept of a place for training, or finds it kept: nobody has room for all of a thousand places."""
    sample = samples.Sample(work, f"near-{name}", name)
    if not sample.exists():
        pictures, labels = staged(name, place)
        measure, label = features.Measure(finds_horizon=False), believed(labels)
        analyses = [(analysis, label(index, analysis), labels[index][2]) for index, analysis in enumerate(
            measure.step(*each) for each in pictures) if analysis is not None]
        sample.take(analyses, np.random.default_rng(zlib.crc32(f"{SEED} sample {name}".encode())))
    return sample.load()


def sample_of(measured, work):
    """What is kept for training of a clip, or of a composite over one."""
    name = measured.base.name
    sample = samples.Sample(work, name, measured.group)
    sample.is_composite = measured.is_composite
    if not sample.exists():
        analyses = [each + (np.zeros_like(each[0].gate),) for each in measured.analyses()]
        sample.take(analyses, np.random.default_rng(zlib.crc32(f"{SEED} sample {name}".encode())))
    return sample.load()


def believed(labels):
    """What `Measured.write` asks for, from what `happen` gives."""
    return lambda index, analysis: plumes.believed(*labels[index][:2], analysis)


def column(random, shape, ground, kind=""):
    if kind == "room" and random.random() < 0.35:
        return plumes.Filling(random, *shape, ground)
    return (plumes.Stream if random.random() < 0.65 else plumes.Billow)(random, *shape, ground)


def over_clip(composite, quiet, burns, count):
    """Lays smoke and other things over a clip in which nothing burns."""
    random = np.random.default_rng(zlib.crc32(composite.base.name.encode()))
    shape = quiet[0].y.shape
    ground = np.full(shape[1] // features.CELL, int(random.uniform(0.25, 0.8) * shape[0] / features.CELL))
    pictures, labels = happen(
        quiet, ground, random, draw_kinds(random, count), column(random, shape, ground) if burns else None,
        int(random.integers(FIRST_SMOKE, max(FIRST_SMOKE + 1, len(quiet) - 8))))
    composite.write(pictures, believed(labels), finds_horizon=False)
