import Domain
import Evidence
import Foundation
import Logging
import Media
import PixelKernels
import Testing

@testable import SiteConfiguration
@testable import Watch

/// Smoke that people judged is kept in the form that training and `lookout evaluate sequences` read.
@Suite struct TrainingFolderTests {
    private static let start = MediaTime(seconds: 1_769_904_000)
    private static let box = Box(x: 0.25, y: 0.5, width: 0.125, height: 0.25)

    private final class Bench: Sendable {
        let directory = NSTemporaryDirectory() + "training-\(UUID().uuidString)"
        let evidence: EvidenceStore

        init() throws { evidence = try EvidenceStore(directory: directory + "/evidence") }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        func folder(megabytes: Double = 10) -> TrainingFolder {
            TrainingFolder(
                directory: directory + "/training", mostBytes: Int(megabytes * 1_000_000), evidence: evidence,
                logger: Logger(label: "test"))
        }

        func labels() throws -> SequenceLabels { try SequenceLabels.load(path: directory + "/training/labels.yaml") }

        func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(directory)/training/\(name)", encoding: .utf8)
        }

        /// A closed incident with a film: a picture a minute from half an hour before to a quarter of an hour after.
        func incident(_ number: Int = 1, kind: EvidenceItem.Kind = .timelapse) throws -> Incident {
            let start = TrainingFolderTests.start + .seconds(7200 * number)
            let first = start - .seconds(kind == .timelapse ? 1800 : 5)
            var incident = Incident(
                id: IncidentID("tower-smoke-\(number)"), kind: .smoke, camera: CameraID("tower"), severity: .critical,
                start: start, confidence: 0.9, box: TrainingFolderTests.box, rule: "smoke")
            incident.state = .closed
            let clip = UnfinishedClip(
                incident: incident.id, part: 1, incidentStart: start, firstTime: first, kind: kind)
            var writer = try TimelapseWriter(
                path: evidence.path(of: clip), title: kind.rawValue, comment: "Derived", widest: 1_920)
            for picture in 0..<46 { try writer.write(Self.still(picture)) }
            try writer.close()
            var details = try ClipJob.finish(clip, in: evidence)
            if kind == .timelapse {
                details.timelapse = TimelapseDetails(pictures: 46, first: first, last: first + .seconds(2700))
            }
            incident.evidence = [try evidence.adopt(clip, details: details)]
            return incident
        }

        /// A still whose brightness tells its number.
        private static func still(_ number: Int) throws -> [UInt8] {
            let made = stills[number]
            return try #require(made)
        }

