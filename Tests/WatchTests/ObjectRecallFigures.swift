import Domain
import Foundation
import Media
import PixelKernels
import Testing

@testable import Detection
@testable import Watch

/// How many of the objects in labelled footage become a track: a figure, for `LOOKOUT_SOAK=1`.
@Suite struct ObjectRecallFigures {
    private static let sequence = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/motion/highway").standardizedFileURL.path

    /// A thing of the truth over consecutive pictures.
    private struct Thing: Equatable {
        var region: MaskComponent
        var pictures = 1
        var isFound = false
    }

    /// Follows the truth's regions by overlap and notes which of them an observation lies on.
    private struct Census {
        private var living: [Thing] = []
        private(set) var ended: [Thing] = []
        private var components: MaskComponents?

        mutating func add(truth: [UInt8], width: Int, height: Int, observations: [Observation]) {
            var regions =
                components
                ?? MaskComponents(width: width, height: height, stride: width, minimumArea: width * height / 1000)
            var mask = PixelBuffer(count: width * height)
            var occupied = [Bool](repeating: false, count: height)
            do {
                var pixels = mask.mutableSpan
                for i in 0..<width * height where truth[i] == 255 {
                    pixels[i] = 255
                    occupied[i / width] = true
                }
            }
            regions.label(&mask, occupied: occupied)
            components = regions
            var next: [Thing] = []
            var free = living
            for region in regions.kept {
                let shares = free.map { $0.region.overlap(with: region) }
                let before = shares.indices.max { shares[$0] < shares[$1] }
                var thing = Thing(region: region)
                if let before, shares[before] > 0.2 {
                    thing = free.remove(at: before)
                    thing.region = region
                    thing.pictures += 1
                }
                let box = region.box(width: Double(width), height: Double(height))
                if observations.contains(where: { ($0.box?.overlap(with: box) ?? 0) > 0.3 }) { thing.isFound = true }
                next.append(thing)
            }
            ended += free
            living = next
        }

        /// Objects that were there long enough to be judged, and how many more the footage's end cut off before that.
        ///
        /// At 25 pictures a second: what leaves again within half a second is no object yet; what is still there when the
        /// footage ends, not found, may have been found in the next moment, and is judged where it was there for a second.
        func judged() -> (things: [Thing], cutOff: Int) {
            let cutOff = living.filter { $0.pictures >= 13 && $0.pictures < 25 && !$0.isFound }
            return ((ended + living).filter { $0.pictures >= 13 }.filter { !cutOff.contains($0) }, cutOff.count)
        }
    }

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["LOOKOUT_SOAK"] != nil
                && FileManager.default.fileExists(atPath: Self.sequence)))
    func highwayObjectsBecomeTracks() throws {
        var options = StreamOptions()
        options.stillsPerSecond = 25
        let clock = SystemClock()
        var input = try Demuxer(
            opening: SourceAddress(Self.sequence + "/input"), options: options, stop: StopFlag(), clock: clock)
        var truth = try Demuxer(
            opening: SourceAddress(Self.sequence + "/groundtruth"), options: options, stop: StopFlag(), clock: clock)
        var inputDecoder = try Decoder(input.info.parameters)
        var truthDecoder = try Decoder(truth.info.parameters)
        var detector = MotionDetector(settings: MotionSettings(framesPerSecond: 25))
        var census = Census()
        var number = 0
        while let packet = try input.read(), let labelPacket = try truth.read() {
            number += 1
            var observations: [Observation] = []
            inputDecoder.decode(packet) { frame in
                frame.withPicture { picture in
                    observations = detector.analyse(picture, at: frame.captureTime.time).observations
                }
            }
            truthDecoder.decode(labelPacket) { frame in
                guard number >= 470 else { return }
                frame.withPicture { picture in
                    var labels: [UInt8] = []
                    for y in 0..<picture.height {
                        let row = picture.luma.row(y)
                        for x in 0..<picture.width { labels.append(row[x]) }
                    }
                    census.add(
                        truth: labels, width: picture.width, height: picture.height,
                        observations: observations.filter { $0.kind == .motion })
                }
            }
        }
        let (things, cutOff) = census.judged()
        let found = things.filter(\.isFound).count
        print("highway: \(found) of \(things.count) objects of the truth became a track;", terminator: " ")
        print("\(cutOff) not found came within a second of the footage's end")
        #expect(cutOff <= 1)
        #expect(things.count > 20)
        #expect(Double(found) >= 0.98 * Double(things.count))
    }
}
