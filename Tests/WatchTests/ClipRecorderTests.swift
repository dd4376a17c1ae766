import Domain
import Evidence
import Foundation
import Logging
import Media
import SiteConfiguration
import Synchronization
import Testing

@testable import Watch

/// Clips from a ring, by a clock that the test moves.
@Suite struct ClipRecorderTests {
    private final class StillClock: HostClock {
        private let time = Mutex(Duration.zero)

        func wall() -> MediaTime { MediaTime(seconds: 1_769_904_000) + monotonic() }
        func monotonic() -> Duration { time.withLock { $0 } }
        func advance(by step: Duration) { time.withLock { $0 += step } }
    }

    /// A camera that sends a clip again and again, and what became of its incidents.
    private final class Bench: Sendable {
        let directory = NSTemporaryDirectory() + "clips-\(UUID().uuidString)"
        let clock = StillClock()
        let evidence: EvidenceStore
        let attached = Mutex<[EvidenceItem]>([])
        let source: String
        let settings: CameraSettings
        /// How often the disk is still found to have room.
        let looksWithRoom: Mutex<Int>

        /// - Parameter clips: the camera's `clips` in the configuration.
        init(clips: String = "{}", looksWithRoom: Int = .max) throws {
            self.looksWithRoom = Mutex(looksWithRoom)
            evidence = try EvidenceStore(directory: directory)
            source = directory + "/source.mp4"
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=40:s=160x96:r=5", "-c:v"]
                + ["libx264", "-g", "5", "-bf", "0", "-pix_fmt", "yuv420p", source]
            try process.run()
            process.waitUntilExit()
            let site = try SiteSettings.parse(
                "cameras: [{id: gate, source: 'rtsp://127.0.0.1/x', clips: \(clips)}]", file: "streams.yaml",
                environment: [:])
            var settings = CameraSettings(id: CameraID("gate"), source: SourceAddress(source))
            settings.clips = try #require(site.cameras.first).clips
            // A rule that waits for a minute: the ring keeps the whole source.
            settings.rules[0].minimumSeconds = 60
            self.settings = settings
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        /// - Parameter settles: the journal takes what is attached.
        func recorder(settles: Bool = true) -> ClipRecorder {
            ClipRecorder(
                evidence: evidence, clock: clock, logger: Logger(label: "test"),
                isShortOfSpace: { [self] in
                    looksWithRoom.withLock { looks in
                        defer { looks = max(0, looks - 1) }
                        return looks == 0
                    }
                }
            ) { [self] attachment in
                attached.withLock { $0.append(attachment.item) }
                if settles { attachment.settled() }
            }
        }

        /// The whole source, as if it came live.
        func send(to clips: CameraClips) throws {
            var demuxer = try Demuxer(opening: SourceAddress(source), stop: StopFlag(), clock: clock)
            let stream = PacketRing.Stream(
                parameters: demuxer.info.parameters, timeOffset: clock.wall() - MediaTime.zero)
            while let packet = try demuxer.read() {
                clips.keep(packet, of: stream)
                clock.advance(by: .milliseconds(200))
            }
        }

        func incident(from start: Double, to end: Double, isOpen: Bool) -> Incident {
            let zero = MediaTime(seconds: 1_769_904_000)
            var incident = Incident(
                id: IncidentID("gate-motion-1"), kind: .motion, camera: CameraID("gate"), severity: .info,
                start: zero + .seconds(start), confidence: 1, box: nil, rule: "motion")
            incident.lastSeen = zero + .seconds(end)
            incident.state = isOpen ? .open : .closed
            return incident
        }
    }

    private func revision(_ incident: Incident) -> IncidentRevision {
        IncidentRevision(incident: incident, change: .updated, time: incident.lastSeen)
    }

