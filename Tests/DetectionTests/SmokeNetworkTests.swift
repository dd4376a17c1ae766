import PixelKernels
import Testing

@testable import Detection

/// A network that is asked about some cells gives the bits that it gives when asked about all.
@Suite struct SmokeNetworkTests {
    private static let columns = 17
    private static let rows = 11

    private func network(_ shapes: [(outputs: Int, stride: Int, dilation: Int)]) throws -> SmokeNetwork {
        var random = SplitMix(state: 3)
        var inputs = SmokeNetwork.channels
        let layers = try (shapes + [(1, 1, 1)]).enumerated().map { index, shape in
            defer { inputs = shape.outputs }
            let kernel = index == shapes.count ? 1 : 3
            return try #require(
                Convolution(
                    inputs: inputs, outputs: shape.outputs, kernel: kernel, stride: shape.stride,
                    dilation: shape.dilation, isRectified: index < shapes.count,
                    weights: (0..<inputs * shape.outputs * kernel * kernel).map { _ in
                        Float.random(in: -0.3...0.3, using: &random)
                    }, biases: (0..<shape.outputs).map { _ in Float.random(in: -0.3...0.3, using: &random) }))
        }
        return try #require(SmokeNetwork(layers: layers))
    }

    @Test(arguments: [
        [(12, 2, 1), (16, 2, 1), (24, 2, 1), (32, 1, 1), (32, 1, 2)],
        [(8, 2, 1), (8, 2, 1), (16, 1, 1), (16, 2, 1), (8, 1, 2), (8, 1, 2)],
    ])
    func someCellsAreScoredAsAllAre(shapes: [(outputs: Int, stride: Int, dilation: Int)]) throws {
        let network = try network(shapes)
        var random = SplitMix(state: 9)
        let (width, height) = (Self.columns * CellSums.side, Self.rows * CellSums.side)
        let pitch = (width + 2 * Convolution.margin) * SmokeNetwork.channels
        var input = [Float](
            repeating: 0, count: Convolution.size(width: width, height: height, channels: SmokeNetwork.channels))
        for y in 0..<height {
            let start = (y + Convolution.margin) * pitch + Convolution.margin * SmokeNetwork.channels
            for place in start..<start + width * SmokeNetwork.channels {
                input[place] = Float.random(in: -2...2, using: &random)
            }
        }
        let all = network.logits(input, columns: Self.columns, rows: Self.rows)
        var work = SmokeNetwork.Work()
        for share in [1, 5, 40] {
            let isOn = all.indices.map { _ in Int.random(in: 0..<60, using: &random) < share }
            let wanted = CellMask(columns: Self.columns, rows: Self.rows, isOn: isOn)
            var scored: [Int: Float] = [:]
            // What an earlier picture left in the scratch must not matter.
            network.logits(input, wanted: network.masks(for: wanted), work: &work) { scored[$0] = $1 }
            #expect(scored == Dictionary(uniqueKeysWithValues: isOn.indices.filter { isOn[$0] }.map { ($0, all[$0]) }))
        }
    }

    @Test(arguments: [0, 8])
    func whatCannotChangeTheEvidenceIsNotAskedAndNothingElseIsLeftOut(skyRows: Int) {
        let (columns, rows) = (24, 20)
        let settings = SmokeSettings(regime: .near)
        var random = SplitMix(state: 5)
        var whole = SmokeEvidence(columns: columns, rows: rows, settings: settings)
        var pruned = whole
        let horizon = [Int](repeating: skyRows, count: columns)
        var saved = 0
        for step in 0..<60 {
            let share = [2, 6, 25][step / 20]
            // Now and then clouds fill the sky.
            let isCloud = (0..<columns * rows).map { $0 / columns < skyRows && step % 7 == 3 }
            // Smoke keeps to a place, noise does not.
            let isPlume = (0..<columns * rows).map { cell in
                step > 30 && (5..<11).contains(cell % columns) && (5..<11).contains(cell / columns)
            }
            let logits = isPlume.indices.map { cell in
                Double.random(in: isPlume[cell] || isCloud[cell] ? 1...6 : -5.5...1, using: &random)
            }
            let isAsked = logits.indices.map { cell in
                let likely = isCloud[cell] ? 60 : isCloud[0] ? 4 : share
                return (logits[cell] > 0.9 && !isCloud[cell]) || Int.random(in: 0..<100, using: &random) < likely
            }
            let networkLogits = isPlume.map { Double.random(in: $0 ? 0...6 : -6...6, using: &random) }
            let concern = whole.concern(of: logits, where: isAsked, horizon: horizon)
            saved += isAsked.indices.count { isAsked[$0] && !concern[$0] }
            func probabilities(_ isOn: [Bool]) -> CellGrid {
                var grid = CellGrid(columns: columns, rows: rows)
                for cell in isOn.indices where isOn[cell] {
                    grid.values[cell] = Float(SmokeMath.probability(logit: (logits[cell] + networkLogits[cell]) / 2))
                }
                return grid
            }
            whole.take(probabilities(isAsked), horizon: horizon)
            pruned.take(probabilities(concern), horizon: horizon)
            #expect(whole.evidence == pruned.evidence, "step \(step)")
        }
        #expect(saved > 500, "only \(saved) windows were left out")
        #expect(whole.evidence.contains { $0 > settings.threshold })
    }

    @Test func theSmallestIsFoundAsSortingFindsIt() {
        var random = SplitMix(state: 8)
        for count in [1, 2, 3, 20, 101, 1000] {
            let values = (0..<count).map { _ in Float(Int.random(in: 0..<50, using: &random)) }
            for place in [0, count / 3, count / 2, count - 1] {
                var copy = values
                #expect(copy.smallest(place) == values.sorted()[place])
            }
        }
    }

    @Test(arguments: 1...7)
    func theMedianOfGridsIsTheMiddleOne(count: Int) {
        var random = SplitMix(state: UInt64(count))
        let grids = (0..<count).map { _ in
            var grid = CellGrid(columns: 9, rows: 5)
            for cell in grid.values.indices { grid.values[cell] = Float(Int.random(in: -6...6, using: &random)) }
            return grid
        }
        let median = CellGrid.median(grids)
        let odd = count - (1 - count % 2)
        for cell in median.values.indices {
            #expect(median.values[cell] == grids.prefix(odd).map { $0.values[cell] }.sorted()[odd / 2])
        }
    }
}
