"""Smoke and what is taken for it, laid over sequences of pictures in which nothing burns, with exact truth.

Every function takes a seeded numpy generator. Pictures are `smoke_features.Planes`.
"""
import cv2
import numpy as np

from smoke_features import CELL, Planes


def fractal(random, height, width, coarsest=4, octaves=5):
    """Noise of several scales, 0 to 1."""
    total = np.zeros((height, width), np.float32)
    strength = 1.0
    for octave in range(octaves):
        cells = coarsest * 2**octave
        grid = random.random((max(2, cells * height // width + 2), cells + 2)).astype(np.float32)
        total += strength * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        strength *= 0.6
    total -= total.min()
    return total / max(float(total.max()), 1e-6)


class Plume:
    """A column that grows from a fixed base, leans with the wind and thins out upwards."""

    def __init__(self, random, height, width, ground, lapse, smallest=10.0, largest=170.0):
        self.random = random
        self.size = (height, width)
        self.base_x = random.uniform(0.05, 0.95) * width
        skyline = ground[min(int(self.base_x) // CELL, len(ground) - 1)] * CELL
        self.base_y = min(skyline + abs(random.normal(0, 0.07)) * height + random.uniform(-2, 6), height - 4)
        self.final_height = float(np.exp(random.uniform(np.log(smallest), np.log(largest))))
        self.final_width = self.final_height * random.uniform(0.25, 1.3)
        self.wind = random.uniform(-1.5, 1.5)
        self.opacity = random.uniform(0.15, 0.85)
        self.steps = random.uniform(2, 16)
        self.softness = random.uniform(0.5, 2)
        self.lapse = lapse
        self.rise = random.uniform(5, 30)
        self.noise = fractal(random, 512, 256)
        light = random.uniform(120, 235) if random.random() > 0.15 else random.uniform(30, 90)
        self.colour = (light, 128 + random.uniform(-6, 5), 128 + random.uniform(-4, 5))
        self.flicker = random.uniform(0.02, 0.2)
        self.holes = random.uniform(0, 0.45)

    def alpha(self, step):
        """Opacity of each pixel, `step` pictures after the onset."""
        height, width = self.size
        grown = min(1.0, (step + 1) / self.steps) ** 0.8
        tall = max(self.final_height * (0.2 + 0.8 * grown), 4.0)
        wide = max(self.final_width * (0.25 + 0.75 * grown), 3.0)
        lean = self.wind + (self.random.normal(0, 0.15) if self.lapse else 0)
        half = int(tall * abs(lean) + wide) + 4
        rows, columns = int(tall) + 4, 2 * half
        up, across = np.mgrid[0:rows, 0:columns].astype(np.float32)
        up = (rows - up) / tall
        middle = half + lean * tall * np.clip(up, 0, None) ** 1.4 * 0.8
        radius = np.maximum(wide * 0.5 * (0.18 + 0.9 * up), 1.2)
        body = np.clip(1 - ((across - middle) / radius) ** 2, 0, 1) ** self.softness * np.clip((1.05 - up) * 3, 0, 1)
        start = int(self.random.integers(0, 250)) if self.lapse else int(step * self.rise) % 250
        texture = cv2.resize(self.noise[start:start + 256], (columns, rows))
        strength = self.opacity * min(1.0, (step + 1) / (0.5 * self.steps) + 0.3)
        strength *= 1 + self.random.normal(0, self.flicker)
        texture = np.clip((texture - self.holes) / (1 - self.holes), 0, 1)
        patch = np.clip(body * (0.3 * (1 - self.holes) + 0.7 * texture) * strength, 0, 0.97)
        out = np.zeros((height, width), np.float32)
        top, left = int(self.base_y) - rows, int(self.base_x) - half
        y0, x0 = max(0, top), max(0, left)
        y1, x1 = min(height, top + rows), min(width, left + columns)
        if y1 > y0 and x1 > x0:
            out[y0:y1, x0:x1] = patch[y0 - top:y1 - top, x0 - left:x1 - left]
        return cv2.GaussianBlur(out, (0, 0), 0.8)


class Bank:
    """Mist or a fog bank: wide, flat, soft, drifting and breathing; nothing burns."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.y = ground.mean() * CELL + random.uniform(-10, 0.25 * height)
        self.x = random.uniform(0, width)
        self.half_width = random.uniform(0.1, 0.6) * width
        self.half_height = self.half_width * random.uniform(0.06, 0.25)
        self.drift = random.normal(0, 6)
        self.lift = random.normal(0, 1)
        self.opacity = random.uniform(0.1, 0.7)
        self.start = int(random.integers(0, 25))
        self.steps = random.uniform(5, 30)
        self.noise = fractal(random, height // 4, width // 4, coarsest=3, octaves=3)
        self.colour = (random.uniform(140, 235), 128 + random.uniform(-2, 6), 128 + random.uniform(-4, 2))

    def alpha(self, step):
        height, width = self.size
        age = step - self.start
        y, x = np.mgrid[0:height // 4, 0:width // 4].astype(np.float32) * 4
        x = (x - self.x - self.drift * age) / self.half_width
        y = (y - self.y - self.lift * age) / self.half_height
        body = np.exp(-2 * (x * x + y * y)) * (0.5 + 0.5 * np.roll(self.noise, int(age * self.drift / 4), axis=1))
        strength = self.opacity * np.clip(age / self.steps, 0, 1)
        return cv2.resize(body * np.float32(strength), (width, height), interpolation=cv2.INTER_LINEAR)


class Shade:
    """A cloud's shadow or a patch of sun drifting over the land, or the sharp shadow of a mast."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.sharp = random.random() < 0.25
        self.factor = random.uniform(0.5, 0.92) if random.random() < 0.7 else random.uniform(1.08, 1.4)
        self.x, self.y = random.uniform(-0.2, 1.2) * width, ground.mean() * CELL + random.uniform(0, 0.5) * height
        self.vx, self.vy = random.normal(0, 14), random.normal(0, 2)
        self.radius_x = random.uniform(0.05, 0.5) * width
        self.radius_y = random.uniform(0.03, 0.2) * height
        if self.sharp:
            self.radius_x, self.radius_y = self.radius_x * 0.15, random.uniform(0.1, 0.6) * height
            self.vx *= 0.2
        self.angle = random.uniform(-25, 25)
        self.blur = 1.5 if self.sharp else random.uniform(4, 20)
        self.below = np.repeat(ground, CELL)[:width]

    def factor_field(self, step):
        height, width = self.size
        mask = np.zeros((height // 4, width // 4), np.float32)
        centre = (int((self.x + self.vx * step) / 4), int((self.y + self.vy * step) / 4))
        axes = (max(1, int(self.radius_x / 4)), max(1, int(self.radius_y / 4)))
        cv2.ellipse(mask, centre, axes, self.angle, 0, 360, 1.0, -1)
        mask = cv2.resize(cv2.GaussianBlur(mask, (0, 0), self.blur / 4 + 0.3), (width, height))
        mask[np.arange(height)[:, None] < self.below[None, :]] = 0
        return 1 + (self.factor - 1) * mask


class Cumulus:
    """A bright cloud above the horizon that swells and drifts."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.x = random.uniform(0, width)
        self.bottom = ground.mean() * CELL - random.uniform(0, 0.12) * height
        self.radius = random.uniform(0.02, 0.2) * width
        self.drift = random.normal(0, 5)
        self.grow = random.uniform(-0.01, 0.03)
        self.opacity = random.uniform(0.3, 0.95)
        self.noise = fractal(random, 128, 128, coarsest=5)
        self.colour = (random.uniform(190, 250), 128 + random.uniform(-1, 5), 128 + random.uniform(-4, 1))
        self.below = np.repeat(ground, CELL)[:width]

    def alpha(self, step):
        height, width = self.size
        radius = max(self.radius * (1 + self.grow * step), 3)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        u, v = (x - self.x - self.drift * step) / radius, (self.bottom - y) / (radius * 0.8)
        body = np.clip(1.2 - u * u - np.clip(v, 0, None) ** 2, 0, 1) * (v > 0)
        across = np.clip(u * 40 + 64, 0, 126).astype(np.float32)
        up = np.clip(v * 40 + 20 + step * 0.3, 0, 126).astype(np.float32)
        sample = cv2.remap(self.noise, across, up, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        out = np.clip(body * 2.5 * (sample - 0.25), 0, 1) * self.opacity
        out[np.arange(height)[:, None] >= self.below[None, :]] = 0
        return cv2.GaussianBlur(out.astype(np.float32), (0, 0), 1.2)


class Walker:
    """A person, a car, a box: opaque, crossing the picture, stopping or appearing."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.half_height = float(np.exp(random.uniform(np.log(4), np.log(0.15 * height))))
        self.half_width = self.half_height * random.uniform(0.3, 2)
        self.x, self.y = random.uniform(0, width), random.uniform(0.3, 1) * height
        self.vx, self.vy = random.normal(0, 0.02) * width, random.normal(0, 0.005) * height
        self.start, self.stop = int(random.integers(2, 20)), int(random.integers(10, 40))
        light = random.uniform(10, 245)
        self.colour = (light, 128 + random.normal(0, 12), 128 + random.normal(0, 12))
        self.noise = fractal(random, 64, 64)
        self.round = random.random() < 0.5

    def alpha(self, step):
        height, width = self.size
        out = np.zeros((height, width), np.float32)
        if step < self.start:
            return out
        moved = min(step, self.stop) - self.start
        centre = (int(self.x + self.vx * moved), int(self.y + self.vy * moved))
        half = (max(1, int(self.half_width)), max(1, int(self.half_height)))
        if self.round:
            cv2.ellipse(out, centre, half, 0, 0, 360, 1.0, -1)
        else:
            cv2.rectangle(out, (centre[0] - half[0], centre[1] - half[1]), (centre[0] + half[0], centre[1] + half[1]),
                          1.0, -1)
        return cv2.GaussianBlur(out, (0, 0), 0.6)


def blend(planes, alpha, colour):
    """Haze law: I' = (1 - a) I + a A."""
    small = cv2.resize(alpha, planes[1].shape[::-1], interpolation=cv2.INTER_AREA)
    return (planes[0] * (1 - alpha) + colour[0] * alpha, planes[1] * (1 - small) + colour[1] * small,
            planes[2] * (1 - small) + colour[2] * small)


def camera(planes, random, noise, shift, gain):
    """What a camera adds: exposure, a trembling mast, noise."""
    y, u, v = planes
    y = y * gain
    if shift:
        matrix = np.float32([[1, 0, random.normal(0, shift)], [0, 1, random.normal(0, shift)]])
        y = cv2.warpAffine(y.astype(np.float32), matrix, y.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    y = y + random.normal(0, noise, y.shape)
    return Planes(*(np.clip(plane + 0.5, 0, 255).astype(np.uint8) for plane in (y, u, v)))


def compose(pictures, ground, random, plume=True, distractors=0, lapse=True, first=12, smallest=10.0, largest=170.0,
            kinds=(Bank, Shade, Shade, Cumulus), front=None):
    """Lays a plume, distractors or both over quiet pictures.

    `front` is how much of each pixel stands before the plume. Returns the pictures and, for each, the plume's mean
    opacity per window of 24 pixels (rows x columns of cells).
    """
    height, width = pictures[0].y.shape
    onset = int(random.integers(first, max(first + 1, len(pictures) - 8)))
    column = Plume(random, height, width, ground, lapse, smallest, largest) if plume else None
    others = []
    for _ in range(distractors):
        others.append(kinds[random.integers(len(kinds))](random, height, width, ground))
    noise, shift = random.uniform(0, 1.5), random.uniform(0, 0.4) if random.random() < 0.4 else 0.0
    wobble = random.uniform(0, 0.03) if random.random() < 0.6 else 0.0
    out, truth = [], []
    for step, picture in enumerate(pictures):
        planes = tuple(plane.astype(np.float32) for plane in picture)
        for other in others:
            if hasattr(other, "factor_field"):
                planes = (planes[0] * other.factor_field(step),) + planes[1:]
            else:
                planes = blend(planes, other.alpha(step), other.colour)
        covered = np.zeros((height // CELL, width // CELL), np.float32)
        if column is not None and step >= onset:
            alpha = column.alpha(step - onset)
            if front is not None:
                alpha = alpha * (1 - front)
            # By night smoke shines no brighter than what lights it.
            lit = min(1.0, (float(planes[0].mean()) + 30) / 110)
            planes = blend(planes, alpha, (column.colour[0] * lit,) + column.colour[1:])
            covered = cv2.blur(cv2.resize(alpha, covered.shape[::-1], interpolation=cv2.INTER_AREA), (3, 3),
                               borderType=cv2.BORDER_REPLICATE)
        out.append(camera(planes, random, noise, shift, 1 + random.normal(0, wobble) if wobble else 1.0))
        truth.append(covered)
    return out, truth
