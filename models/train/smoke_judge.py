"""What the detector makes of the scores of windows, as `Sources/Detection/Smoke/SmokeEvidence.swift` does it."""
import cv2
import numpy as np

MEMORY = 0.85
FEWEST_CELLS = 4
MOST_OF_PICTURE = 0.3
MOST_OF_SKY = 0.35
USUAL_OF_SKY = 0.01
OWN_COLUMNS = 10
REACH_BELOW_HORIZON = 2
"""A window reaches one cell beyond its own, the mean of its neighbours another one, and the highest of them a third."""
LEAST_OF_TREES = 0.003
EARLY = 2.0
"""By how much the bar is higher before the end of the warm-up."""


def logit(probability):
    cut = np.clip(probability, 0.002, 0.998)
    return np.log(cut / (1 - cut))


def together(trees, networks, gate):
    """Probability of each window from that of the trees and the log-odds of each network; 0 where nobody looks."""
    asked = gate & (trees >= LEAST_OF_TREES)
    logits = logit(trees)
    if len(networks):
        logits = (logits + np.clip(np.mean(networks, axis=0), -logit(1), logit(1))) / 2
    return np.where(asked, 1 / (1 + np.exp(-logits)), 0).astype(np.float32)


def without_clouds(probabilities, horizon):
    """What is left of one picture where clouds look like smoke all over the sky."""
    row = np.arange(len(probabilities))[:, None]
    sky = row < horizon[None, :]
    if ((probabilities > 0.5) & sky).sum() <= MOST_OF_SKY * sky.sum():
        return probabilities
    # A window reaches one cell beyond its own.
    return np.where(row <= horizon[None, :], np.float32(0), probabilities)


def doubts(marked, horizon):
    """By how much the log-odds of a window of the sky must be higher, per column: the logarithm of how much more of the
    sky elsewhere looks like smoke (`marked`) than is usual."""
    rows, columns = marked.shape
    above = np.arange(rows)[:, None] < horizon[None, :]
    sky, like = (np.concatenate([[0], np.cumsum(each.sum(axis=0))]) for each in (above, marked & above))
    place = np.arange(columns)
    first, end = np.maximum(0, place - OWN_COLUMNS), np.minimum(columns, place + OWN_COLUMNS + 1)
    share = (like[-1] - (like[end] - like[first])) / np.maximum(sky[-1] - (sky[end] - sky[first]), 1)
    return np.log(np.maximum(share / USUAL_OF_SKY, 1))


def evidence(probabilities, bias, memory=MEMORY, horizon=None):
    """Evidence of each cell, picture by picture. `horizon`: the row at which the sky ends, per picture and column."""
    held = np.zeros(probabilities.shape[1:], np.float32)
    for place, each in enumerate(probabilities):
        if horizon is not None:
            each = without_clouds(each, horizon[place])
        smooth = cv2.blur(each, (3, 3), borderType=cv2.BORDER_REPLICATE)
        odds = logit(cv2.dilate(smooth, np.ones((3, 3), np.uint8))) - bias
        if horizon is not None:
            in_sky = np.arange(len(each))[:, None] <= horizon[place][None, :] + REACH_BELOW_HORIZON
            odds = odds - np.where(in_sky, doubts(odds > 0, horizon[place])[None, :], 0)
        gain = np.clip(odds, -1, 2).astype(np.float32)
        if (each > 0.5).mean() > MOST_OF_PICTURE:
            gain = np.minimum(gain, 0)
        held = np.maximum(memory * held + gain, 0)
        yield held


def alarms(held_by_picture, first, bar, warm_up, horizon=None, highest=6):
    """Picture and box in cells (left, top, right, bottom) of each region that reaches the bar.

    `held_by_picture` is the evidence; `first` the number of the first measured picture; `horizon` the row at which the sky ends, per picture and column.
    """
    for place, held in enumerate(held_by_picture):
        picture = first + place
        on = held >= (bar if picture >= warm_up else bar + EARLY)
        if not on.any():
            continue
        count, regions = cv2.connectedComponents(cv2.dilate(on.astype(np.uint8), np.ones((3, 3), np.uint8)))
        for region in range(1, count):
            rows, columns = np.nonzero((regions == region) & on)
            if len(rows) < FEWEST_CELLS:
                continue
            box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            if horizon is not None and rows.max() < horizon[place][box[0]:box[2]].max() - highest:
                continue
            yield picture, box
