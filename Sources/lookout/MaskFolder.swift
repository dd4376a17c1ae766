import Domain
import Foundation
import Media
import PixelKernels
import Watch

/// Writes motion masks as `NNNNNN.png`. Used by one thread; the first failure is kept and ends the writing.
final class MaskFolder {
    private let path: String
    private var writer = PNGWriter()
    private(set) var failure: Failure?

    init(path: String) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure(.problemFound, "'\(path)' cannot be created: \(error.localizedDescription)")
        }
    }

    func write(_ mask: borrowing PlaneView, _ place: ClipAnalysis.MaskPlace) {
        guard failure == nil else { return }
        do {
            var pixels = [UInt8](repeating: 0, count: place.width * place.height)
            var span = pixels.mutableSpan
            enlargeMask(mask, factor: place.factor, width: place.width, height: place.height, into: &span)
            let png = try writer.write(
                PlaneView(pixels: pixels.span, width: place.width, height: place.height, stride: place.width))
            try Data(png).write(to: URL(filePath: "\(path)/\(String(format: "%06d", place.number)).png"))
        } catch let error as any ActionableError {
            failure = Failure(.problemFound, error)
        } catch {
            failure = Failure(
                .problemFound, "mask \(place.number) cannot be written to '\(path)': \(error.localizedDescription)")
        }
    }
}
