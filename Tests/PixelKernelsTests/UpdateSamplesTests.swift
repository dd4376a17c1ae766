import Testing

@testable import PixelKernels

@Suite struct UpdateSamplesTests {
    /// A picture in block order, addressed by pixel.
    private struct Pixels {
        let grid: BlockGrid

        func mask(_ x: Int, _ y: Int) -> Int { block(x, y) * 128 + phase(x, y) * 32 + x % 64 / 2 }
        func luma(_ x: Int, _ y: Int) -> Int { block(x, y) * 192 + phase(x, y) * 32 + x % 64 / 2 }
        func chroma(_ x: Int, _ y: Int) -> Int { block(x, y) * 192 + 128 + x % 64 / 2 }
        func block(_ x: Int, _ y: Int) -> Int { y / 2 * grid.across + x / 64 }
        private func phase(_ x: Int, _ y: Int) -> Int { y % 2 * 2 + x % 2 }
    }

    /// By the definition, pixel by pixel in the order of the phases.
    private static func naive(
        picture: [UInt8], foreground: [UInt8], blink: [UInt8], stillAge: [UInt8], random: RandomTable,
        update: SampleUpdate, grid: BlockGrid, row: Int, model: [UInt8]
    ) -> [UInt8] {
        var model = model
        let place = Pixels(grid: grid)
        let width = grid.across * 64
        for takesNeighbour in [false, true] {
            for phase in 0..<4 {
                for x in stride(from: phase % 2, to: width, by: 2) {
                    let y = 2 * row + phase / 2
                    let block = place.block(x, y)
                    guard block % grid.across % update.period == (update.turn + row) % update.period else { continue }
                    let choice = BlockChoice(key: update.key, block: block)
                    let inBlock = place.mask(x, y) % 128
                    let first = Int(random.bytes[choice.first + inBlock])
                    let second = Int(random.bytes[choice.second + inBlock])
                    let at = place.mask(x, y)
                    let chance = min(255, Int(update.rate) + Int(blink[at]) / 4)
                    let still = stillAge[at] > update.stillLimit
                    var from = (x: x, y: y)
                    if takesNeighbour {
                        from = neighbour(x, y, choice, width: width, height: grid.down * 2)
                        let moving = foreground[place.mask(from.x, from.y)] != 0
                        guard second < chance, !moving || still else { continue }
                    } else if foreground[at] == 0 || still {
                        guard first < chance else { continue }
                    } else {
                        guard first == 0, second < Int(update.leak) else { continue }
                    }
                    let number = takesNeighbour ? choice.neighbour : choice.own
                    let sample = (number / 2 * grid.count + block) * 384 + number % 2 * 192
                    model[sample + inBlock] = picture[place.luma(from.x, from.y)]
                    model[sample + 128 + x % 64 / 2] = picture[place.chroma(from.x, from.y)]
                    model[sample + 160 + x % 64 / 2] = picture[place.chroma(from.x, from.y) + 32]
                }
            }
        }
        return model
    }

    /// At the picture's edge the row pair or the column pair beyond is this one.
    private static func neighbour(
        _ x: Int, _ y: Int, _ choice: BlockChoice, width: Int, height: Int
    ) -> (x: Int, y: Int) {
        var nx = x + choice.dx
        var ny = y + choice.dy
        if nx < 0 { nx += 2 } else if nx >= width { nx -= 2 }
        if ny < 0 { ny += 2 } else if ny >= height { ny -= 2 }
        return (nx, ny)
    }

    @Test func agreesWithTheDefinition() {
        var random = RandomPixels(seed: 8)
        let table = RandomTable(seed: 5)
        for round in 0..<24 {
            let grid = BlockGrid(across: round % 3 + 1, down: round % 4 + 1)
            let picture = random.bytes(grid.count * 192)
            // Blocks that are not marked or not awake hold nothing but zeros, as the one behind the last.
            let marked = random.mask(grid.count, share: 70) + [0]
            let awake = random.mask(grid.count) + [0]
            let foreground = random.blocks(where: marked) { $0.mask(128, share: 90) }
            let blink = random.blocks(where: awake) { $0.bytes(128) }
            let age = random.blocks(where: awake) { $0.bytes(128) }
            var update = SampleUpdate(rate: 16, leak: 64, stillLimit: 230, key: random.next())
            // Rare choices come up often enough only at high rates.
            if round % 2 == 0 { update = SampleUpdate(rate: 128, leak: 255, stillLimit: 128, key: random.next()) }
            update.period = [1, 1, 2, 4][round % 4]
            update.turn = round % 5
            let model = random.bytes(grid.count * 3072)
            for row in 0..<grid.down {
                var result = model
                do {
                    var target = result.mutableSpan
                    updateSamples(
                        picture: picture.span, foreground: foreground.span, blink: blink.span, stillAge: age.span,
                        marked: marked.span, awake: awake.span, random: table, update: update, grid: grid, row: row,
                        model: &target)
                }
                let expected = Self.naive(
                    picture: picture, foreground: foreground, blink: blink, stillAge: age, random: table,
                    update: update, grid: grid, row: row, model: model)
                #expect(result == expected, "round \(round) row \(row)")
                if update.period == 1 { #expect(result != model) }
            }
        }
    }

    @Test func choicesAreSpreadEvenly() {
        var own = [Int](repeating: 0, count: 16)
        var directions: [Int: Int] = [:]
        for block in 0..<16_000 {
            let choice = BlockChoice(key: 77, block: block)
            own[choice.own] += 1
            directions[choice.dx * 3 + choice.dy, default: 0] += 1
        }
        #expect(own.allSatisfy { (850...1150).contains($0) })
        #expect(directions.count == 8 && directions[0] == nil)
        #expect(directions.values.allSatisfy { (1800...2200).contains($0) })
    }
}
