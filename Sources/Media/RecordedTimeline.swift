import Domain

/// Puts the packets of a recording on a timeline that starts at 0 with the first picture: exactly the recording's own
/// presentation times, in microseconds. Where those jump back (recordings joined without care) the timeline goes on one
/// picture later, and the jump is counted.
struct RecordedTimeline: Sendable {
    /// Reordered pictures go back less than this.
    private static let reorderMicroseconds: Int64 = 2_000_000

    private let frameMicroseconds: Int64
    private var origin: Int64?
    private var latest: Int64?
    private var packets: Int64 = 0
    private(set) var jumpCount = 0

    /// - Parameters:
    ///   - start: the presentation time of the first picture, in microseconds, where the container says so.
    ///   - frameMicroseconds: from one picture to the next, for packets without a time.
    init(start: Int64?, frameMicroseconds: Int64) {
        origin = start
        // No more than an hour, whatever the file says of its rate.
        self.frameMicroseconds = min(max(1, frameMicroseconds), 3_600_000_000)
    }

    /// - Parameter stamp: presentation time in microseconds; `nil` where the packet has none.
    mutating func captureTime(stamp: Int64?) -> CaptureTime {
        defer { packets += 1 }
        guard let stamp else {
            let time = latest.map { $0 &+ frameMicroseconds } ?? 0
            latest = time
            return CaptureTime(time: MediaTime(microseconds: time), uncertainty: .zero)
        }
        let start = origin ?? stamp
        origin = start
        var time = stamp &- start
        if let latest, time < latest &- Self.reorderMicroseconds {
            jumpCount += 1
            time = latest &+ frameMicroseconds
            origin = stamp &- time
        }
        latest = max(latest ?? time, time)
        return CaptureTime(time: MediaTime(microseconds: time), uncertainty: .zero)
    }
}
