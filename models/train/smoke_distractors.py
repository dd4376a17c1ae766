"""More of what is taken for smoke on near cameras: lamps, dust, steam, contrails, insects, snow and rain. Seeded.

Each has `alpha(step)` and `colour`, or `factor_field(step)` that the light is multiplied by.
"""
import cv2
import numpy as np

from smoke_scenes import fractal


class Lamp:
    """A lamp that is switched on, blinks or sweeps by, daylight through a door: within a picture or two a patch is
    brighter, what lies in it looks as before. Round, or a beam with an edge."""

    def __init__(self, random, height, width, ground):
        self.size = (height, width)
        self.x, self.y = random.uniform(0, width), random.uniform(0.1, 1) * height
        self.vx = random.normal(0, 0.02) * width if random.random() < 0.3 else 0.0
        self.radius = float(np.exp(random.uniform(np.log(0.04), np.log(0.7)))) * height
        self.flat = random.uniform(0.3, 1.2)
        self.strength = random.uniform(0.1, 1.8) * (1 if random.random() < 0.85 else -0.3)
        self.start = int(random.integers(3, 35))
        self.lit = int(random.integers(3, 60))
        self.period = self.lit + int(random.integers(3, 30)) if random.random() < 0.5 else 1000
        self.rise = random.uniform(0.5, 4) if random.random() < 0.4 else 0.5
        self.edge = random.uniform(0.02, 0.3) if random.random() < 0.35 else 0.0
        self.angle = random.uniform(0, 3.14)

    def factor_field(self, step):
        height, width = self.size
        age = step - self.start
        since = age % self.period
        on = np.clip((since + 0.5) / self.rise, 0, 1) * (age >= 0) * (since < self.lit)
        if not on:
            return np.float32(1)
        y, x = np.mgrid[0:height // 2, 0:width // 2].astype(np.float32) * 2
        across, down = x - self.x - self.vx * age, y - self.y
        turned = across * np.cos(self.angle) + down * np.sin(self.angle)
        distance = np.hypot(turned, (down * np.cos(self.angle) - across * np.sin(self.angle)) / self.flat) / self.radius
        field = np.clip((1 - distance) / self.edge + 0.5, 0, 1) if self.edge else np.exp(-1.5 * distance * distance)
        return cv2.resize((1 + on * self.strength * field).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)


class Dust:
    """A low cloud that a vehicle or the wind drags along: its foot moves, it is brown, settles and is soon gone."""

    def __init__(self, random, height, width, ground):
        self.size, self.random = (height, width), random
        self.x, self.y = random.uniform(0, width), random.uniform(0.3, 0.98) * height
        self.vx = int(random.choice([-1, 1])) * float(np.exp(random.uniform(np.log(0.003), np.log(0.06)))) * width
        self.vy = random.normal(0, 0.1) * abs(self.vx)
        self.radius = float(np.exp(random.uniform(np.log(0.015), np.log(0.14)))) * height
        self.start, self.length = int(random.integers(3, 35)), random.uniform(5, 60)
        self.opacity, self.settles = random.uniform(0.15, 0.85), random.uniform(2, 9)
        self.grows, self.flat = random.uniform(0.05, 0.3), random.uniform(0.3, 0.9)
        self.colour = (random.uniform(95, 215), 128 - random.uniform(0, 15), 128 + random.uniform(0, 9))
        self.noise = fractal(random, 128, 128)
        self.scatter = random.uniform(0, 0.5)
        self.offsets = random.normal(0, 1, (80, 2))

    def alpha(self, step):
        height, width = self.size
        age = step - self.start
        if age < 0:
            return np.zeros((height, width), np.float32)
        down, across = np.mgrid[0:height // 2, 0:width // 2].astype(np.float32) * 2
        clear = np.ones(down.shape, np.float32)
        for puff in range(max(0, int(age - 4 * self.settles)), min(int(age), int(self.length)) + 1):
            old = age - puff
            radius = self.radius * (0.5 + self.grows * old)
            aside, over = self.offsets[puff % 80] * self.scatter * radius
            x, y = self.x + self.vx * puff + aside, self.y + self.vy * puff + 0.5 * over - 0.3 * radius
            far = ((across - x) / radius) ** 2 + ((down - y) / (radius * self.flat)) ** 2
            clear *= 1 - self.opacity * np.exp(-old / self.settles) * np.exp(-far)
        texture = cv2.resize(np.roll(self.noise, int(step * 3), axis=1), clear.shape[::-1])
        return cv2.resize((1 - clear) * (0.5 + 0.7 * texture), (width, height), interpolation=cv2.INTER_LINEAR).clip(0, 1)


class Steam:
    """Puffs from a vent, a kettle, an exhaust: white, quick, gone a little above where they came from, and again."""

    def __init__(self, random, height, width, ground):
        self.size, self.random = (height, width), random
        self.x, self.y = random.uniform(0, width), random.uniform(0.2, 0.98) * height
        self.radius = float(np.exp(random.uniform(np.log(0.015), np.log(0.12)))) * height
        self.rise = self.radius * random.uniform(0.3, 2.5)
        self.drift = random.normal(0, 0.5) * self.rise
        self.opacity, self.lasts = random.uniform(0.3, 0.95), random.uniform(1, 4)
        self.blows, self.rests = int(random.integers(1, 8)), int(random.integers(4, 40))
        self.start = int(random.integers(3, 30))
        self.colour = (random.uniform(190, 250), 128 + random.uniform(-2, 4), 128 + random.uniform(-3, 2))
        self.noise = fractal(random, 128, 128)

    def alpha(self, step):
        height, width = self.size
        out = np.zeros((height, width), np.float32)
        age = step - self.start
        if age < 0:
            return out
        down, across = np.mgrid[0:height, 0:width].astype(np.float32)
        clear = np.ones_like(out)
        for old in range(0, int(3 * self.lasts) + 1):
            if old > age or (age - old) % (self.blows + self.rests) >= self.blows:
                continue
            radius = self.radius * (0.5 + 0.35 * old)
            x = self.x + self.drift * old + 0.2 * radius * self.random.normal()
            y = self.y - self.rise * old
            far = ((across - x) ** 2 + (down - y) ** 2) / radius ** 2
            clear *= 1 - self.opacity * np.exp(-old / self.lasts) * np.exp(-far)
        texture = cv2.resize(np.roll(self.noise, -int(step * 11), axis=0), (width, height))
        return ((1 - clear) * (0.5 + 0.7 * texture)).clip(0, 1)


class Exposure:
    """The camera's gain goes up and down by steps, or hunts."""

    def __init__(self, random, height, width, ground):
        self.steps = np.exp(np.repeat(random.normal(0, random.uniform(0.02, 0.12), 100), int(random.integers(1, 20))))

    def factor_field(self, step):
        return np.float32(self.steps[step % len(self.steps)])


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
