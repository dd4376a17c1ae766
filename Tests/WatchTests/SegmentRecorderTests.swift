import Domain
import Evidence
import Foundation
import Journal
import Logging
import Media
import SiteConfiguration
import Synchronization
import Testing

@testable import Watch

/// Continuous recording from a ring, by a clock that the test moves.
@Suite struct SegmentRecorderTests {
    private static let origin = MediaTime(seconds: 1_769_904_000)
    private static let gate = CameraID("gate")

    private final class StillClock: HostClock {
        private let time = Mutex(Duration.zero)

        func wall() -> MediaTime { SegmentRecorderTests.origin + monotonic() }
        func monotonic() -> Duration { time.withLock { $0 } }
        func advance(by step: Duration) { time.withLock { $0 += step } }
    }

    /// A camera of 60 s at 5 pictures a second with a keyframe each second, and a folder to record it into.
    private final class Bench: Sendable {
        let directory = NSTemporaryDirectory() + "segments-\(UUID().uuidString)"
        let clock = StillClock()
        let store: RecordingStore
        let log: RecordingLog
        let missing = Mutex<[String]>([])
        let source: String
        let ring = PacketRing(limits: .init(duration: .seconds(100), longestDuration: .seconds(100)))

        init() throws {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            store = try RecordingStore(directory: directory + "/recordings")
            log = RecordingLog(directory: directory)
            source = directory + "/source.mp4"
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=60:s=160x96:r=5", "-c:v"]
                + ["libx264", "-g", "5", "-bf", "0", "-pix_fmt", "yuv420p", source]
            try process.run()
            process.waitUntilExit()
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        func recorder(
            mostUnsavedBytes: Int = 1_000_000_000, isShortOfSpace: @escaping @Sendable () -> Bool = { false }
        ) -> SegmentRecorder {
            SegmentRecorder(
                store: store, log: log, clock: clock, logger: Logger(label: "test"),
                mostUnsavedBytes: mostUnsavedBytes,
                noteMissing: { [self] gone in missing.withLock { $0 += gone.map(\.path) } },
                isShortOfSpace: isShortOfSpace)
        }

        /// A file where the folder of the day belongs.
        var obstacle: String { "\(store.directory)/\(CivilTime(SegmentRecorderTests.origin).date)" }

        func wait(_ isDone: () -> Bool) async throws {
            for _ in 0..<100 where !isDone() { try await Task.sleep(for: .milliseconds(100)) }
        }

        /// The whole source, as if it came live.
        func send() throws {
            var demuxer = try Demuxer(opening: SourceAddress(source), stop: StopFlag(), clock: clock)
            let stream = PacketRing.Stream(
                parameters: demuxer.info.parameters, timeOffset: clock.wall() - MediaTime.zero)
            while let packet = try demuxer.read() {
                if let copy = packet.share() { ring.append(copy, of: stream, arrival: clock.monotonic()) }
                clock.advance(by: .milliseconds(200))
            }
        }

        func all() async throws -> [RecordedSegment] {
            try await log.segments(
                of: SegmentRecorderTests.gate, from: origin - .seconds(86_400), until: origin + .seconds(86_400),
                limit: 1_000)
        }

        func size(_ segment: RecordedSegment) throws -> Int {
            try Data(contentsOf: URL(filePath: try store.path(of: segment))).count
        }
    }

