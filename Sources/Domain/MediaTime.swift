/// An instant on one timeline, in whole microseconds.
///
/// For a live camera the timeline is the host's: microseconds since 1970-01-01T00:00:00Z. For a recorded clip it
/// starts at 0 with the clip's first picture. Detectors and rules see nothing but this, so that a clip analysed twice
/// gives the same results.
public struct MediaTime: Hashable, Comparable, Sendable, Codable {
    /// Microseconds since the timeline's origin; negative before it.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// - Parameter seconds: seconds since the timeline's origin, rounded to the nearest microsecond. What lies beyond
    ///   36,000 years is cut to that, and what is no number counts as 0: files say such things.
    public init(seconds: Double) {
        let limit = Double(1 << 60)
        let wanted = (seconds * 1_000_000).rounded()
        microseconds = wanted.isNaN ? 0 : Int64(min(max(wanted, -limit), limit))
    }

    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }

    /// Seconds since the timeline's origin.
    public var seconds: Double { Double(microseconds) / 1_000_000 }

    public static let zero = MediaTime(microseconds: 0)

    public static func < (a: MediaTime, b: MediaTime) -> Bool { a.microseconds < b.microseconds }

    public static func + (time: MediaTime, duration: Duration) -> MediaTime {
        MediaTime(microseconds: time.microseconds &+ duration.inMicroseconds)
    }

    public static func - (time: MediaTime, duration: Duration) -> MediaTime {
        MediaTime(microseconds: time.microseconds &- duration.inMicroseconds)
    }

    public static func - (a: MediaTime, b: MediaTime) -> Duration {
        .microseconds(a.microseconds &- b.microseconds)
    }
}

extension Duration {
    /// Whole microseconds, rounded towards zero.
    public var inMicroseconds: Int64 {
        components.seconds &* 1_000_000 &+ components.attoseconds / 1_000_000_000_000
    }

    /// Seconds as a floating-point number.
    public var inSeconds: Double { Double(inMicroseconds) / 1_000_000 }
}

/// When a picture was taken, on the host's timeline, and how wrong that may be.
public struct CaptureTime: Hashable, Sendable {
    public var time: MediaTime
    /// Half width of the interval that holds the true instant.
    public var uncertainty: Duration

    public init(time: MediaTime, uncertainty: Duration) {
        self.time = time
        self.uncertainty = uncertainty
    }
}

/// The two clocks of a host. Injected everywhere, so that tests run in virtual time.
public protocol HostClock: Sendable {
    /// Wall clock: microseconds since 1970-01-01T00:00:00Z. May jump either way.
    func wall() -> MediaTime
    /// Monotonic clock: time since an arbitrary origin. Never jumps; all durations are measured with it.
    func monotonic() -> Duration
}
