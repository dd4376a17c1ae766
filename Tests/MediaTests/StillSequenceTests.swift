import Domain
import Foundation
import Testing

@testable import Media

@Suite struct StillSequenceTests {
    @Test(
        arguments: [
            (["in000003.jpg", "in000001.jpg", "in000002.jpg", "notes.txt"], [0, 1, 2], 0),
            (["img_7.png", "img_10.png", "img_8.png"], [0, 1, 3], 1),
            (["f010.jpg", "f020.jpg", "f050.jpg"], [0, 1, 4], 2),
            // A running number beside the time of day, which has holes at each full hour.
            (["000_1058.jpeg", "001_1059.jpeg", "002_1100.jpeg"], [0, 1, 2], 0),
            // No number counts by itself.
            (["2024-05-01T10-00.jpg", "2024-05-01T09-30.jpg", "2024-04-30T10-00.jpg"], [0, 1, 2], 0),
            (["alone.jpg"], [0], 0), ([], [], 0),
            (["99999999999999999999999999.jpg", "1.jpg", "2.jpg"], [0, 1], 0),
        ] as [([String], [Int], Int)])
    func numberingIsFound(names: [String], positions: [Int], missing: Int) {
        let sequence = StillSequence(names: names)
        #expect(sequence.stills.map(\.position) == positions)
        #expect(sequence.missing == missing)
        #expect(sequence == StillSequence(names: names.reversed()), "whatever the order of the folder")
    }

    @Test func folderIsReadAsARecording() throws {
        let scratch = try Scratch()
        try scratch.clip(
            "img_%03d.png", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=1", "-start_number", "5")
        try FileManager.default.removeItem(atPath: scratch.path("img_007.png"))
        try Data("not a picture".utf8).write(to: scratch.url.appending(path: "img_009.png"))
        let reading = try Reading(scratch.url.path, options: StreamOptions(stillsPerSecond: 10))
        #expect(reading.info.codec == "png")
        #expect(reading.info.frameCount == 9)
        #expect(reading.info.missingStills == 1)
        #expect(reading.info.isLive == false)
        #expect(
            reading.times.map(\.microseconds) == [0, 100_000, 300_000, 500_000, 600_000, 700_000, 800_000, 900_000])
        #expect(reading.counters.errors == 1)
        // The pictures are RGB: converted, and counted.
        #expect(reading.counters.convertedFrames == 8)
    }

    @Test func realSequencesAreRead() throws {
        guard let folder = Footage.shared("motion/highway/input") else { return }
        let reading = try Reading(folder.path, limit: 50)
        #expect(reading.info.frameCount == 1700)
        #expect(reading.info.missingStills == 0)
        #expect(reading.info.width == 320 && reading.info.height == 240)
        #expect(reading.times.last == MediaTime(microseconds: 49 * 40_000))
        #expect(reading.ranges == ["full"])
    }
}
