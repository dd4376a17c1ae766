import Domain

/// How a crop lies in the square input of a network: scaled without being distorted, grey around it.
struct Letterbox {
    /// What YOLO's authors fill with, 0 to 255.
    static let grey: Float = 114

    let width: Int
    let height: Int
    /// Input pixels per crop pixel.
    let scale: Double
    /// Where the crop begins, in pixels of the input.
    let left: Int
    let top: Int
    /// Size of the crop in pixels of the input.
    let innerWidth: Int
    let innerHeight: Int

    /// - Parameter isCentred: as YOLOv8 has it; YOLOX puts the crop into the upper left corner.
    init(cropWidth: Int, cropHeight: Int, width: Int, height: Int, isCentred: Bool) {
        self.width = width
        self.height = height
        scale = min(Double(width) / Double(cropWidth), Double(height) / Double(cropHeight))
        innerWidth = min(width, max(1, Int((Double(cropWidth) * scale).rounded())))
        innerHeight = min(height, max(1, Int((Double(cropHeight) * scale).rounded())))
        left = isCentred ? (width - innerWidth) / 2 : 0
        top = isCentred ? (height - innerHeight) / 2 : 0
    }

    /// A box in pixels of the input as a part of the picture that the crop was taken of.
    func place(x: Double, y: Double, width: Double, height: Double, in crop: Box) -> Box {
        let perColumn = crop.width / Double(innerWidth)
        let perRow = crop.height / Double(innerHeight)
        let right = (x + width - Double(left)) * perColumn
        let bottom = (y + height - Double(top)) * perRow
        let leftEdge = min(max((x - Double(left)) * perColumn, 0), crop.width)
        let topEdge = min(max((y - Double(top)) * perRow, 0), crop.height)
        return Box(
            x: crop.x + leftEdge, y: crop.y + topEdge, width: min(max(right, leftEdge), crop.width) - leftEdge,
            height: min(max(bottom, topEdge), crop.height) - topEdge)
    }
}

extension Letterbox {
    /// The crop as three planes of the network's input, bilinear, values from 0 to `white`.
    ///
    /// - Parameter isBlueFirst: blue, green, red, as OpenCV and YOLOX have it; else red, green, blue.
    func tensor(of crop: PictureCrop, isBlueFirst: Bool, white: Float) -> [Float] {
        let factor = white / 255
        var tensor = [Float](repeating: Self.grey * factor, count: 3 * width * height)
        let color = ColorConversion(crop.matrix, crop.range)
        let lumaColumns = Sampling.axis(from: crop.width, to: innerWidth)
        let lumaRows = Sampling.axis(from: crop.height, to: innerHeight)
        let chromaColumns = Sampling.axis(from: crop.chroma?.width ?? 1, to: innerWidth)
        let chromaRows = Sampling.axis(from: crop.chroma?.height ?? 1, to: innerHeight)
        let luma = crop.luma.span
        let neutral: [UInt8] = [128]
        let u = crop.chroma.map(\.u) ?? neutral
        let v = crop.chroma.map(\.v) ?? neutral
        let chromaWidth = crop.chroma?.width ?? 1
        var output = tensor.mutableSpan
        let plane = width * height
        let (first, third) = isBlueFirst ? (2 * plane, 0) : (0, 2 * plane)
        for y in 0..<innerHeight {
            let start = (top + y) * width + left
            for x in 0..<innerWidth {
                let rgb = color.convert(
                    y: Sampling.value(luma, crop.width, lumaColumns[x], lumaRows[y]),
                    u: Sampling.value(u.span, chromaWidth, chromaColumns[x], chromaRows[y]),
                    v: Sampling.value(v.span, chromaWidth, chromaColumns[x], chromaRows[y]))
                output[start + x + first] = rgb.red * factor
                output[start + x + plane] = rgb.green * factor
                output[start + x + third] = rgb.blue * factor
            }
        }
        return tensor
    }
}

/// Bilinear sampling, pixel middles at .5.
enum Sampling {
    struct Point {
        var low: Int
        var high: Int
        /// Weight of `high`, 0 to 1.
        var share: Float
    }

    static func axis(from size: Int, to target: Int) -> [Point] {
        let step = Double(size) / Double(target)
        return (0..<target).map { index in
            let place = min(max((Double(index) + 0.5) * step - 0.5, 0), Double(size - 1))
            let low = Int(place)
            return Point(low: low, high: min(low + 1, size - 1), share: Float(place - Double(low)))
        }
    }

    @inline(__always)
    static func value(_ pixels: Span<UInt8>, _ width: Int, _ column: Point, _ row: Point) -> Float {
        let upper = blend(pixels[row.low * width + column.low], pixels[row.low * width + column.high], column.share)
        let lower = blend(pixels[row.high * width + column.low], pixels[row.high * width + column.high], column.share)
        return upper + (lower - upper) * row.share
    }

    @inline(__always)
    private static func blend(_ a: UInt8, _ b: UInt8, _ share: Float) -> Float {
        Float(a) + (Float(b) - Float(a)) * share
    }
}
