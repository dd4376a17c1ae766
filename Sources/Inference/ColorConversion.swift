import PixelKernels

/// Y, U and V as a decoder gives them to red, green and blue, 0 to 255. Coefficients: ITU-R BT.601-7 and BT.709-6.
struct ColorConversion {
    private let black: Float
    private let lumaScale: Float
    private let redByV: Float
    private let greenByU: Float
    private let greenByV: Float
    private let blueByU: Float

    init(_ matrix: PictureCrop.ColorMatrix, _ range: SampleRange) {
        let isFull = range == .full
        let chromaScale: Float = isFull ? 1 : 255.0 / 224
        black = isFull ? 0 : 16
        lumaScale = isFull ? 1 : 255.0 / 219
        // Shares of red and blue in the luma.
        let (red, blue): (Float, Float) = matrix == .bt601 ? (0.299, 0.114) : (0.2126, 0.0722)
        let green = 1 - red - blue
        redByV = 2 * (1 - red) * chromaScale
        blueByU = 2 * (1 - blue) * chromaScale
        greenByV = -2 * (1 - red) * red / green * chromaScale
        greenByU = -2 * (1 - blue) * blue / green * chromaScale
    }

    @inline(__always)
    func convert(y: Float, u: Float, v: Float) -> (red: Float, green: Float, blue: Float) {
        let light = (y - black) * lumaScale
        let (u, v) = (u - 128, v - 128)
        return (
            Self.bounded(light + redByV * v), Self.bounded(light + greenByU * u + greenByV * v),
            Self.bounded(light + blueByU * u)
        )
    }

    @inline(__always)
    private static func bounded(_ value: Float) -> Float { min(max(value, 0), 255) }
}
