"""Rendered places for training: hills, yards, rooms, by day and by night, in which everything moves that usually does.

They stand in for quiet footage: `smoke_scenes.compose` lays plumes and distractors over them. What the detector is scored
on is drawn by other code (`Sources/SyntheticScenes`) that shares nothing with this file. Seeded.
"""
import subprocess

import cv2
import numpy as np

from smoke_features import CELL, Planes
from smoke_scenes import fractal

SIZES = ((400, 224), (320, 240), (352, 200), (448, 256))


def smooth(low, high, value):
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def fine(random, height, width, grain):
    """Texture from `grain` pixels up, mean 0, standard deviation 1."""
    total = np.zeros((height, width), np.float32)
    strength, side = 1.0, float(grain)
    for _ in range(4):
        noise = random.standard_normal((max(2, int(height / side) + 2), max(2, int(width / side) + 2)))
        total += strength * cv2.resize(noise.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        strength *= 0.8
        side *= 2.2
    return (total - total.mean()) / max(float(total.std()), 1e-6)


class Clouds:
    """Two layers of cloud that drift at different speeds; flat near the horizon."""

    def __init__(self, random, height, width):
        self.size = (height, width)
        self.layers = [fractal(random, height, 2 * width, coarsest=int(random.integers(3, 8)), octaves=5)
                       for _ in range(2)]
        self.speeds = random.normal(0, 3, 2)
        self.low = random.uniform(0.35, 0.6)
        self.soft = random.uniform(0.05, 0.4)
        self.strength = random.uniform(0.3, 1)

    def cover(self, step):
        height, width = self.size
        total = np.zeros((height, width), np.float32)
        for layer, speed in zip(self.layers, self.speeds):
            place = (speed * step) % width
            matrix = np.float32([[1, 0, -place], [0, 1, 0]])
            total += cv2.warpAffine(layer, matrix, (width, height), flags=cv2.INTER_LINEAR,
                                    borderMode=cv2.BORDER_WRAP) * 0.5
        return self.strength * smooth(self.low, self.low + self.soft, total)


class BrokenClouds(Clouds):
    """Wisps and rags of cloud that hardly move: what near a ridge is taken for smoke."""

    def __init__(self, random, height, width):
        super().__init__(random, height, width)
        flat = int(random.integers(1, 5))
        self.layers = [
            cv2.resize(fractal(random, flat * height, 2 * width, coarsest=int(np.exp(random.uniform(np.log(6), np.log(40)))),
                               octaves=4), (2 * width, height), interpolation=cv2.INTER_AREA) for _ in range(2)]
        self.speeds = random.choice([-1, 1], 2) * np.exp(random.uniform(np.log(0.05), np.log(4), 2))
        self.soft = random.uniform(0.03, 0.25)


class Foliage:
    """Where leaves move: crowns that lean in gusts, and flutter."""

    def __init__(self, random, height, width, count):
        self.mask = np.zeros((height, width), np.float32)
        self.crowns = []
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        for _ in range(count):
            radius = random.uniform(0.06, 0.3) * height
            centre = (random.uniform(0, width), random.uniform(0.35, 1.05) * height)
            distance = np.hypot((x - centre[0]) / radius, (y - centre[1]) / (radius * random.uniform(0.7, 1.3)))
            body = smooth(1.1, 0.8, distance + 0.25 * fine(random, height, width, 6) * 0.3)
            self.mask = np.maximum(self.mask, body)
            self.crowns.append((body, random.uniform(0.3, 6), random.uniform(0.02, 0.5), random.uniform(0, 6.28)))
        self.flutter = random.uniform(0, 1.5)
        self.random = random

    def move(self, step, x, y):
        """Adds to the places from which pixels are taken."""
        height, width = self.mask.shape
        for body, lean, rate, phase in self.crowns:
            wave = np.sin(6.28 * rate * step + phase) + 0.4 * self.random.normal()
            x += body * np.float32(lean * wave)
            y += body * np.float32(0.25 * lean * wave)
        if self.flutter:
            for target in (x, y):
                rough = self.random.standard_normal((height // 10, width // 10)).astype(np.float32)
                target += self.mask * self.flutter * cv2.resize(rough, (width, height), interpolation=cv2.INTER_LINEAR)


class World:
    """A place: `pictures(count)` draws it, `ground` is the row of cells at which the land begins, per column."""

    def __init__(self, random, clouds=Clouds):
        self.random = random
        self.width, self.height = SIZES[random.integers(len(SIZES))]
        kind = random.choice(["hills", "hills", "hills", "yard"] if clouds is not Clouds else [
            "hills", "hills", "hills", "yard", "yard", "room"])
        self.kind = kind
        height, width = self.height, self.width
        self.y = np.zeros((height, width), np.float32)
        self.u = np.full((height, width), 128, np.float32)
        self.v = np.full((height, width), 128, np.float32)
        self.sky = np.zeros((height, width), np.float32)
        self.front = np.zeros((height, width), np.float32)
        """What stands before anything that rises behind."""
        self.ground = np.zeros(width // CELL, int)
        {"hills": self._hills, "yard": self._yard, "room": self._room}[kind]()
        outdoors = kind != "room"
        self.clouds = clouds(random, height, width) if outdoors else None
        self.cloud_light = random.uniform(185, 245) if random.random() < 0.6 else random.uniform(70, 200)
        self.shadows = Clouds(random, height, width) if outdoors and random.random() < 0.6 else None
        if self.shadows:
            self.shadows.speeds = random.normal(0, 5, 2)
        self.depth = random.uniform(0.1, 0.5)
        self.foliage = Foliage(random, height, width, int(random.integers(1, 6))) if outdoors else None
        if self.foliage and random.random() < 0.75:
            leaves = 70 + 25 * fine(random, height, width, 2)
            self.y += self.foliage.mask * (leaves - self.y)
            self.u += self.foliage.mask * (121 - self.u)
            self.v += self.foliage.mask * (122 - self.v)
            self.front = np.maximum(self.front, self.foliage.mask)
            self.sky *= 1 - self.foliage.mask
        elif self.foliage:
            self.foliage = None
        self.exposure = 1.0
        if random.random() < 0.2:
            self._night()
        if random.random() < 0.15:
            self.u[:], self.v[:] = 128, 128
        self.drift = random.uniform(0, 0.06)
        self.period = random.uniform(30, 400)
        self.phase = random.uniform(0, 6.28)

    def _skyline(self, base, swing):
        """A wavy line across the picture, in pixels."""
        line = fractal(self.random, 4, self.width, coarsest=int(self.random.integers(2, 6)), octaves=5)[1]
        return (base + swing * (line - 0.5)) * self.height

    def _land(self, mask, light, contrast, grain, blue, red):
        texture = fine(self.random, self.height, self.width, grain) * contrast
        broad = fractal(self.random, self.height, self.width, octaves=3) - 0.5
        self.y += mask * (light + texture + 0.35 * light * broad - self.y)
        self.u += mask * (blue - self.u)
        self.v += mask * (red - self.v)

    def _hills(self):
        random = self.random
        self._open_sky()
        rows = np.arange(self.height)[:, None]
        count = int(random.integers(2, 5))
        base = random.uniform(0.15, 0.5)
        light = random.uniform(120, 190)
        for index in range(count):
            near = (index + 1) / count
            line = self._skyline(base, random.uniform(0.05, 0.25))
            mask = smooth(-1, 1, rows - line[None, :]).astype(np.float32)
            if index == 0:
                self.ground = np.clip(line[::CELL][: self.width // CELL] / CELL, 0, self.height // CELL - 2).astype(int)
            self._land(mask, light, 1 + 22 * near * random.uniform(0.3, 1), random.uniform(1.5, 5),
                       128 - 8 * near * random.random(), 128 - 8 * near * random.random())
            self.sky *= 1 - mask
            self.front = mask if index == count - 1 else self.front
            light *= random.uniform(0.55, 0.9)
            base += random.uniform(0.06, 0.5 / count)

    def _open_sky(self):
        top, low = self.random.uniform(110, 210), self.random.uniform(160, 230)
        self.y[:] = np.linspace(top, low, self.height, dtype=np.float32)[:, None]
        self.u[:] = self.random.uniform(128, 148)
        self.v[:] = self.random.uniform(112, 128)
        self.sky[:] = 1

    def _yard(self):
        random = self.random
        self._open_sky()
        level = int(random.uniform(0.0, 0.5) * self.height)
        self.ground[:] = min(level // CELL, self.height // CELL - 2)
        mask = np.zeros_like(self.y)
        mask[level:] = 1
        self._land(mask, random.uniform(70, 180), random.uniform(1, 14), random.uniform(1.5, 4),
                   128 + random.normal(0, 4), 128 + random.normal(0, 4))
        self.sky *= 1 - mask
        for _ in range(int(random.integers(2, 12))):
            self._block(level)

    def _block(self, level):
        """A wall, a house, a parked car, a sign."""
        random = self.random
        wide, tall = random.uniform(0.03, 0.4) * self.width, random.uniform(0.04, 0.45) * self.height
        left = random.uniform(-0.1, 1) * self.width
        bottom = level + random.uniform(0, 1) ** 2 * (self.height - level) + 2
        mask = np.zeros_like(self.y)
        cv2.rectangle(mask, (int(left), int(bottom - tall)), (int(left + wide), int(bottom)), 1.0, -1)
        light = random.uniform(30, 230)
        self._land(mask, light, random.uniform(0.5, 8), random.uniform(1.5, 4), 128 + random.normal(0, 6),
                   128 + random.normal(0, 6))
        for _ in range(int(random.integers(0, 8))):
            x, y = random.uniform(left, left + wide), random.uniform(bottom - tall, bottom)
            size = (int(random.uniform(3, 20)), int(random.uniform(3, 20)))
            pane = np.zeros_like(self.y)
            cv2.rectangle(pane, (int(x), int(y)), (int(x) + size[0], int(y) + size[1]), 1.0, -1)
            self.y += pane * mask * (random.uniform(15, 240) - self.y)
        self.sky *= 1 - mask

    def _room(self):
        random = self.random
        self.y[:] = random.uniform(80, 200)
        self.u[:], self.v[:] = 128 + random.normal(0, 5), 128 + random.normal(0, 5)
        level = int(random.uniform(0.4, 0.8) * self.height)
        self.ground[:] = min(level // CELL, self.height // CELL - 2)
        mask = np.zeros_like(self.y)
        mask[level:] = 1
        self._land(mask, random.uniform(40, 190), random.uniform(0.5, 6), random.uniform(1.5, 5),
                   128 + random.normal(0, 4), 128 + random.normal(0, 4))
        for _ in range(int(random.integers(3, 14))):
            self._block(level)
        across = np.linspace(random.uniform(0.6, 1), random.uniform(0.6, 1), self.width, dtype=np.float32)
        self.y *= across[None, :]

    def _night(self):
        random = self.random
        self.exposure = random.uniform(0.12, 0.4)
        y, x = np.mgrid[0:self.height, 0:self.width].astype(np.float32)
        for _ in range(int(random.integers(0, 5))):
            radius = random.uniform(0.03, 0.3) * self.height
            distance = np.hypot(x - random.uniform(0, self.width), y - random.uniform(0, 0.8 * self.height)) / radius
            self.y += 500 * random.uniform(0.2, 1) * np.exp(-2 * distance)
        self.sky *= 0.2

    def pictures(self, count):
        height, width = self.height, self.width
        across, down = (grid.astype(np.float32) for grid in np.meshgrid(np.arange(width), np.arange(height)))
        start = int(self.random.integers(0, 400))
        for step in range(start, start + count):
            y, u, v = self.y, self.u, self.v
            if self.foliage:
                x_from, y_from = across.copy(), down.copy()
                self.foliage.move(step, x_from, y_from)
                y = cv2.remap(y, x_from, y_from, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            light = 1 + self.drift * np.sin(6.28 * step / self.period + self.phase)
            if self.shadows:
                light = light * (1 - self.depth * self.shadows.cover(step) * (1 - self.sky))
            y = y * light
            if self.clouds:
                cloud = self.clouds.cover(step) * self.sky
                y, u, v = y + cloud * (self.cloud_light - y), u + cloud * (129 - u), v + cloud * (127 - v)
            y = y * np.float32(self.exposure)
            half = (width // 2, height // 2)
            yield Planes(*(np.clip(plane + 0.5, 0, 255).astype(np.uint8) for plane in (
                y, cv2.resize(u, half, interpolation=cv2.INTER_AREA),
                cv2.resize(v, half, interpolation=cv2.INTER_AREA))))


class Photograph:
    """A still as a place in which nothing moves."""

    def __init__(self, random, path):
        image = cv2.imread(str(path))
        if image is None or min(image.shape[:2]) < 200:
            raise ValueError(f"{path}: no picture of at least 200 pixels")
        width = int(random.choice([384, 448, 512]))
        height = int(image.shape[0] * width / image.shape[1]) // 16 * 16
        image = cv2.cvtColor(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2YCrCb)
        half = (width // 2, height // 2)
        self.planes = Planes(image[..., 0].copy(), cv2.resize(image[..., 2], half, interpolation=cv2.INTER_AREA),
                             cv2.resize(image[..., 1], half, interpolation=cv2.INTER_AREA))
        self.ground = np.full(width // CELL, int(random.uniform(0.25, 0.8) * height / CELL))
        self.front = None

    def pictures(self, count):
        return [self.planes] * count


def recorded(pictures, quality):
    """The pictures after a camera's encoder: H.264 at this CRF."""
    height, width = pictures[0].y.shape
    raw = b"".join(plane.tobytes() for picture in pictures for plane in picture)
    shape = ["-f", "rawvideo", "-pix_fmt", "yuvj420p", "-s", f"{width}x{height}", "-r", "10"]
    encoded = subprocess.run(
        ["ffmpeg", "-v", "error", *shape, "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-bf", "0",
         "-crf", str(quality), "-f", "h264", "-"], input=raw, check=True, capture_output=True).stdout
    decoded = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "h264", "-i", "-", "-f", "rawvideo", "-pix_fmt", "yuvj420p", "-"], input=encoded,
        check=True, capture_output=True).stdout
    pixels = width * height
    out = []
    for frame in np.frombuffer(decoded, np.uint8).reshape(-1, pixels * 3 // 2):
        out.append(Planes(frame[:pixels].reshape(height, width),
                          frame[pixels:pixels * 5 // 4].reshape(height // 2, width // 2),
                          frame[pixels * 5 // 4:].reshape(height // 2, width // 2)))
    if len(out) != len(pictures):
        raise RuntimeError(f"encoder: {len(pictures)} pictures in, {len(out)} out")
    return out
