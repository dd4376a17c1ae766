import Domain
import Foundation
import PixelKernels
import Testing

@testable import Media

@Suite struct WriterTests {
    /// The first picture of a clip, handed to `body`.
    private func withFirstFrame(_ path: String, _ body: (borrowing VideoFrame) throws -> Void) throws {
        var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemTime())
        var decoder = try Decoder(demuxer.info.parameters)
        var isFirst = true
        func once(_ frame: borrowing VideoFrame) throws {
            if isFirst { try body(frame) }
            isFirst = false
        }
        while isFirst, let packet = try demuxer.read() { try decoder.decode(packet) { try once($0) } }
        try decoder.flush { try once($0) }
        #expect(!isFirst)
    }

    @Test(arguments: ["yuv420p", "yuvj420p", "yuv444p", "gray"]) func snapshotLooksLikeThePicture(format: String) throws
    {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "clip.mkv", "-f", "lavfi", "-i",
            "color=c=0x808080:size=400x300:rate=10:duration=0.2,format=gbrp,crop=321:241", "-pix_fmt", format,
            "-c:v", format == "yuvj420p" ? "mjpeg" : "ffv1")
        try withFirstFrame(path) { frame in
            var writer = JPEGWriter()
            let whole = try writer.write(frame)
            let small = try writer.write(frame, maximumWidth: 160)
            #expect(small.count < whole.count)
            for (bytes, size) in [(whole, [321, 241]), (small, [160, 120])] {
                #expect(bytes.starts(with: [0xFF, 0xD8]))
                let file = scratch.url.appending(path: "snapshot.jpg")
                try Data(bytes).write(to: file)
                let reading = try Reading(file.path)
                #expect(reading.sizes == [size])
                #expect(reading.ranges == ["full"])
                // Middle gray, whatever the range was.
                for mean in reading.lumaMeans { #expect(abs(mean - 128) < 3, "\(format) \(mean)") }
            }
        }
    }

    @Test func boxIsDrawnOnACopy() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "clip.mkv", "-f", "lavfi", "-i", "color=c=black:size=640x360:rate=10:duration=0.1", "-c:v", "libx264",
            "-pix_fmt", "yuv420p")
        try withFirstFrame(path) { frame in
            var writer = JPEGWriter()
            let boxes = [
                Box(x: 0.25, y: 0.25, width: 0.5, height: 0.5), Box(x: -1, y: -1, width: 9, height: 9),
                Box(x: .nan, y: .infinity, width: -.infinity, height: 0),
                Box(x: 0.999, y: 0.999, width: 0.1, height: 0.1),
            ]
            for box in boxes { #expect(try !writer.write(frame, box: box).isEmpty) }
            let file = scratch.url.appending(path: "box.jpg")
            try Data(try writer.write(frame, box: boxes[0])).write(to: file)
            try withFirstFrame(file.path) { drawn in
                drawn.withPicture { picture in
                    // The middle row crosses the two sides of the box, just outside 160 and 480.
                    let row = picture.luma.row(180)
                    let bright = (0..<row.count).filter { row[$0] > 180 }
                    #expect(bright.contains(159) && bright.contains(481), "\(bright)")
                    #expect(bright.count <= 8)
                }
            }
            frame.withPicture { picture in
                let row = picture.luma.row(180)
                #expect((0..<row.count).allSatisfy { row[$0] < 20 })
            }
        }
    }

    @Test func masksAreLossless() throws {
        let scratch = try Scratch()
        var writer = PNGWriter()
        for (width, height, stride) in [(1, 1, 1), (37, 23, 40), (320, 240, 320), (61, 47, 61)] {
            let pixels = (0..<stride * height).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 7) }
            let bytes = try writer.write(
                PlaneView(pixels: pixels.span, width: width, height: height, stride: stride))
            let file = scratch.url.appending(path: "mask.png")
            try Data(bytes).write(to: file)
            try withFirstFrame(file.path) { frame in
                #expect(frame.width == width && frame.height == height)
                frame.withPicture { picture in
                    let isMonochrome = picture.chromaU == nil
                    #expect(isMonochrome)
                    #expect(picture.range == .full)
                    for y in 0..<height {
                        let row = picture.luma.row(y)
                        #expect((0..<width).allSatisfy { row[$0] == pixels[y * stride + $0] })
                    }
                }
            }
        }
    }
}
