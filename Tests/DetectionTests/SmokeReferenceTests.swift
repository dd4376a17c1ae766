import Foundation
import PixelKernels
import Testing

@testable import Detection

/// What the detector measures is what the models were trained on: values that the trainer's own definition
/// (`models/train/smoke_features.py`) gave for the same pictures.
@Suite struct SmokeReferenceTests {
    struct Reference: Decodable {
        struct Window: Decodable {
            var picture: Int
            var row: Int
            var column: Int
            var gate: Bool
            var horizon: Int
            var values: [Float]
        }

        var names: [String]
        var windows: [Window]
    }

    @Test func measuresWhatTheTrainerMeasures() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "smoke-reference.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
        #expect(reference.names == SmokeFeature.names)
        let geometry = try #require(SmokeGeometry(sourceWidth: 160, sourceHeight: 128, widest: 640))
        var measure = SmokeMeasure(geometry: geometry)
        var compared = 0
        for step in 0..<24 {
            let planes = SmokeScene.picture(step)
            let analysis = planes.withView { measure.step($0) }
            for window in reference.windows where window.picture == step {
                let analysis = try #require(analysis)
                let cell = window.row * geometry.columns + window.column
                #expect(analysis.gate[cell] == window.gate)
                #expect(analysis.horizon[window.column] == window.horizon)
                for (name, (grid, expected)) in zip(reference.names, zip(analysis.features, window.values)) {
                    let value = grid.values[cell]
                    // Where hundreds of pixels nearly tie, one rounded otherwise moves a mean by a few thousandths.
                    let close = abs(value - expected) <= 0.02 + 0.004 * abs(expected)
                    #expect(
                        close,
                        "\(name) of (\(window.row), \(window.column)), picture \(step): \(value), not \(expected)")
                    compared += 1
                }
            }
        }
        #expect(compared == reference.windows.count * SmokeFeature.names.count)
    }
}

/// The pictures of `models/train/write_reference.py`: sky over a dark slope, with a plume from picture 12 on.
struct SmokeScene {
    static let width = 160
    static let height = 128
    var luma: [UInt8]
    var blue: [UInt8]
    var red: [UInt8]

    static func picture(_ step: Int, plume: Bool = true) -> SmokeScene {
        var scene = SmokeScene(
            luma: [UInt8](repeating: 0, count: width * height),
            blue: [UInt8](repeating: 0, count: width * height / 4),
            red: [UInt8](repeating: 0, count: width * height / 4))
        func opacity(_ x: Int, _ y: Int) -> Int {
            guard plume, step >= 12, y < 92 else { return 0 }
            // Rounded down like the trainer's.
            let lean = Int((Double(90 - y) / 3).rounded(.down))
            let most = min(max(150 - 4 * abs(x - 70 - lean) - abs(y - 70) * 2, 0), 150)
            return most * min(step - 11, 6) / 6
        }
        func blend(_ value: Int, _ target: Int, _ opacity: Int) -> UInt8 {
            UInt8(value + Int((Double((target - value) * opacity) / 256).rounded(.down)))
        }
        for y in 0..<height {
            for x in 0..<width {
                let noise = ((x * 7919 + y * 104729 + step * 1_299_709 + x * y * 31) % 65521) % 7
                let ground = y < 48 + x / 20 ? 180 - y / 4 : 50 + (x * 5 + y * 3) % 40
                scene.luma[y * width + x] = blend(ground + noise + step / 6, 205, opacity(x, y))
            }
        }
        for y in 0..<height / 2 {
            for x in 0..<width / 2 {
                let place = y * width / 2 + x
                scene.blue[place] = blend(132 - y / 8, 128, opacity(2 * x, 2 * y))
                scene.red[place] = blend(125 + x / 16, 128, opacity(2 * x, 2 * y))
            }
        }
        return scene
    }

    func withView<R>(_ body: (borrowing PictureView) -> R) -> R {
        body(
            PictureView(
                luma: PlaneView(pixels: luma.span, width: Self.width, height: Self.height, stride: Self.width),
                chromaU: PlaneView(
                    pixels: blue.span, width: Self.width / 2, height: Self.height / 2, stride: Self.width / 2),
                chromaV: PlaneView(
                    pixels: red.span, width: Self.width / 2, height: Self.height / 2, stride: Self.width / 2),
                range: .full))
    }
}
