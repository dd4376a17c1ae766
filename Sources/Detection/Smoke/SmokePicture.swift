import PixelKernels

/// A picture at the size and range at which smoke is looked for.
struct SmokePicture: ~Copyable {
    let geometry: SmokeGeometry
    /// Full range, without padding.
    private(set) var luma: PixelBuffer
    private(set) var chromaU: PixelBuffer
    private(set) var chromaV: PixelBuffer
    private var sums: [UInt16]
    /// What is doubled; empty where nothing is.
    private var small: PixelBuffer
    private static let lumaTable = (0..<256).map { fullRange(Double($0) - 16, of: 219, zero: 0) }
    private static let chromaTable = (0..<256).map { fullRange(Double($0) - 128, of: 224, zero: 128) }

    init(geometry: SmokeGeometry) {
        self.geometry = geometry
        luma = PixelBuffer(count: geometry.pixels)
        chromaU = PixelBuffer(count: geometry.pixels / 4, filledWith: 128)
        chromaV = PixelBuffer(count: geometry.pixels / 4, filledWith: 128)
        sums = [UInt16](repeating: 0, count: geometry.sourceWidth)
        small = PixelBuffer(count: geometry.enlargement == 2 ? geometry.pixels / 4 : 0)
    }

    private static func fullRange(_ value: Double, of range: Double, zero: Double) -> UInt8 {
        UInt8(min(max((value * 255 / range + zero).rounded(), 0), 255))
    }

    /// Takes a picture in. The uppermost rows, where cameras burn text in, repeat the first row below them.
    mutating func load(_ source: borrowing PictureView) {
        let factor = Subsampling(across: geometry.factor, down: geometry.factor)
        Self.load(source.luma, by: factor, width: geometry.width, height: geometry.height, &sums, &small, into: &luma)
        Self.loadChroma(source.chromaU, geometry, &sums, &small, into: &chromaU)
        Self.loadChroma(source.chromaV, geometry, &sums, &small, into: &chromaV)
        if source.range == .limited {
            Self.translate(&luma, Self.lumaTable)
            Self.translate(&chromaU, Self.chromaTable)
            Self.translate(&chromaV, Self.chromaTable)
        }
        Self.cover(&luma, rows: geometry.height / 32, width: geometry.width)
    }

    /// Moves the picture by whole pixels.
    mutating func move(_ offset: SmokeRegistration.Offset) {
        guard offset != SmokeRegistration.Offset() else { return }
        Self.move(&luma, width: geometry.width, offset.across, offset.down)
        // Half a pixel of chroma is less than its cells show.
        Self.move(&chromaU, width: geometry.width / 2, offset.across / 2, offset.down / 2)
        Self.move(&chromaV, width: geometry.width / 2, offset.across / 2, offset.down / 2)
    }

    private static func move(_ plane: inout PixelBuffer, width: Int, _ across: Int, _ down: Int) {
        var pixels = plane.mutableSpan
        movePlane(&pixels, width: width, across: across, down: down)
    }

    private static func cover(_ plane: inout PixelBuffer, rows: Int, width: Int) {
        var pixels = plane.mutableSpan
        for row in 0..<rows {
            for x in 0..<width { pixels[row * width + x] = pixels[rows * width + x] }
        }
    }

    private static func loadChroma(
        _ plane: PlaneView?, _ geometry: SmokeGeometry, _ sums: inout [UInt16], _ small: inout PixelBuffer,
        into buffer: inout PixelBuffer
    ) {
        guard let plane, let factor = geometry.chromaSubsampling(width: plane.width, height: plane.height) else {
            buffer.fill(with: 128)
            return
        }
        load(
            plane, by: factor, width: geometry.width / 2, height: geometry.height / 2, &sums, &small, into: &buffer)
    }

    /// - Parameter small: holds the picture before it is doubled; empty where it is not.
    private static func load(
        _ plane: PlaneView, by factor: Subsampling, width: Int, height: Int, _ sums: inout [UInt16],
        _ small: inout PixelBuffer, into buffer: inout PixelBuffer
    ) {
        guard small.count > 0 else {
            load(plane, by: factor, width: width, height: height, &sums, into: &buffer)
            return
        }
        load(plane, by: factor, width: width / 2, height: height / 2, &sums, into: &small)
        var pixels = buffer.mutableSpan
        doublePlane(small.span, width: width / 2, height: height / 2, into: &pixels)
    }

    private static func load(
        _ plane: PlaneView, by factor: Subsampling, width: Int, height: Int, _ sums: inout [UInt16],
        into buffer: inout PixelBuffer
    ) {
        var scratch = sums.mutableSpan
        for row in 0..<height {
            var pixels = buffer.mutableSpan
            var target = pixels._mutatingExtracting(row * width..<(row + 1) * width)
            subsampleRow(of: plane, row: row, by: factor, sums: &scratch, into: &target, count: width)
        }
    }

    private static func translate(_ plane: inout PixelBuffer, _ table: [UInt8]) {
        var pixels = plane.mutableSpan
        for index in 0..<pixels.count { pixels[index] = table[Int(pixels[index])] }
    }
}
