import Domain
import Foundation
import GRDB
import Journal
import JournalTestSupport
import Testing

/// Coverage outlives its process, is read by others, and is removed by the day.
@Suite struct CoverageLogTests {
    /// Ten minutes before midnight, so that most tests cross a day.
    private static let start = MediaTime(seconds: 1_795_305_600 - 600)
    private static let gate = CameraID("gate")

    private func status(_ state: CameraStatus.State, _ fault: CameraFault? = nil) -> CameraStatus {
        var status = CameraStatus(camera: Self.gate, name: "Gate", state: state, since: .zero)
        status.fault = fault
        return status
    }

    private func pass(_ minutes: Int, _ clock: TestClock, _ log: CoverageLog) {
        for _ in 0..<minutes * 6 {
            clock.advance(by: .seconds(10))
            log.tick()
        }
    }

    /// A log of a camera that was watched from now on for so many minutes.
    private func watched(_ minutes: Int, in directory: TemporaryDirectory, _ clock: TestClock) -> CoverageLog {
        let log = CoverageLog(directory: directory.path, clock: clock)
        log.begin(cameras: [Self.gate])
        log.note(status(.watching))
        pass(minutes, clock, log)
        return log
    }

    private func report(_ directory: TemporaryDirectory, _ clock: TestClock, hours: Int = 24) async throws
        -> CoverageReport
    {
        let reader = CoverageLog(directory: directory.path, clock: clock)
        let reports = try await reader.reports(
            cameras: [Self.gate], since: clock.wall() - .seconds(hours * 3_600), until: clock.wall())
        return try #require(reports.first)
    }

