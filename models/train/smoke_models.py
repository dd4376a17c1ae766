"""The two scorers of a window, how they are trained and how they are written for the detector.

Trees (LightGBM, gradient boosting) see the measured values of `smoke_features`; the network sees the pixels. Both are
small on purpose and both are written as text that the Swift detector reads.
"""
import base64
import copy
import json
import os

import lightgbm
import numpy as np
import torch
from torch import nn

import smoke_features

CROP = 160
"""Side of a training crop in pixels."""
# Outputs, stride and dilation of each layer: a score for each 8 pixels that sees 71 pixels around.
LAYERS = ((16, 2, 1), (24, 2, 1), (32, 1, 1), (40, 2, 1), (40, 1, 1), (40, 1, 2))


def train_trees(features, labels, weights, seed, trees=250, leaves=15):
    data = lightgbm.Dataset(features, labels, weight=weights, free_raw_data=False)
    settings = dict(
        objective="binary", learning_rate=0.06, num_leaves=leaves, min_data_in_leaf=80, lambda_l2=5,
        feature_fraction=0.5, bagging_fraction=0.7, bagging_freq=1, max_bin=127, num_threads=1, seed=seed,
        deterministic=True, force_row_wise=True, verbose=-1)
    return lightgbm.train(settings, data, trees)


def balanced(labels):
    """Weights that give smoke and the rest the same say."""
    share = max(labels.mean(), 1e-6)
    return np.where(labels > 0, 0.5 / share, 0.5 / (1 - share))


def trees_document(booster, sanity):
    """Trees as flat lists: a node tests `features[feature] <= threshold` and goes to `left` or `right`; a negative
    number -1-k is leaf k. Float32 throughout."""
    dump = booster.dump_model()
    trees = []
    for tree in dump["tree_info"]:
        nodes, leaves = [], []

        def walk(node):
            if "leaf_value" in node:
                leaves.append(round(float(node["leaf_value"]), 5))
                return -len(leaves)
            place = len(nodes)
            nodes.append(None)
            nodes[place] = [node["split_feature"], float(np.float32(node["threshold"])),
                            walk(node["left_child"]), walk(node["right_child"])]
            return place

        walk(tree["tree_structure"])
        trees.append({"f": [n[0] for n in nodes], "t": [float(f"{n[1]:.6g}") for n in nodes],
                      "l": [n[2] for n in nodes], "r": [n[3] for n in nodes], "v": leaves})
    document = {"features": list(smoke_features.NAMES), "trees": trees}
    rows = [[float(f"{value:.6g}") for value in row] for row in sanity]
    logits = walk_trees(document, np.asarray(rows, np.float32))
    document["sanity"] = [{"x": row, "logit": round(float(logit), 4)} for row, logit in zip(rows, logits)]
    return document


def walk_trees(document, rows):
    """What the written trees say, computed from the document itself."""
    total = np.zeros(len(rows), np.float64)
    for tree in document["trees"]:
        feature, threshold = np.array(tree["f"]), np.array(tree["t"], np.float32)
        left, right, value = np.array(tree["l"]), np.array(tree["r"]), np.array(tree["v"])
        if not len(feature):
            total += value[0]
            continue
        place = np.zeros(len(rows), int)
        while (place >= 0).any():
            inside = place >= 0
            at = place[inside]
            goes_left = rows[inside, feature[at]] <= threshold[at]
            place[inside] = np.where(goes_left, left[at], right[at])
        total += value[-place - 1]
    return total


