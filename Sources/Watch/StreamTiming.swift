import Domain

/// How evenly a stream comes: time between keyframes, and the jitter of its packets' arrival. Pure: it reads no clock.
struct StreamTiming {
    private var lastKeyframe: MediaTime?
    private var last: (arrival: Duration, capture: MediaTime)?
    /// Mean of the spacings so far, the newest counting a quarter.
    private var spacing: Double?
    private var jitter = 0.0
    private var packets = 0
    /// The camera's clock minus the host's, as last said.
    private(set) var clockOffset: Duration?

    /// The next packet, in the order of arrival.
    /// - Parameter arrival: monotonic.
    mutating func add(arrival: Duration, capture: MediaTime, isKeyframe: Bool, clockOffset: Duration?) {
        packets += 1
        if let clockOffset { self.clockOffset = clockOffset }
        if isKeyframe {
            if let lastKeyframe, capture > lastKeyframe {
                let interval = (capture - lastKeyframe).inSeconds
                spacing = spacing.map { $0 + (interval - $0) / 4 } ?? interval
            }
            lastKeyframe = max(lastKeyframe ?? capture, capture)
        }
        // Reordered pictures go back in time: only those that advance tell about the network.
        guard let last else { return self.last = (arrival, capture) }
        guard capture > last.capture else { return }
        // RFC 3550, section 6.4.1.
        let difference = abs((arrival - last.arrival).inSeconds - (capture - last.capture).inSeconds)
        jitter += (difference - jitter) / 16
        self.last = (arrival, capture)
    }

    /// Seconds between keyframes: the mean of late, or the time without one where that is longer; `nil` before the
    /// second keyframe.
    var keyframeIntervalSeconds: Double? {
        guard let spacing, let lastKeyframe, let last else { return nil }
        return max(spacing, (last.capture - lastKeyframe).inSeconds)
    }

    /// Smoothed variation of the packets' delay, in seconds; `nil` before it has settled.
    var jitterSeconds: Double? { packets >= 16 ? jitter : nil }

    /// Where decoding can begin.
    var hasKeyframe: Bool { lastKeyframe != nil }
}
