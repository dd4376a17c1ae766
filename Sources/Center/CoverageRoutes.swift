public import Domain
import Hummingbird

/// Whether a camera was watched at a time, and why not.
struct CoverageRoutes {
    /// Cameras times days that one answer tells about at most.
    static let longestDays = 31.0

    let state: CenterState

    var routes: [Route] { [Route(method: .get, path: "/api/coverage", access: .read, handler: list)] }

    private struct List: Encodable {
        var cameras: [CoverageDocument]
    }

    @Sendable private func list(_ request: Request, _ context: CenterContext) async throws -> Response {
        let parameters = try QueryParameters(request, known: ["camera", "since", "until"])
        let until = try parameters.instant("until") ?? state.clock.wall()
        let since = try parameters.instant("since") ?? until - .seconds(86_400)
        guard since < until else { throw Problem.badParameter("'since' is not before 'until'", remedy: "Swap them") }
        guard until - since <= .seconds(Self.longestDays * 86_400) else {
            throw Problem.badParameter(
                "more than \(Int(Self.longestDays)) days were asked for", remedy: "Ask for less at a time")
        }
        let known = await state.backend.cameras().map(\.camera)
        let wanted = try parameters["camera"].map { text throws(Problem) in
            let camera = try CameraRoutes.camera(text)
            guard known.contains(camera) else {
                throw .notFound("there is no camera '\(camera)'", remedy: "/api/cameras lists them")
            }
            return [camera]
        }
        let reports = try await state.backend.coverage(of: wanted ?? known, since: since, until: until)
        return try .json(List(cameras: reports.map(CoverageDocument.init)))
    }
}

/// Coverage of one camera as the API and the command line show it.
public struct CoverageDocument: Encodable, Sendable {
    struct Percent: Encodable {
        var watched: Double
        var learning: Double
        var off: Double
        var degraded: Double
        var blind: Double
    }

    struct Span: Encodable {
        var state: CoverageState
        var fault: CameraFault?
        var start: String
        var minutes: Int
    }

    struct UnrecordedSpan: Encodable {
        var fault: RecordingFault
        var start: String
        var minutes: Int
    }

    /// What was to be recorded and was not.
    struct Unrecorded: Encodable {
        var seconds: Int
        /// Minutes of which a second at least is missing, in order.
        var spans: [UnrecordedSpan]
    }

    var camera: CameraID
    /// What is told about begins here: what was asked for, or when the camera was first known.
    var since: String
    var until: String
    /// Absent where nothing is told about.
    var percent: Percent?
    /// All minutes, in order.
    var spans: [Span]
    /// Absent where all was recorded that was to be.
    var unrecorded: Unrecorded?

    public init(_ report: CoverageReport) {
        camera = report.camera
        since = Timestamp.text(report.from.start)
        until = Timestamp.text(report.until.start)
        percent = report.percent(.watched).map { watched in
            func share(_ state: CoverageState) -> Double { Self.rounded(report.percent(state) ?? 0) }
            return Percent(
                watched: Self.rounded(watched), learning: share(.learning), off: share(.off),
                degraded: share(.degraded), blind: share(.blind))
        }
        spans = report.spans.map {
            Span(state: $0.state, fault: $0.fault, start: Timestamp.text($0.first.start), minutes: $0.count)
        }
        guard !report.unrecorded.isEmpty else { return }
        unrecorded = Unrecorded(
            seconds: Int((Double(report.shares.unrecorded) / 1e6).rounded()),
            spans: report.unrecorded.map {
                UnrecordedSpan(fault: $0.fault, start: Timestamp.text($0.first.start), minutes: $0.count)
            })
    }

    /// To a thousandth of a percent: a second in a day is one.
    private static func rounded(_ percent: Double) -> Double { (percent * 1_000).rounded() / 1_000 }
}
