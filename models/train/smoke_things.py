"""What is opaque and moves: people, vehicles, and things that come from nowhere. Seeded.

Each has `paint(planes, step)`: the planes (Y, and U and V at half size, floats) with it on them. At half a second a
picture a person walks .4 of their height, and a car up to five times its own.
"""
import cv2
import numpy as np

FINER = 3
"""Drawn so many times larger, then brought down: soft edges of a pixel, places between pixels."""


class Sprite:
    """A patch with its own colours and an opacity, to be laid over a picture."""

    def __init__(self, width, height):
        self.size = (int(np.ceil(width)) + 2, int(np.ceil(height)) + 2)
        shape = (self.size[1] * FINER, self.size[0] * FINER)
        self.alpha = np.zeros(shape, np.float32)
        self.inks = [np.zeros(shape, np.float32) for _ in range(3)]

    def draw(self, ink, shape):
        """`shape(plane, value)` draws with cv2, in finer pixels."""
        for plane, value in zip([self.alpha] + self.inks, (1.0,) + ink):
            shape(plane, value)

    def lay(self, planes, left, top, light=1.0):
        """The planes with the patch at a place between pixels."""
        height, width = planes[0].shape
        x0, y0 = int(np.floor(left)), int(np.floor(top))
        shift = np.float32([[1, 0, (left - x0) * FINER], [0, 1, (top - y0) * FINER]])

        def placed(plane):
            moved = cv2.warpAffine(plane, shift, plane.shape[::-1], flags=cv2.INTER_NEAREST)
            return cv2.resize(moved, self.size, interpolation=cv2.INTER_AREA)

        x1, y1 = min(width, x0 + self.size[0]), min(height, y0 + self.size[1])
        inside = slice(max(0, y0), y1), slice(max(0, x0), x1)
        if inside[0].start >= inside[0].stop or inside[1].start >= inside[1].stop:
            return planes
        own = slice(inside[0].start - y0, inside[0].stop - y0), slice(inside[1].start - x0, inside[1].stop - x0)
        alpha = placed(self.alpha)
        out = [plane.copy() for plane in planes]
        full = np.zeros((height, width), np.float32)
        full[inside] = alpha[own]
        half = cv2.resize(full, out[1].shape[::-1], interpolation=cv2.INTER_AREA)
        for plane, ink, share in zip(out, self.inks, (full, half, half)):
            over = np.zeros((height, width), np.float32)
            over[inside] = placed(ink)[own]
            if share is half:
                over = cv2.resize(over, out[1].shape[::-1], interpolation=cv2.INTER_AREA)
            else:
                over *= light
            # What was drawn is already weighed by its opacity.
            plane *= 1 - share
            plane += over
        return tuple(out)


def cloth(random):
    return (random.uniform(12, 235), 128 + random.normal(0, 10), 128 + random.normal(0, 10))


class Course:
    """Where something is: it comes, goes at its pace, stops, goes on, comes nearer or farther."""

    def __init__(self, random, height, width, tall, fastest):
        self.tall = tall
        self.start = int(random.integers(2, 30))
        self.stop = self.start + int(random.integers(6, 60))
        pace = float(np.exp(random.uniform(np.log(0.01), np.log(fastest)))) * tall * int(random.choice([-1, 1]))
        enters = random.random() < 0.4
        self.x = (-0.5 * tall if pace > 0 else width + 0.5 * tall) if enters else random.uniform(0, width)
        self.y = random.uniform(0.3, 1.02) * height
        self.pace = np.full(200, pace)
        self.nearer = random.normal(0, 0.012) if random.random() < 0.5 else 0.0
        self.slope = random.normal(0, 0.15)
        if random.random() < 0.4:
            rest = int(random.integers(3, 40))
            self.pace[rest:rest + int(random.integers(4, 40))] = 0
        self.way = np.concatenate([[0], np.cumsum(self.pace)])

    def at(self, step):
        """x and y of its foot and how tall it is; `None` where it is not there."""
        age = step - self.start
        if age < 0 or step >= self.stop or age >= len(self.way):
            return None
        scale = float(np.exp(np.clip(self.nearer * age, -1, 1)))
        return self.x + float(self.way[age]), self.y + self.slope * float(self.way[age]) + 0.6 * self.tall * (scale - 1), scale

    def stride(self, step):
        return self.way[min(max(step - self.start, 0), len(self.way) - 1)] / self.tall


