/// How an exercise went: how soon each channel's receiver took the alert, and how soon somebody acknowledged it.
public struct DrillReport: Sendable, Equatable, Codable {
    /// What became of the alert on one channel.
    public struct Channel: Sendable, Equatable, Codable {
        public var id: String
        /// From the start to the receiver's acceptance; `nil` where it did not take it.
        public var acceptedSeconds: Double?
        public var error: String?

        public init(id: String, acceptedSeconds: Double?, error: String?) {
            self.id = id
            self.acceptedSeconds = acceptedSeconds
            self.error = error
        }
    }

    /// The incident of the exercise.
    public var id: String
    /// Who ordered it; `lookout` for one of the schedule.
    public var actor: String
    /// Host's wall clock.
    public var start: MediaTime
    public var channels: [Channel]
    /// From the start to the acknowledgement; `nil` where nobody answered.
    public var acknowledgedSeconds: Double?
    /// Who answered.
    public var acknowledgedBy: String?

    public init(
        id: String, actor: String, start: MediaTime, channels: [Channel], acknowledgedSeconds: Double? = nil,
        acknowledgedBy: String? = nil
    ) {
        self.id = id
        self.actor = actor
        self.start = start
        self.channels = channels
        self.acknowledgedSeconds = acknowledgedSeconds
        self.acknowledgedBy = acknowledgedBy
    }

    /// Whether every channel's receiver took it.
    public var reachedAll: Bool { channels.allSatisfy { $0.acceptedSeconds != nil } }

    /// One line: "2 of 3 channels, slowest 1.4 s; acknowledged by an after 35.0 s".
    public var summary: String {
        let times = channels.compactMap(\.acceptedSeconds)
        let slowest = times.max().map { ", slowest \(Self.tenths($0)) s" } ?? ""
        let answer =
            acknowledgedSeconds.map { "acknowledged by \(acknowledgedBy ?? "?") after \(Self.tenths($0)) s" }
            ?? "not acknowledged"
        return "\(times.count) of \(channels.count) channels\(slowest); \(answer)"
    }

    private static func tenths(_ seconds: Double) -> String {
        let tenths = Int((max(seconds, 0).isFinite ? min(max(seconds, 0), 1e9) * 10 : 0).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
