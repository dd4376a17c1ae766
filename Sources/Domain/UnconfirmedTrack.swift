/// Something that moved and that a detector followed for a while without holding it to be an object on its way: why, and
/// by which values.
public struct UnconfirmedTrack: Sendable, Equatable {
    /// Unique within a camera's run of a detector.
    public var track: Int
    /// One of `Decision.Reason.detectorReasons`.
    public var reason: Decision.Reason
    public var start: MediaTime
    public var end: MediaTime
    /// Where it was seen last.
    public var box: Box
    /// How near it came to being confirmed: the least share of a threshold that it reached, 0 to 1.
    public var nearness: Double
    public var measurements: [Measurement]

    public init(
        track: Int, reason: Decision.Reason, start: MediaTime, end: MediaTime, box: Box, nearness: Double,
        measurements: [Measurement]
    ) {
        self.track = track
        self.reason = reason
        self.start = start
        self.end = end
        self.box = box
        self.nearness = nearness
        self.measurements = measurements
    }
}
