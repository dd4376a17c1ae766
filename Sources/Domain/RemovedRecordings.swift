/// Segments of one camera's recording that were given up, or found missing, together: what they were stays known.
public struct RemovedRecordings: Sendable, Equatable, Codable {
    public var camera: CameraID
    /// Capture time of the first picture of the first segment.
    public var start: MediaTime
    /// Capture time of the last picture of the last segment; between the two there may be gaps.
    public var end: MediaTime
    public var segments: Int
    public var bytes: Int64
    /// Lower-case hexadecimal, over `listing`.
    public var sha256: String

    /// - Parameters:
    ///   - segments: of one camera, at least one, in any order.
    ///   - digest: SHA-256 in lower-case hexadecimal.
    public init?(_ segments: [RecordedSegment], digest: ([UInt8]) -> String) {
        guard let first = segments.first else { return nil }
        camera = first.camera
        start = segments.reduce(first.start) { min($0, $1.start) }
        end = segments.reduce(first.end) { max($0, $1.end) }
        self.segments = segments.count
        bytes = segments.reduce(0) { $0 + Int64($1.bytes) }
        sha256 = digest(Array(Self.listing(segments).utf8))
    }

    /// One for each camera that has segments among these, by name.
    public static func byCamera(_ segments: [RecordedSegment], digest: ([UInt8]) -> String) -> [RemovedRecordings] {
        Dictionary(grouping: segments, by: \.camera).values.compactMap { RemovedRecordings($0, digest: digest) }
            .sorted { $0.camera < $1.camera }
    }

    /// Whether a segment lies within their time.
    public func cover(_ segment: RecordedSegment) -> Bool {
        segment.camera == camera && segment.start >= start && segment.end <= end
    }

    /// What `sha256sum` prints for the files, by path: whoever has copies of all of them can prove what they are. A segment
    /// of which no hash is known stands there with 64 dashes.
    public static func listing(_ segments: [RecordedSegment]) -> String {
        segments.sorted { $0.path < $1.path }
            .map { "\($0.sha256 ?? String(repeating: "-", count: 64))  \($0.path)\n" }.joined()
    }
}
