import Domain

/// What one camera may decode within its ceiling of processor time. Pure: the clock and all figures come from outside.
///
/// A camera that would take more than its ceiling is held back: its detectors look half as often, and of each run of
/// pictures from one keyframe to the next only so many are decoded as there is time for, and none that nobody looks at
/// before the run ends. The keyframe is always decoded, but where each picture is one (MJPEG).
struct DecodeBudget {
    /// What becomes of a packet.
    enum Verdict: Equatable {
        case decode
        /// Nobody is due to look before the next keyframe.
        case passOver
        /// There is no time.
        case shed
    }

    /// Time that was not used is saved up for so long, in seconds.
    private static let savedSeconds = 2.0
    /// Like cameras want not quite the same, and are to be let go together.
    private static let release = 1.15

    /// Whether its detectors are to look half as often.
    private(set) var isHeldBack = false
    private var ceiling: Double?
    /// Processor seconds that are left.
    private var balance = 0.0
    private var lastFollowed: Duration?
    private var demand = DecodeDemand()

    private var run = Run()

    /// The pictures from one keyframe to the next.
    private struct Run {
        var keyframe: MediaTime?
        /// Between the last two keyframes.
        var length: Duration?
        /// How many runs in a row were as long as the one before.
        var alike = 0
        /// How many must be until the next one is taken to be: twice as many after each that was longer.
        var alikeNeeded = 1
        var newest: MediaTime?
        /// Between pictures.
        var spacing = Duration.milliseconds(40)
        /// Why the rest of the run is left out; `nil` while it is not.
        var leftOut: Verdict?
        /// Where the run was taken to end when its rest was passed over; `nil` once it is known to be longer.
        var takenToEnd: MediaTime?
        /// Pictures shown before the keyframe refer to what was left out.
        var lacksLeading = false
        /// Whether nothing came since the keyframe.
        var isNew = false
        /// Why the keyframe itself is left out, and with it whatever refers to it; `nil` where it is decoded.
        var lacksKeyframe: Verdict?

        mutating func begin(at time: MediaTime) {
            if let keyframe {
                let before = length
                length = time > keyframe ? time - keyframe : nil
                alike = isAlike(length, before) ? alike + 1 : 0
            }
            lacksLeading = leftOut != nil
            takenToEnd = nil
            leftOut = nil
            lacksKeyframe = nil
            keyframe = time
        }

        mutating func note(_ time: MediaTime) {
            // Smoothed: stamps that were repeated or lost stand closer, or wider, than the pictures were taken.
            if let newest, time > newest, time - newest < .seconds(1) { spacing = (spacing * 7 + (time - newest)) / 8 }
            newest = max(newest ?? time, time)
        }

        /// The next keyframe, where keyframes come regularly.
        var end: MediaTime? {
            guard let keyframe, let length, alike >= alikeNeeded else { return nil }
            return keyframe + length
        }

        private func isAlike(_ one: Duration?, _ other: Duration?) -> Bool {
            guard let one, let other else { return false }
            return (one > other ? one - other : other - one) <= spacing * 2
        }

        /// The rest of the run was passed over, and it goes on beyond its end: keyframes do not come as regularly as they
        /// seemed to.
        mutating func noteOverdue(at time: MediaTime) {
            guard let end = takenToEnd, time > end + spacing else { return }
            takenToEnd = nil
            alikeNeeded = min(alikeNeeded * 2, 64)
        }
    }

    /// Whether nothing is decoded before the next keyframe.
    var leavesOutRest: Bool { run.leftOut != nil }

    /// Processor time that the camera would take, in seconds a second, if nothing held it back.
    var wanted: Double { demand.wanted }

    /// - Parameters:
    ///   - ceiling: processor time that it may take, in seconds a second; `nil` for as much as it likes.
    ///   - now: monotonic.
    mutating func follow(ceiling: Double?, at now: Duration) {
        self.ceiling = ceiling
        guard let lastFollowed else {
            lastFollowed = now
            return
        }
        let elapsed = (now - lastFollowed).inSeconds
        guard elapsed >= 0.1 else { return }
        self.lastFollowed = now
        guard let ceiling else {
            isHeldBack = false
            balance = 0
            return
        }
        isHeldBack = ceiling < (isHeldBack ? wanted * Self.release : wanted)
        let most = ceiling * Self.savedSeconds
        balance = min(max(balance, 0 - most) + ceiling * elapsed, most)
    }

    /// - Parameters:
    ///   - seconds: processor time that a packet took.
    ///   - looked: whether a detector looked at what came of it.
    mutating func spent(_ seconds: Double, looked: Bool) {
        demand.spent(seconds, looked: looked)
        balance -= seconds
    }

    /// Another connection has its own keyframes.
    mutating func restart() {
        run = Run()
        demand.restart()
    }

    /// - Parameters:
    ///   - time: the packet's capture time; packets come in the order of decoding.
    ///   - isAwaited: whether a detector will be due to look by then.
    mutating func judge(
        isKeyframe: Bool, isDisposable: Bool, at time: MediaTime, isAwaited: (MediaTime) -> Bool
    ) -> Verdict {
        run.note(time)
        demand.passes(time, isHeldBack: isHeldBack)
        if isKeyframe {
            let standsAlone = run.isNew
            run.begin(at: time)
            run.isNew = true
            guard isHeldBack, standsAlone else { return .decode }
            run.lacksKeyframe = balance <= 0 ? .shed : isAwaited(time) ? nil : .passOver
            return run.lacksKeyframe ?? .decode
        }
        run.isNew = false
        run.noteOverdue(at: time)
        if let verdict = run.leftOut ?? run.lacksKeyframe {
            guard verdict == .passOver, run.takenToEnd == nil, isAwaited(time) else { return verdict }
            // Somebody looks after all, at what can no longer be decoded: that is a loss, and is counted as one.
            if run.leftOut != nil { run.leftOut = .shed } else { run.lacksKeyframe = .shed }
            return .shed
        }
        if run.lacksLeading, let keyframe = run.keyframe, time < keyframe { return .shed }
        guard isHeldBack, run.keyframe != nil else { return .decode }
        let verdict = judgeRest(from: time, isAwaited)
        // What no other picture refers to goes alone.
        if verdict != .decode, !isDisposable {
            run.leftOut = verdict
            run.takenToEnd = verdict == .passOver ? run.end : nil
        }
        return verdict
    }

    private func judgeRest(from time: MediaTime, _ isAwaited: (MediaTime) -> Bool) -> Verdict {
        if let end = run.end, end > time, !isAwaited(end - run.spacing / 2) { return .passOver }
        guard balance > 0 else { return .shed }
        // As far as the time goes: pictures that lead to none that is looked at are decoded for nothing.
        let cost = demand.secondsPerPicture
        let pictures = cost > 0 ? min(balance / cost, 1_000) : 1_000
        let reach = time + .microseconds(Int64(run.spacing.inSeconds * pictures * 1e6))
        return isAwaited(reach) ? .decode : .shed
    }
}
