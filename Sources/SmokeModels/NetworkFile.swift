import Detection
import Foundation
import PixelKernels

/// A network as `models/train` writes it: convolutions with their weights as base64 of little-endian half-precision
/// numbers.
struct NetworkFile: Decodable {
    struct Layer: Decodable {
        var inputs: Int
        var outputs: Int
        var kernel: Int
        var stride: Int
        var dilation: Int
        var weight: String
        var bias: String
    }

    /// Log-odds of each cell for a picture of 64x64 pixels made by `checkInput`.
    private static let checkCells = 8
    private static let tolerance: Float = 0.02

    var layers: [Layer]
    var sanity: [Float]

    static func read(_ bytes: [UInt8], name: String) throws(SmokeModelError) -> SmokeNetwork {
        let file: NetworkFile
        do { file = try JSONDecoder().decode(NetworkFile.self, from: Data(bytes)) } catch {
            throw SmokeModelError(name, "it cannot be read as a network (\(error))")
        }
        var layers: [Convolution] = []
        for (index, layer) in file.layers.enumerated() {
            guard let weights = numbers(layer.weight), let biases = numbers(layer.bias),
                let convolution = Convolution(
                    inputs: layer.inputs, outputs: layer.outputs, kernel: layer.kernel, stride: layer.stride,
                    dilation: layer.dilation, isRectified: index < file.layers.count - 1, weights: weights,
                    biases: biases)
            else { throw SmokeModelError(name, "layer \(index + 1) is not sound") }
            layers.append(convolution)
        }
        guard let network = SmokeNetwork(layers: layers) else {
            throw SmokeModelError(name, "its layers do not lead from pictures to one score for each cell")
        }
        let logits = network.logits(checkInput(), columns: checkCells, rows: checkCells)
        guard logits.count == file.sanity.count, zip(logits, file.sanity).allSatisfy({ abs($0 - $1) <= tolerance })
        else { throw SmokeModelError(name, "its check gives other values than it should") }
        return network
    }

    private static func numbers(_ text: String) -> [Float]? {
        guard let data = Data(base64Encoded: text), data.count % 2 == 0 else { return nil }
        let bytes = [UInt8](data)
        return (0..<bytes.count / 2).map { index in
            Float(Float16(bitPattern: UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8))
        }
    }

    /// Channel c of pixel (x, y) is (7x + 13y + 29c mod 64) / 16 - 2.
    private static func checkInput() -> [Float] {
        let side = checkCells * CellSums.side
        let pitch = side + 2 * Convolution.margin
        var input = [Float](
            repeating: 0,
            count: Convolution.size(width: side, height: side, channels: SmokeNetwork.channels))
        for y in 0..<side {
            for x in 0..<side {
                let place = (y + Convolution.margin) * pitch + x + Convolution.margin
                for channel in 0..<SmokeNetwork.channels {
                    input[place * SmokeNetwork.channels + channel] =
                        Float((7 * x + 13 * y + 29 * channel) % 64) / 16 - 2
                }
            }
        }
        return input
    }
}
