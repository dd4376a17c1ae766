import Domain
import Evidence
import Foundation
import Logging
import Media
import PixelKernels
import Synchronization
import SyntheticScenes
import Testing

@testable import SiteConfiguration
@testable import Watch

/// What is kept of a rendered hillside that a tower looks at once a minute: a film of it, and a place before and now.
@Suite struct TimelapseTests {
    private static let count = 50
    /// The picture on which smoke is told of.
    private static let alarm = 40
    private static let box = Box(x: 0.4, y: 0.3, width: 0.1, height: 0.15)

    /// A folder of stills, and what becomes of its pictures.
    private final class Bench: Sendable {
        let directory = NSTemporaryDirectory() + "timelapse-\(UUID().uuidString)"
        let evidence: EvidenceStore
        let attached = Mutex<[EvidenceItem]>([])
        var stills: String { directory + "/stills" }

        init() throws {
            evidence = try EvidenceStore(directory: directory)
            try FileManager.default.createDirectory(atPath: stills, withIntermediateDirectories: true)
            let raw = directory + "/hillside.y4m"
            try Self.rendered().write(to: URL(filePath: raw))
            try Self.run("ffmpeg", ["-v", "error", "-i", raw, "-q:v", "3", stills + "/in%06d.jpg"])
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        /// Every other second of the scene, said to be a minute apart.
        private static func rendered() throws -> Data {
            var scene = try SceneName.hillside.makeScene(
                SceneSettings(width: 320, height: 180, framesPerSecond: 1, seconds: 100))
            var file = Data("YUV4MPEG2 W320 H180 F1:1 Ip A1:1 C420jpeg\n".utf8)
            var picture = scene.makePicture()
            var truth = scene.makeTruthMask()
            for frame in 0..<TimelapseTests.count {
                _ = scene.render(frame: 2 * frame, into: &picture, truth: &truth)
                file += Data("FRAME\n".utf8)
                for plane in [picture.y, picture.u, picture.v] { file += Data(plane) }
            }
            return file
        }

        @discardableResult
        static func run(_ program: String, _ arguments: [String]) throws -> String {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [program] + (program == "ffmpeg" ? ["-nostdin"] : []) + arguments
            process.standardOutput = pipe
            try process.run()
            let answer = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            return String(decoding: answer, as: UTF8.self)
        }

        func recorder() -> TimelapseRecorder {
            TimelapseRecorder(evidence: evidence, logger: Logger(label: "test"), isShortOfSpace: { false }) {
                [self] attachment in
                attached.withLock { $0.append(attachment.item) }
                attachment.settled()
            }
        }

        /// Hands over each still with its time.
        func look(_ body: (Int, borrowing VideoFrame, MediaTime) -> Void) throws {
            var options = StreamOptions()
            options.stillsPerSecond = 1.0 / 60
            var demuxer = try Demuxer(
                opening: SourceAddress(stills), options: options, stop: StopFlag(), clock: SystemClock())
            var decoder = try Decoder(demuxer.info.parameters)
            var index = 0
            while let packet = try demuxer.read() {
                decoder.decodeAlone(packet) { frame in
                    body(index, frame, TimelapseTests.time(index))
                    index += 1
                }
            }
            #expect(index == TimelapseTests.count)
        }
    }

    private static func time(_ picture: Int) -> MediaTime { MediaTime(seconds: 1_769_904_000 + 60 * Double(picture)) }

    private func incident(_ state: Incident.State, kind: IncidentKind = .smoke) -> IncidentRevision {
        var incident = Incident(
            id: IncidentID("tower-\(kind.rawValue)-1"), kind: kind, camera: CameraID("tower"), severity: .critical,
            start: Self.time(Self.alarm), confidence: 0.9, box: Self.box, rule: "smoke")
        incident.state = state
        return IncidentRevision(
            incident: incident, change: state == .open ? .opened : .closed, time: Self.time(Self.alarm))
    }

    private func footage(_ recorder: TimelapseRecorder?, minutes: Double = 30) -> SmokeFootage {
        SmokeFootage(
            camera: CameraID("tower"), options: SmokeOptions(regime: .tower, timelapseMinutes: minutes),
            recorder: recorder, logger: Logger(label: "test"))
    }

    /// Mean brightness of each picture of a file.
    private func means(of path: String) throws -> [Double] {
        var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemClock())
        var decoder = try Decoder(demuxer.info.parameters)
        var means: [Double] = []
        func see(_ frame: borrowing VideoFrame) { means.append(Self.mean(of: frame)) }
        while let packet = try demuxer.read() { decoder.decode(packet) { see($0) } }
        decoder.flush { see($0) }
        return means
    }

    /// Of a full-range picture.
    private static func mean(of frame: borrowing VideoFrame) -> Double {
        frame.withPicture { picture in
            var sum = 0
            for row in 0..<picture.height {
                let pixels = picture.luma.row(row)
                for column in 0..<picture.width { sum += Int(pixels[column]) }
            }
            let mean = Double(sum) / Double(picture.width * picture.height)
            return picture.range == .full ? mean : (mean - 16) * 255 / 219
        }
    }

