/// What a time-lapse shows: it runs faster than what happened.
public struct TimelapseDetails: Sendable, Equatable, Codable {
    public var pictures: Int
    /// Capture times of the first and the last picture.
    public var first: MediaTime
    public var last: MediaTime

    public init(pictures: Int, first: MediaTime, last: MediaTime) {
        self.pictures = pictures
        self.first = first
        self.last = last
    }
}
