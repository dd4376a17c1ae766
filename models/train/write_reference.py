"""Writes what `smoke_features` measures on a small rendered sequence; a test holds the Swift detector against it.

usage: write_reference.py Tests/DetectionTests/smoke-reference.json
"""
import json
import sys

import numpy as np

import smoke_features as features

WIDTH, HEIGHT, PICTURES = 160, 128, 24


def picture(step):
    """Sky over a dark slope with a plume from picture 12 on. Whole numbers only, so that the test can draw the same."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.int64)
    noise = ((x * 7919 + y * 104729 + step * 1299709 + x * y * 31) % 65521) % 7
    luma = np.where(y < 48 + x // 20, 180 - y // 4, 50 + (x * 5 + y * 3) % 40) + noise + step // 6
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.int64)
    blue = chroma + 4 - (np.arange(HEIGHT // 2)[:, None] // 8)
    red = chroma - 3 + (np.arange(WIDTH // 2)[None, :] // 16)
    if step >= 12:
        opacity = np.clip(150 - 4 * np.abs(x - 70 - (90 - y) // 3) - np.abs(y - 70) * 2, 0, 150)
        opacity = np.where(y < 92, opacity * min(step - 11, 6) // 6, 0)
        luma = luma + (205 - luma) * opacity // 256
        blue = blue + (128 - blue) * opacity[::2, ::2] // 256
        red = red + (128 - red) * opacity[::2, ::2] // 256
    return tuple(plane.astype(np.uint8) for plane in (luma, blue, red))


def main(path):
    measure = features.Measure()
    document = {"names": list(features.NAMES), "windows": []}
    for step in range(PICTURES):
        analysis = measure.step(*picture(step))
        if step not in (4, 11, 14, 23):
            continue
        for row, column in ((0, 0), (2, 5), (6, 9), (8, 9), (10, 8), (12, 3), (15, 19), (9, 12)):
            values = [float(f"{value:.6g}") for value in analysis.features[row, column]]
            document["windows"].append({
                "picture": step, "row": row, "column": column, "gate": bool(analysis.gate[row, column]),
                "horizon": int(analysis.horizon[column]), "values": values})
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
