public import Domain

/// Something that came to rest where it was not before, or that is missing where it was.
public struct StationaryObject: Sendable, Equatable {
    /// How it came to be there.
    public enum Origin: Sendable, Equatable {
        /// It was not seen on its way: it was put down, or taken.
        case put
        /// It came to rest as a moving object that had been confirmed, and may be somebody who stands there.
        case arrived
        /// Somebody who stood there went on and left it.
        case left
    }

    /// Unique within a camera's run of a detector.
    public var id: Int
    /// `.objectLeft` or `.objectRemoved`.
    public var kind: IncidentKind
    public var box: Box
    /// When it came to rest, or went.
    public var since: MediaTime
    /// The track that came to rest there.
    public var track: Int
    public var origin: Origin
    /// 0.5 to 1.
    public var confidence: Double
    /// What it was told by, beside what was asked for.
    public var measurements: [Measurement]
}
