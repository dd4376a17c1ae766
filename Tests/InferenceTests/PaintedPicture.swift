import Domain
import PixelKernels

@testable import Inference

/// A grey picture with squares of colour, as a decoder gives it: chroma at half the size, BT.601, limited range.
struct PaintedPicture {
    enum Paint {
        case red, green, blue

        /// Y, U and V.
        var values: (UInt8, UInt8, UInt8) {
            switch self {
            case .red: (81, 90, 240)
            case .green: (145, 54, 34)
            case .blue: (41, 240, 110)
            }
        }
    }

    let width: Int
    let height: Int
    private var luma: [UInt8]
    private var u: [UInt8]
    private var v: [UInt8]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        luma = [UInt8](repeating: 60, count: width * height)
        u = [UInt8](repeating: 128, count: width / 2 * (height / 2))
        v = u
    }

    /// Places and sizes are even.
    mutating func paint(_ paint: Paint, x: Int, y: Int, width side: Int, height: Int) {
        let (light, blue, red) = paint.values
        for row in y..<y + height { for column in x..<x + side { luma[row * width + column] = light } }
        for row in y / 2..<(y + height) / 2 {
            for column in x / 2..<(x + side) / 2 {
                u[row * (width / 2) + column] = blue
                v[row * (width / 2) + column] = red
            }
        }
    }

    func crop(_ box: Box = Box(x: 0, y: 0, width: 1, height: 1), isColoured: Bool = true) -> PictureCrop {
        let plane = PlaneView(pixels: luma.span, width: width, height: height, stride: width)
        let chromaU = PlaneView(pixels: u.span, width: width / 2, height: height / 2, stride: width / 2)
        let chromaV = PlaneView(pixels: v.span, width: width / 2, height: height / 2, stride: width / 2)
        let picture = PictureView(
            luma: plane, chromaU: isColoured ? chromaU : nil, chromaV: isColoured ? chromaV : nil, range: .limited)
        return PictureCrop(of: picture, box)
    }
}
