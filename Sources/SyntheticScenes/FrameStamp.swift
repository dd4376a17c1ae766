/// A frame's number in the picture itself, for programs: a row of black and white blocks in the upper left corner, large
/// enough to survive a camera's encoder. White, black, 16 bits of the number from the highest on, then one that makes the
/// count of ones even.
public enum FrameStamp {
    /// Pixels of a block's edge.
    public static let blockPixels = 8
    static let bitCount = 16
    /// Blocks in the row.
    public static let blockCount = bitCount + 3
    /// Numbers count up to here and begin again.
    public static let modulus = 1 << bitCount

    /// Draws `number`, as far as it is below `modulus`. The picture must be at least 152 by 8 pixels.
    public static func draw(_ number: Int, on picture: inout YUVFrame) {
        let bits = blocks(of: number)
        guard picture.width >= blockCount * blockPixels, picture.height >= blockPixels else { return }
        for row in 0..<blockPixels {
            for (index, isWhite) in bits.enumerated() {
                let start = row * picture.width + index * blockPixels
                for x in start..<start + blockPixels { picture.y[x] = isWhite ? 235 : 16 }
            }
        }
        for row in 0..<blockPixels / 2 {
            for x in 0..<blockCount * blockPixels / 2 {
                picture.u[row * picture.chromaWidth + x] = 128
                picture.v[row * picture.chromaWidth + x] = 128
            }
        }
    }

    /// The number in a picture; `nil` where there is none that can be read.
    public static func read(_ picture: YUVFrame) -> Int? {
        guard picture.width >= blockCount * blockPixels, picture.height >= blockPixels else { return nil }
        let bits = (0..<blockCount).map { index in
            var sum = 0
            for row in 2..<blockPixels - 2 {
                let start = row * picture.width + index * blockPixels
                for x in start + 2..<start + blockPixels - 2 { sum += Int(picture.y[x]) }
            }
            let samples = (blockPixels - 4) * (blockPixels - 4)
            return sum > 126 * samples
        }
        let number = bits[2..<2 + bitCount].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        return bits == blocks(of: number) ? number : nil
    }

    private static func blocks(of number: Int) -> [Bool] {
        let bits = (0..<bitCount).reversed().map { (number % modulus) >> $0 & 1 == 1 }
        return [true, false] + bits + [bits.count { $0 } % 2 == 1]
    }
}