class Network(nn.Module):
    """Fully convolutional: a score for each cell of 8 pixels."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        parts, inputs = [], 7
        for outputs, stride, dilation in layers:
            parts += [nn.Conv2d(inputs, outputs, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(outputs),
                      nn.ReLU()]
            inputs = outputs
        parts.append(nn.Conv2d(inputs, 1, 1))
        self.net = nn.Sequential(*parts)

    def forward(self, x):
        return self.net(x)[:, 0]


def network_input(planes):
    """Y, four amplified differences and amplified colour of (batch, bytes) crops given as seven arrays of bytes:
    short, long, last and fifth reference, Y, U, V (the latter at half size)."""
    y = planes[4].astype(np.int16)
    channels = [y]
    for reference in planes[:4]:
        channels.append(np.clip(128 + 4 * (y - reference.astype(np.int16)), 0, 255))
    for chroma in planes[5:]:
        doubled = chroma.repeat(2, axis=-2).repeat(2, axis=-1).astype(np.int16)
        channels.append(np.clip(128 + 2 * (doubled - 128), 0, 255))
    return np.stack(channels, axis=-3).astype(np.float32) / 64 - 2


def augment(x, random):
    """Light, contrast of change, colour and noise as other cameras have them."""
    x = x.copy()
    x[0] = np.clip((x[0] + 2) * random.uniform(0.75, 1.25) - 2 + random.uniform(-0.2, 0.2), -2, 2)
    x[1:5] = np.clip(x[1:5] * random.uniform(0.7, 1.35), -2, 2)
    if random.random() < 0.25:
        x[5:] = 0
    else:
        x[5:] = np.clip(x[5:] * random.uniform(0.6, 1.3) + random.uniform(-0.1, 0.1), -2, 2)
    if random.random() < 0.3:
        x += random.standard_normal(x.shape, dtype=np.float32) * np.float32(random.uniform(0.02, 0.25))
    return x


def says(network):
    """A function from 7 x height x width to the log-odds of each cell."""

    def logits(pixels):
        with torch.no_grad():
            return network(torch.from_numpy(pixels)[None])[0].numpy()

    return logits


def batches_of(draw):
    """What `train_network` asks for, of single crops: `draw(random, kind)` gives one; kind 0 with smoke, 1 with what looks
    like it, 2 anything."""

    def batch(random):
        inputs, labels = zip(*(draw(random, kind) for kind in (0,) * 5 + (1,) * 4 + (2,) * 3))
        return torch.from_numpy(np.stack(inputs)), torch.from_numpy(np.stack(labels)).float()

    return batch


class Checkpoint:
    """Where a run stands, in a file: one that was interrupted goes on from there as if it had not been."""

    EVERY = 1000
    """Steps."""

    def __init__(self, path, random, **parts):
        """`parts`: what has a `state_dict`."""
        self.path, self.random, self.parts = path, random, parts

    def restore(self):
        """Steps that are done."""
        if self.path is None or not os.path.exists(self.path):
            return 0
        kept = torch.load(self.path, weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(kept[name])
        self.random.bit_generator.state = kept["random"]
        return kept["step"]

    def save(self, step):
        if self.path is None or step % self.EVERY:
            return
        kept = {name: part.state_dict() for name, part in self.parts.items()}
        # Half a file would be worse than none.
        torch.save(kept | {"step": step, "random": self.random.bit_generator.state}, f"{self.path}.part")
        os.replace(f"{self.path}.part", self.path)


def train_network(batch, layers, seed, steps, log=print, start=None, rate=2e-3, mean_of=0.995, pace=None,
                  keep=None, checkpoint=None):
    """`batch(random)` gives crops (inputs 7 x CROP x CROP, labels CROP/8 x CROP/8 of 1, 0, -1 for unknown), augmented.

    `start`: a network to go on from, in place of `layers`. `mean_of`: what the mean of the weights, which is the result,
    keeps of itself in each step. `pace(step, steps)`: the rate, as a share of `rate`; one cycle where `None`.
    `keep(step, network)` is called on the way. `checkpoint`: a file from which an interrupted run goes on.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    random = np.random.default_rng(seed)
    network = (copy.deepcopy(start).train() if start else Network(layers)).to(memory_format=torch.channels_last)
    if start:
        freeze(network)
    mean = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(mean_of), use_buffers=True)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-3)
    if pace:
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: pace(step, steps))
    else:
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    # Twice as fast, where the processor has it.
    halves = torch.cpu.get_capabilities().get("avx512_bf16", False)
    total = 0.0
    kept = Checkpoint(checkpoint, random, network=network, mean=mean, optimiser=optimiser, schedule=schedule)
    for step in range(kept.restore(), steps):
        inputs, labels = batch(random)
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=halves):
            logits = network(inputs)
        logits = logits.float()
        known = (labels >= 0).float()
        positive = known * labels
        negative = known * (1 - labels)
        each = nn.functional.binary_cross_entropy_with_logits(logits, labels.clamp(0), reduction="none")
        # Each crop's smoke counts the same, however much of it there is: fires begin small.
        area = positive.sum((1, 2))
        loss = 0.5 * ((each * positive).sum((1, 2)) / area.clamp(1)).sum() / (area > 0).sum().clamp(1)
        # The hardest tenth of what does not burn counts as much as all of it.
        hard = torch.topk((each * negative).flatten(), max(1, int(negative.sum() / 10))).values.mean()
        loss = loss + 0.25 * (each * negative).sum() / negative.sum().clamp(1) + 0.1 * hard
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        mean.update_parameters(network)
        total += float(loss.detach())
        if step % 200 == 199:
            log(f"step {step + 1}: loss {total / 200:.4f}")
            total = 0.0
            if keep:
                keep(step + 1, mean.module)
        kept.save(step + 1)
    return mean.module.eval()


def freeze(network):
    """Layers of normalisation keep their means and spreads."""
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eval()


def network_document(network):
    """Convolutions with the normalisation folded in, as base64 of little-endian float16."""
    layers, parts = [], list(network.net)
    for index, (outputs, stride, dilation) in enumerate(network.layers):
        convolution, norm = parts[3 * index], parts[3 * index + 1]
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = (convolution.weight * scale[:, None, None, None]).detach().numpy()
        bias = (norm.bias - norm.running_mean * scale).detach().numpy()
        layers.append(layer(weight, bias, stride, dilation))
    layers.append(layer(parts[-1].weight.detach().numpy(), parts[-1].bias.detach().numpy(), 1, 1))
    document = {"layers": layers}
    x, y, c = np.meshgrid(np.arange(64), np.arange(64), np.arange(7))
    check = ((7 * x + 13 * y + 29 * c) % 64 / 16 - 2).transpose(2, 0, 1).astype(np.float32)
    document["sanity"] = [round(float(value), 4) for value in run_layers(document, check).ravel()]
    return document


def run_layers(document, pixels):
    """What the written network says of 7 x height x width, computed from the document itself."""
    values = torch.from_numpy(pixels)[None]
    for index, each in enumerate(document["layers"]):
        def numbers(text):
            return torch.from_numpy(np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32))

        weight = numbers(each["weight"]).reshape(each["outputs"], each["inputs"], each["kernel"], each["kernel"])
        values = nn.functional.conv2d(
            values, weight, numbers(each["bias"]), each["stride"], each["kernel"] // 2 * each["dilation"],
            each["dilation"])
        if index < len(document["layers"]) - 1:
            values = values.clamp(0)
    return values[0, 0].detach().numpy()


def layer(weight, bias, stride, dilation):
    def text(values):
        return base64.b64encode(values.astype("<f2").tobytes()).decode()

    return {"outputs": weight.shape[0], "inputs": weight.shape[1], "kernel": weight.shape[2], "stride": stride,
            "dilation": dilation, "weight": text(weight), "bias": text(bias)}


def write(document, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, separators=(",", ":"))