    @Test func everySecondIsInOneSegment() async throws {
        let bench = try Bench()
        let recorder = bench.recorder()
        recorder.start()
        recorder.record(Self.gate, ring: bench.ring, seconds: 20)
        try bench.send()
        await recorder.finish()
        let segments = try await bench.all()
        #expect(segments.count == 3 || segments.count == 4)
        #expect(segments.first?.start == Self.origin)
        #expect(segments.last.map { abs(($0.end - Self.origin).inSeconds - 59.8) < 0.001 } ?? false)
        for (one, next) in zip(segments, segments.dropFirst()) {
            #expect(abs((next.start - one.end).inSeconds - 0.2) < 0.001)
            #expect((one.end - one.start).inSeconds < 20)
        }
        for segment in segments {
            #expect(try bench.size(segment) == segment.bytes)
            #expect(segment.isWebReady && !segment.isTruncated && segment.width == 160)
        }
        #expect(bench.store.unfinishedSegments().isEmpty)
        #expect(recorder.counters.stored == Int64(segments.count) && recorder.counters.packetsLost == 0)
        #expect(recorder.counters.bytes == segments.reduce(0) { $0 + Int64($1.bytes) })
    }

    @Test func aCameraThatIsStoppedIsRecordedToItsEndAndForgotten() async throws {
        let bench = try Bench()
        let recorder = bench.recorder()
        recorder.start()
        recorder.record(Self.gate, ring: bench.ring, seconds: 600)
        try bench.send()
        recorder.end(bench.ring)
        var segments: [RecordedSegment] = []
        for _ in 0..<100 where segments.isEmpty {
            try await Task.sleep(for: .milliseconds(100))
            segments = try await bench.all()
        }
        #expect(segments.first.map { abs(($0.end - Self.origin).inSeconds - 59.8) < 0.001 } ?? false)
        // What comes afterwards is nobody's.
        try bench.send()
        await recorder.finish()
        #expect(try await bench.all() == segments)
    }

    @Test func aTimeIsPlayedBackFromSeveralSegments() async throws {
        let bench = try Bench()
        let recorder = bench.recorder()
        recorder.start()
        recorder.record(Self.gate, ring: bench.ring, seconds: 15)
        try bench.send()
        await recorder.finish()
        let evidence = try EvidenceStore(directory: bench.directory + "/evidence")
        let cuts = RecordingCuts(store: bench.store, log: bench.log, evidence: evidence)
        let (since, until) = (Self.origin + .seconds(12.5), Self.origin + .seconds(50))
        let cut = try #require(
            try await cuts.cut(of: Self.gate, since: since, until: until, isOriginal: false))
        #expect(cut.start == Self.origin + .seconds(12) && !cut.isDerived)
        #expect(abs((cut.end - until).inSeconds) < 0.7)
        let file = bench.directory + "/cut.mp4"
        try Data(try await cut.file.read(0..<cut.file.byteCount)).write(to: URL(filePath: file))
        let facts = try ClipFile.facts(of: file)
        #expect(facts.pictures >= 190 && facts.duration == cut.end - cut.start)
        // Asked for again it is the same file; of another time there is none.
        let again = try await cuts.cut(of: Self.gate, since: since, until: until, isOriginal: false)
        #expect(again?.file.byteCount == cut.file.byteCount && evidence.copies(beginningWith: "cut-").count == 1)
        let later = Self.origin + .seconds(4_000)
        #expect(try await cuts.cut(of: Self.gate, since: later, until: later + .seconds(9), isOriginal: false) == nil)
        // A new start forgets what the last one kept.
        cuts.start()
        for second in 0..<14 {
            let time = Self.origin + .seconds(second)
            _ = try await cuts.cut(of: Self.gate, since: time, until: time + .seconds(2), isOriginal: false)
        }
        #expect(evidence.copies(beginningWith: "cut-").count <= 14)
    }

    @Test func aShortageOfSpaceLeavesAGapAndNoMore() async throws {
        let bench = try Bench()
        let isShort = Atomic(true)
        let recorder = bench.recorder { isShort.load(ordering: .relaxed) }
        recorder.start()
        recorder.record(Self.gate, ring: bench.ring, seconds: 20)
        try bench.send()
        try await Task.sleep(for: .seconds(1))
        #expect(try await bench.all().isEmpty)
        #expect(recorder.faults == [Self.gate: .diskFull])
        isShort.store(false, ordering: .relaxed)
        // The recorder looks twice a second.
        try await Task.sleep(for: .seconds(2))
        try bench.send()
        try await bench.wait { recorder.faults.isEmpty }
        #expect(recorder.faults.isEmpty)
        await recorder.finish()
        let segments = try await bench.all()
        #expect(segments.count >= 3)
        #expect(segments.allSatisfy { $0.start >= Self.origin + .seconds(59) })
    }

