import Domain
import Foundation
import Journal
import JournalTestSupport
import Testing

/// Decisions are found by camera and time, bounded, and removed by the day.
struct DecisionLogTests {
    /// 2026-11-22T00:00:00Z.
    private static let midnight = MediaTime(seconds: 1_795_305_600)

    private func decision(_ seconds: Double, camera: String = "gate", incident: String? = nil) -> Decision {
        let end = Self.midnight + .seconds(seconds)
        return Decision(
            camera: CameraID(camera), rule: "yard", kind: .intrusion,
            outcome: incident == nil ? .suppressed : .confirmed,
            reason: incident == nil ? .outsideZone : .opened, start: end - .seconds(2), end: end, track: 3,
            box: Box(x: 0.1, y: 0.2, width: 0.3, height: 0.4), confidence: 0.5,
            measurements: [Measurement(name: "confidence", value: 0.5, threshold: 0.6)],
            incident: incident.map { IncidentID($0) }, configuration: "c0ffee", detector: "motion-1")
    }

    @Test func whatWasDecidedIsReadBackWholeAndInPages() async throws {
        let directory = try TemporaryDirectory()
        let log = DecisionLog(directory: directory.path)
        // Over midnight: two files.
        let made = (-50..<50).map { decision(Double($0), camera: $0 % 2 == 0 ? "gate" : "hill") }
        log.record(made)
        await log.flush()
        #expect(log.counts.written == 100 && log.counts.dropped == 0 && log.trouble == nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/decisions")
        #expect(Set(names.filter { $0.hasSuffix(".sqlite") }) == ["2026-11-21.sqlite", "2026-11-22.sqlite"])

        // Another reader, while the writer holds the files.
        let reader = DecisionLog(directory: directory.path)
        var found: [StoredDecision] = []
        var before: Int64?
        repeat {
            let page = try await reader.decisions(matching: DecisionQuery(before: before, limit: 7))
            found += page
            before = page.count == 7 ? page.last?.id : nil
        } while before != nil
        #expect(found.map(\.decision) == made.reversed())
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.id > $1.id })
    }

    @Test func queriesAreByCameraTimeOutcomeAndIncident() async throws {
        let directory = try TemporaryDirectory()
        let log = DecisionLog(directory: directory.path)
        log.record([
            decision(-10), decision(5), decision(20, incident: "gate-intrusion-1"), decision(20, camera: "hill"),
        ])
        await log.flush()
        func ends(_ query: DecisionQuery) async throws -> [Double] {
            try await log.decisions(matching: query).map { ($0.decision.end - Self.midnight).inSeconds }
        }
        #expect(try await ends(DecisionQuery(camera: CameraID("gate"))) == [20, 5, -10])
        #expect(try await ends(DecisionQuery(camera: CameraID("hill"))) == [20])
        #expect(try await ends(DecisionQuery(outcome: .confirmed)) == [20])
        #expect(try await ends(DecisionQuery(incident: IncidentID("gate-intrusion-1"))) == [20])
        // It began before midnight and ended after it, or the other way round: touching the span is enough.
        #expect(try await ends(DecisionQuery(to: Self.midnight + .seconds(4))) == [5, -10])
        #expect(try await ends(DecisionQuery(from: Self.midnight - .seconds(10), to: Self.midnight)) == [-10])
        #expect(try await ends(DecisionQuery(camera: CameraID("nobody"))).isEmpty)
        await #expect(throws: JournalError.self) { try await log.decisions(matching: DecisionQuery(limit: 0)) }
        let empty = DecisionLog(directory: directory.path + "/none")
        #expect(try await empty.decisions(matching: DecisionQuery()).isEmpty)
    }

    @Test func aStormIsBoundedAndWhatIsDroppedIsCounted() async throws {
        let directory = try TemporaryDirectory()
        let log = DecisionLog(directory: directory.path)
        let storm = (0..<3_000).map { decision(Double($0) / 100) }
        let clock = ContinuousClock()
        var slowest = Duration.zero
        for _ in 0..<10 { slowest = max(slowest, clock.measure { log.record(storm, dropped: 1) }) }
        await log.close()
        let counts = log.counts
        #expect(counts.written + counts.dropped == 30_010 && counts.dropped >= 10 && counts.written >= 10_000)
        // Not a disk's time: whoever records only hands over.
        #expect(slowest < .milliseconds(500))
        log.record(storm)
        #expect(log.counts.dropped == counts.dropped + 3_000)
    }

    @Test func daysAreDeletedWhole() async throws {
        let directory = try TemporaryDirectory()
        let log = DecisionLog(directory: directory.path)
        for day in 0..<5 { log.record([decision(Double(-day) * 86_400 + 10)]) }
        await log.flush()
        try "mine".write(toFile: directory.path + "/decisions/notes.txt", atomically: true, encoding: .utf8)
        let removed = await log.removeExpired(keepDays: 2, now: Self.midnight + .seconds(3_600))
        #expect(removed == ["2026-11-18", "2026-11-19"])
        #expect(try await log.decisions(matching: DecisionQuery()).count == 3)
        #expect(FileManager.default.fileExists(atPath: directory.path + "/decisions/notes.txt"))
        // The day that is being written goes too when its time has come, and is begun anew.
        let later = await log.removeExpired(keepDays: 1, now: Self.midnight + .seconds(30 * 86_400))
        #expect(later.count == 3)
        log.record([decision(20)])
        await log.flush()
        #expect(try await log.decisions(matching: DecisionQuery()).count == 1)
    }

    @Test func aDamagedDayIsPutAsideAndADiskThatTakesNothingIsSaid() async throws {
        let directory = try TemporaryDirectory()
        let folder = directory.path + "/decisions"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/2026-11-22.sqlite"
        try Data(repeating: 0x55, count: 5_000).write(to: URL(fileURLWithPath: file))
        let log = DecisionLog(directory: directory.path)
        await #expect(throws: JournalError.self) { try await log.decisions(matching: DecisionQuery()) }
        log.record([decision(10)])
        await log.flush()
        #expect(try await log.decisions(matching: DecisionQuery()).count == 1)
        #expect(FileManager.default.fileExists(atPath: file + ".damaged"))
        await log.close()
        // A file where the folder should be.
        try FileManager.default.removeItem(atPath: folder)
        try "x".write(toFile: folder, atomically: true, encoding: .utf8)
        let blocked = DecisionLog(directory: directory.path)
        blocked.record([decision(10)])
        await blocked.flush()
        #expect(blocked.trouble != nil && blocked.counts.dropped == 1)
    }
}
