public import Domain
public import PixelKernels

/// A copy of part of a picture, which can wait until a network has time for it.
public struct PictureCrop: Sendable {
    /// Which part of the picture it is, inside the picture.
    public let place: Box
    /// In pixels, at least 1.
    public let width: Int
    public let height: Int
    let luma: [UInt8]
    /// `nil` in a monochrome picture.
    let chroma: Chroma?
    let range: SampleRange
    let matrix: ColorMatrix

    struct Chroma: Sendable {
        var u: [UInt8]
        var v: [UInt8]
        var width: Int
        var height: Int
    }

    /// How the decoder's colour differences map to red, green and blue.
    public enum ColorMatrix: Sendable, Hashable {
        /// ITU-R BT.601: standard definition.
        case bt601
        /// ITU-R BT.709: high definition.
        case bt709
    }

    /// - Parameters:
    ///   - box: what to copy; what lies outside the picture is left out, and at least 2 x 2 pixels are taken.
    ///   - matrix: `nil`: BT.709 from 720 lines on, else BT.601, as streams mean it that do not say.
    public init(of picture: borrowing PictureView, _ box: Box, matrix: ColorMatrix? = nil) {
        let columns = Self.span(box.x, box.maxX, of: picture.width)
        let rows = Self.span(box.y, box.maxY, of: picture.height)
        place = Box(
            x: Double(columns.lowerBound) / Double(picture.width), y: Double(rows.lowerBound) / Double(picture.height),
            width: Double(columns.count) / Double(picture.width), height: Double(rows.count) / Double(picture.height))
        width = columns.count
        height = rows.count
        range = picture.range
        self.matrix = matrix ?? (picture.height >= 720 ? .bt709 : .bt601)
        luma = Self.copy(picture.luma, columns, rows)
        if let u = picture.chromaU, let v = picture.chromaV {
            let chromaColumns = Self.scaled(columns, by: picture.width > u.width ? 2 : 1, most: u.width)
            let chromaRows = Self.scaled(rows, by: picture.height > u.height ? 2 : 1, most: u.height)
            chroma = Chroma(
                u: Self.copy(u, chromaColumns, chromaRows), v: Self.copy(v, chromaColumns, chromaRows),
                width: chromaColumns.count, height: chromaRows.count)
        } else {
            chroma = nil
        }
    }

    /// Pixels from one fraction to another. Begins at an even one, so that chroma at half the size fits.
    private static func span(_ low: Double, _ high: Double, of size: Int) -> Range<Int> {
        // What lies on a pixel's edge must not be rounded past it.
        let slack = 1e-6
        let first = low.isFinite ? Int((low.clamped(0, 1) * Double(size) + slack).rounded(.down)) & ~1 : 0
        let last = high.isFinite ? Int((high.clamped(0, 1) * Double(size) - slack).rounded(.up)) : size
        let start = max(0, min(first, (size - 1) & ~1))
        return start..<min(size, max(last, start + 2))
    }

    private static func scaled(_ range: Range<Int>, by factor: Int, most: Int) -> Range<Int> {
        let start = min(range.lowerBound / factor, most - 1)
        return start..<max(start + 1, min(most, (range.upperBound + factor - 1) / factor))
    }

    private static func copy(_ plane: PlaneView, _ columns: Range<Int>, _ rows: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(columns.count * rows.count)
        for y in rows {
            let row = plane.row(y)
            for x in columns { bytes.append(row[x]) }
        }
        return bytes
    }
}

extension Double {
    fileprivate func clamped(_ low: Double, _ high: Double) -> Double { Swift.min(Swift.max(self, low), high) }
}
