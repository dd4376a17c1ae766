import Domain
import Inference
import PixelKernels

/// A crop of 64 x 64 pixels for the tests' own model.
enum PaintedCrop {
    /// A red square of 16 pixels on grey.
    static func red() -> PictureCrop {
        withPicture(red: true) { PictureCrop(of: $0, Box(x: 0, y: 0, width: 1, height: 1)) }
    }

    /// A grey picture of 64 x 64 pixels, with a red square of 16 or without.
    static func withPicture<Result>(red isRed: Bool, _ body: (borrowing PictureView) -> Result) -> Result {
        var luma = [UInt8](repeating: 60, count: 64 * 64)
        var u = [UInt8](repeating: 128, count: 32 * 32)
        var v = u
        for y in 16..<32 where isRed { for x in 16..<32 { luma[y * 64 + x] = 81 } }
        for y in 8..<16 where isRed {
            for x in 8..<16 {
                u[y * 32 + x] = 90
                v[y * 32 + x] = 240
            }
        }
        let picture = PictureView(
            luma: PlaneView(pixels: luma.span, width: 64, height: 64, stride: 64),
            chromaU: PlaneView(pixels: u.span, width: 32, height: 32, stride: 32),
            chromaV: PlaneView(pixels: v.span, width: 32, height: 32, stride: 32), range: .limited)
        return body(picture)
    }
}
