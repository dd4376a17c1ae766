import Dispatch
public import Domain
import Synchronization

/// For every camera and minute: watched, learning, degraded or blind, and why; one file a day,
/// `<directory>/coverage/2026-11-22.sqlite`.
///
/// A minute is written when it has ended, so a crash costs the minute under way, which then reads as blind; so does every
/// minute in which nobody wrote. A minute that was cut by a restart is written in two parts.
public final class CoverageLog: Sendable {
    private struct State {
        var account: CoverageAccount?
        var waiting: [CoverageAccount.Minute] = []
        var dropped: Int64 = 0
        var trouble: JournalError?
    }

    /// Minutes that wait for the disk: about two hours of a thousand cameras, or 10 MB.
    private static let mostWaiting = 120_000

    private let folder: String
    private let clock: any HostClock
    private let state = Mutex(State())
    private let writing = DispatchQueue(label: "lookout.coverage", qos: .utility)
    private let reading = DispatchQueue(label: "lookout.coverage.read", qos: .utility)
    /// Touched on the writing queue only.
    private let writer: CoverageWriter

    /// Opens the log beside the journal of `directory`. Files are made when there is something to write.
    public init(directory: String, clock: any HostClock) {
        folder = directory + "/coverage"
        self.clock = clock
        writer = CoverageWriter(folder: folder)
    }

    /// Minutes of a camera that were given up because the disk could not keep up: they read as blind.
    public var droppedCount: Int64 { state.withLock { $0.dropped } }

    /// Why minutes cannot be written at present; `nil` while they can.
    public var trouble: JournalError? { state.withLock { $0.trouble } }

    // MARK: Writing

    /// Begins to book the time of these cameras, blind until `note` says something better.
    ///
    /// - Parameter off: those that are switched off in the configuration.
    public func begin(cameras: [CameraID], off: [CameraID] = []) {
        let (wall, monotonic) = (clock.wall(), clock.monotonic())
        state.withLock { state in
            var account = CoverageAccount(cameras: cameras + off, wall: wall, monotonic: monotonic)
            for camera in off { account.note(camera, .off, nil) }
            state.account = account
        }
    }

    /// Books the time of these cameras from now on, and of no other ones.
    ///
    /// - Parameters:
    ///   - begun: those that begin anew.
    ///   - off: those that are switched off.
    public func change(cameras: [CameraID], begun: [CameraID], off: [CameraID]) {
        advance { account in
            let ended = account.change(cameras: cameras, begun: begun)
            for camera in off { account.note(camera, .off, nil) }
            return ended
        }
    }

    /// What a camera is doing from now on. Quick, on any thread.
    public func note(_ status: CameraStatus) {
        advance { account in
            Self.note(status, in: &account)
            return []
        }
    }

    private static func note(_ status: CameraStatus, in account: inout CoverageAccount) {
        let fault = status.fault ?? (status.state == .connecting ? .starting : nil)
        account.note(status.camera, CoverageState(status.state), fault)
    }

    /// To be called every few seconds with what all cameras are doing: a longer silence counts as blind. Never waits.
    ///
    /// Two changes at once may come to `note` in the wrong order; this puts them right.
    ///
    /// - Parameter unrecorded: why cameras are not recorded that are to be; none of the others.
    public func tick(_ statuses: [CameraStatus] = [], unrecorded: [CameraID: RecordingFault] = [:]) {
        advance { account in
            for status in statuses {
                Self.note(status, in: &account)
                account.note(status.camera, recordingFault: unrecorded[status.camera])
            }
            return []
        }
    }

    /// - Parameter change: returns what it ended.
    private func advance(_ change: (inout CoverageAccount) -> [CoverageAccount.Minute]) {
        let mustWrite = state.withLock { state in
            // Inside the lock, so that two threads cannot book the same time in the wrong order.
            let (wall, monotonic) = (clock.wall(), clock.monotonic())
            guard var account = state.account else { return false }
            var ended = account.advance(wall: wall, monotonic: monotonic)
            ended += change(&account)
            state.account = account
            return Self.take(ended, into: &state)
        }
        if mustWrite { writing.async { self.writeWaiting() } }
    }

