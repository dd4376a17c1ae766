/// How well a camera was watched at a time, best first.
public enum CoverageState: String, Sendable, Codable, CaseIterable {
    case watched
    /// Pictures came, the detectors were still learning the scene.
    case learning
    /// Switched off in the configuration: nobody wanted it watched.
    case off
    /// Watched with less than was asked for.
    case degraded
    case blind

    /// What a camera in `state` adds to the record.
    public init(_ state: CameraStatus.State) {
        self =
            switch state {
            case .watching: .watched
            case .learning: .learning
            case .degraded: .degraded
            case .connecting, .blind, .refused: .blind
            case .off: .off
            }
    }

    /// Worst first.
    static let bySeverity: [CoverageState] = [.blind, .degraded, .off, .learning, .watched]

    /// What people read.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .watched: ("watched", "có canh")
            case .learning: ("learning", "đang học")
            case .off: ("off", "tắt")
            case .degraded: ("degraded", "suy giảm")
            case .blind: ("blind", "không thấy")
            }
        return language == .en ? text.en : text.vi
    }
}

/// A whole minute of UTC, counted from 1970-01-01T00:00.
public struct CoverageMinute: Hashable, Comparable, Sendable, Codable {
    public static let microseconds: Int64 = 60_000_000

    public var number: Int64

    public init(number: Int64) { self.number = number }
    /// The minute that holds `time`.
    public init(containing time: MediaTime) {
        number = time.microseconds.flooredQuotient(Self.microseconds)
    }

    public var start: MediaTime { MediaTime(microseconds: number &* Self.microseconds) }

    public static func < (a: CoverageMinute, b: CoverageMinute) -> Bool { a.number < b.number }
    public static func + (minute: CoverageMinute, count: Int) -> CoverageMinute {
        CoverageMinute(number: minute.number &+ Int64(count))
    }
    public static func - (a: CoverageMinute, b: CoverageMinute) -> Int { Int(clamping: a.number &- b.number) }
}

/// How much of a minute, or of a longer time, was spent in each state, in microseconds.
public struct CoverageShares: Hashable, Sendable, Codable {
    public var watched: Int64 = 0
    public var learning: Int64 = 0
    public var off: Int64 = 0
    public var degraded: Int64 = 0
    public var blind: Int64 = 0
    /// Of the time in which pictures came: not recorded although it was to be. It is part of those above.
    public var unrecorded: Int64 = 0

    public init() {}

    public subscript(state: CoverageState) -> Int64 {
        get {
            switch state {
            case .watched: watched
            case .learning: learning
            case .off: off
            case .degraded: degraded
            case .blind: blind
            }
        }
        set {
            switch state {
            case .watched: watched = newValue
            case .learning: learning = newValue
            case .off: off = newValue
            case .degraded: degraded = newValue
            case .blind: blind = newValue
            }
        }
    }

    public var total: Int64 { watched &+ learning &+ off &+ degraded &+ blind }

    /// The worst state that held for a second at least; what is shorter says nothing about a minute.
    public var state: CoverageState {
        CoverageState.bySeverity.first { self[$0] >= 1_000_000 } ?? CoverageState.bySeverity.max { self[$0] < self[$1] }
            ?? .blind
    }

    public static func += (a: inout CoverageShares, b: CoverageShares) {
        for state in CoverageState.allCases { a[state] &+= b[state] }
        a.unrecorded &+= b.unrecorded
    }

    /// A minute that went by twice, since the clock was set back, counts for what was worse in both.
    func cut(to limit: Int64) -> CoverageShares {
        var cut = self
        cut.unrecorded = min(unrecorded, limit)
        for state in CoverageState.allCases {
            let excess = cut.total - limit
            if excess <= 0 { break }
            cut[state] -= min(excess, cut[state])
        }
        return cut
    }
}

/// Minutes of one camera that follow each other and are alike, as they were recorded.
public struct CoverageRun: Hashable, Sendable, Codable {
    public var camera: CameraID
    public var first: CoverageMinute
    /// 1 or more.
    public var count: Int
    /// Of each of the minutes.
    public var shares: CoverageShares
    /// What was wrong in the worst state; `nil` where nothing was.
    public var fault: CameraFault?
    /// Why it was not recorded for a part of each minute; `nil` where that was not so.
    public var recordingFault: RecordingFault?

    public init(
        camera: CameraID, first: CoverageMinute, count: Int, shares: CoverageShares, fault: CameraFault?,
        recordingFault: RecordingFault? = nil
    ) {
        self.recordingFault = recordingFault
        self.camera = camera
        self.first = first
        self.count = count
        self.shares = shares
        self.fault = fault
    }

    /// The minute after the last.
    public var end: CoverageMinute { first + count }
}