    @Test func whatCannotBeStoredIsSaidAndStoredWhenItCan() async throws {
        let bench = try Bench()
        try Data([1]).write(to: URL(filePath: bench.obstacle))
        let recorder = bench.recorder()
        recorder.start()
        recorder.record(Self.gate, ring: bench.ring, seconds: 20)
        try bench.send()
        recorder.end(bench.ring)
        try await bench.wait { recorder.counters.waiting >= 3 }
        #expect(recorder.counters.waiting >= 3 && recorder.counters.stored == 0 && recorder.counters.failed == 0)
        let trouble = try #require(recorder.trouble)
        #expect(trouble.problem.contains(bench.obstacle) && !trouble.remedy.isEmpty)
        try FileManager.default.removeItem(atPath: bench.obstacle)
        bench.clock.advance(by: UnsavedSegments.firstPause)
        try await bench.wait { recorder.trouble == nil }
        #expect(recorder.trouble == nil && recorder.counters.waiting == 0)
        await recorder.finish()
        #expect(try await bench.all().count >= 3 && recorder.counters.failed == 0)
    }

    @Test func aFolderThatCannotBeWrittenToIsSaidOfItsCameras() async throws {
        let bench = try Bench()
        let folder = URL(filePath: bench.store.path(of: UnfinishedSegment(camera: Self.gate, start: Self.origin)))
            .deletingLastPathComponent().path
        try FileManager.default.moveItem(atPath: folder, toPath: folder + ".away")
        let recorder = bench.recorder()
        recorder.start()
        recorder.record(Self.gate, ring: bench.ring, seconds: 20)
        #expect(recorder.faults.isEmpty)
        try bench.send()
        try await bench.wait { !recorder.faults.isEmpty }
        #expect(recorder.faults == [Self.gate: .unwritable])
        try FileManager.default.moveItem(atPath: folder + ".away", toPath: folder)
        try bench.send()
        try await bench.wait { recorder.faults.isEmpty }
        #expect(recorder.faults.isEmpty)
        recorder.end(bench.ring)
        await recorder.finish()
        #expect(try await !bench.all().isEmpty)
    }

    @Test func whatCannotBeStoredDoesNotPileUp() async throws {
        let bench = try Bench()
        try Data([1]).write(to: URL(filePath: bench.obstacle))
        let recorder = bench.recorder(mostUnsavedBytes: 1)
        recorder.start()
        recorder.record(Self.gate, ring: bench.ring, seconds: 20)
        try bench.send()
        recorder.end(bench.ring)
        try await bench.wait { recorder.counters.failed >= 3 }
        await recorder.finish()
        #expect(recorder.counters.failed >= 3 && recorder.trouble != nil)
        #expect(bench.store.unfinishedSegments().isEmpty)
    }

    @Test func triesBecomeRarerAndTheOldestGoesFirst() {
        let segments = (0..<3).map { UnfinishedSegment(camera: Self.gate, start: Self.origin + .seconds($0)) }
        var unsaved = UnsavedSegments()
        for segment in segments { unsaved.add(segment, at: .zero) }
        #expect(unsaved.due(at: .zero) == segments)
        var (now, pauses) = (Duration.zero, [Double]())
        for _ in 0..<8 {
            unsaved.failed(segments[0], bytes: 10, at: now)
            let begun = now
            while !unsaved.due(at: now).contains(segments[0]) { now += .seconds(1) }
            pauses.append((now - begun).inSeconds)
        }
        #expect(pauses == [30, 60, 120, 240, 480, 900, 900, 900])
        // At the end only those that were never tried are.
        #expect(unsaved.due(at: now, isLast: true) == [segments[1], segments[2]])
        unsaved.failed(segments[1], bytes: 10, at: now)
        #expect(unsaved.giveUp(above: 20).isEmpty && unsaved.giveUp(above: 10) == [segments[0]])
        unsaved.stored(segments[1])
        #expect(unsaved.failedCount == 0 && !unsaved.isEmpty)
    }