    /// - Returns: whether there is anything to write.
    private static func take(_ ended: [CoverageAccount.Minute], into state: inout State) -> Bool {
        let room = max(0, mostWaiting - state.waiting.count)
        state.waiting += ended.prefix(room)
        state.dropped += Int64(max(0, ended.count - room))
        return !ended.isEmpty
    }

    /// Returns once all minutes that have ended are written, or could not be.
    public func flush() async {
        await withCheckedContinuation { done in
            writing.async {
                self.writeWaiting()
                done.resume()
            }
        }
    }

    /// Writes what there is of the minute under way and books no more.
    public func close() async {
        tick()
        state.withLock { state in
            _ = Self.take(state.account?.close() ?? [], into: &state)
            state.account = nil
        }
        await withCheckedContinuation { done in
            writing.async {
                self.writeWaiting()
                self.writer.close()
                done.resume()
            }
        }
    }

    /// Deletes the files of all days that ended more than `keepDays` days before `now`.
    ///
    /// - Returns: the days, oldest first.
    public func removeExpired(keepDays: Int, now: MediaTime) async -> [String] {
        await withCheckedContinuation { done in
            writing.async { [self] in
                let expired = JournalDay.expired(in: folder, keepDays: keepDays, now: now)
                for day in expired { writer.remove(day) }
                done.resume(returning: expired.map(\.name))
            }
        }
    }

    private func writeWaiting() {
        var batch = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !batch.isEmpty else { return }
        do throws(JournalError) {
            try writer.write(&batch)
            state.withLock { $0.trouble = nil }
        } catch {
            state.withLock { state in
                state.trouble = error
                // Tried again with the next minute.
                let room = Self.mostWaiting - state.waiting.count
                state.dropped += Int64(max(0, batch.count - room))
                state.waiting = batch.suffix(max(0, room)) + state.waiting
            }
        }
    }

    // MARK: Reading

    /// What is known about cameras over a time.
    ///
    /// The minute under way is left out, and so is the one before it until it is written: until is cut to what can be told.
    ///
    /// - Parameters:
    ///   - cameras: those to tell about, also where nothing is recorded of them.
    ///   - since: the minute that holds it is the first; at most 400 days before `until`.
    ///   - until: the minute that it lies within is the last, and where it is the start of one, the minute before.
    /// - Throws: `invalid` for a range that is empty or too long, and what reading the files throws.
    public func reports(cameras: [CameraID], since: MediaTime, until: MediaTime) async throws(JournalError)
        -> [CoverageReport]
    {
        // In floating point, where no difference is too large.
        guard since < until, until.seconds - since.seconds <= 400 * 86_400 else {
            throw .invalid("a time was asked for that is empty or too long", remedy: "Ask for 1 minute to 400 days")
        }
        let now = clock.wall()
        let outcome: Result<[CoverageReport], JournalError> = await withCheckedContinuation { done in
            reading.async { [folder] in
                done.resume(
                    returning: Result { () throws(JournalError) in
                        try Self.reports(CoverageReader(folder), cameras, since: since, until: until, now: now)
                    })
            }
        }
        return try outcome.get()
    }

    private static func reports(
        _ reader: CoverageReader, _ cameras: [CameraID], since: MediaTime, until: MediaTime, now: MediaTime
    ) throws(JournalError) -> [CoverageReport] {
        // What ended less than half a minute ago may still be on its way to the disk.
        let settled = CoverageMinute(containing: now - .seconds(30))
        let told = max(settled, min(try reader.end() ?? settled, CoverageMinute(containing: now)))
        let last = CoverageMinute(containing: until)
        let end = min(last.start < until ? last + 1 : last, told)
        let start = CoverageMinute(containing: since)
        let only = cameras.count == 1 ? cameras.first : nil
        let runs = Dictionary(grouping: try reader.runs(camera: only, from: start, until: end), by: \.camera)
        let known = try reader.firstMinutes(of: cameras)
        return cameras.map { camera in
            CoverageReport(
                camera: camera, runs: runs[camera] ?? [], known: known[camera], from: min(start, end), until: end)
        }
    }
}