class Moving:
    """Something on a course; `paint_at` draws it where and as tall as it is."""

    def paint(self, planes, step):
        place = self.course.at(step)
        if place is None:
            return planes
        x, y, scale = place
        return self.paint_at(planes, x, y, self.course.tall * scale, step)


class Person(Moving):
    """Someone who walks, stands about, comes nearer: head, trunk, arms and legs that swing, a shadow."""

    def __init__(self, random, height, width, ground):
        tall = float(np.exp(random.uniform(np.log(9), np.log(0.6 * height))))
        self.random = random
        self.course = Course(random, height, width, tall, 0.6)
        self.broad = random.uniform(0.13, 0.22)
        self.coat, self.trousers = cloth(random), cloth(random)
        self.skin = (random.uniform(60, 190), 118.0, 142.0)
        self.load = cloth(random) if random.random() < 0.25 else None
        self.shadow = random.uniform(0.45, 1) if random.random() < 0.6 else 1.0
        self.sun = random.uniform(-1.2, 1.2)

    def paint_at(self, planes, x, y, tall, step):
        light = min(1.0, (float(planes[0].mean()) + 20) / 90)
        if self.shadow < 1:
            planes = (shade(planes[0], self.shadow, (x, y), (x + self.sun * tall, y - 0.12 * tall), 0.09 * tall),) + planes[1:]
        sprite = self.figure(tall, 3.1 * self.course.stride(step) + 0.2 * self.random.normal())
        return sprite.lay(planes, x - sprite.size[0] / 2, y - tall, light)

    def figure(self, tall, phase):
        wide = 0.8 * tall
        sprite = Sprite(wide, tall)
        unit, middle = tall * FINER, (wide / 2 + 1) * FINER

        def limb(ink, x0, y0, x1, y1, thick):
            sprite.draw(ink, lambda plane, value: cv2.line(
                plane, (int(middle + x0 * unit), int(y0 * unit)), (int(middle + x1 * unit), int(y1 * unit)), value,
                max(1, int(thick * unit))))

        swing = 0.16 * np.sin(phase)
        limb(self.trousers, -0.02, 0.52, swing, 0.97, 0.085)
        limb(self.trousers, 0.02, 0.52, -swing, 0.97, 0.085)
        limb(self.coat, -0.8 * self.broad, 0.24, -0.8 * self.broad - 0.8 * swing, 0.52, 0.06)
        limb(self.coat, 0.8 * self.broad, 0.24, 0.8 * self.broad + 0.8 * swing, 0.52, 0.06)
        limb(self.coat, 0, 0.27, 0, 0.5, 1.5 * self.broad)
        sprite.draw(self.skin, lambda plane, value: cv2.circle(
            plane, (int(middle), int(0.09 * unit)), max(1, int(0.065 * unit)), value, -1))
        if self.load:
            limb(self.load, -1.1 * self.broad, 0.36, -1.1 * self.broad, 0.5, 0.1)
        return sprite


def shade(y, factor, start, end, thick):
    """Light times a factor along a thick soft line on the ground."""
    mask = np.zeros(y.shape, np.float32)
    cv2.line(mask, tuple(int(each) for each in start), tuple(int(each) for each in end), 1.0, max(1, int(2 * thick)))
    return y * (1 - (1 - factor) * cv2.GaussianBlur(mask, (0, 0), max(0.7, 0.2 * thick)))


