"""Reference definition of what the smoke detector measures, picture by picture.

`Sources/Detection/Smoke` computes the same in Swift; `make train` writes values of this module on a rendered sequence,
and a test holds Swift against them. Change both or neither.

A picture is three planes of bytes at full range: Y (height x width, both multiples of 8) and U, V of half the size.
Cells are 8x8 pixels; a window is 3x3 cells around a cell. All results are float32 arrays over cells.
"""
import collections

import cv2
import numpy as np

cv2.setNumThreads(1)

CELL = 8
HISTORY = 31
"""Pictures that are kept."""
SHORT = (3, 4, 5, 6, 7, 8, 10)
LONG = (10, 13, 16, 19, 22, 26, 30)
"""How many pictures ago those lie whose median is the short and the long reference."""
FIRST = 4
"""Pictures that must lie before one that is judged."""

_REFERENCE = ("mean", "spread", "transmission", "airlight", "residual", "homogeneity", "edgeLoss", "saturation", "blue",
              "red", "surround")
NAMES = (
    ["level", "texture", "edges", "colour"]
    + [f"{name}{which}" for which in ("Short", "Long") for name in _REFERENCE]
    + ["meanLast", "absoluteLast", "meanFive", "absoluteFive"]
    + ["shortOver3", "shortOver5", "deviationOver5", "steadinessOver5", "countOver5", "longOver5",
       "longSteadinessOver5", "before", "flicker"]
    + ["areaShort", "growthShort3", "growthShort6", "areaLong", "growthLong3"]
    + ["above", "below", "aboveHorizon"]
)

Planes = collections.namedtuple("Planes", "y u v")


