import Domain

/// Books the time that goes by on what each camera is doing, minute by minute of the wall clock. Pure: it reads no clock.
///
/// Time is claimed as watched only where somebody was there to see it: an interval between two calls that is longer than
/// `longestSilence` (a machine that slept, a process that was stopped) is blind for every camera.
struct CoverageAccount {
    /// A minute of one camera, complete or as much of it as was there.
    struct Minute: Equatable {
        var camera: CameraID
        var minute: CoverageMinute
        var shares: CoverageShares
        var fault: CameraFault?
        var recordingFault: RecordingFault?
    }

    /// Longer than this between two calls, and nobody was watching.
    static let longestSilence = Duration.seconds(20)
    /// What the wall clock may differ from the monotonic one between two calls before it counts as set.
    static let toleratedDrift = Duration.seconds(2)
    /// A clock that was set forward by more has been wrong from the start; what it skipped is no time at all.
    static let longestSkip = Duration.seconds(86_400)

    private struct Entry {
        var state = CoverageState.blind
        var fault: CameraFault? = .starting
        var shares = CoverageShares()
        /// How long each fault held in the minute, by the state it led to.
        var faults: [CoverageState: [CameraFault: Int64]] = [:]
        /// Why nothing is recorded that comes; `nil` where it is, or is not to be.
        var recordingFault: RecordingFault?
        var recordingFaults: [RecordingFault: Int64] = [:]

        mutating func add(_ microseconds: Int64, _ state: CoverageState, _ fault: CameraFault?) {
            shares[state] += microseconds
            if let recordingFault, [.watched, .learning, .degraded].contains(state) {
                shares.unrecorded += microseconds
                recordingFaults[recordingFault, default: 0] += microseconds
            }
            if let fault { faults[state, default: [:]][fault, default: 0] += microseconds }
        }

        func fault(of state: CoverageState) -> CameraFault? { CoverageAccount.longest(faults[state] ?? [:]) }
    }

    private var entries: [CameraID: Entry]
    private var wall: MediaTime
    private var monotonic: Duration

    init(cameras: [CameraID], wall: MediaTime, monotonic: Duration) {
        entries = Dictionary(cameras.map { ($0, Entry()) }, uniquingKeysWith: { first, _ in first })
        self.wall = wall
        self.monotonic = monotonic
    }

    /// Books the time until now on the states that held, and returns the minutes that ended.
    mutating func advance(wall now: MediaTime, monotonic tick: Duration) -> [Minute] {
        let elapsed = max(.zero, tick - monotonic)
        monotonic = max(monotonic, tick)
        let expected = wall + elapsed
        let isSilent = elapsed > Self.longestSilence
        let drift = now - expected
        guard drift.magnitude > Self.toleratedDrift else {
            return book(until: now, as: isSilent ? .lookoutSilent : nil)
        }
        var ended = book(until: expected, as: isSilent ? .lookoutSilent : nil)
        if drift > .zero, drift <= Self.longestSkip {
            ended += book(until: now, as: .clockSet)
        } else {
            ended += close()
            wall = now
        }
        return ended
    }

    /// From now on this camera is in that state; call `advance` first.
    mutating func note(_ camera: CameraID, _ state: CoverageState, _ fault: CameraFault?) {
        entries[camera]?.state = state
        entries[camera]?.fault = fault
    }

    /// From now on this is why pictures of that camera are not recorded, `nil` where they are or are not to be; call
    /// `advance` first.
    mutating func note(_ camera: CameraID, recordingFault: RecordingFault?) {
        entries[camera]?.recordingFault = recordingFault
    }

    /// From now on these cameras are booked and no other ones; call `advance` first.
    ///
    /// - Parameter begun: those that begin anew, blind until `note` says something better.
    /// - Returns: what is known of the minute under way of those that are gone.
    mutating func change(cameras: [CameraID], begun: [CameraID]) -> [Minute] {
        let gone = Set(entries.keys).subtracting(cameras)
        let ended = current().filter { gone.contains($0.camera) }
        for camera in gone { entries[camera] = nil }
        for camera in cameras where entries[camera] == nil { entries[camera] = Entry() }
        for camera in begun { note(camera, .blind, .starting) }
        return ended
    }

    /// The minute under way, as much of it as went by. What follows begins anew.
    mutating func close() -> [Minute] {
        let ended = current()
        for camera in entries.keys {
            entries[camera]?.shares = CoverageShares()
            entries[camera]?.faults = [:]
            entries[camera]?.recordingFaults = [:]
        }
        return ended
    }

    /// The minute under way, for whoever asks meanwhile.
    func current() -> [Minute] {
        let minute = CoverageMinute(containing: wall)
        return entries.sorted { $0.key < $1.key }.compactMap { camera, entry in
            guard entry.shares.total > 0 else { return nil }
            return Minute(
                camera: camera, minute: minute, shares: entry.shares, fault: entry.fault(of: entry.shares.state),
                recordingFault: Self.longest(entry.recordingFaults))
        }
    }

    /// The fault that held longest; of two that held equally long the one with the first name, so that the record is
    /// repeatable.
    private static func longest<Fault: RawRepresentable>(_ faults: [Fault: Int64]) -> Fault?
    where Fault.RawValue == String {
        faults.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
    }

    /// - Parameter everyone: why no camera was watched meanwhile, whatever they were doing.
    private mutating func book(until end: MediaTime, as everyone: CameraFault?) -> [Minute] {
        var ended: [Minute] = []
        while wall < end {
            let next = (CoverageMinute(containing: wall) + 1).start
            let part = (min(next, end) - wall).inMicroseconds
            for camera in entries.keys {
                guard let entry = entries[camera] else { continue }
                if let everyone, entry.state != .off {
                    entries[camera]?.add(part, .blind, everyone)
                } else {
                    entries[camera]?.add(part, entry.state, entry.fault)
                }
            }
            if end < next {
                wall = end
            } else {
                ended += close()
                wall = next
            }
        }
        return ended
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
