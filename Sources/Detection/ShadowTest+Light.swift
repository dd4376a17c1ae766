import PixelKernels

// Light that changes over a large area: the shadow of a cloud, a lamp, the beam of a headlight.
extension ShadowTest {
    /// Places of a region that are looked at, at most about.
    private static let lightSamples = 150
    /// Fewer places with texture say nothing.
    private static let fewestTextured = 12
    /// Light changes at most by this, up and down, in 256ths.
    private static let darkest = 64
    private static let brightest = 1024
    /// Out of ten textured places, how many must show the background's own texture.
    private static let alikeOfTen = 7

    /// Luma of the picture and of the background around a place, in sums for their correlation.
    private struct Texture {
        private(set) var n = 0
        private(set) var background = 0
        private(set) var present = 0
        private var backgroundSquares = 0
        private var presentSquares = 0
        private var products = 0

        mutating func add(background b: Int, present c: Int) {
            n += 1
            background += b
            present += c
            backgroundSquares += b * b
            presentSquares += c * c
            products += b * c
        }

        /// Variances and covariance times n squared.
        var backgroundVariance: Int { n * backgroundSquares - background * background }
        private var presentVariance: Int { n * presentSquares - present * present }
        private var covariance: Int { n * products - background * present }

        /// Whether the correlation is 0.6 at least.
        var isAlike: Bool {
            covariance > 0
                && 100 * covariance * covariance >= ShadowTest.correlation * backgroundVariance
                    * max(presentVariance, 1)
        }
    }

    /// Whether a region shows the background's own texture nearly everywhere, only darker or brighter. An object hides
    /// what is behind it. Where there is no texture it cannot be told, and the region stays what it was.
    ///
    /// - Parameters:
    ///   - mask: rows of `stride` bytes, 0 where nothing is.
    ///   - picture: blocks of the loaded picture.
    ///   - model: its background.
    func isOnlyLight(
        _ region: MaskComponent, mask: Span<UInt8>, stride: Int, picture: Span<UInt8>, model: Span<UInt8>,
        grid: BlockGrid
    ) -> Bool {
        let cells = max(1, (region.maxX - region.minX) * (region.maxY - region.minY) / 4)
        var step = 1
        while cells > Self.lightSamples * step * step { step += 1 }
        var (textured, alike) = (0, 0)
        for row in Swift.stride(from: region.minY / 2 + step / 2, to: region.maxY / 2, by: step) {
            for column in Swift.stride(from: region.minX / 2 + step / 2, to: region.maxX / 2, by: step) {
                guard mask[2 * row * stride + 2 * column] != 0 else { continue }
                let texture = Self.texture(row, column, picture: picture, model: model, grid: grid)
                guard texture.n > 0, texture.backgroundVariance >= Self.texture * texture.n * texture.n else {
                    continue
                }
                textured += 1
                let light = texture.present * 256 / max(texture.background, 1)
                if light >= Self.darkest, light <= Self.brightest, texture.isAlike { alike += 1 }
            }
        }
        return textured >= Self.fewestTextured && 10 * alike >= Self.alikeOfTen * textured
    }

    /// The cells around one, inside of the picture.
    private static func texture(
        _ row: Int, _ column: Int, picture: Span<UInt8>, model: Span<UInt8>, grid: BlockGrid
    ) -> Texture {
        var texture = Texture()
        for y in max(0, row - reach)...min(grid.down - 1, row + reach) {
            for x in max(0, column - reach)...min(grid.across * PixelBlock.columns - 1, column + reach) {
                let block = y * grid.across + x / PixelBlock.columns
                let inBlock = x % PixelBlock.columns
                let now = cell(picture, at: block * PixelBlock.bytes + inBlock).luma
                var before = 0
                // The samples that stand together: a quarter of the model.
                for sample in 0..<PixelBlock.groupSamples {
                    before += cell(model, at: block * PixelBlock.groupBytes + sample * PixelBlock.bytes + inBlock).luma
                }
                texture.add(background: before / (4 * PixelBlock.groupSamples), present: now / 4)
            }
        }
        return texture
    }
}
