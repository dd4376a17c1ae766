"""What is kept for training of a sequence that was measured: rows for the trees, crops for the network. Seeded."""
import os
import pathlib

import cv2
import numpy as np

import smoke_features as features
import smoke_models as models

SIDE = models.CROP // features.CELL
SMOKE, LIKE_SMOKE, OTHER = range(3)
CROPS = {SMOKE: 12, LIKE_SMOKE: 10, OTHER: 4}
"""Crops of each kind: around smoke, around what happens and what changes most where none is, anywhere."""
ROWS = {1: 120, 0: 110}
"""Windows of each label."""
ROWS_OF_WHAT_HAPPENS = 80
"""More of those without smoke."""
NEAREST, FARTHEST = 0.5, 1.5
"""How much nearer or farther half of the crops seem."""
LEAST_CHANGE = features.NAMES.index("meanShort")


class Sample:
    """Kept in a file."""

    def __init__(self, folder, name, group):
        self.file = pathlib.Path(folder) / f"{name.replace('/', '_')}.sample.npz"
        self.group = group
        self.is_composite = True
        self.rows = self.row_labels = self.luma = self.chroma = self.labels = self.kinds = None
        """Rows of values and their labels; crops of five planes of Y and two of half the size, their labels and kinds."""

    def exists(self):
        return os.path.exists(self.file)

    def load(self):
        with np.load(self.file) as kept:
            for name in ("rows", "row_labels", "luma", "chroma", "labels", "kinds"):
                setattr(self, name, kept[name])
        return self

    def row_weights(self, usual):
        """1, and `usual` for windows that were drawn from all without smoke: they come first of those."""
        weights = np.ones(len(self.row_labels))
        weights[np.flatnonzero(self.row_labels == 0)[:ROWS[0]]] = usual
        return weights

    def take(self, analyses, random):
        """`analyses`: of each picture what was measured, its labels, and the windows in which something happens."""

        def places(of):
            return np.concatenate([np.insert(np.argwhere(analysis.gate & of(labels, happens)), 0, place, axis=1)
                                   for place, (analysis, labels, happens) in enumerate(analyses)])

        windows = {label: places(lambda labels, _, label=label: labels == label) for label in ROWS}
        happening = places(lambda labels, happens: happens & (labels == 0))
        rows, row_labels = [], []
        for own, label, most in [(windows[label], label, most) for label, most in ROWS.items()] + [
                (happening, 0, ROWS_OF_WHAT_HAPPENS)]:
            chosen = own[random.permutation(len(own))[:most]]
            rows += [analyses[place][0].features[row, column] for place, row, column in chosen]
            row_labels += [label] * len(chosen)
        crops = [self._crop(analyses, random, *cell) + (kind,) for kind, cell in self._around(analyses, windows, happening, random)]
        luma, chroma, labels, kinds = zip(*crops) if crops else ((), (), (), ())
        # An interrupted run must not leave half a file behind.
        part = self.file.with_suffix(".part.npz")
        np.savez(
            part, rows=np.array(rows, np.float32).reshape(-1, len(features.NAMES)), row_labels=np.array(row_labels, np.int8),
            luma=np.array(luma, np.uint8).reshape(-1, 5, models.CROP, models.CROP),
            chroma=np.array(chroma, np.uint8).reshape(-1, 2, models.CROP // 2, models.CROP // 2),
            labels=np.array(labels, np.int8).reshape(-1, SIDE, SIDE), kinds=np.array(kinds, np.int8))
        os.replace(part, self.file)

    @staticmethod
    def _around(analyses, windows, happening, random):
        """Kind and window of each crop: of smoke first a picture, then a window, so that large plumes count no more."""
        smoke, other = windows[1], windows[0]
        pictures = np.unique(smoke[:, 0])
        for _ in range(CROPS[SMOKE] if len(smoke) else 0):
            own = smoke[smoke[:, 0] == random.choice(pictures)]
            yield SMOKE, own[random.integers(len(own))]
        if len(other):
            change = np.abs([analyses[place][0].features[row, column, LEAST_CHANGE] for place, row, column in other])
            most = other[np.argsort(-change)[:max(20, len(other) // 10)]]
            for index in range(CROPS[LIKE_SMOKE]):
                own = happening if len(happening) and index % 5 < 3 else most
                yield LIKE_SMOKE, own[random.integers(len(own))]
            for _ in range(CROPS[OTHER]):
                yield OTHER, other[random.integers(len(other))]

    @staticmethod
    def _crop(analyses, random, picture, row, column):
        analysis, labels, _ = analyses[picture]
        rows, columns = analysis.gate.shape
        extent = SIDE
        if random.random() < 0.5:
            extent *= np.exp(random.uniform(np.log(NEAREST), np.log(FARTHEST)))
        extent = int(min(extent, rows, columns))
        top, left = (
            int(np.clip(round(cell + 0.5 - random.uniform(0.15, 0.85) * extent), 0, cells - extent))
            for cell, cells in ((row, rows), (column, columns)))
        inside = slice(top, top + extent), slice(left, left + extent)
        # Smoke that does not stir is not told from the land.
        known = np.where((labels[inside] == 1) & ~analysis.gate[inside], -1, labels[inside])
        place = (np.arange(SIDE) * extent + extent // 2) // SIDE

        def scaled(plane, cell, side):
            part = plane[top * cell:(top + extent) * cell, left * cell:(left + extent) * cell]
            return part if len(part) == side else cv2.resize(
                part, (side, side), interpolation=cv2.INTER_AREA if len(part) > side else cv2.INTER_LINEAR)

        luma = [scaled(plane, features.CELL, models.CROP) for plane in analysis.planes[:5]]
        chroma = [scaled(plane, features.CELL // 2, models.CROP // 2) for plane in analysis.planes[5:]]
        return np.array(luma), np.array(chroma), known[np.ix_(place, place)]
