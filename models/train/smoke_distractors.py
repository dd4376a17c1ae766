"""More of what is taken for smoke on near cameras: lamps, dust, contrails, insects, snow and rain. Seeded.

Each has `alpha(step)` and `colour`, or `factor_field(step)` that the light is multiplied by.
"""
import cv2
import numpy as np

from smoke_scenes import fractal


class Lamp:
    """A lamp or a headlight that is switched on or passes: light in a wide patch, most of it within a few pictures."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.x, self.y = random.uniform(0, width), random.uniform(0.1, 1) * height
        self.vx = random.normal(0, 0.02) * width if random.random() < 0.5 else 0.0
        self.radius = random.uniform(0.04, 0.5) * height
        self.flat = random.uniform(0.3, 1)
        self.strength = random.uniform(0.1, 1.5)
        self.start, self.stop = int(random.integers(3, 30)), int(random.integers(20, 70))
        self.rise = random.uniform(0.5, 4)

    def factor_field(self, step):
        height, width = self.size
        on = np.clip((step - self.start) / self.rise, 0, 1) * (step < self.stop)
        y, x = np.mgrid[0:height // 4, 0:width // 4].astype(np.float32) * 4
        distance = np.hypot(x - self.x - self.vx * (step - self.start), (y - self.y) / self.flat) / self.radius
        field = 1 + on * self.strength * np.exp(-1.5 * distance * distance)
        return cv2.resize(field.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


class Dust:
    """A low cloud that a vehicle or the wind drags along: its foot moves, it is brown and falls back."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.x, self.y = random.uniform(0, width), random.uniform(0.4, 0.95) * height
        self.vx = random.choice([-1, 1]) * random.uniform(0.01, 0.06) * width
        self.radius = random.uniform(0.02, 0.12) * height
        self.start, self.length = int(random.integers(3, 35)), random.uniform(8, 25)
        self.opacity = random.uniform(0.15, 0.7)
        self.colour = (random.uniform(110, 200), 128 - random.uniform(2, 14), 128 + random.uniform(0, 8))
        self.noise = fractal(random, 128, 128)

    def alpha(self, step):
        height, width = self.size
        out = np.zeros((height // 2, width // 2), np.float32)
        age = step - self.start
        for puff in range(max(0, int(age) - 12), max(0, min(int(age), int(self.length)) + 1)):
            old = age - puff
            radius = self.radius * (0.4 + 0.15 * old)
            patch = np.zeros_like(out)
            centre = (int((self.x + self.vx * puff) / 2), int((self.y - 0.3 * radius) / 2))
            cv2.ellipse(patch, centre, (max(1, int(radius * 0.8)), max(1, int(radius * 0.4))), 0, 0, 360, 1.0, -1)
            patch = cv2.GaussianBlur(patch, (0, 0), max(0.8, radius / 6))
            out = np.maximum(out, patch * self.opacity * np.exp(-old / 6))
        texture = np.roll(self.noise, int(step * 3), axis=1)
        out *= 0.4 + 0.6 * cv2.resize(texture, out.shape[::-1])
        return cv2.resize(out, (width, height), interpolation=cv2.INTER_LINEAR)


class Contrail:
    """A thin bright line that grows across the sky and widens."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        row = float(ground.min()) * 8
        self.start = (random.uniform(0, width), random.uniform(0, max(row, 8)))
        angle = random.uniform(-0.6, 0.6) + (np.pi if random.random() < 0.5 else 0)
        speed = random.uniform(2, 14)
        self.step = (np.cos(angle) * speed, np.sin(angle) * speed)
        self.opacity = random.uniform(0.2, 0.8)
        self.width = random.uniform(0.6, 2)
        self.colour = (random.uniform(200, 250), 129, 127)
        self.sky = (np.arange(height)[:, None] < np.repeat(ground, 8)[None, :width] * 8 + 4).astype(np.float32)

    def alpha(self, step):
        height, width = self.size
        out = np.zeros((height, width), np.float32)
        end = (int(self.start[0] + self.step[0] * step), int(self.start[1] + self.step[1] * step))
        cv2.line(out, (int(self.start[0]), int(self.start[1])), end, self.opacity, 2, cv2.LINE_AA)
        return cv2.GaussianBlur(out, (0, 0), self.width + 0.02 * step) * self.sky


class Swarm:
    """Insects before the lens, snow or rain: specks and streaks that are elsewhere in the next picture."""

    def __init__(self, random, height, width, ground):
        self.size, self.random = (height, width), random
        self.count = int(np.exp(random.uniform(0, 5)))
        self.length = random.uniform(0, 20) if random.random() < 0.5 else 0.0
        self.radius = int(random.integers(1, 2 if self.count > 20 else 7))
        self.opacity = random.uniform(0.15, 0.8)
        self.colour = (random.uniform(60, 250), 128, 128)
        self.start = int(random.integers(0, 30))
        self.blur = random.uniform(0.5, 2)

    def alpha(self, step):
        height, width = self.size
        out = np.zeros((height, width), np.float32)
        if step < self.start:
            return out
        for _ in range(self.random.poisson(self.count)):
            x, y = self.random.uniform(0, width), self.random.uniform(0, height)
            end = (int(x + self.length * 0.15), int(y + self.length))
            cv2.line(out, (int(x), int(y)), end, self.opacity, self.radius, cv2.LINE_AA)
        return cv2.GaussianBlur(out, (0, 0), self.blur)