    @Test func whatACrashLeftIsRecoveredAndTheListPutRight() async throws {
        let bench = try Bench()
        // Cut off while it was written.
        let torn = UnfinishedSegment(camera: Self.gate, start: Self.origin)
        var bytes = Data()
        do {
            let whole = bench.recorder()
            whole.start()
            whole.record(Self.gate, ring: bench.ring, seconds: 600)
            try bench.send()
            // A minute at 5 pictures a second; what stands in the file grows by whole fragments.
            for _ in 0..<100 where bytes.count < 20_000 {
                try await Task.sleep(for: .milliseconds(100))
                let written = bench.store.unfinishedSegments().first.map { bench.store.path(of: $0) }
                bytes = written.flatMap { try? Data(contentsOf: URL(filePath: $0)) } ?? Data()
            }
            await whole.finish()
        }
        let before = try await bench.all()
        try bench.log.remove(before)
        for segment in before { try bench.store.remove(segment) }
        try bytes.write(to: URL(filePath: bench.store.path(of: torn)))
        // Whole, and not in the list: its power went between the two.
        let orphan = UnfinishedSegment(camera: Self.gate, start: Self.origin + .seconds(100))
        try FileManager.default.copyItem(atPath: bench.source, toPath: bench.store.path(finishing: orphan))
        let file = try bench.store.adopt(orphan)
        // In the list, and gone.
        let gone = RecordedSegment(
            camera: Self.gate, start: Self.origin + .seconds(200), durationMicroseconds: 1,
            path: "\(CivilTime(Self.origin).date)/gate/none.mp4", bytes: 1, codec: "h264", width: 1, height: 1,
            isWebReady: true, isTruncated: false)
        try bench.log.add(gone)
        // A day of which somebody removed the whole folder.
        var lost = gone
        (lost.start, lost.path) = (Self.origin + .seconds(86_400), "2026-02-02/gate/lost.mp4")
        try bench.log.add(lost)
        let recorder = bench.recorder()
        recorder.start()
        await recorder.finish()
        let segments = try await bench.all()
        #expect(segments.map(\.start) == [torn.start, orphan.start])
        #expect(bench.missing.withLock { $0 }.sorted() == [gone.path, lost.path].sorted())
        #expect(segments.map(\.isTruncated) == [true, false])
        #expect(segments.last?.path == file.path && segments.last?.bytes == file.bytes)
        for segment in segments {
            let content = [UInt8](try Data(contentsOf: URL(filePath: bench.store.path(of: segment))))
            #expect(segment.sha256 == ContentHash.sha256Hexadecimal(content), "\(segment.path)")
        }
        #expect(recorder.counters.recovered == 1)
        #expect(bench.store.unfinishedSegments().isEmpty)
    }

