#!/usr/bin/env python3
"""Makes the ONNX files that the tests load. Usage: make_models.py FOLDER

Needs nothing but Python: ONNX is a Protocol Buffers message, written here field by field (numbers of onnx.proto3). The
detectors have the heads of YOLOX and YOLOv8 as their projects export them, on a body of mean values: a blue square of 8
pixels is a `person`, a red one of 16 a `car`, a green one of 32 a `dog`, each with a box of exactly its size.
"""
import math
import pathlib
import struct
import sys

SIZE = 64
STRIDES = (8, 16, 32)
CLASSES = 3
FLOAT, INT64 = 1, 7


def varint(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def block(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def attribute(name, value):
    out = block(1, name)
    if isinstance(value, int):
        return out + number(3, value) + number(20, 2)
    return out + b"".join(number(8, item) for item in value) + number(20, 7)


def value_info(name, shape):
    dimensions = b"".join(
        block(1, block(2, size) if isinstance(size, str) else number(1, size)) for size in shape)
    return block(1, name) + block(2, block(1, number(1, FLOAT) + block(2, dimensions)))


class Graph:
    """Collects nodes and weights; every method returns the name of the tensor that it makes."""

    def __init__(self):
        self.nodes, self.weights, self.count = b"", b"", 0

    def fresh(self):
        self.count += 1
        return f"t{self.count}"

    def add(self, kind, *inputs, **attributes):
        out = self.fresh()
        node = b"".join(block(1, name) for name in inputs) + block(2, out) + block(3, f"{kind}_{out}") + block(4, kind)
        self.nodes += block(1, node + b"".join(block(5, attribute(*item)) for item in sorted(attributes.items())))
        return out

    def constant(self, shape, values, kind=FLOAT):
        name = self.fresh()
        raw = struct.pack(f"<{len(values)}{'f' if kind == FLOAT else 'q'}", *values)
        self.weights += block(
            5, b"".join(number(1, size) for size in shape) + number(2, kind) + block(8, name) + block(9, raw))
        return name

    def integers(self, *values):
        return self.constant([len(values)], values, INT64)

    def convolution(self, source, rows, biases):
        """A 1x1 convolution; one row of weights for each channel that it makes."""
        weights = self.constant([len(rows), len(rows[0]), 1, 1], [weight for row in rows for weight in row])
        return self.add("Conv", source, weights, self.constant([len(biases)], biases), kernel_shape=[1, 1])

    def slice(self, source, start, end, axis):
        return self.add("Slice", source, self.integers(start), self.integers(end), self.integers(axis))

    def write(self, path, shape, output, output_shape, opset=11, version=6):
        graph = self.nodes + block(2, "lookout") + self.weights
        graph += block(11, value_info("images", shape)) + block(12, value_info(output, output_shape))
        path.write_bytes(
            number(1, version) + block(2, "lookout") + block(7, graph) + block(8, block(1, "") + number(2, opset)))


def class_rows(level, red, blue, scale):
    """Weights and biases of the class scores: each level answers to one colour."""
    wanted = [blue, red, 1][level]
    others = [channel for channel in range(3) if channel != wanted]
    rows, biases = [], []
    for index in range(CLASSES):
        row = [0.0] * 3
        if index == level:
            row[wanted], row[others[0]], row[others[1]] = 0.2 * scale, -0.1 * scale, -0.1 * scale
        rows.append(row)
        biases.append(-12.0 if index == level else -20.0)
    return rows, biases


def yolox(path):
    """Input BGR, 0 to 255; output [1, cells, 5 + classes], positions raw, the rest between 0 and 1."""
    graph, levels = Graph(), []
    for level, stride in enumerate(STRIDES):
        body = graph.add("AveragePool", "images", kernel_shape=[stride, stride], strides=[stride, stride])
        # Middle of the cell, size of the cell (the logarithm of 1).
        place = graph.convolution(body, [[0.0] * 3] * 4, [0.5, 0.5, 0.0, 0.0])
        objectness = graph.add("Sigmoid", graph.convolution(body, [[0.0] * 3], [math.log(3)]))
        rows, biases = class_rows(level, red=2, blue=0, scale=1)
        classes = graph.add("Sigmoid", graph.convolution(body, rows, biases))
        joined = graph.add("Concat", place, objectness, classes, axis=1)
        levels.append(graph.add("Reshape", joined, graph.integers(1, 5 + CLASSES, (SIZE // stride) ** 2)))
    output = graph.add("Transpose", graph.add("Concat", *levels, axis=2), perm=[0, 2, 1])
    graph.write(path, [1, 3, SIZE, SIZE], output, [1, cells(), 5 + CLASSES])


def yolov8(path):
    """Input RGB, 0 to 1; output [1, 4 + classes, cells], boxes in pixels by distribution focal loss."""
    graph, levels, bins = Graph(), [], 16
    for level, stride in enumerate(STRIDES):
        body = graph.add("AveragePool", "images", kernel_shape=[stride, stride], strides=[stride, stride])
        # Each side half a cell from the middle: as likely 0 as 1.
        place = graph.convolution(
            body, [[0.0] * 3] * 4 * bins, ([8.0, 8.0] + [-20.0] * (bins - 2)) * 4)
        rows, biases = class_rows(level, red=0, blue=2, scale=255)
        joined = graph.add("Concat", place, graph.convolution(body, rows, biases), axis=1)
        levels.append(graph.add("Reshape", joined, graph.integers(1, 4 * bins + CLASSES, (SIZE // stride) ** 2)))
    everything = graph.add("Concat", *levels, axis=2)
    places = graph.slice(everything, 0, 4 * bins, 1)
    classes = graph.add("Sigmoid", graph.slice(everything, 4 * bins, 4 * bins + CLASSES, 1))
    places = graph.add("Reshape", places, graph.integers(1, 4, bins, cells()))
    places = graph.add("Softmax", graph.add("Transpose", places, perm=[0, 3, 1, 2]), axis=3)
    places = graph.add("Transpose", places, perm=[0, 3, 2, 1])
    kernel = graph.constant([1, bins, 1, 1], [float(index) for index in range(bins)])
    distances = graph.add("Conv", places, kernel, kernel_shape=[1, 1])
    distances = graph.add("Reshape", distances, graph.integers(1, 4, cells()))
    anchors = [
        (column + 0.5, row + 0.5) for stride in STRIDES for row in range(SIZE // stride)
        for column in range(SIZE // stride)]
    middles = graph.constant([1, 2, cells()], [x for x, _ in anchors] + [y for _, y in anchors])
    near = graph.add("Sub", middles, graph.slice(distances, 0, 2, 1))
    far = graph.add("Add", middles, graph.slice(distances, 2, 4, 1))
    half = graph.constant([1], [0.5])
    centre = graph.add("Mul", graph.add("Add", near, far), half)
    boxes = graph.add("Concat", centre, graph.add("Sub", far, near), axis=1)
    strides = graph.constant([1, cells()], [float(s) for s in STRIDES for _ in range((SIZE // s) ** 2)])
    output = graph.add("Concat", graph.add("Mul", boxes, strides), classes, axis=1)
    graph.write(path, [1, 3, SIZE, SIZE], output, [1, 4 + CLASSES, cells()], opset=12)


def cells():
    return sum((SIZE // stride) ** 2 for stride in STRIDES)


def doubling(path, shape=(1, 2, 3), opset=11):
    """No detector: twice its input, plus 1."""
    graph = Graph()
    output = graph.add(
        "Add", graph.add("Mul", "images", graph.constant([1], [2.0])), graph.constant([1], [1.0]))
    graph.write(path, shape, output, shape, opset=opset)


def impossible(path):
    """An operator that nobody knows."""
    graph = Graph()
    graph.write(path, [1, 3], graph.add("Teleport", "images"), [1, 3])


def main():
    folder = pathlib.Path(sys.argv[1])
    yolox(folder / "tiny-yolox.onnx")
    yolov8(folder / "tiny-yolov8.onnx")
    doubling(folder / "doubling.onnx")
    doubling(folder / "open-size.onnx", shape=("batch", 2, 3))
    doubling(folder / "opset-17.onnx", opset=17)
    impossible(folder / "unknown-operator.onnx")


if __name__ == "__main__":
    main()
