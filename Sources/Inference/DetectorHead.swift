import Domain
import Foundation

/// How a network of the YOLO family writes down what it found.
struct DetectorHead: Equatable {
    enum Kind: Equatable {
        /// `1 x N x (5 + classes)`: positions relative to their cells, then objectness, then classes. Input BGR, 0 to
        /// 255. https://arxiv.org/abs/2107.08430
        case yolox
        /// `1 x (4 + classes) x N`: boxes in pixels, then classes. Input RGB, 0 to 1. Ultralytics' exports of YOLOv8 and
        /// YOLO11.
        case yolov8
    }

    /// Pixels per cell, in the order in which cells are written.
    static let strides = [8, 16, 32]

    let kind: Kind
    let classCount: Int
    let inputWidth: Int
    let inputHeight: Int

    init(input: TensorForm, outputs: [TensorForm], name: String) throws(InferenceError) {
        func wrong(_ found: String) -> InferenceError {
            InferenceError(
                .wrongHead, "\(name) is no object detector of a known kind: \(found)",
                remedy: "Use a YOLOX, YOLOv8 or YOLO11 detector of one batch, exported without NMS and end-to-end heads"
            )
        }
        let shape = input.shape
        guard shape.count == 4, shape[0] == 1, shape[1] == 3 else {
            throw wrong("its input is \(input), not 1x3 x height x width")
        }
        guard shape[2] % 32 == 0, shape[3] % 32 == 0, shape[2] <= 2048, shape[3] <= 2048 else {
            throw wrong("its input is \(input); height and width must be multiples of 32, at most 2048")
        }
        let cells = Self.strides.reduce(0) { $0 + shape[2] / $1 * (shape[3] / $1) }
        let output = outputs.first?.shape ?? []
        let forms = outputs.map(\.description).joined(separator: ", ")
        guard outputs.count == 1, output.count == 3, output[0] == 1 else {
            throw wrong("it gives \(forms), not one output of three dimensions")
        }
        switch (output[1], output[2]) {
        case (cells, 6...): (kind, classCount) = (.yolox, output[2] - 5)
        case (5..., cells): (kind, classCount) = (.yolov8, output[1] - 4)
        default:
            throw wrong(
                "it gives \(forms). For this input YOLOX gives 1x\(cells)x(5 + classes), YOLOv8 and YOLO11 give "
                    + "1x(4 + classes)x\(cells)")
        }
        (inputWidth, inputHeight) = (shape[3], shape[2])
    }

    /// A box in pixels of the input.
    struct Finding: Equatable {
        var classIndex: Int
        /// 0 to 1, in hundredths, so that the last bits of a processor's arithmetic decide nothing.
        var confidence: Double
        var x: Double
        var y: Double
        var width: Double
        var height: Double

        var box: Box { Box(x: x, y: y, width: width, height: height) }
    }

    /// What is at least as likely as `minimumConfidence`, in the order of cells; several findings of one object are
    /// several.
    func findings(in output: Span<Float>, minimumConfidence: Double) -> [Finding] {
        var findings: [Finding] = []
        var cell = 0
        let cells = Self.strides.reduce(0) { $0 + inputHeight / $1 * (inputWidth / $1) }
        for stride in Self.strides {
            for row in 0..<inputHeight / stride {
                for column in 0..<inputWidth / stride {
                    let found =
                        kind == .yolox
                        ? yoloxFinding(output, cell, column: column, row: row, stride: stride)
                        : yolov8Finding(output, cell, cells)
                    if let found, found.confidence >= minimumConfidence { findings.append(found) }
                    cell += 1
                }
            }
        }
        return findings
    }

    private func yoloxFinding(_ output: Span<Float>, _ cell: Int, column: Int, row: Int, stride: Int) -> Finding? {
        let start = cell * (5 + classCount)
        var best = 0
        for index in 1..<max(classCount, 1) where output[start + 5 + index] > output[start + 5 + best] { best = index }
        let size = Double(stride)
        let width = exp(Double(output[start + 2])) * size
        let height = exp(Double(output[start + 3])) * size
        return finding(
            best, Double(output[start + 4]) * Double(output[start + 5 + best]),
            centerX: (Double(output[start]) + Double(column)) * size,
            centerY: (Double(output[start + 1]) + Double(row)) * size, width: width, height: height)
    }

    private func yolov8Finding(_ output: Span<Float>, _ cell: Int, _ cells: Int) -> Finding? {
        var best = 0
        for index in 1..<max(classCount, 1) where output[(4 + index) * cells + cell] > output[(4 + best) * cells + cell]
        {
            best = index
        }
        return finding(
            best, Double(output[(4 + best) * cells + cell]), centerX: Double(output[cell]),
            centerY: Double(output[cells + cell]), width: Double(output[2 * cells + cell]),
            height: Double(output[3 * cells + cell]))
    }

    /// `nil` where the numbers are none: a network may give anything.
    private func finding(
        _ classIndex: Int, _ score: Double, centerX: Double, centerY: Double, width: Double, height: Double
    ) -> Finding? {
        guard (score + centerX + centerY + width + height).isFinite, width > 0, height > 0 else { return nil }
        return Finding(
            classIndex: classIndex, confidence: (min(max(score, 0), 1) * 100).rounded() / 100,
            x: centerX - width / 2, y: centerY - height / 2, width: width, height: height)
    }

    /// Keeps the likeliest of the findings of one class that overlap by more than `overlap`.
    static func suppressingDoubles(_ findings: [Finding], overlap: Double = 0.45, most: Int = 100) -> [Finding] {
        let order = findings.indices.sorted {
            (findings[$1].confidence, $0) < (findings[$0].confidence, $1)
        }
        var kept: [Finding] = []
        for index in order {
            let next = findings[index]
            if kept.count == most { break }
            if !kept.contains(where: { $0.classIndex == next.classIndex && $0.box.overlap(with: next.box) > overlap }) {
                kept.append(next)
            }
        }
        return kept
    }
}
