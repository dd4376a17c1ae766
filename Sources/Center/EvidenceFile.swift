import Hummingbird

/// A file of the evidence store, which is read in parts: a clip never lies in memory whole.
public struct EvidenceFile: Sendable {
    public var byteCount: Int
    /// `image/jpeg`, `video/mp4`, …
    public var mediaType: String
    /// The bytes of a range that lies inside the file.
    public var read: @Sendable (Range<Int>) async throws -> [UInt8]
    /// SHA-256 of the original where this is a copy that was made for browsers; `nil` for evidence itself.
    public var derivedFrom: String?

    public init(
        byteCount: Int, mediaType: String, derivedFrom: String? = nil,
        read: @escaping @Sendable (Range<Int>) async throws -> [UInt8]
    ) {
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.derivedFrom = derivedFrom
        self.read = read
    }

    /// A file that lies in memory.
    public init(bytes: [UInt8], mediaType: String) {
        self.init(byteCount: bytes.count, mediaType: mediaType) { Array(bytes[$0]) }
    }

    private static let pieceBytes = 262_144

    /// A range as the body of an answer, a piece at a time, at the pace of whoever asked.
    func body(_ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { [read] writer in
            var position = range.lowerBound
            while position < range.upperBound {
                let piece = try await read(position..<min(range.upperBound, position + Self.pieceBytes))
                // Cut short behind our back: the connection ends before its stated length, which tells the reader.
                guard !piece.isEmpty else { break }
                try await writer.write(ByteBuffer(bytes: piece))
                position += piece.count
            }
            try await writer.finish(nil)
        }
    }
}
