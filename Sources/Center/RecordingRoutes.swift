public import Domain
import Hummingbird

/// What was recorded of a time, as one file.
public struct CameraRecording: Sendable {
    public var file: EvidenceFile
    /// Capture times of its first and its last picture.
    public var start: MediaTime
    public var end: MediaTime
    /// Whether it was encoded anew so that browsers play it.
    public var isDerived: Bool

    public init(file: EvidenceFile, start: MediaTime, end: MediaTime, isDerived: Bool) {
        self.file = file
        self.start = start
        self.end = end
        self.isDerived = isDerived
    }
}

/// Continuous recordings: what there is of a camera, and a time of it as a browser plays it.
struct RecordingRoutes {
    static let largestPage = 5_000
    /// What is played at once, at most.
    static let longestPiece = Duration.seconds(900)

    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .get, path: "/api/cameras/{id}/recordings", access: .read, handler: list),
            Route(method: .get, path: "/api/cameras/{id}/recording", access: .read, handler: play),
        ]
    }

    private struct Page: Encodable {
        var recordings: [RecordingDocument]
        /// The `since` of the next page; absent on the last.
        var next: String?
    }

    @Sendable private func list(_ request: Request, _ context: CenterContext) async throws -> Response {
        let parameters = try QueryParameters(request, known: ["since", "until", "limit"])
        let camera = try await CameraRoutes.camera(in: context, of: state)
        let until = try parameters.instant("until") ?? state.clock.wall()
        let since = try parameters.instant("since") ?? until - .seconds(3_600)
        try Self.check(since, until)
        let limit = Int(try parameters.integer("limit", in: 1...Int64(Self.largestPage)) ?? 1_000)
        let found = try await state.backend.recordings(of: camera, since: since, until: until, limit: limit + 1)
        let next = found.count > limit ? found[limit] : nil
        return try .json(
            Page(
                recordings: found.prefix(limit).map(RecordingDocument.init),
                next: next.map { Timestamp.text($0.start) }))
    }

    @Sendable private func play(_ request: Request, _ context: CenterContext) async throws -> Response {
        let parameters = try QueryParameters(request, known: ["since", "until", "original"])
        let camera = try await CameraRoutes.camera(in: context, of: state)
        guard let since = try parameters.instant("since") else {
            throw Problem.badParameter("'since' is missing", remedy: "Say from when on it is to be played")
        }
        let until = try parameters.instant("until") ?? since + .seconds(60)
        try Self.check(since, until)
        guard until - since <= Self.longestPiece else {
            throw Problem.badParameter(
                "more than 15 minutes were asked for at once",
                remedy: "Ask for 15 minutes, then go on from the answer's Lookout-Recording-End")
        }
        let isOriginal = try parameters.choice("original", of: [("true", true), ("false", false)]) ?? false
        guard
            let found = try await state.backend.recording(
                of: camera, since: since, until: until, isOriginal: isOriginal)
        else {
            throw Problem.notFound(
                "nothing is recorded of camera '\(camera)' at that time",
                remedy: "/api/cameras/\(camera)/recordings lists what there is; the last minute is still being written")
        }
        var response = try ByteRange.respond(to: request, with: found.file, mediaType: found.file.mediaType)
        response.headers[.cacheControl] = "private, no-cache"
        response.headers[named: "Lookout-Recording-Start"] = Timestamp.text(found.start)
        response.headers[named: "Lookout-Recording-End"] = Timestamp.text(found.end)
        if found.isDerived { response.headers[named: "Lookout-Derived"] = "true" }
        return response
    }

    private static func check(_ since: MediaTime, _ until: MediaTime) throws(Problem) {
        guard since < until else { throw .badParameter("'since' is not before 'until'", remedy: "Swap them") }
    }
}

/// A segment as the API shows it.
struct RecordingDocument: Encodable {
    var start: String
    var startMicroseconds: Int64
    var end: String
    var durationSeconds: Double
    var bytes: Int
    var codec: String
    var width: Int
    var height: Int
    var isWebReady: Bool
    var isTruncated: Bool
    /// Absent where there is no sound.
    var soundCodec: String?
    /// Absent for what was recorded before there were hashes.
    var sha256: String?

    init(_ segment: RecordedSegment) {
        start = Timestamp.text(segment.start)
        startMicroseconds = segment.start.microseconds
        end = Timestamp.text(segment.end)
        durationSeconds = Double(segment.durationMicroseconds) / 1_000_000
        bytes = segment.bytes
        codec = segment.codec
        width = segment.width
        height = segment.height
        isWebReady = segment.isWebReady
        isTruncated = segment.isTruncated
        soundCodec = segment.soundCodec
        sha256 = segment.sha256
    }
}