def cell_mean(plane, cell=CELL):
    """Mean over each cell."""
    height, width = plane.shape
    # Each partial mean is exact: whole numbers over powers of two, with bits to spare.
    return cv2.resize(plane.astype(np.float32), (width // cell, height // cell), interpolation=cv2.INTER_AREA)


def box(cells, size=3):
    """Mean over size x size cells; beyond the edge the nearest cell counts."""
    return cv2.blur(np.ascontiguousarray(cells, np.float32), (size, size), borderType=cv2.BORDER_REPLICATE)


def edges(plane):
    """One-level Haar energy: mean of .5(|LH|+|HL|+|HH|) over each cell."""
    a, b = plane[0::2, 0::2].astype(np.int16), plane[0::2, 1::2].astype(np.int16)
    c, d = plane[1::2, 0::2].astype(np.int16), plane[1::2, 1::2].astype(np.int16)
    energy = np.abs(a - b + c - d) + np.abs(a + b - c - d) + np.abs(a - b - c + d)
    return cell_mean(energy, CELL // 2) * np.float32(0.5)


def gain_field(now, then):
    """What to multiply the older picture by, for each cell: smooth, and near the median over the picture."""
    usable = (then > 20) & (then < 245)
    ratio = (now + 2) / (then + 2)
    overall = np.float32(1)
    if usable.sum() > 20:
        ordered = np.sort(ratio[usable])
        overall = np.clip(ordered[len(ordered) // 2], np.float32(0.6), np.float32(1.6))
    limited = np.clip(ratio, overall * np.float32(0.92), overall * np.float32(1.08))
    weight = np.where(np.abs(ratio / overall - 1) < 0.15, np.float32(1), np.float32(0.001))
    size = max(5, (now.shape[1] // 4) | 1)
    kernel = dict(ddepth=-1, ksize=(size, size), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return cv2.boxFilter(limited * weight, **kernel) / cv2.boxFilter(weight, **kernel)


def gained(plane, gain):
    """The older picture in today's light, as bytes."""
    field = cv2.resize(gain, plane.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.rint(np.clip(plane * field, 0, 255)).astype(np.uint8)


def median(planes):
    """Median of each pixel; of an even number of pictures the last is left out."""
    rest = list(planes[: len(planes) - (1 - len(planes) % 2)])
    for _ in range(len(rest) // 2):
        largest = rest[0]
        for index in range(1, len(rest)):
            rest[index - 1], largest = np.minimum(largest, rest[index]), np.maximum(largest, rest[index])
        rest.pop()
    middle = rest[0]
    for plane in rest[1:]:
        middle = np.maximum(middle, plane)
    return middle


def over(history, count):
    return np.stack(history[-count:])


class Moments:
    """Sums over windows that a picture and a reference need."""

    def __init__(self, y):
        self.mean = cell_mean(y)
        self.edge = edges(y)
        self.box_mean = box(self.mean)
        square = box(cell_mean(y.astype(np.int32) ** 2))
        self.variance = np.maximum(square - self.box_mean**2, 0) + np.float32(0.25)
        self.box_edge = box(self.edge)


def horizon(mean, edge):
    """Row of cells at which the sky ends, per column: the path of the strongest step from bright and smooth above to
    dark and rough below, at most two cells up or down from column to column (Viterbi)."""
    rows, columns = mean.shape

    def step(values):
        total = np.concatenate([np.zeros((1, columns), np.float32), np.cumsum(values, axis=0, dtype=np.float32)])
        score = np.zeros((rows, columns), np.float32)
        for row in range(2, rows - 2):
            high, low = max(0, row - 4), min(rows, row + 4)
            score[row] = (total[row] - total[high]) / (row - high) - (total[low] - total[row]) / (low - row)
        return score

    score = np.clip(step(mean), -10, 40) - 4 * np.clip(step(edge), -10, 10)
    best = score[:, 0].copy()
    back = np.zeros((rows, columns), np.int32)
    for column in range(1, columns):
        padded = np.full((5, rows), np.float32(-1e9))
        for index, shift in enumerate((-2, -1, 0, 1, 2)):
            low, high = max(0, -shift), min(rows, rows - shift)
            padded[index, low:high] = best[low + shift:high + shift] - 3 * abs(shift)
        choice = padded.argmax(axis=0)
        best = padded[choice, np.arange(rows)] + score[:, column]
        back[:, column] = np.arange(rows) + choice - 2
    path = np.zeros(columns, np.int32)
    path[-1] = best.argmax()
    for column in range(columns - 1, 0, -1):
        path[column - 1] = back[path[column], column]
    return path


class Analysis:
    """What is measured on one picture."""

    def __init__(self, features, gate, planes, horizon_row):
        self.features = features
        """(rows, columns, len(NAMES))"""
        self.gate = gate
        """Windows worth a look."""
        self.planes = planes
        """Y and the four references in today's light (bytes), U, V: what the network sees."""
        self.horizon = horizon_row


class Measure:
    """Holds the pictures that lie behind and measures each new one against them."""

    def __init__(self, finds_horizon=True):
        self.finds_horizon = finds_horizon
        """Without it the sky is taken to end at the top: what near cameras are measured with."""
        self.pictures = collections.deque(maxlen=HISTORY)
        self.cells = collections.deque(maxlen=HISTORY)
        self.short = collections.deque(maxlen=12)
        self.long = collections.deque(maxlen=12)
        self.last = collections.deque(maxlen=5)

    def _back(self, ages):
        """Positions in the history of the pictures so many steps ago, as far as there are any; else the oldest."""
        there = [len(self.pictures) - age for age in ages if age <= len(self.pictures)]
        return there or [0]

    def step(self, y, u, v):
        """Takes in the next picture. None while too few lie behind it."""
        y = y.copy()
        top = y.shape[0] // 32
        y[:top] = y[top]
        """Burnt-in text would be change in every picture."""
        own = Moments(y)
        chroma = (cell_mean(u, CELL // 2), cell_mean(v, CELL // 2))
        result = None
        if len(self.pictures) >= FIRST:
            result = self._measure(y, u, v, own, chroma)
        self.pictures.append(y)
        self.cells.append((own.mean,) + chroma)
        return result

    def _measure(self, y, u, v, own, chroma):
        blue, red = box(chroma[0]), box(chroma[1])
        colour = np.abs(blue - 128) + np.abs(red - 128)
        features = [own.box_mean, np.sqrt(own.variance), np.log(own.box_edge + 1), colour]
        references = []
        means = {}
        spreads = {}
        path = None
        for which, ages in (("short", SHORT), ("long", LONG)):
            places = self._back(ages)
            plane = median([self.pictures[place] for place in places])
            then = cell_mean(plane)
            reference = gained(plane, gain_field(own.mean, then))
            references.append(reference)
            values = self._against(y, own, reference)
            means[which], spreads[which] = values[0], values[1]
            old_blue = box(median([self.cells[place][1] for place in places]))
            old_red = box(median([self.cells[place][2] for place in places]))
            old_colour = np.abs(old_blue - 128) + np.abs(old_red - 128)
            features += values[:7]
            features += [colour - old_colour, blue - old_blue, red - old_red, values[0] - box(values[0], 11)]
            if which == "long":
                columns = then.shape[1]
                path = horizon(then, edges(plane)) if self.finds_horizon else np.zeros(columns, np.int32)
        last = None
        for age in (1, 5):
            place = self._back((age,))[0]
            reference = gained(self.pictures[place], gain_field(own.mean, self.cells[place][0]))
            references.append(reference)
            difference = y.astype(np.int16) - reference
            mean = box(cell_mean(difference))
            features += [mean, box(cell_mean(np.abs(difference)))]
            last = mean if last is None else last
        self.short.append(means["short"])
        self.long.append(means["long"])
        self.last.append(last)
        features += self._over_time() + self._around(means["short"], path)
        gate = (np.abs(means["short"]) > 1.5) | (np.abs(means["long"]) > 1.5) | (spreads["long"] > 4)
        gate[: max(1, y.shape[0] // 32 // CELL + 1)] = False
        stacked = np.stack([np.asarray(value, np.float32) for value in features], axis=-1)
        return Analysis(stacked, gate, references + [y, u, v], path)

    @staticmethod
    def _against(y, own, reference):
        then = Moments(reference)
        mean = own.box_mean - then.box_mean
        product = box(cell_mean(y.astype(np.int32) * reference))
        covariance = product - own.box_mean * then.box_mean
        spread = np.sqrt(np.maximum(own.variance + then.variance - 2 * covariance, 0))
        transmission = np.clip(covariance / (then.variance + 4), -0.5, 2).astype(np.float32)
        light = np.where(
            transmission < 0.95,
            (own.box_mean - transmission * then.box_mean) / np.maximum(1 - transmission, np.float32(0.05)),
            own.box_mean)
        airlight = np.clip(light - then.box_mean, -128, 128)
        residual = np.sqrt(np.maximum(own.variance - covariance**2 / then.variance, 0))
        edge_loss = np.log((own.box_edge + 1) / (then.box_edge + 1))
        return [mean, spread, transmission, airlight, residual, spread / (np.abs(mean) + 1), edge_loss]

    def _over_time(self):
        short, long = list(self.short), list(self.long)
        five, three, five_long = over(short, 5), over(short, 3), over(long, 5)
        older = short[-12:-6]
        before = np.abs(np.stack(older)).mean(axis=0) if older else np.zeros_like(short[-1])
        return [
            three.mean(axis=0), five.mean(axis=0), five.std(axis=0),
            np.abs(five.mean(axis=0)) / (np.abs(five).mean(axis=0) + 0.5),
            (np.abs(five) > 1.5).mean(axis=0), five_long.mean(axis=0),
            np.abs(five_long.mean(axis=0)) / (np.abs(five_long).mean(axis=0) + 0.5),
            before, np.abs(np.stack(list(self.last))).mean(axis=0)]

    def _around(self, short, path):
        def area(values):
            return box((np.abs(values) > 1.5).astype(np.float32), 7)

        def ago(history, steps):
            return history[max(0, len(history) - 1 - steps)]

        now, now_long = area(short), area(self.long[-1])
        padded = cv2.copyMakeBorder(short, 3, 3, 0, 0, cv2.BORDER_REPLICATE)
        rows = short.shape[0]
        above = (padded[0:rows] + padded[1:rows + 1] + padded[2:rows + 2]) / np.float32(3)
        below = (padded[4:rows + 4] + padded[5:rows + 5] + padded[6:rows + 6]) / np.float32(3)
        over_horizon = (path[None, :] - np.arange(rows)[:, None]).astype(np.float32)
        return [now, now - area(ago(self.short, 3)), now - area(ago(self.short, 6)), now_long,
                now_long - area(ago(self.long, 3)), above, below, over_horizon]