    @Test func aClipBeginsBeforeAndEndsAfter() async throws {
        let bench = try Bench()
        let recorder = bench.recorder()
        let clips = try #require(CameraClips(for: bench.settings, recorder: recorder, clock: bench.clock))
        recorder.start()
        try bench.send(to: clips)
        clips.follow([revision(bench.incident(from: 12, to: 14, isOpen: true))])
        clips.follow([revision(bench.incident(from: 12, to: 14, isOpen: false))])
        await recorder.finish()
        let item = try #require(bench.attached.withLock { $0 }.first)
        let zero = MediaTime(seconds: 1_769_904_000)
        let begin = (item.time - zero).inSeconds
        let clip = try #require(item.clip)
        let end = begin + Double(clip.durationMicroseconds) / 1_000_000
        // Five seconds before and ten after, from a keyframe on, of which there is one a second.
        #expect(begin > 5.9 && begin <= 7, "begins at \(begin)")
        #expect(end > 23.7 && end <= 24.01, "ends at \(end)")
        #expect(!clip.isTruncated && clip.isWebReady && clip.part == 1)
        #expect(bench.attached.withLock { $0.count } == 1)
        // What is read after the clip was forgotten comes after it on the store's queue.
        #expect(try await bench.evidence.read(item).count == item.bytes)
        #expect(bench.evidence.unfinishedClips().isEmpty)
    }

