"""Smoke near by, at two pictures a second: columns that billow, streams that the wind carries, and rooms that fill; and
what of it can be seen. Seeded.

`alpha(age)` of each is asked picture by picture, from `age` 0 on.
"""
import cv2
import numpy as np

import smoke_features as features
from smoke_scenes import fractal


def ink(random):
    """White to grey smoke mostly, now and then dark or yellowish."""
    light = random.uniform(110, 240) if random.random() > 0.18 else random.uniform(25, 90)
    return (light, 128 + random.uniform(-7, 6), 128 + random.uniform(-4, 6))


def between(random, low, high):
    """As likely below as above the geometric mean."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


class Billow:
    """A column over a fire: its foot stays, the front rises, eddies are carried up, widen and thin out; gusts bend it."""

    def __init__(self, random, height, width, ground, smallest=9.0):
        self.random = random
        self.size = (height, width)
        self.x = random.uniform(0.04, 0.96) * width
        skyline = ground[min(int(self.x) // features.CELL, len(ground) - 1)] * features.CELL
        self.y = float(min(skyline + random.uniform(0, 1) ** 1.5 * (height - skyline) + random.uniform(-2, 6), height - 2))
        self.tall = between(random, smallest, 0.85 * height)
        self.wide = self.tall * between(random, 0.12, 1.1)
        self.opacity = random.uniform(0.1, 0.9)
        self.colour = ink(random)
        self.rise = self.tall * between(random, 0.02, 0.8)
        self.soft = random.uniform(0.5, 2)
        self.fade = random.uniform(0.2, 2)
        self.foot = random.uniform(0.08, 0.45)
        self.grain = random.uniform(0.6, 2.5)
        self.holes = random.uniform(0, 0.55)
        self.eddies = [fractal(random, 256, 256, coarsest=int(random.integers(3, 9)), octaves=4) for _ in range(2)]
        self.lean = random.normal(0, 0.6) if random.random() < 0.75 else random.normal(0, 1.5)
        self.gusts = random.uniform(0, 0.12)
        self.bends = [(random.uniform(0, 0.25), random.uniform(2, 9), random.uniform(0, 6.28), random.uniform(0.2, 1.5))
                      for _ in range(2)]
        self.puffing = (random.uniform(0, 0.5), random.uniform(0.3, 2))
        self.kindles = between(random, 1, 40)
        self.wind = 0.0

    def alpha(self, age):
        height, width = self.size
        self.wind = 0.8 * self.wind + self.random.normal(0, 1) * self.gusts
        lean = self.lean + self.wind
        front = min(self.tall, max(3.0, self.rise * (age + 1)))
        left = max(0, int(self.x - 1.6 * self.tall - self.wide - abs(lean) * self.tall))
        right = min(width, int(self.x + 1.6 * self.tall + self.wide + abs(lean) * self.tall) + 1)
        top, bottom = max(0, int(self.y - 1.1 * front)), min(height, int(self.y) + 1)
        out = np.zeros((height, width), np.float32)
        if right <= left or bottom <= top:
            return out
        down, across = np.mgrid[top:bottom, left:right].astype(np.float32)
        up = (self.y - down) / self.tall
        middle = lean * up ** 1.3
        for strength, waves, phase, speed in self.bends:
            middle += strength * up * np.sin(waves * up + phase - speed * age)
        radius = np.maximum(0.5 * self.wide / self.tall * (self.foot + up ** 0.8), 1.2 / self.tall)
        aside = ((across - self.x) / self.tall - middle) / radius
        carried = self.rise * age / self.tall
        # Eddies keep their shape while they are carried up, and grow as the column does.
        u = aside * 24 * self.grain + 128
        v = (up - carried) * 90 * self.grain
        first = cv2.remap(self.eddies[0], u % 255, v % 255, cv2.INTER_LINEAR)
        second = cv2.remap(self.eddies[1], (1.7 * u + 40 * first) % 255, (1.5 * v - 20 * carried) % 255, cv2.INTER_LINEAR)
        body = np.clip(1 - (aside * (0.75 + 0.5 * first)) ** 2, 0, 1) ** self.soft
        body *= np.clip((1.05 * front / self.tall - up) * 4, 0, 1) * np.exp(-self.fade * up)
        texture = np.clip((0.5 * (first + second) - self.holes) / (1 - self.holes), 0, 1) * 1.6
        depth, pace = self.puffing
        strength = self.opacity * min(1.0, (age + 1) / self.kindles) * (1 - depth * (0.5 + 0.5 * np.sin(pace * age)))
        out[top:bottom, left:right] = np.clip(body * (0.25 * (1 - self.holes) + 0.75 * texture) * strength, 0, 0.97)
        return cv2.GaussianBlur(out, (0, 0), 0.7)


class Stream:
    """Smoke as a density that wind carries: given off at one spot, lifted, torn by eddies, spread and thinned out."""

    PARTS = 4
    """Into which the time between two pictures is divided."""

    def __init__(self, random, height, width, ground):
        self.random = random
        self.size = (height, width)
        rows, columns = height // 2, width // 2
        x = random.uniform(0.04, 0.96) * width
        skyline = ground[min(int(x) // features.CELL, len(ground) - 1)] * features.CELL
        y = min(skyline + random.uniform(0, 1) ** 1.5 * (height - skyline) + random.uniform(-2, 6), height - 2)
        down, across = np.mgrid[0:rows, 0:columns].astype(np.float32)
        self.places = (across, down)
        # Lengths below are in pixels of half the size, times in pictures.
        radius = between(random, 0.8, 9)
        self.colour = ink(random)
        rise = between(random, 1, 12)
        wind = random.normal(0, 0.5) * rise if random.random() < 0.7 else random.normal(0, 2) * rise
        slows = between(random, 0.05, 1) * height / 2
        self.source = np.exp(-((across - x / 2) ** 2 + (down - y / 2) ** 2) / radius ** 2).astype(np.float32)
        lift = rise * (0.35 + 0.65 * np.exp(-np.clip(y / 2 - down, 0, None) / slows))
        self.flow = (np.full((rows, columns), wind, np.float32), -lift.astype(np.float32))
        self.rolls = random.uniform(0, 1.2) * np.hypot(rise, wind)
        self.eddies = [self._eddies(rows, columns) for _ in range(2)]
        self.spread = between(random, 0.05, 0.6)
        self.lasts = between(random, 5, 80)
        self.kindles = between(random, 1, 40)
        self.puffing = random.uniform(0, 1)
        self.curls = [fractal(random, rows, columns, coarsest=int(between(random, 10, 60)), octaves=3) for _ in range(2)]
        self.contrast = random.uniform(0, 2.5)
        self.paces = [between(random, 0.3, 1.2) for _ in self.curls]
        thickest = -np.log(1 - random.uniform(0.2, 0.96))
        self.strength = thickest * between(random, 1, 5) * max(np.hypot(rise, wind) / radius, 0.3)
        self.density = np.zeros((rows, columns), np.float32)

    def _eddies(self, rows, columns):
        """A flow without sources, its speed 1 in the mean; and how far it is carried along."""
        potential = fractal(self.random, rows, columns, coarsest=int(self.random.integers(4, 24)), octaves=4)
        up, aside = np.gradient(potential)
        speed = max(float(np.hypot(up, aside).mean()), 1e-6)
        return up / speed, -aside / speed, self.random.normal(0, 1, 2)

    def alpha(self, age):
        height, width = self.size
        part = 1 / self.PARTS
        flow = list(self.flow)
        for across, down, drift in self.eddies:
            moved = tuple(int(each) for each in (
                (drift[0] + self.flow[1].mean()) * age, (drift[1] + self.flow[0].mean()) * age))
            for axis, eddy in enumerate((across, down)):
                flow[axis] = flow[axis] + 0.7 * self.rolls * np.roll(eddy, moved, (0, 1))
        came_from = [(place - part * speed).astype(np.float32) for place, speed in zip(self.places, flow)]
        for _ in range(self.PARTS):
            burns = min(1.0, (age + 1) / self.kindles) * max(0.0, 1 + self.puffing * self.random.normal())
            carried = cv2.remap(self.density, *came_from, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
            carried = np.maximum(cv2.GaussianBlur(carried, (0, 0), self.spread), 0)
            self.density = carried * np.float32(np.exp(-part / self.lasts)) + self.source * (part * self.strength * burns)
        depth = self.density
        for curl, pace in zip(self.curls, self.paces):
            moved = tuple(int(pace * each.mean() * age) for each in self.flow[::-1])
            depth = depth * np.maximum(0, 1 + self.contrast * (np.roll(curl, moved, (0, 1)) - 0.5) * 2)
        return np.clip(1 - np.exp(-cv2.resize(depth, (width, height), interpolation=cv2.INTER_LINEAR)), 0, 0.97)


class Filling:
    """Smoke in a room: it spreads under the ceiling from where it comes in, and sinks."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.x = random.uniform(0, width)
        self.opacity, self.colour = random.uniform(0.3, 0.9), ink(random)
        self.spread, self.sink = random.uniform(0.02, 0.15) * width, random.uniform(0.005, 0.05) * height
        self.soft = random.uniform(0.05, 0.3) * height
        self.noise = fractal(random, height // 2, width, coarsest=4, octaves=4)
        self.drift = random.uniform(1, 9)

    def alpha(self, age):
        height, width = self.size
        down, across = np.mgrid[0:height, 0:width].astype(np.float32)
        reach = self.spread * (age + 1)
        depth = np.clip(self.sink * (age + 1), 4, 0.8 * height) * np.exp(-(((across - self.x) / reach) ** 2))
        noise = cv2.resize(np.roll(self.noise, int(self.drift * age), axis=1), (width, height))
        body = np.clip((depth * (0.6 + 0.8 * noise) - down) / self.soft + 0.5, 0, 1)
        return (self.opacity * body * (0.5 + 0.5 * noise) * min(1.0, (age + 1) / 6)).astype(np.float32)


SEEN = 3
"""Grey levels by which smoke must change a pixel, against how much smoke there was before, to be seen on it."""
LEAST = 150
"""By how many grey levels all pixels together must change, where that is little of a window."""
LEAST_SHARE = 0.6
"""Of what changes in a window smoke must make so much, or nobody could tell it."""
YOUNGEST = 3
"""Pictures: smoke that has only just come could be anything."""
WINDOW = (3 * features.CELL) ** 2


class Labels:
    """Tells picture by picture which windows see smoke: 1 where it stirs enough of the window, or where most of a plume
    smaller than that lies in it; 0 where there is none; else -1."""

    def __init__(self, shape):
        self.shape = shape
        self.effects = []

    def of(self, alpha, effect, age):
        """Labels, and how much smoke changes each window (root mean square).

        `effect`: by how many grey levels smoke changes each pixel. `age`: pictures since the onset.
        """
        height, width = self.shape
        half = cv2.resize(effect, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        self.effects.append(np.clip(np.rint(2 * half + 128), 0, 255).astype(np.uint8))
        labels = np.zeros((height // features.CELL, width // features.CELL), np.int8)
        if age < 0:
            return labels, labels.astype(np.float32)
        labels[features.box(features.cell_mean((alpha > 0.004).astype(np.float32))) > 0] = -1
        change = self._change()

        def summed(values):
            return features.box(features.cell_mean(values, features.CELL // 2)) * WINDOW

        if age >= YOUNGEST:
            seen = (change > SEEN).astype(np.float32)
            strength = summed(seen * change)
            labels[summed(seen) >= 0.15 * WINDOW] = 1
            labels[(strength >= LEAST) & (summed(seen) >= 2 * float(seen.sum()))] = 1
        return labels, np.sqrt(summed(change ** 2) / WINDOW)

    def _change(self):
        """By how much smoke changes the pixels, at half the size, against what the detector's references show of it."""
        now, change = self.effects[-1].astype(np.int16), 0
        for ages in (features.SHORT, features.LONG):
            places = [len(self.effects) - 1 - age for age in ages if age < len(self.effects)] or [0]
            reference = features.median([self.effects[place] for place in places])
            change = np.maximum(change, np.abs(now - reference))
        return change.astype(np.float32) / 2


def believed(labels, strength, analysis):
    """The labels without smoke that goes under in what else changes."""
    whole = 0
    for which in ("Short", "Long"):
        mean, spread = (analysis.features[..., features.NAMES.index(f"{name}{which}")] for name in ("mean", "spread"))
        whole = np.maximum(whole, np.hypot(mean, spread))
    return np.where((labels == 1) & (strength < LEAST_SHARE * whole), -1, labels).astype(np.int8)
