"""Smoke near by, at two pictures a second: columns that billow, and rooms that fill; and what of it can be seen. Seeded."""
import cv2
import numpy as np

import smoke_features as features
from smoke_scenes import fractal


def ink(random):
    """White to grey smoke mostly, now and then dark or yellowish."""
    light = random.uniform(110, 240) if random.random() > 0.18 else random.uniform(25, 90)
    return (light, 128 + random.uniform(-7, 6), 128 + random.uniform(-4, 6))


class Billow:
    """A column over a fire: its foot stays, the front rises, eddies are carried up, widen and thin out; gusts bend it."""

    def __init__(self, random, height, width, ground, smallest=9.0):
        self.random = random
        self.size = (height, width)
        self.x = random.uniform(0.04, 0.96) * width
        skyline = ground[min(int(self.x) // features.CELL, len(ground) - 1)] * features.CELL
        self.y = float(min(skyline + abs(random.normal(0, 0.25)) * height + random.uniform(-2, 6), height - 2))
        self.tall = float(np.exp(random.uniform(np.log(smallest), np.log(0.85 * height))))
        self.wide = self.tall * random.uniform(0.2, 1.1)
        self.opacity = random.uniform(0.15, 0.9)
        self.colour = ink(random)
        self.rise = self.tall * float(np.exp(random.uniform(np.log(0.06), np.log(0.8))))
        self.soft = random.uniform(0.5, 2)
        self.fade = random.uniform(0.2, 2)
        self.foot = random.uniform(0.08, 0.45)
        self.grain = random.uniform(0.6, 2.5)
        self.holes = random.uniform(0, 0.55)
        self.eddies = [fractal(random, 256, 256, coarsest=int(random.integers(3, 9)), octaves=4) for _ in range(2)]
        self.lean = random.normal(0, 0.6)
        self.gusts = random.uniform(0, 0.12)
        self.bends = [(random.uniform(0, 0.25), random.uniform(2, 9), random.uniform(0, 6.28), random.uniform(0.2, 1.5))
                      for _ in range(2)]
        self.puffing = (random.uniform(0, 0.5), random.uniform(0.3, 2))
        self.kindles = random.uniform(1, 12)
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


SEEN = 4
"""Grey levels by which smoke must change a pixel to be seen on it."""
FEWEST_PIXELS = 30


def window_labels(alpha, effect):
    """1 where a window sees enough of the smoke, or most of a plume smaller than itself; 0 where it sees none; else -1.

    `effect`: by how many grey levels smoke changes each pixel.
    """
    seen = (effect > SEEN).astype(np.float32)
    window = features.box(features.cell_mean(seen)) * (3 * features.CELL) ** 2
    total = float(seen.sum())
    traced = features.box(features.cell_mean((alpha > 0.004).astype(np.float32))) > 0
    labels = np.where(traced, -1, 0).astype(np.int8)
    large = window >= 0.25 * (3 * features.CELL) ** 2
    labels[large | ((window >= 0.6 * total) & (total >= FEWEST_PIXELS))] = 1
    return labels