    @Test func whatAKillLeftIsRecoveredAtTheNextStart() async throws {
        let bench = try Bench()
        let clip = UnfinishedClip(
            incident: IncidentID("gate-motion-1"), part: 1, incidentStart: bench.clock.wall(),
            firstTime: bench.clock.wall())
        try Self.writePart(of: bench.source, to: bench.evidence.path(of: clip))
        // One that holds nothing is given up, and holds up nobody.
        let broken = UnfinishedClip(
            incident: IncidentID("gate-motion-0"), part: 1, incidentStart: bench.clock.wall(), firstTime: .zero)
        try Data("no clip".utf8).write(to: URL(fileURLWithPath: bench.evidence.path(of: broken)))
        let recorder = bench.recorder()
        recorder.start()
        await recorder.finish()
        let items = bench.attached.withLock { $0 }
        #expect(items.count == 1)
        #expect(items.first?.clip?.isTruncated == true)
        #expect(recorder.counters == .init(stored: 0, recovered: 1, failed: 1, packetsLost: 0))
        _ = try await bench.evidence.read(try #require(items.first))
        #expect(bench.evidence.unfinishedClips().isEmpty)
    }

    /// Writes half of a source and does not close it, unless told so.
    private static func writePart(of source: String, to path: String, closes: Bool = false) throws {
        var demuxer = try Demuxer(opening: SourceAddress(source), stop: StopFlag(), clock: SystemClock())
        let parameters = demuxer.info.parameters
        var writer: ClipWriter?
        for _ in 0..<100 {
            guard let packet = try demuxer.read() else { break }
            let time = packet.captureTime.time
            if writer == nil {
                writer = try ClipWriter(
                    path: path, parameters: parameters, keyframe: packet, time: time, reorderDepth: 0)
            } else {
                try writer?.write(packet, time: time)
            }
        }
        if closes {
            try writer.take()?.close()
            return
        }
        try writer?.flush()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        writer = nil
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    /// What was seen last before a stream was lost: its clip, and its picture.
    @Test func aLostStreamLeavesWhatWasSeenLast() async throws {
        let bench = try Bench()
        let recorder = bench.recorder()
        let clips = try #require(CameraClips(for: bench.settings, recorder: recorder, clock: bench.clock))
        #expect(LastPicture.of(clips.ring) == nil)
        recorder.start()
        try bench.send(to: clips)
        let picture = try #require(LastPicture.of(clips.ring))
        // The last of 200 pictures, not the keyframe before it.
        #expect(abs((picture.capturedAt - MediaTime(seconds: 1_769_904_000)).inSeconds - 39.8) < 0.01)
        #expect(picture.jpeg.starts(with: [0xFF, 0xD8]) && !picture.thumbnail.isEmpty && picture.marked.isEmpty)
        // It was noticed ten seconds later.
        var incident = bench.incident(from: 50, to: 50, isOpen: true)
        incident.kind = .streamLost
        clips.follow([revision(incident)])
        await recorder.finish()
        let items = bench.attached.withLock { $0 }
        #expect(items.count == 1)
        #expect(try abs((#require(items.first).time - MediaTime(seconds: 1_769_904_000)).inSeconds - 39) < 0.01)
    }

    /// The clips of an incident from the 12th second to the 28th, in order.
    private func clips(_ options: String, looksWithRoom: Int = .max) async throws -> [EvidenceItem] {
        let bench = try Bench(clips: options, looksWithRoom: looksWithRoom)
        let recorder = bench.recorder()
        let clips = try #require(CameraClips(for: bench.settings, recorder: recorder, clock: bench.clock))
        recorder.start()
        try bench.send(to: clips)
        clips.follow([revision(bench.incident(from: 12, to: 28, isOpen: true))])
        clips.follow([revision(bench.incident(from: 12, to: 28, isOpen: false))])
        await recorder.finish()
        #expect(recorder.counters.recovered == 0)
        return bench.attached.withLock { $0 }.sorted { $0.time < $1.time }
    }

    @Test func aLongIncidentIsKeptWholeInParts() async throws {
        let items = try await clips("{preRollSeconds: 5, postRollSeconds: 5, partSeconds: 5}")
        let parts = items.compactMap(\.clip)
        #expect(parts.map(\.part) == Array(1...parts.count) && parts.count >= 5)
        #expect(parts.allSatisfy { $0.truncation == nil && !$0.isTruncated })
        // Each goes on where the one before ended: a fifth of a second is one picture.
        for (one, next) in zip(items, items.dropFirst()) {
            let end = one.time + .microseconds(try #require(one.clip).durationMicroseconds)
            #expect(abs((next.time - end).inSeconds - 0.2) < 0.01)
        }
        let total = parts.reduce(0) { $0 + Double($1.durationMicroseconds) / 1e6 }
        // From 7 to 33, but for the time from each part's last picture to the next one's first.
        #expect(abs(total + 0.2 * Double(parts.count - 1) - 26) < 0.3, "\(total) s")
    }

    @Test func whereAnIncidentGoesOnForLongerThanTheBoundItsLastClipSaysSo() async throws {
        let items = try await clips("{partSeconds: 5, maximumSeconds: 12}")
        let parts = items.compactMap(\.clip)
        #expect(parts.count >= 2)
        #expect(parts.map(\.truncation) == Array(repeating: nil, count: parts.count - 1) + [.maximumSeconds])
        #expect(parts.last?.isTruncated == true)
        // One that fits exactly is whole.
        let fitting = try await clips("{preRollSeconds: 0, postRollSeconds: 5, maximumSeconds: 40}")
        #expect(fitting.map(\.clip?.truncation) == [nil])
    }

    @Test func whileTheDiskIsShortAClipEndsWithItsPartAndSaysSo() async throws {
        let items = try await clips("{partSeconds: 8}", looksWithRoom: 1)
        #expect(items.map(\.clip?.truncation) == [.diskFull])
        #expect(try #require(items.first?.clip).durationMicroseconds < 9_500_000)
    }

    @Test func withoutSpaceNothingIsBegunAndItIsCounted() async throws {
        let bench = try Bench(looksWithRoom: 0)
        let recorder = bench.recorder()
        let clips = try #require(CameraClips(for: bench.settings, recorder: recorder, clock: bench.clock))
        recorder.start()
        try bench.send(to: clips)
        clips.follow([revision(bench.incident(from: 30, to: 31, isOpen: true))])
        await recorder.finish()
        #expect(bench.attached.withLock { $0.isEmpty })
        #expect(recorder.counters.failed == 1)
    }

    /// Space comes back while it is still open: it is recorded from what the ring still holds.
    @Test(arguments: [true, false]) func anIncidentThatHadToWaitForSpaceGetsItsClipThen(isLate: Bool) async throws {
        let bench = try Bench(clips: "{preRollSeconds: 5, postRollSeconds: 5}", looksWithRoom: 0)
        let recorder = bench.recorder()
        let clips = try #require(CameraClips(for: bench.settings, recorder: recorder, clock: bench.clock))
        recorder.start()
        try bench.send(to: clips)
        // The source is the last forty seconds, of which the ring holds all.
        let start = isLate ? 2.0 : 12.0
        clips.follow([revision(bench.incident(from: start, to: 28, isOpen: true))])
        clips.follow([revision(bench.incident(from: start, to: 28.5, isOpen: true))])
        try await Task.sleep(for: .milliseconds(300))
        #expect(bench.evidence.unfinishedClips().isEmpty)
        bench.looksWithRoom.withLock { $0 = .max }
        for _ in 0..<100 where bench.evidence.unfinishedClips().isEmpty {
            try await Task.sleep(for: .milliseconds(50))
        }
        clips.follow([revision(bench.incident(from: start, to: 29, isOpen: false))])
        await recorder.finish()
        let item = try #require(bench.attached.withLock { $0 }.first)
        #expect(bench.attached.withLock { $0.count } == 1)
        #expect(item.clip?.truncation == (isLate ? .beginsLate : nil))
        let zero = MediaTime(seconds: 1_769_904_000)
        #expect(abs((item.time - zero).inSeconds - (isLate ? 0 : 7)) < 0.01)
        #expect(recorder.counters == .init(stored: 1, recovered: 0, failed: 0, packetsLost: 0))
    }

    /// Killed after the last part was closed and before it was stored.
    @Test func whatACrashLeavesOfAnEndedClipStillSaysWhyItEnded() async throws {
        let bench = try Bench()
        for (number, reason) in [ClipTruncation.maximumSeconds, .diskFull, .beginsLate].enumerated() {
            let clip = UnfinishedClip(
                incident: IncidentID("gate-motion-\(number)"), part: 1, incidentStart: bench.clock.wall(),
                firstTime: bench.clock.wall())
            try Self.writePart(of: bench.source, to: bench.evidence.path(of: clip), closes: true)
            #expect(bench.evidence.mark(clip, as: reason).truncation == reason)
        }
        // What was marked and then cut off is interrupted.
        let cut = UnfinishedClip(
            incident: IncidentID("gate-motion-3"), part: 1, incidentStart: bench.clock.wall(),
            firstTime: bench.clock.wall())
        try Self.writePart(of: bench.source, to: bench.evidence.path(of: cut))
        _ = bench.evidence.mark(cut, as: .maximumSeconds)
        let recorder = bench.recorder()
        recorder.start()
        await recorder.finish()
        let items = bench.attached.withLock { $0 }.sorted { $0.path < $1.path }
        #expect(items.map(\.clip?.truncation) == [.maximumSeconds, .diskFull, .beginsLate, .interrupted])
        _ = try await bench.evidence.read(try #require(items.last))
        #expect(bench.evidence.unfinishedClips().isEmpty)
    }

    /// The mark stands in the clip's name before the clip is closed.
    @Test func aClipThatReachesItsBoundIsMarkedWhereACrashLeavesIt() async throws {
        let bench = try Bench(clips: "{partSeconds: 5, maximumSeconds: 12}")
        let recorder = bench.recorder(settles: false)
        let clips = try #require(CameraClips(for: bench.settings, recorder: recorder, clock: bench.clock))
        recorder.start()
        try bench.send(to: clips)
        clips.follow([revision(bench.incident(from: 12, to: 28, isOpen: true))])
        await recorder.finish()
        let left = bench.evidence.unfinishedClips().sorted { $0.part < $1.part }
        #expect(left.count >= 2 && left.last?.truncation == .maximumSeconds)
        #expect(left.dropLast().allSatisfy { $0.truncation == nil })
    }
}