        private static let stills: [[UInt8]?] = {
            let folder = NSTemporaryDirectory() + "stills-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i"]
                + ["color=gray:s=1280x720:r=1,geq=lum='60+2*N+X/20':cb=128:cr=128", "-frames:v", "46"]
                + ["-pix_fmt", "yuvj420p", folder + "/%03d.jpg"]
            try? process.run()
            process.waitUntilExit()
            return (1...46).map { number in
                FileManager.default.contents(atPath: folder + String(format: "/%03d.jpg", number)).map { [UInt8]($0) }
            }
        }()
    }

    private func judged(_ incident: Incident, _ step: HandlingStep) -> Incident {
        var incident = incident
        incident.take(step, actor: "an", time: incident.start + .seconds(3600), note: nil)
        return incident
    }

    @Test func aConfirmedFireOfATowerIsStillsWithBoxes() async throws {
        let bench = try Bench()
        let folder = bench.folder()
        folder.keep(judged(try bench.incident(), .confirm))
        await folder.finish()
        let sequence = try #require(try bench.labels().sequences.first)
        #expect(sequence.file == "tower-smoke-1" && abs((sequence.rate ?? 0) - 1 / 60.0) < 1e-5)
        // It may have smoked for ten minutes before it was told of; the alarm is on the picture of minute 30.
        #expect(sequence.expect == [SequenceLabels.Expectation(kind: .smoke, from: 1200, to: 2460)])
        let stills = try FileManager.default.contentsOfDirectory(
            atPath: bench.directory + "/training/tower-smoke-1"
        ).sorted()
        // To ten pictures after the alarm.
        #expect(stills.count == 41 && stills.first == "00000.jpg")
        // At the detector's own size: 1280 is halved, and boxes are pixels of that.
        let boxes = try bench.text("boxes.csv").split(separator: "\n")
        #expect(boxes.first == "file,frame,x1,y1,x2,y2" && boxes.count == 12)
        #expect(boxes[1] == "tower-smoke-1/00030.jpg,30,160,180,240,270")
        let first = try [UInt8](Data(contentsOf: URL(filePath: bench.directory + "/training/tower-smoke-1/00030.jpg")))
        var reader = try JPEGReader()
        try reader.read(first, at: .zero) { frame in
            #expect(frame.width == 640 && frame.height == 360)
            let level = frame.withPicture { Int($0.luma.row(100)[0]) }
            #expect(abs(level - 120) < 5, "picture 30 has 60 + 2 * 30, not \(level)")
        }
        try pythonReads(bench.directory + "/training/labels.yaml")
    }

    @Test func whatIsDismissedIsToSayNothing() async throws {
        let bench = try Bench()
        let folder = bench.folder()
        let incident = try bench.incident()
        folder.keep(incident)
        await folder.finish()
        #expect(!FileManager.default.fileExists(atPath: folder.directory), "nobody has judged it")
        folder.keep(judged(incident, .dismiss(.cloud)))
        await folder.finish()
        #expect(try bench.labels().sequences.map(\.expect) == [[]])
        #expect(try bench.text("boxes.csv") == "file,frame,x1,y1,x2,y2\n")
        // Who sees it burn afterwards knows better; the stills stay.
        folder.keep(judged(incident, .confirm))
        await folder.finish()
        #expect(try bench.labels().sequences.map(\.expect.count) == [1])
        #expect(try bench.text("boxes.csv").split(separator: "\n").count == 12)
    }

    @Test func aCameraNearByGivesItsClip() async throws {
        let bench = try Bench()
        let folder = bench.folder()
        let incident = try bench.incident(kind: .clip)
        folder.keep(judged(incident, .confirm))
        await folder.finish()
        let sequence = try #require(try bench.labels().sequences.first)
        #expect(sequence.file == "tower-smoke-1.mp4" && sequence.rate == nil)
        #expect(sequence.expect.map(\.from) == [0])
        #expect(try bench.text("labels.yaml").contains("smokeBox: [0.25, 0.5, 0.375, 0.75]"))
        let copy = try Data(contentsOf: URL(filePath: bench.directory + "/training/tower-smoke-1.mp4"))
        #expect(ContentHash.sha256Hexadecimal([UInt8](copy)) == incident.evidence[0].sha256)
    }

    /// Of a tower the clip is there first; the time-lapse takes its place.
    @Test func theTimelapseTakesThePlaceOfTheClip() async throws {
        let bench = try Bench()
        let folder = bench.folder()
        var incident = judged(try bench.incident(kind: .clip), .confirm)
        folder.keep(incident)
        incident.evidence += try bench.incident().evidence
        folder.keep(incident)
        await folder.finish()
        #expect(try bench.labels().sequences.map(\.file) == ["tower-smoke-1"])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.directory)
        #expect(Set(names) == ["labels.yaml", "boxes.csv", "examples.json", "tower-smoke-1"])
    }

    /// Retention takes the evidence; the examples stay until their own bound.
    @Test func itStaysWhenTheEvidenceGoes() async throws {
        let bench = try Bench()
        let incident = judged(try bench.incident(), .confirm)
        let folder = bench.folder()
        folder.keep(incident)
        await folder.finish()
        try FileManager.default.removeItem(atPath: bench.evidence.directory)
        let again = bench.folder()
        again.keep(judged(incident, .dismiss(.dust)))
        await again.finish()
        #expect(try bench.labels().sequences.map(\.expect) == [[]])
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.directory + "/training")
        #expect(Set(names) == ["labels.yaml", "boxes.csv", "examples.json", "tower-smoke-1"])
    }

    @Test func aboveItsBoundTheOldestGoes() async throws {
        let bench = try Bench()
        let incidents = try (1...3).map { judged(try bench.incident($0), .confirm) }
        let whole = bench.folder()
        whole.keep(incidents[1])
        await whole.finish()
        let files = try FileManager.default.subpathsOfDirectory(atPath: bench.directory + "/training/tower-smoke-2")
        let bytes = try files.reduce(0) { sum, name in
            let path = bench.directory + "/training/tower-smoke-2/" + name
            return sum + (try Data(contentsOf: URL(filePath: path)).count)
        }
        let folder = bench.folder(megabytes: Double(bytes) * 2.5 / 1_000_000)
        for incident in incidents { folder.keep(incident) }
        await folder.finish()
        #expect(try bench.labels().sequences.map(\.file) == ["tower-smoke-2", "tower-smoke-3"])
        #expect(!FileManager.default.fileExists(atPath: bench.directory + "/training/tower-smoke-1"))
        let none = bench.folder(megabytes: 0)
        none.keep(incidents[0])
        await none.finish()
        #expect(try bench.labels().sequences.count == 2)
    }

    /// The training's own reader, where its Python has been installed by `make train`.
    private func pythonReads(_ labels: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path
        let python =
            ProcessInfo.processInfo.environment["LOOKOUT_TRAIN_PYTHON"] ?? root + "/.build/train-python/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            print("skipped: no Python with the training's packages; `make train` installs it")
            return
        }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.currentDirectoryURL = URL(filePath: root + "/models/train")
        process.arguments = [
            "-c",
            """
            import sys
            import smoke_footage as footage
            entry, = footage.sequences(sys.argv[1])
            assert entry["regime"] == "tower", entry
            pictures = list(footage.read(entry["path"], entry["rate"], entry["regime"]))
            assert len(pictures) == 41, len(pictures)
            shape = tuple(side // 8 for side in pictures[0].y.shape)
            assert shape == (45, 80), shape
            labels = [footage.truth(entry, index, shape) for index in range(41)]
            assert not labels[19].any() and (labels[25] == -1).all()
            assert (labels[35][25:32, 22:28] == 1).all() and labels[35][5, 5] == 0
            measured = footage.Measured(sys.argv[2], "example", "example")
            assert measured.write(pictures, lambda index, shape: labels[index])
            """, labels, URL(filePath: labels).deletingLastPathComponent().path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