    @Test func aMomentIsAnsweredWithTheMinuteThatHoldsIt() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock(start: Self.start)
        let log = watched(3, in: directory, clock)
        log.note(status(.blind, .timeout))
        pass(5, clock, log)
        await log.flush()
        func spans(_ since: Double, _ until: Double) async throws -> [CoverageReport.Span] {
            let reports = try await log.reports(
                cameras: [Self.gate], since: Self.start + .seconds(since), until: Self.start + .seconds(until))
            return try #require(reports.first).spans
        }
        let minute = CoverageMinute(containing: Self.start)
        #expect(
            try await spans(90, 91) == [.init(state: .watched, fault: nil, first: minute + 1, count: 1)])
        #expect(try await spans(60, 120) == spans(90, 91))
        #expect(try await spans(179, 181).map(\.state) == [.watched, .blind])
        #expect(try await spans(200, 201).map(\.fault) == [.timeout])
        await log.close()
    }

    @Test func theTimeBetweenTwoRunsIsBlind() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock(start: Self.start)
        let first = watched(20, in: directory, clock)
        // Stopped well: half of the minute under way is written, too.
        clock.advance(by: .seconds(10))
        await first.close()
        clock.advance(by: .seconds(5 * 60 - 10))

        let second = watched(20, in: directory, clock)
        await second.flush()
        let found = try await report(directory, clock)
        #expect(found.spans.map(\.state) == [.watched, .blind, .watched])
        #expect(found.spans.map(\.count) == [20, 5, 20])
        #expect(found.spans[1].fault == .lookoutSilent)
        #expect(found.shares.watched == (40 * 60 + 10) * 1_000_000)

        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/coverage")
        #expect(Set(names.filter { $0.hasSuffix(".sqlite") }) == ["2026-11-21.sqlite", "2026-11-22.sqlite"])
    }

    /// What was not closed loses the minute under way and no other.
    @Test func aRunThatIsCutOffLosesItsLastMinute() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock(start: Self.start)
        let log = watched(3, in: directory, clock)
        clock.advance(by: .seconds(15))
        log.tick()
        await log.flush()
        // Right after it: the minute under way and the one before are not judged before they can be.
        #expect(try await report(directory, clock).spans.map(\.count) == [3])
        clock.advance(by: .seconds(600))
        let later = try await report(directory, clock)
        #expect(later.spans.map(\.state) == [.watched, .blind] && later.spans.map(\.count) == [3, 9])
    }

    @Test func clocksThatAreSetLoseNothingAndInventNothing() async throws {
        for step in [Duration.seconds(3 * 3_600), .seconds(-3 * 3_600)] {
            let directory = try TemporaryDirectory()
            let clock = TestClock(start: Self.start)
            let log = watched(30, in: directory, clock)
            clock.setWall(forwardBy: step)
            pass(30, clock, log)
            await log.flush()
            let found = try await report(directory, clock)
            if step > .zero {
                #expect(found.spans.map(\.state) == [.watched, .blind, .watched])
                #expect(found.spans[1].count == 181 && found.spans[1].fault == .clockSet)
                #expect(found.shares.watched == 60 * CoverageMinute.microseconds)
            } else {
                // 30 minutes, 3 hours earlier again, but for the first ten seconds, which were lived through only once.
                #expect(found.spans.map(\.state) == [.blind, .watched])
                #expect(found.spans.map(\.count) == [1, 29])
                clock.advance(by: .seconds(3 * 3_600 - 30 * 60))
                // What lies between the two was not lived through at all.
                #expect(try await report(directory, clock).spans.map(\.count) == [1, 29, 120, 30])
            }
        }
    }

    @Test func causesAreKept() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock(start: Self.start)
        let log = CoverageLog(directory: directory.path, clock: clock)
        log.begin(cameras: [Self.gate], off: [CameraID("barn")])
        pass(2, clock, log)
        log.note(status(.refused, .unauthorized))
        pass(2, clock, log)
        log.note(status(.degraded, .overloaded))
        pass(2, clock, log)
        await log.close()
        let found = try await report(directory, clock)
        #expect(found.spans.map(\.fault) == [.starting, .unauthorized, .overloaded])
        #expect(found.spans.map(\.state) == [.blind, .blind, .degraded])
        let barn = try await log.reports(
            cameras: [CameraID("barn")], since: Self.start, until: clock.wall())
        #expect(barn.first?.spans.map(\.state) == [.off])
    }

    @Test func whatIsNotRecordedOutlivesTheProcessAlsoInAFileOfBefore() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock(start: Self.start)
        // As files were before recordings stood in them.
        let earlier = watched(2, in: directory, clock)
        await earlier.close()
        let file = directory.path + "/coverage/2026-11-21.sqlite"
        let queue = try DatabaseQueue(path: file)
        try await queue.write { db in
            for column in ["unrecorded", "recordingFault"] {
                try db.execute(sql: "ALTER TABLE coverage DROP COLUMN \(column)")
            }
        }
        try queue.close()
        #expect(try await report(directory, clock).unrecorded.isEmpty)
        let log = CoverageLog(directory: directory.path, clock: clock)
        log.begin(cameras: [Self.gate])
        log.tick([status(.watching)], unrecorded: [Self.gate: .unwritable])
        pass(3, clock, log)
        log.tick([status(.watching)])
        pass(2, clock, log)
        await log.close()
        let found = try await report(directory, clock)
        let minute = CoverageMinute(containing: Self.start)
        #expect(found.unrecorded == [.init(fault: .unwritable, first: minute + 2, count: 3)])
        #expect(found.spans.map(\.count) == [7] && found.shares.unrecorded == 180_000_000)
    }

    /// A thousand cameras that run well take one row each a day; those that flap take one a minute.
    @Test func whatIsAlikeSharesARow() async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock(start: Self.start + .seconds(600))
        let log = watched(23 * 60, in: directory, clock)
        await log.close()
        let bytes =
            try FileManager.default.attributesOfItem(
                atPath: directory.path + "/coverage/2026-11-22.sqlite")[.size] as? Int
        #expect(try #require(bytes) <= 16_384)
        #expect(try await report(directory, clock).spans.map(\.count) == [23 * 60])
    }

    @Test func aDamagedDayIsPutAsideAndOldDaysGo() async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/coverage", withIntermediateDirectories: true)
        let damaged = directory.path + "/coverage/2026-11-21.sqlite"
        try Data(repeating: 7, count: 8_192).write(to: URL(fileURLWithPath: damaged))
        let clock = TestClock(start: Self.start)
        let log = watched(20, in: directory, clock)
        await log.flush()
        #expect(log.trouble == nil && log.droppedCount == 0)
        #expect(FileManager.default.fileExists(atPath: damaged + ".damaged"))
        #expect(try await report(directory, clock).spans.map(\.count) == [20])
        clock.advance(by: .seconds(3 * 86_400))
        #expect(await log.removeExpired(keepDays: 3, now: clock.wall()) == ["2026-11-21"])
        #expect(await log.removeExpired(keepDays: 3, now: clock.wall()).isEmpty)
    }

    @Test func rangesThatMakeNoSenseAreRefused() async throws {
        let directory = try TemporaryDirectory()
        let log = CoverageLog(directory: directory.path, clock: TestClock())
        await #expect(throws: JournalError.self) {
            try await log.reports(cameras: [Self.gate], since: MediaTime(seconds: 60), until: .zero)
        }
        await #expect(throws: JournalError.self) {
            try await log.reports(
                cameras: [Self.gate], since: MediaTime(microseconds: .min), until: MediaTime(microseconds: .max))
        }
        let nothing = try await log.reports(
            cameras: [Self.gate], since: MediaTime(seconds: 1e9), until: MediaTime(seconds: 1e9 + 600))
        #expect(nothing.first?.spans.isEmpty == true)
    }
}
