import Domain
import Testing

@testable import Journal

/// Time is booked on what the cameras were doing, and on nothing that nobody saw.
@Suite struct CoverageAccountTests {
    private static let midnight = CoverageMinute(containing: MediaTime(seconds: 1_795_305_600))
    private static let gate = CameraID("gate")

    /// Feeds an account every five seconds and puts together what came out.
    private struct Watch {
        var account: CoverageAccount
        var wall = CoverageAccountTests.midnight.start
        var monotonic = Duration.seconds(1_000)
        var minutes: [CoverageAccount.Minute] = []

        init(_ state: CoverageState = .watched) {
            account = CoverageAccount(cameras: [gate], wall: wall, monotonic: monotonic)
            account.note(gate, state, nil)
        }

        mutating func pass(seconds: Int, step: Int = 5) {
            for _ in 0..<(seconds / step) {
                wall = wall + .seconds(step)
                monotonic += .seconds(step)
                minutes += account.advance(wall: wall, monotonic: monotonic)
            }
        }

        mutating func becomes(_ state: CoverageState, _ fault: CameraFault? = nil) {
            account.note(gate, state, fault)
        }

        mutating func report(from: Int = 0, until: Int) -> CoverageReport {
            let runs = (minutes + account.current()).map {
                CoverageRun(
                    camera: $0.camera, first: $0.minute, count: 1, shares: $0.shares, fault: $0.fault,
                    recordingFault: $0.recordingFault)
            }
            return CoverageReport(
                camera: gate, runs: runs, known: runs.map(\.first).min(), from: midnight + from, until: midnight + until
            )
        }
    }

