import Detection
import Domain
import PixelKernels

/// A camera made of arithmetic: a textured wall, sensor noise, light, and things drawn by the test.
struct NoisyScene {
    let width: Int
    let height: Int
    /// Standard deviation of the luma noise; chroma has half of it.
    var noise: Double
    /// Multiplies the scene's luma before the noise comes on top.
    var light = 1.0
    private(set) var luma: [UInt8]
    private var chromaU: [UInt8]
    private var chromaV: [UInt8]
    private let wall: [UInt8]
    private let bell: [Int8]
    private var state: UInt64

    init(width: Int = 640, height: Int = 360, noise: Double = 3, seed: UInt64 = 1) {
        self.width = width
        self.height = height
        self.noise = noise
        state = seed
        luma = [UInt8](repeating: 0, count: width * height)
        chromaU = [UInt8](repeating: 128, count: (width / 2) * (height / 2))
        chromaV = chromaU
        var wall = luma
        for y in 0..<height {
            for x in 0..<width { wall[y * width + x] = UInt8(90 + 40 * ((x / 16 + y / 16) & 1) + (x * 20) / width) }
        }
        self.wall = wall
        var generator = Xorshift(state: seed | 1)
        // The sum of twelve evenly spread numbers is as good as a normal one.
        bell = (0..<65536).map { _ in
            let sum = (0..<12).reduce(0.0) { total, _ in total + Double(generator.next() >> 11) / 9_007_199_254_740_992
            }
            return Int8(((sum - 6) * 16).rounded().bounded(-127, 127))
        }
    }

    private mutating func random() -> UInt64 {
        var generator = Xorshift(state: state | 1)
        state = generator.next()
        return state
    }

    /// The bare scene in the light of now, with fresh noise; draw on it afterwards with `paint`.
    mutating func render() {
        let scale = Int(light * 256)
        let sigma = Int(noise * 16)
        for y in 0..<height {
            let start = Int(random() >> 20) & 65535
            for x in 0..<width {
                let value = (Int(wall[y * width + x]) * scale) >> 8 + (Int(bell[(start + x) & 65535]) * sigma) >> 8
                luma[y * width + x] = UInt8(min(max(value, 0), 255))
            }
        }
        for y in 0..<height / 2 {
            let start = Int(random() >> 20) & 65535
            for x in 0..<width / 2 {
                let at = y * (width / 2) + x
                chromaU[at] = UInt8(128 + (Int(bell[(start + x) & 65535]) * sigma) >> 9)
                chromaV[at] = UInt8(128 + (Int(bell[(start + 7 * x + 99) & 65535]) * sigma) >> 9)
            }
        }
    }

    /// A rectangle in pixels, cut off at the picture's edges, as noisy as the scene.
    mutating func paint(x: Int, y: Int, width w: Int, height h: Int, luma value: Int) {
        let sigma = Int(noise * 16)
        let start = Int(random() >> 20) & 65535
        for row in max(y, 0)..<max(max(y, 0), min(y + h, height)) {
            for column in max(x, 0)..<max(max(x, 0), min(x + w, width)) {
                let grain = (Int(bell[(start + row * 31 + column) & 65535]) * sigma) >> 8
                luma[row * width + column] = UInt8(min(max(value + grain, 0), 255))
            }
        }
    }

    /// The camera has turned: everything stands further right and down. What comes into view repeats the edge.
    mutating func shift(across: Int, down: Int) {
        let before = luma
        for y in 0..<height {
            for x in 0..<width {
                luma[y * width + x] =
                    before[min(max(y - down, 0), height - 1) * width + min(max(x - across, 0), width - 1)]
            }
        }
    }

    /// A shadow on a rectangle in pixels.
    mutating func dim(x: Int, y: Int, width w: Int, height h: Int, to light: Double) {
        for row in max(y, 0)..<max(max(y, 0), min(y + h, height)) {
            for column in max(x, 0)..<max(max(x, 0), min(x + w, width)) {
                luma[row * width + column] = UInt8(Double(luma[row * width + column]) * light)
            }
        }
    }

    /// Without chroma, as an infrared camera at night.
    func analyseMonochrome(with detector: inout MotionDetector, at seconds: Double) -> MotionReport {
        let y = PlaneView(pixels: luma.span, width: width, height: height, stride: width)
        return detector.analyse(
            PictureView(luma: y, chromaU: nil, chromaV: nil, range: .full), at: MediaTime(seconds: seconds))
    }

    /// Multiplies the light in a band from top to bottom, such as a cloud or a gap between clouds makes: `length` pixels
    /// across, and fading over `softness` more at either end. Rows from `upTo` on stay as they are.
    mutating func light(around middle: Double, length: Double, softness: Double, times light: Double, upTo: Int? = nil)
    {
        for x in 0..<width {
            let outside = (abs(Double(x) - middle) - length / 2) / softness
            let factor = Int(256 * (light + (1 - light) * outside.bounded(0, 1)))
            for y in 0..<(upTo ?? height) {
                luma[y * width + x] = UInt8(min((Int(luma[y * width + x]) * factor) >> 8, 255))
            }
        }
    }

    func analyse(with detector: inout MotionDetector, at seconds: Double) -> MotionReport {
        let y = PlaneView(pixels: luma.span, width: width, height: height, stride: width)
        let u = PlaneView(pixels: chromaU.span, width: width / 2, height: height / 2, stride: width / 2)
        let v = PlaneView(pixels: chromaV.span, width: width / 2, height: height / 2, stride: width / 2)
        return detector.analyse(
            PictureView(luma: y, chromaU: u, chromaV: v, range: .full), at: MediaTime(seconds: seconds))
    }
}

struct Xorshift {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

extension Double {
    func bounded(_ low: Double, _ high: Double) -> Double { Swift.min(Swift.max(self, low), high) }
}
