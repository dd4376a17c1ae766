public import Domain
import Hummingbird
import HummingbirdCore
public import Logging
import ServiceLifecycle
import Synchronization

/// The HTTP API and the dashboard: one server for operators and for programs.
///
/// `run` serves until its task is cancelled or its service group shuts down. Open event streams end then, and their
/// clients resume with `Last-Event-ID`.
public struct CenterServer: Sendable {
    private let state: CenterState
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameter onListening: called once, with the port that was bound, when connections are accepted.
    /// - Throws: where the settings contradict themselves or would let strangers in.
    public init(
        settings: CenterSettings, backend: any CenterBackend, clock: any HostClock, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws(CenterError) {
        try settings.validate()
        state = CenterState(settings: settings, backend: backend, clock: clock, logger: logger)
        self.onListening = onListening
    }

    /// Serves until the task is cancelled or its service group shuts down.
    ///
    /// Cancelling is turned into a graceful shutdown, which stops accepting before it ends what was accepted: the server
    /// itself, when cancelled, drops a connection that arrives meanwhile, and SwiftNIO ends the process for that.
    /// - Throws: `CenterError.cannotListen` where the address is taken or not this machine's.
    public func run() async throws {
        let isListening = Mutex(false)
        let settings = state.settings
        do {
            let application = application { port in
                isListening.withLock { $0 = true }
                await onListening(port)
            }
            var configuration = ServiceGroupConfiguration(services: [application], logger: state.logger)
            configuration.maximumGracefulShutdownDuration = .seconds(5)
            let group = ServiceGroup(configuration: configuration)
            let serving = Task { try await group.run() }
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch {
            if Task.isCancelled { return }
            guard isListening.withLock({ $0 }) else {
                throw CenterError.cannotListen(host: settings.host, port: settings.port, reason: "\(error)")
            }
            throw error
        }
    }

    /// Every path and method that is served.
    var routes: [Route] {
        IncidentRoutes(state: state).routes + HandlingRoutes(state: state).routes + AnswerRoutes(state: state).routes
            + ClipRoutes(state: state).routes + CameraRoutes(state: state).routes + RecordingRoutes(state: state).routes
            + OrderRoutes(state: state).routes + DangerRoutes(state: state).routes
            + WeatherRoutes(state: state).routes
            + DecisionRoutes(state: state).routes + CoverageRoutes(state: state).routes
            + EventRoutes(state: state).routes
            + SystemRoutes(state: state).routes + SessionRoutes(state: state).routes + PageRoutes().routes
    }

    /// Event streams that are open now.
    var eventClients: Int { state.counters.eventClients }

    /// What the center measures of itself.
    var metricFamilies: [MetricFamily] { state.counters.families() }

    func application(
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<RouterResponder<CenterContext>> {
        // A request head is small; a connection that sends none, or sends it byte by byte, is closed.
        let http = HTTP1Channel.Configuration(
            idleTimeout: .seconds(30),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 16 * 1024, maxHeaderFieldCount: 64))
        return Application(
            responder: router().buildResponder(), server: .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname(state.settings.host, port: state.settings.port), serverName: "Lookout",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    state.settings.maximumConnections, logger: state.logger)),
            onServerRunning: { channel in
                await onListening(channel.localAddress?.port ?? state.settings.port)
            }, logger: state.logger)
    }

    private func router() -> Router<CenterContext> {
        let gatekeeper = Gatekeeper(state: state)
        let router = Router(context: CenterContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: FrontDoor(state: state, gatekeeper: gatekeeper))
        let routes = routes
        for route in routes {
            router.on(route.routerPath, method: route.method) { request, context in
                var context = context
                context.actor = try gatekeeper.authorise(request, for: route.access)
                return try await route.handler(request, context)
            }
        }
        for (path, group) in Dictionary(grouping: routes, by: \.path) {
            refuseOtherMethods(of: path, served: group, on: router)
        }
        return router
    }

    /// A known path with another method is 405 with `Allow`, not 404.
    private func refuseOtherMethods(of path: String, served: [Route], on router: Router<CenterContext>) {
        var allowed = served.map(\.method)
        if allowed.contains(.get) { allowed.append(.head) }
        let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        let refusal = Problem(
            status: .methodNotAllowed, code: "method-not-allowed", problem: "this address takes only \(list)",
            remedy: "/api/openapi.json lists what each address takes", headers: [.allow: list])
        for method in [HTTPRequest.Method.get, .head, .post, .put, .delete, .patch, .options]
        where !allowed.contains(method) {
            router.on(served[0].routerPath, method: method) { _, _ -> Response in throw refusal }
        }
    }
}
