"""How the near cameras' network is trained: long on rendered places and stills, from nothing; then, where there are clips,
a little on them as well."""
import pathlib
import zlib

import numpy as np
import torch

import smoke_features as features
import smoke_models as models
import smoke_samples as samples

SEED = 1
# A score for each 8 pixels that sees 63 pixels around: 34,925 parameters.
LAYERS = ((12, 2, 1), (20, 2, 1), (32, 2, 1), (40, 1, 1), (40, 1, 2))
STEPS = 10000
"""On rendered places."""
RATE = 2.5e-3
WARM_UP = 300
DECAY = 0.16
"""Share of the steps, at the end, in which the rate falls to nothing."""
MEAN_OF = 0.998
"""What the mean of the weights keeps of itself in each step."""
CLIP_STEPS = 1500
"""After that, with clips."""
CLIP_RATE = 5e-4
SIDE = 128
"""Of the crops that are kept so much is seen at a time, in pixels."""
BATCH = {samples.SMOKE: 7, samples.LIKE_SMOKE: 6, samples.OTHER: 3}
SHARES = {"clip": 0.35, "over clip": 0.3, "rendered": 0.35}
"""From where crops are drawn once there are clips."""

NOISE = np.random.default_rng(SEED).standard_normal(1 << 22, dtype=np.float32)


def is_rendered(each):
    return each.group.startswith(("world", "sky", "still"))


def source(each):
    if is_rendered(each):
        return "rendered"
    return "over clip" if each.is_composite else "clip"


class Draw:
    """Batches of crops: first a source, then a sequence, then a crop, so that long clips count no more than others."""

    def __init__(self, data):
        self.by_kind = {kind: {name: [] for name in SHARES} for kind in BATCH}
        for each in data:
            for kind in BATCH:
                own = np.flatnonzero(each.kinds == kind)
                if len(own):
                    self.by_kind[kind][source(each)].append((each, own))

    def _crop(self, random, kind):
        by_source = self.by_kind[kind]
        there = [name for name in SHARES if by_source[name]]
        weights = np.array([SHARES[name] for name in there])
        chosen = by_source[there[random.choice(len(there), p=weights / weights.sum())]]
        each, own = chosen[random.integers(len(chosen))]
        return each, own[random.integers(len(own))]

    def __call__(self, random):
        crops = [self._crop(random, kind) for kind, count in BATCH.items() for _ in range(count)]
        inputs = np.empty((len(crops), 7, SIDE, SIDE), np.float32)
        labels = np.empty((len(crops),) + (SIDE // features.CELL,) * 2, np.float32)
        for place, (each, crop) in enumerate(crops):
            row, column = random.integers(0, (models.CROP - SIDE) // features.CELL + 1, 2)

            def part(plane, cell):
                side = SIDE // features.CELL * cell
                return plane[..., row * cell:row * cell + side, column * cell:column * cell + side]

            turn = int(random.choice((-1, 1)))
            write_input(part(each.luma[crop], features.CELL)[..., ::turn],
                        part(each.chroma[crop], features.CELL // 2)[..., ::turn], inputs[place])
            augment(inputs[place], random)
            labels[place] = part(each.labels[crop], 1)[..., ::turn]
        return torch.from_numpy(inputs), torch.from_numpy(labels)


def write_input(luma, chroma, out):
    """`smoke_models.network_input`, in place."""
    out[0] = luma[4]
    np.subtract(out[0], luma[:4], out=out[1:5])
    out[1:5] *= 4
    wide = out[5:].reshape(2, SIDE // 2, 2, SIDE // 2, 2)
    wide[:] = (2 * (chroma.astype(np.float32) - 128))[:, :, None, :, None]
    out[1:] += 128
    np.clip(out[1:], 0, 255, out=out[1:])
    out /= 64
    out -= 2


def augment(x, random):
    """Light, contrast of change, colour and noise as other cameras have them, in place."""
    gain = random.uniform(0.75, 1.25)
    x[0] *= gain
    x[0] += 2 * gain - 2 + random.uniform(-0.2, 0.2)
    x[1:5] *= random.uniform(0.7, 1.35)
    if random.random() < 0.25:
        x[5:] = 0
    else:
        x[5:] *= random.uniform(0.6, 1.3)
        x[5:] += random.uniform(-0.1, 0.1)
    np.clip(x, -2, 2, out=x)
    if random.random() < 0.3:
        start = random.integers(NOISE.size - x.size)
        x += NOISE[start:start + x.size].reshape(x.shape) * np.float32(random.uniform(0.02, 0.25))


def pace(step, steps):
    """The rate rises, stays and falls."""
    return min(1.0, (step + 1) / WARM_UP, (steps - step) / (DECAY * steps))


def train(rendered, work):
    """On rendered places alone. In the folder `work` an interrupted run of the same is found and goes on."""
    same = zlib.crc32(repr((SEED, LAYERS, STEPS, RATE, DECAY, MEAN_OF, [each.group for each in rendered])).encode())
    return models.train_network(
        Draw(rendered), LAYERS, SEED, STEPS, rate=RATE, mean_of=MEAN_OF, pace=pace,
        checkpoint=pathlib.Path(work) / f"near-network-{same:08x}.checkpoint")


def train_on(begun, data):
    """Goes on with clips."""
    return models.train_network(Draw(data), None, SEED + 1, CLIP_STEPS, start=begun, rate=CLIP_RATE)