    @Test func theFilmHoldsThePicturesFromBeforeTheAlarmToItsClose() async throws {
        let bench = try Bench()
        let recorder = bench.recorder()
        recorder.start()
        var footage = footage(recorder)
        var seen: [Double] = []
        try bench.look { index, frame, time in
            footage.keep(frame, at: time, fromTower: true)
            if index == Self.alarm { footage.follow([incident(.open)]) }
            if (10...45).contains(index) { seen.append(Self.mean(of: frame)) }
            if index == 45 { footage.follow([incident(.closed)]) }
        }
        await recorder.finish()
        let item = try #require(bench.attached.withLock { $0 }.first)
        #expect(bench.attached.withLock { $0.count } == 1)
        #expect(item.kind == .timelapse && item.path.hasSuffix("/tower-smoke-1/timelapse-1.mp4"))
        let clip = try #require(item.clip)
        #expect(clip.codec == "h264" && clip.isWebReady && !clip.isTruncated)
        // Thirty minutes before the alarm to the close, a picture a minute.
        #expect(clip.timelapse == TimelapseDetails(pictures: 36, first: Self.time(10), last: Self.time(45)))
        #expect(item.time == Self.time(10))
        #expect(clip.durationMicroseconds == 7_000_000, "five pictures a second")
        // It is what its hash says, and its pictures are those that were analysed.
        let path = bench.directory + "/" + item.path
        #expect(try await bench.evidence.read(item).count == item.bytes)
        let shown = try means(of: path)
        try #require(shown.count == 36)
        for (index, pair) in zip(shown, seen).enumerated() {
            #expect(abs(pair.0 - pair.1) < 1.5, "picture \(index): \(pair.0), but it was \(pair.1)")
        }
        let tags = try Bench.run(
            "ffprobe", ["-v", "error", "-show_entries", "format_tags=title,comment", "-of", "default=nw=1", path])
        #expect(tags.contains("camera tower") && tags.contains("Derived") && tags.contains("tower-smoke-1"), "\(tags)")
        #expect(bench.evidence.unfinishedClips().isEmpty)
    }

    @Test func whatACrashLeftIsRecovered() async throws {
        let bench = try Bench()
        let clip = UnfinishedClip(
            incident: IncidentID("tower-smoke-1"), part: 1, incidentStart: Self.time(5), firstTime: Self.time(0),
            kind: .timelapse)
        var pictures: [[UInt8]] = []
        try bench.look { index, frame, _ in
            var writer = JPEGWriter()
            if index < 12, let jpeg = try? writer.write(frame) { pictures.append(jpeg) }
        }
        var whole = try TimelapseWriter(
            path: bench.evidence.path(of: clip), title: "film", comment: "Derived", widest: 320)
        for jpeg in pictures { try whole.write(jpeg) }
        // What a kill leaves: what has been written so far, without an end.
        let left = try Data(contentsOf: URL(filePath: bench.evidence.path(of: clip)))
        try whole.close()
        try left.write(to: URL(filePath: bench.evidence.path(of: clip)))
        let recorder = bench.recorder()
        recorder.start()
        await recorder.finish()
        let item = try #require(bench.attached.withLock { $0 }.first)
        #expect(item.kind == .timelapse && item.clip?.isTruncated == true)
        #expect(item.clip?.timelapse?.pictures == 12)
        #expect(try means(of: bench.directory + "/" + item.path).count == 12)
        #expect(recorder.counters == TimelapseRecorder.Counters(stored: 0, recovered: 1))
    }

    @Test func thePlaceIsShownBeforeAndNow() throws {
        let bench = try Bench()
        var footage = footage(nil)
        var crops: SmokeFootage.Crops?
        var expected: [Double] = []
        try bench.look { index, frame, time in
            footage.keep(frame, at: time, fromTower: true)
            if index == 30 || index == Self.alarm {
                var writer = JPEGWriter()
                let area = CropArea.around(Self.box, width: frame.width, height: frame.height)
                if let jpeg = try? writer.write(frame, of: area, maximumWidth: 480) {
                    expected.append(Self.mean(of: jpeg))
                }
            }
            if index == Self.alarm { crops = footage.crops(of: incident(.open).incident, in: frame, at: time) }
        }
        let pair = try #require(crops)
        #expect(pair.then.time == Self.time(30) && pair.now.time == Self.time(Self.alarm))
        #expect(abs(Self.mean(of: pair.then.jpeg) - expected[0]) < 1)
        #expect(abs(Self.mean(of: pair.now.jpeg) - expected[1]) < 1)
    }

    private static func mean(of jpeg: [UInt8]) -> Double {
        var mean = -1.0
        do {
            var reader = try JPEGReader()
            try reader.read(jpeg, at: .zero) { mean = Self.mean(of: $0) }
        } catch {
            Issue.record("\(error)")
        }
        return mean
    }

    @Test func aCameraNearByHasNoFilm() async throws {
        let bench = try Bench()
        let recorder = bench.recorder()
        recorder.start()
        var footage = footage(recorder)
        try bench.look { index, frame, time in
            footage.keep(frame, at: time, fromTower: false)
            if index == Self.alarm { footage.follow([incident(.open)]) }
        }
        var none = self.footage(recorder, minutes: 0)
        try bench.look { index, frame, time in
            none.keep(frame, at: time, fromTower: true)
            if index == Self.alarm { none.follow([incident(.open)]) }
        }
        await recorder.finish()
        #expect(bench.attached.withLock { $0.isEmpty })
    }
}