    /// What comes and is to be recorded and is not, is told beside how it was watched; what does not come is not missing.
    @Test func whatIsNotRecordedIsTold() {
        var watch = Watch()
        watch.pass(seconds: 120)
        watch.account.note(Self.gate, recordingFault: .diskFull)
        watch.pass(seconds: 90)
        watch.becomes(.blind, .timeout)
        watch.pass(seconds: 90)
        watch.becomes(.degraded, .overloaded)
        watch.account.note(Self.gate, recordingFault: .unwritable)
        watch.pass(seconds: 60)
        watch.account.note(Self.gate, recordingFault: nil)
        watch.pass(seconds: 60)
        let report = watch.report(until: 7)
        #expect(
            report.unrecorded == [
                .init(fault: .diskFull, first: Self.midnight + 2, count: 2),
                .init(fault: .unwritable, first: Self.midnight + 5, count: 1),
            ])
        #expect(report.shares.unrecorded == 150_000_000 && report.shares.total == 420_000_000)
        #expect(report.spans.map(\.state) == [.watched, .blind, .degraded])
    }

    @Test func aMinuteTellsItsWorstStateAndTheWholeTellsShares() {
        var watch = Watch()
        watch.pass(seconds: 130)
        watch.becomes(.blind, .timeout)
        watch.pass(seconds: 20)
        watch.becomes(.learning)
        watch.pass(seconds: 10)
        watch.becomes(.watched)
        watch.pass(seconds: 80)
        let report = watch.report(until: 4)
        #expect(
            report.spans == [
                .init(state: .watched, fault: nil, first: Self.midnight, count: 2),
                .init(state: .blind, fault: .timeout, first: Self.midnight + 2, count: 1),
                .init(state: .watched, fault: nil, first: Self.midnight + 3, count: 1),
            ])
        #expect(report.shares.blind == 20_000_000 && report.shares.learning == 10_000_000)
        #expect(report.shares.total == 4 * CoverageMinute.microseconds)
        #expect(abs((report.percent(.watched) ?? 0) - 87.5) < 0.001)
    }

    @Test func theLongestFaultNamesTheMinute() {
        var watch = Watch(.blind)
        watch.becomes(.blind, .timeout)
        watch.pass(seconds: 20)
        watch.becomes(.blind, .connectionRefused)
        watch.pass(seconds: 25)
        watch.becomes(.watched)
        watch.pass(seconds: 15)
        #expect(watch.minutes.map(\.fault) == [.connectionRefused])
    }

    /// A process that was stopped, or a machine whose monotonic clock went on while nobody looked, claims nothing.
    @Test func silenceIsBlind() {
        var watch = Watch()
        watch.pass(seconds: 60)
        watch.pass(seconds: 3_600, step: 3_600)
        watch.pass(seconds: 60)
        let report = watch.report(until: 62)
        #expect(report.spans.map(\.state) == [.watched, .blind, .watched])
        #expect(report.spans.map(\.count) == [1, 60, 1])
        #expect(report.spans[1].fault == .lookoutSilent)
    }

    @Test func aClockSetForwardLeavesTheSkippedTimeBlind() {
        var watch = Watch()
        watch.pass(seconds: 120)
        watch.wall = watch.wall + .seconds(3 * 3_600)
        watch.pass(seconds: 120)
        let report = watch.report(until: 184)
        #expect(report.spans.map(\.state) == [.watched, .blind, .watched])
        // Five seconds on either side were watched; the rest of their minutes was not.
        #expect(report.spans[1] == .init(state: .blind, fault: .clockSet, first: Self.midnight + 2, count: 181))
        #expect(report.shares.watched == 240_000_000)
    }

    /// A time that went by twice was watched only if it was watched both times.
    @Test func aClockSetBackCountsTheWorseOfBoth() {
        var watch = Watch()
        watch.pass(seconds: 3_600)
        watch.becomes(.blind, .timeout)
        watch.pass(seconds: 600)
        watch.becomes(.watched)
        watch.wall = watch.wall - .seconds(2 * 3_600)
        watch.pass(seconds: 2 * 3_600 + 600)
        let report = watch.report(until: 80)
        #expect(report.spans.map(\.state) == [.watched, .blind, .watched])
        #expect(report.spans[1] == .init(state: .blind, fault: .timeout, first: Self.midnight + 60, count: 10))
        #expect(report.shares.total == 80 * CoverageMinute.microseconds)
    }

    @Test func yearsThatAClockSkipsAreNoTime() {
        var watch = Watch()
        watch.pass(seconds: 30)
        watch.wall = watch.wall + .seconds(40 * 365 * 86_400)
        watch.pass(seconds: 60)
        #expect(watch.minutes.count < 4)
    }

    @Test func aCameraThatIsSwitchedOffIsNobodysFault() {
        var watch = Watch(.off)
        watch.pass(seconds: 3_600, step: 3_600)
        #expect(watch.report(until: 60).spans.map(\.state) == [.off])
    }

    @Test func nothingIsSaidAboutACameraBeforeItWasThere() {
        var watch = Watch()
        watch.pass(seconds: 120)
        let report = watch.report(from: -60, until: 2)
        #expect(report.from == Self.midnight && report.percent(.watched) == 100)
        let unknown = CoverageReport(
            camera: CameraID("new"), runs: [], known: nil, from: Self.midnight, until: Self.midnight + 5)
        #expect(unknown.spans.isEmpty && unknown.percent(.watched) == nil)
    }

    @Test func aChangedListOfCamerasKeepsWhatIsKnownOfTheOthers() {
        let (pier, ridge, start) = (CameraID("pier"), CameraID("ridge"), Self.midnight.start)
        var account = CoverageAccount(cameras: [Self.gate, ridge], wall: start, monotonic: .zero)
        account.note(Self.gate, .watched, nil)
        account.note(ridge, .watched, nil)
        _ = account.advance(wall: start + .seconds(15), monotonic: .seconds(15))
        let ended = account.change(cameras: [Self.gate, pier], begun: [pier])
        #expect(ended.map(\.camera) == [ridge] && ended[0].shares[.watched] == 15_000_000)
        _ = account.advance(wall: start + .seconds(30), monotonic: .seconds(30))
        let now = account.current()
        #expect(now.map(\.camera) == [Self.gate, pier])
        #expect(now[0].shares[.watched] == 30_000_000)
        #expect(now[1].shares[.blind] == 15_000_000 && now[1].fault == .starting)
    }
}
