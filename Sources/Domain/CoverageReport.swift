/// Whether one camera was watched over a time, minute by minute.
public struct CoverageReport: Sendable, Equatable {
    /// Minutes that follow each other in one state, for one reason.
    public struct Span: Sendable, Equatable {
        public var state: CoverageState
        public var fault: CameraFault?
        public var first: CoverageMinute
        public var count: Int

        public init(state: CoverageState, fault: CameraFault?, first: CoverageMinute, count: Int) {
            self.state = state
            self.fault = fault
            self.first = first
            self.count = count
        }

        public var end: CoverageMinute { first + count }

        /// Whether something was missing that was asked for.
        public var isGap: Bool { state == .blind || state == .degraded }
    }

    /// Minutes that follow each other in which pictures came that were to be recorded and were not, for one reason.
    public struct UnrecordedSpan: Sendable, Equatable {
        public var fault: RecordingFault
        public var first: CoverageMinute
        public var count: Int

        public init(fault: RecordingFault, first: CoverageMinute, count: Int) {
            self.fault = fault
            self.first = first
            self.count = count
        }

        public var end: CoverageMinute { first + count }
    }

    public var camera: CameraID
    /// The first minute that is told about: that asked for, or the first in which the camera was known at all.
    public var from: CoverageMinute
    /// The minute after the last.
    public var until: CoverageMinute
    /// All minutes from `from` to `until`, without gaps and in order.
    public var spans: [Span]
    /// Those of which a second at least was not recorded although it was to be, in order.
    public var unrecorded: [UnrecordedSpan] = []
    public var shares: CoverageShares

    /// Percent of the time, 0 to 100; `nil` where no minute is told about.
    public func percent(_ state: CoverageState) -> Double? {
        shares.total > 0 ? Double(shares[state]) / Double(shares.total) * 100 : nil
    }

    /// Puts together what was recorded.
    ///
    /// A time that no record tells about is blind: Lookout itself did not run. Of a minute that went by twice, since the
    /// clock was set back, the worse counts.
    ///
    /// - Parameters:
    ///   - runs: of this camera, in any order; those beyond the range are left out.
    ///   - known: the first minute that was ever recorded of the camera; `nil` where there is none.
    public init(
        camera: CameraID, runs: [CoverageRun], known: CoverageMinute?, from: CoverageMinute, until: CoverageMinute
    ) {
        self.camera = camera
        let start = max(from, known ?? until)
        self.from = min(start, until)
        self.until = until
        spans = []
        shares = CoverageShares()
        let count = max(0, until - self.from)
        guard count > 0 else { return }
        var slots = [Slot](repeating: Slot(), count: count)
        for run in runs where run.camera == camera {
            let lower = max(0, run.first - self.from)
            let upper = min(count, run.end - self.from)
            guard lower < upper else { continue }
            for index in lower..<upper { slots[index].add(run) }
        }
        for (index, slot) in slots.enumerated() {
            append(slot.judged, at: self.from + index)
            if slot.shares.unrecorded >= 1_000_000, let fault = slot.recordingFault {
                append(unrecorded: fault, at: self.from + index)
            }
        }
    }

    /// What is recorded of one minute.
    private struct Slot {
        var shares = CoverageShares()
        var fault: CameraFault?
        var recordingFault: RecordingFault?
        var worst: CoverageState = .watched

        mutating func add(_ run: CoverageRun) {
            shares += run.shares
            recordingFault = run.recordingFault ?? recordingFault
            let state = run.shares.state
            if state.isWorse(than: worst) || fault == nil {
                worst = state
                fault = run.fault ?? fault
            }
        }

        /// The minute as a whole, with what nobody recorded as blind.
        var judged: (shares: CoverageShares, state: CoverageState, fault: CameraFault?) {
            var whole = shares.cut(to: CoverageMinute.microseconds)
            let missing = CoverageMinute.microseconds - whole.total
            let isMostlyMissing = missing >= 1_000_000 && missing >= whole.blind
            whole.blind += missing
            let state = whole.state
            switch state {
            case .blind: return (whole, state, isMostlyMissing ? .lookoutSilent : fault)
            case .degraded: return (whole, state, fault)
            case .watched, .learning, .off: return (whole, state, nil)
            }
        }
    }

    private mutating func append(unrecorded fault: RecordingFault, at number: CoverageMinute) {
        if let last = unrecorded.last, last.fault == fault, last.end == number {
            unrecorded[unrecorded.count - 1].count += 1
        } else {
            unrecorded.append(UnrecordedSpan(fault: fault, first: number, count: 1))
        }
    }

    private mutating func append(
        _ minute: (shares: CoverageShares, state: CoverageState, fault: CameraFault?), at number: CoverageMinute
    ) {
        shares += minute.shares
        if let last = spans.last, last.state == minute.state, last.fault == minute.fault {
            spans[spans.count - 1].count += 1
        } else {
            spans.append(Span(state: minute.state, fault: minute.fault, first: number, count: 1))
        }
    }
}

extension CoverageState {
    fileprivate func isWorse(than other: CoverageState) -> Bool {
        let order = Self.bySeverity
        return (order.firstIndex(of: self) ?? 0) < (order.firstIndex(of: other) ?? 0)
    }
}
