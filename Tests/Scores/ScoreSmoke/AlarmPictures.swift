import Detection
import Domain
import Foundation

/// A folder that holds the picture of each alarm, its region framed: what was taken for smoke can be looked at.
struct AlarmPictures {
    let folder: URL

    /// - Parameter name: of the file, without its ending.
    func write(_ exposure: Exposure, width: Int, height: Int, boxes: [Box], name: String) {
        var pixels = [UInt8](repeating: 0, count: 3 * width * height)
        for row in 0..<height {
            for column in 0..<width {
                let half = row / 2 * (width / 2) + column / 2
                let y = Float(exposure.planes.y[row * width + column])
                let (u, v) = (Float(exposure.planes.u[half]) - 128, Float(exposure.planes.v[half]) - 128)
                // BT.601 at full range.
                let colour = [y + 1.402 * v, y - 0.344 * u - 0.714 * v, y + 1.772 * u]
                for (channel, value) in colour.enumerated() {
                    pixels[3 * (row * width + column) + channel] = UInt8(min(max(value + 0.5, 0), 255))
                }
            }
        }
        for box in boxes { frame(box, in: &pixels, width, height) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let header = Data("P6\n\(width) \(height)\n255\n".utf8)
            try (header + pixels).write(to: folder.appendingPathComponent("\(name).ppm"))
        } catch {
            FileHandle.standardError.write(Data("no picture \(name): \(error.localizedDescription)\n".utf8))
        }
    }

    private func frame(_ box: Box, in pixels: inout [UInt8], _ width: Int, _ height: Int) {
        func place(_ share: Double, of length: Int) -> Int { min(max(Int(share * Double(length)), 0), length - 1) }
        let (left, right) = (place(box.x, of: width), place(box.x + box.width, of: width))
        let (top, bottom) = (place(box.y, of: height), place(box.y + box.height, of: height))
        let sides =
            (left...right).flatMap { [(top, $0), (bottom, $0)] } + (top...bottom).flatMap { [($0, left), ($0, right)] }
        for (row, column) in sides {
            let pixel = 3 * (row * width + column)
            (pixels[pixel], pixels[pixel + 1], pixels[pixel + 2]) = (255, 40, 40)
        }
    }
}
