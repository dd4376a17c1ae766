import Foundation
import Testing

@testable import Inference

/// Files that are cut off, damaged or nonsense: each is refused or works, and nothing crashes.
@Suite struct HostileModelTests {
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test func aModelThatIsCutOffIsRefused() throws {
        let model = try Model.bytes("tiny-yolox.onnx")
        for length in stride(from: 0, to: model.count, by: 23) {
            #expect(loadingError(Array(model[..<length]), name: "cut") != nil, "\(length) bytes of \(model.count)")
        }
    }

    @Test func noiseIsRefused() {
        var dice = Dice(state: 1)
        for _ in 0..<500 {
            let noise = (0..<Int.random(in: 1...400, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            #expect(loadingError(noise, name: "noise") != nil)
        }
    }

    @Test func aDamagedModelIsRefusedOrWorks() throws {
        let rounds = ProcessInfo.processInfo.environment["LOOKOUT_SOAK"] == "1" ? 2_000 : 60
        var outcomes: [String: Int] = [:]
        for name in ["tiny-yolox.onnx", "tiny-yolov8.onnx"] {
            let model = try Model.bytes(name)
            var dice = Dice(state: UInt64(model.count))
            for _ in 0..<rounds {
                var damaged = model
                for _ in 0..<Int.random(in: 1...6, using: &dice) {
                    damaged[Int.random(in: 0..<damaged.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
                }
                do {
                    var network = try Network(onnx: damaged, name: "damaged")
                    let values = [Float](repeating: 0.5, count: network.input.count)
                    _ = try network.run(values.span)
                    outcomes["works", default: 0] += 1
                } catch {
                    outcomes["\(error.code)", default: 0] += 1
                }
            }
        }
        print("damaged models:", outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        // The damage reached OpenCV and not only the reading before it.
        #expect(outcomes.keys.contains("refused") || outcomes.keys.contains("crashed"))
    }
}