    @Test func recordingsGoByAgeBySizeAndForSpace() async throws {
        let bench = try Bench()
        for index in 0..<6 {
            for camera in ["gate", "tower"] {
                let segment = UnfinishedSegment(
                    camera: CameraID(camera), start: Self.origin + .seconds(Double(index) * 43_200))
                try Data(count: 60_000_000).write(to: URL(filePath: bench.store.path(finishing: segment)))
                let file = try bench.store.adopt(segment)
                try bench.log.add(
                    RecordedSegment(
                        camera: segment.camera, start: segment.start, durationMicroseconds: 60_000_000,
                        path: file.path, bytes: file.bytes, codec: "h264", width: 1, height: 1, isWebReady: true,
                        isTruncated: false, sha256: file.sha256))
            }
        }
        let site = try SiteSettings.parse(
            """
            cameras:
              - {id: gate, source: a.mp4, recording: {enabled: true, keepDays: 2}}
              - {id: tower, source: b.mp4, recording: {enabled: true, maximumGigabytes: 0.2}}
            """, file: "test", environment: [:])
        let journal = try IncidentJournal.open(
            directory: bench.directory, clock: bench.clock, digest: ContentHash.sha256)
        defer { journal.close() }
        var incident = Incident(
            id: IncidentID("gate-motion-1"), kind: .motion, camera: Self.gate, severity: .info, start: Self.origin,
            confidence: 1, box: nil, rule: "motion")
        let opening = IncidentRevision(incident: incident, change: .opened, time: incident.start)
        incident.state = .closed
        _ = try await journal.append([
            opening, IncidentRevision(incident: incident, change: .closed, time: incident.start),
        ])
        let locks = EvidenceLocks(journal: journal)
        _ = try await locks.lock(incident.id, actor: "an", reason: "court")
        let retention = RecordingRetention(
            store: bench.store, log: bench.log, journal: journal, locks: locks,
            options: Dictionary(uniqueKeysWithValues: site.cameras.map { ($0.id, $0.recording) }),
            logger: Logger(label: "test"))
        let now = Self.origin + .seconds(3 * 86_400)
        let before = try await bench.log.segments(of: CameraID("tower"), from: .zero, until: now, limit: 100)
        #expect(await retention.removeExpired(now: now) == [])
        let left = { (camera: String) in
            try await bench.log.segments(of: CameraID(camera), from: .zero, until: now, limit: 100)
        }
        // Of the gate the first two are older than two days; one of them is locked.
        #expect(try await left("gate").map { ($0.start - Self.origin).inSeconds / 43_200 } == [0, 2, 3, 4, 5])
        #expect(try await left("tower").map { ($0.start - Self.origin).inSeconds / 43_200 } == [3, 4, 5])
        // One entry of the trail for the whole pass, with a hash over those of the files, as sha256sum prints them.
        let audit = try await journal.audit(limit: 9)
        let removal = try #require(audit.first)
        #expect(removal.action == .recordingsRemoved && removal.note == "keepDays, maximumGigabytes")
        #expect(audit.count { $0.action == .recordingsRemoved } == 1)
        #expect(removal.recordings.map(\.camera.rawValue) == ["gate", "tower"])
        #expect(
            removal.recordings.map(\.segments) == [1, 3]
                && removal.recordings.map(\.bytes) == [60_000_000, 180_000_000])
        let zeros = ContentHash.sha256Hexadecimal([UInt8](repeating: 0, count: 60_000_000))
        let listing = before.prefix(3).map { "\(zeros)  \($0.path)\n" }.joined()
        #expect(removal.recordings.last?.sha256 == ContentHash.sha256Hexadecimal(Array(listing.utf8)))
        #expect(removal.recordings.last?.start == Self.origin && removal.recordings.last?.end == before[2].end)
        #expect(try await journal.verifyChain().isIntact)
        await retention.free(100_000_000)
        #expect(try await left("gate").map { ($0.start - Self.origin).inSeconds / 43_200 } == [0, 4, 5])
        #expect(try await left("tower").count == 3)
        for segment in try await left("gate") + left("tower") { #expect(bench.store.contains(segment)) }
        #expect(bench.store.days().flatMap { bench.store.files(of: $0) }.count == 6)
        var settings = try #require(site.cameras.first)
        settings.recording.maximumGigabytes = 0.05
        retention.follow(settings)
        #expect(
            await retention.removeExpired(now: now) == [Self.gate], "what is locked is more than the camera may keep")
        #expect(try await left("gate").map(\.start) == [Self.origin])
        _ = try await journal.handle(incident.id, .unlock, actor: "an", note: "over")
        #expect(await retention.removeExpired(now: now) == [])
        #expect(try await left("gate").isEmpty)
    }
}
