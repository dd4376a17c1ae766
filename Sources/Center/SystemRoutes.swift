import Domain
import Hummingbird

/// What monitors and programs ask: health, metrics, the site's words, the description of the API.
struct SystemRoutes {
    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .get, path: "/healthz", access: .open, handler: health),
            Route(method: .get, path: "/metrics", access: .read, handler: metrics),
            Route(method: .get, path: "/api/site", access: .read, handler: site),
            Route(method: .post, path: "/api/reload", access: .write, handler: reload),
            Route(method: .get, path: "/api/openapi.json", access: .open, handler: description),
        ]
    }

    private struct Health: Encodable {
        /// `ok`, `degraded` (something is wrong, nothing is lost), `failing`.
        var status: String
        var time: String
        /// Absent for callers from beyond this machine that show no token.
        var cameras: [String: Int]?
        var faults: [SystemHealth.Fault]?
    }

    @Sendable private func health(_ request: Request, _ context: CenterContext) async throws -> Response {
        let faults = await state.backend.health().faults
        let states = await state.backend.cameras().map(\.state)
        let isFailing = faults.contains(where: \.isFatal)
        let isDegraded = !faults.isEmpty || states.contains { [.degraded, .blind, .refused].contains($0) }
        var document = Health(
            status: isFailing ? "failing" : isDegraded ? "degraded" : "ok", time: Timestamp.text(state.clock.wall()))
        if Gatekeeper(state: state).mayPass(request, for: .read) {
            let counts = Dictionary(grouping: states) { $0.rawValue }.mapValues(\.count)
            document.cameras = counts
            document.faults = faults
        }
        return try .json(document, status: isFailing ? .serviceUnavailable : .ok)
    }

    @Sendable private func metrics(_ request: Request, _ context: CenterContext) async throws -> Response {
        let families =
            CameraMetrics.families(of: await state.backend.cameras()) + state.counters.families()
            + (await state.backend.metrics())
        return .content(Array(PrometheusText.render(families).utf8), mediaType: PrometheusText.mediaType)
    }

    @Sendable private func site(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        return try .json(
            SiteDocument(settings: state.settings, time: state.clock.wall(), canAcknowledge: !state.tokens.isEmpty))
    }

    @Sendable private func reload(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        return try .json(try await state.backend.reload(actor: context.actor ?? ""))
    }

    @Sendable private func description(_ request: Request, _ context: CenterContext) async throws -> Response {
        .content(PackageResources.openapi_json, mediaType: "application/json")
    }
}

/// What the dashboard needs to know of the site, and the words of Lookout in each language, from their one source.
struct SiteDocument: Encodable {
    struct Word: Encodable {
        var en: String
        var vi: String

        init(_ title: (Language) -> String) {
            en = title(.en)
            vi = title(.vi)
        }
    }

    struct Vocabulary: Encodable {
        var kinds: [String: Word]
        var severities: [String: Word]
        var incidentStates: [String: Word]
        var cameraStates: [String: Word]
        var cameraFaults: [String: Word]
        var coverageStates: [String: Word]
        var recordingFaults: [String: Word]
        var changes: [String: Word]
        var orders: [String: Word]
        var fireStages: [String: Word]
        /// The stages that people report.
        var groundReports: [String: Word]
        var dismissalReasons: [String: Word]
        var sceneChanges: [String: Word]
        var clipTruncations: [String: Word]
        /// By number, 1 to 5.
        var dangerLevels: [String: Word]
        var dangerSources: [String: Word]
    }

    var name: String
    var timeZone: String
    /// Host's wall clock, so that a page can tell how far its own is off.
    var time: String
    /// Whether there is a token that an incident could be acknowledged with.
    var canAcknowledge: Bool
    /// Whether cameras watch for smoke or flame.
    var watchesForFire: Bool
    var vocabulary: Vocabulary

    init(settings: CenterSettings, time: MediaTime, canAcknowledge: Bool) {
        name = settings.siteName
        timeZone = settings.timeZone
        self.time = Timestamp.text(time)
        self.canAcknowledge = canAcknowledge
        watchesForFire = settings.watchesForFire
        vocabulary = Vocabulary(
            kinds: Self.words(of: IncidentKind.allCases) { $0.title(in: $1) },
            severities: Self.words(of: Severity.allCases) { $0.title(in: $1) },
            incidentStates: Self.words(of: [Incident.State.open, .closed]) { $0.title(in: $1) },
            cameraStates: Self.words(of: CameraStatus.State.allCases) { $0.title(in: $1) },
            cameraFaults: Self.words(of: CameraFault.allCases) { $0.title(in: $1) },
            coverageStates: Self.words(of: CoverageState.allCases) { $0.title(in: $1) },
            recordingFaults: Self.words(of: RecordingFault.allCases) { $0.title(in: $1) },
            changes: Self.words(of: IncidentRevision.Change.allCases) { $0.title(in: $1) },
            orders: Self.words(of: ArmingOrder.Action.allCases) { $0.title(in: $1) },
            fireStages: Self.words(of: FireStage.allCases) { $0.title(in: $1) },
            groundReports: Self.words(of: FireStage.reportable) { $0.title(in: $1) },
            dismissalReasons: Self.words(of: DismissalReason.allCases) { $0.title(in: $1) },
            sceneChanges: Self.words(of: SceneChange.allCases) { $0.title(in: $1) },
            clipTruncations: Self.words(of: ClipTruncation.allCases) { $0.title(in: $1) },
            dangerLevels: Dictionary(
                uniqueKeysWithValues: DangerLevel.allCases.map { level in
                    (String(level.rawValue), Word { level.title(in: $0) })
                }),
            dangerSources: Self.words(of: DangerNotice.Source.allCases) { $0.title(in: $1) })
    }

    private static func words<Value: RawRepresentable>(
        of values: [Value], title: (Value, Language) -> String
    ) -> [String: Word] where Value.RawValue == String {
        Dictionary(uniqueKeysWithValues: values.map { value in (value.rawValue, Word { title(value, $0) }) })
    }
}