class Vehicle(Moving):
    """A car, a van, a lorry: body, cabin with panes, wheels, the shadow under it; by night its headlights."""

    def __init__(self, random, height, width, ground):
        tall = float(np.exp(random.uniform(np.log(7), np.log(0.4 * height))))
        self.course = Course(random, height, width, tall, 5)
        self.long = random.uniform(1.4, 4)
        self.paintwork = cloth(random)
        self.pane = (random.uniform(20, 120), 130.0, 126.0)
        self.cabin = random.uniform(0.3, 1)
        self.at_cabin = random.uniform(0, 1 - self.cabin)
        self.step_up = random.uniform(0, 0.45)
        self.stripe = cloth(random) if random.random() < 0.4 else None
        self.beam = random.uniform(0.3, 2)
        self.shadow = random.uniform(0.4, 0.9)

    def paint_at(self, planes, x, y, tall, step):
        long = self.long * tall
        mean = float(planes[0].mean())
        if mean < 70:
            ahead = np.sign(self.course.pace[0])
            planes = (glow(planes[0], x + ahead * (0.5 * long + tall), y, 1.6 * tall, 0.5 * tall, self.beam),) + planes[1:]
        else:
            planes = (shade(planes[0], self.shadow, (x - long / 2, y), (x + long / 2, y), 0.08 * tall),) + planes[1:]
        sprite = Sprite(long, tall)
        unit = FINER * tall

        def block(ink, left, top, right, bottom):
            sprite.draw(ink, lambda plane, value: cv2.rectangle(
                plane, (int(left * FINER * long), int(top * unit)), (int(right * FINER * long), int(bottom * unit)), value,
                -1))

        block(self.paintwork, 0.02, self.step_up, 0.98, 0.88)
        block(self.paintwork, self.at_cabin, 0, self.at_cabin + self.cabin, 0.88)
        block(self.pane, self.at_cabin + 0.08 * self.cabin, 0.08, self.at_cabin + 0.92 * self.cabin, 0.08 + 0.3)
        if self.stripe:
            block(self.stripe, 0.05, 0.6, 0.95, 0.68)
        for wheel in (0.18, 0.82):
            sprite.draw((25.0, 128.0, 128.0), lambda plane, value: cv2.circle(
                plane, (int(wheel * FINER * long), int(0.85 * unit)), max(1, int(0.13 * unit)), value, -1))
        return sprite.lay(planes, x - long / 2, y - tall, min(1.0, (mean + 20) / 90))


def glow(y, x, row, wide, tall, strength):
    """Light on the ground before headlights, and the lamps themselves."""
    down, across = np.mgrid[0:y.shape[0], 0:y.shape[1]].astype(np.float32)
    far = ((across - x) / max(wide, 2)) ** 2 + ((down - row) / max(tall, 2)) ** 2
    return y * (1 + strength * np.exp(-far)) + 120 * strength * np.exp(-30 * far)


class Thing(Moving):
    """Something opaque that is suddenly there: a box, a ball, a door that opens, a branch, a bag in the wind."""

    def __init__(self, random, height, width, ground):
        tall = float(np.exp(random.uniform(np.log(7), np.log(0.5 * height))))
        self.course = Course(random, height, width, tall, 0.5)
        self.wide = random.uniform(0.25, 2) * tall
        self.ink = cloth(random)
        corners = int(random.integers(3, 9))
        turn = np.sort(random.uniform(0, 2 * np.pi, corners))
        reach = random.uniform(0.6, 1, corners)
        self.corners = np.stack([0.5 + 0.5 * reach * np.cos(turn), 0.5 + 0.5 * reach * np.sin(turn)], axis=1)
        self.round = random.random() < 0.5
        self.patches = [(random.uniform(0, 1, 4), cloth(random)) for _ in range(int(random.integers(0, 4)))]
        self.plain = self.patches if random.random() < 0.5 else []

    def paint_at(self, planes, x, y, tall, step):
        wide = self.wide * tall / self.course.tall
        sprite = Sprite(wide, tall)
        size = np.array([wide, tall]) * FINER
        if self.round:
            half = tuple(int(each / 2) for each in size)
            sprite.draw(self.ink, lambda plane, value: cv2.ellipse(plane, half, half, 0, 0, 360, value, -1))
        else:
            corners = (self.corners * size).astype(np.int32)
            sprite.draw(self.ink, lambda plane, value: cv2.fillPoly(plane, [corners], value))
        for (left, top, right, bottom), ink in self.plain:
            whole = sprite.alpha.copy()
            sprite.draw(ink, lambda plane, value: cv2.rectangle(
                plane, (int(left * size[0]), int(top * size[1])), (int(right * size[0]), int(bottom * size[1])), value, -1))
            for plane in [sprite.alpha] + sprite.inks:
                plane *= whole
        return sprite.lay(planes, x - wide / 2, y - tall, min(1.0, (float(planes[0].mean()) + 20) / 90))
