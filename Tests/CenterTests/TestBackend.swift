import Center
import Domain
import Synchronization

/// A backend in memory: a journal that grows, cameras and files as the test sets them.
final class TestBackend: CenterBackend {
    struct State {
        var revisions: [StoredRevision] = []
        var cameras: [CameraStatus] = []
        var pictures: [CameraID: CameraPicture] = [:]
        var files: [String: EvidenceFile] = [:]
        /// By the original's hash.
        var copies: [String: EvidenceFile] = [:]
        var health = SystemHealth()
        var families: [MetricFamily] = []
        var coverage: [CoverageRun] = []
        var orders = StandingOrders()
        var fires: [FireOutline] = []
        var dangers: [DangerNotice] = []
        var weather = WeatherStanding()
        var usedLinks: Set<String> = []
        var decisions: [StoredDecision] = []
        var recordings: [RecordedSegment] = []
        var failure: (any Error)?
        var reload = ReloadReport()
        /// Who asked for the configuration to be read again.
        var reloaders: [String] = []
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var readers = 0
        var reads = 0
    }

    private let state = Mutex(State())

    func change(_ edit: (inout State) -> Void) { state.withLock { edit(&$0) } }

    /// Streams of revisions that somebody iterates now.
    var readers: Int { state.withLock { $0.readers } }
    /// Revisions handed to streams so far.
    var reads: Int { state.withLock { $0.reads } }

    @discardableResult
    func store(_ incident: Incident, _ change: IncidentRevision.Change, actor: String = "lookout") -> StoredRevision {
        let (stored, waiters) = state.withLock { state in
            let sequence = Int64(state.revisions.count + 1)
            let number = state.revisions.count { $0.revision.incident.id == incident.id } + 1
            let revision = IncidentRevision(
                incident: incident, change: change, actor: actor, time: incident.lastSeen + .milliseconds(40))
            let stored = StoredRevision(
                sequence: sequence, number: number, revision: revision,
                hash: String(repeating: "a", count: 64), previousHash: String(repeating: "0", count: 64))
            state.revisions.append(stored)
            defer { state.waiters = [:] }
            return (stored, state.waiters.values.map { $0 })
        }
        for waiter in waiters { waiter.resume() }
        return stored
    }

    private func fail() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func latest() -> [Incident] {
        var order: [IncidentID] = []
        var found: [IncidentID: Incident] = [:]
        for stored in state.withLock({ $0.revisions }) {
            let incident = stored.revision.incident
            if found.updateValue(incident, forKey: incident.id) == nil { order.append(incident.id) }
        }
        return order.reversed().compactMap { found[$0] }.sorted { $0.start > $1.start }
    }

    func incidents(matching query: IncidentQuery) async throws -> [Incident] {
        try fail()
        let matching = latest().filter { incident in
            (query.camera == nil || query.camera == incident.camera)
                && (query.kind == nil || query.kind == incident.kind)
                && (query.state == nil || query.state == incident.state)
                && (query.acknowledged == nil || query.acknowledged == (incident.acknowledgement != nil))
                && (query.locked == nil || query.locked == incident.isLocked)
                && (query.since.map { incident.lastSeen >= $0 } ?? true)
                && (query.until.map { incident.start < $0 } ?? true)
        }
        guard let after = query.after else { return Array(matching.prefix(query.limit)) }
        return Array(matching.drop { $0.id != after }.dropFirst().prefix(query.limit))
    }

    func history(of id: IncidentID) async throws -> [StoredRevision] {
        try fail()
        return state.withLock { $0.revisions.filter { $0.revision.incident.id == id } }
    }

    func acknowledge(_ id: IncidentID, actor: String, note: String?) async throws -> StoredRevision {
        guard let last = try await history(of: id).last else { throw UnknownIncident() }
        var incident = last.revision.incident
        guard incident.acknowledgement == nil else { return last }
        incident.acknowledgement = Acknowledgement(actor: actor, time: incident.lastSeen + .seconds(5), note: note)
        return store(incident, .acknowledged, actor: actor)
    }

    func handle(_ id: IncidentID, _ step: HandlingStep, actor: String, note: String?) async throws -> StoredRevision {
        guard let last = try await history(of: id).last else { throw UnknownIncident() }
        var incident = last.revision.incident
        try step.check(incident, note: note)
        incident.take(step, actor: actor, time: incident.lastSeen + .seconds(9), note: note)
        return store(incident, step.change, actor: actor)
    }

    func state(of link: AnswerLink) async throws -> AnswerState {
        try await answer(link, .open)
    }

    func acknowledge(by link: AnswerLink) async throws -> AnswerState {
        let state = try await answer(link, .accepted)
        let isNew = self.state.withLock { $0.usedLinks.insert(link.signature).inserted }
        guard isNew else { throw AnswerState.Refusal.used }
        _ = try await acknowledge(link.incident, actor: link.contact, note: nil)
        return state
    }

    /// Takes the key `good` for a signature, and what ended before 2001 for out of date.
    private func answer(_ link: AnswerLink, _ standing: AnswerState.Standing) async throws -> AnswerState {
        guard link.signature == "good", let last = try await history(of: link.incident).last else {
            throw AnswerState.Refusal.forged
        }
        guard link.expires > 978_307_200 else { throw AnswerState.Refusal.expired }
        guard !state.withLock({ $0.usedLinks.contains(link.signature) }) else { throw AnswerState.Refusal.used }
        return AnswerState(
            standing: standing, incident: last.revision.incident, cameraName: "Cổng <b>", isExercise: true)
    }

    func fire(of id: IncidentID) async -> FireOutline? {
        state.withLock { $0.fires.first { $0.incidents.contains(id) } }
    }

    func lastSequence() async throws -> Int64 {
        try fail()
        return state.withLock { Int64($0.revisions.count) }
    }

    func revisions(after sequence: Int64) -> any AsyncSequence<StoredRevision, any Error> & Sendable {
        Revisions(backend: self, after: sequence)
    }

    func coverage(of cameras: [CameraID], since: MediaTime, until: MediaTime) async throws -> [CoverageReport] {
        try fail()
        let runs = state.withLock { $0.coverage }
        return cameras.map { camera in
            CoverageReport(
                camera: camera, runs: runs.filter { $0.camera == camera },
                known: runs.filter { $0.camera == camera }.map(\.first).min(),
                from: CoverageMinute(containing: since), until: CoverageMinute(containing: until))
        }
    }

    func cameras() async -> [CameraStatus] { state.withLock { $0.cameras } }
    func zones() async -> [CameraID: [String]] {
        Dictionary(uniqueKeysWithValues: state.withLock { $0.cameras.map { ($0.camera, ["yard"]) } })
    }

    func reload(actor: String) async throws -> ReloadReport {
        try fail()
        return state.withLock { state in
            state.reloaders.append(actor)
            return state.reload
        }
    }

    func standingOrders() async -> StandingOrders { state.withLock { $0.orders } }

    func give(_ order: ArmingOrder) async throws -> StandingOrders {
        try fail()
        return state.withLock { state in
            state.orders.give(order)
            return state.orders
        }
    }

    func danger() async -> DangerStanding {
        DangerStanding(state.withLock { $0.dangers }, at: night)
    }

    func giveDanger(_ level: DangerLevel?, hours: Double?, actor: String, note: String?) async throws -> DangerStanding
    {
        try fail()
        state.withLock { state in
            state.dangers =
                level.map {
                    [
                        DangerNotice(
                            level: $0, source: .person, actor: actor, since: night,
                            until: night + .seconds((hours ?? 24) * 3_600), note: note)
                    ]
                } ?? []
        }
        return await danger()
    }

    func weather() async -> WeatherStanding { state.withLock { $0.weather } }

    func giveWeather(_ day: WeatherDay, actor: String) async throws -> WeatherStanding {
        try fail()
        guard day.date.year < 2_100 else { throw WeatherDay.Fault(problem: "it has not come yet", remedy: "Wait") }
        return state.withLock { state in
            // As after a gap: nobody knows the index.
            state.weather.days.append(.init(weather: day, isGiven: true, p: nil, level: nil))
            state.weather.missing = [.init(first: CalendarDay(number: day.date.number - 1), last: day.date)]
            return state.weather
        }
    }

    func decisions(matching query: DecisionQuery) async throws -> [StoredDecision] {
        try fail()
        let matching = state.withLock { $0.decisions }.filter { stored in
            (query.camera == nil || query.camera == stored.decision.camera)
                && (query.before.map { stored.id < $0 } ?? true)
        }
        return Array(matching.prefix(query.limit))
    }

    func latestPicture(of camera: CameraID) async throws -> CameraPicture? {
        try fail()
        return state.withLock { $0.pictures[camera] }
    }

    func playableCopy(of clip: EvidenceItem) async throws -> EvidenceFile? {
        try fail()
        return state.withLock { $0.copies[clip.sha256] }
    }

    func evidence(at path: String) async throws -> EvidenceFile? {
        try fail()
        return state.withLock { $0.files[path] }
    }

    func recordings(of camera: CameraID, since: MediaTime, until: MediaTime, limit: Int) async throws
        -> [RecordedSegment]
    {
        try fail()
        let span = CameraSpan(camera: camera, start: since, end: until)
        return Array(state.withLock { $0.recordings }.filter { span.touches($0) }.prefix(limit))
    }

    func recording(of camera: CameraID, since: MediaTime, until: MediaTime, isOriginal: Bool) async throws
        -> CameraRecording?
    {
        let found = try await recordings(of: camera, since: since, until: until, limit: .max)
        guard let first = found.first, let last = found.last else { return nil }
        return CameraRecording(
            file: EvidenceFile(bytes: [UInt8](repeating: 9, count: 600), mediaType: "video/mp4"), start: first.start,
            end: last.end, isDerived: !isOriginal && !first.isWebReady)
    }

    func health() async -> SystemHealth { state.withLock { $0.health } }
    func metrics() async -> [MetricFamily] { state.withLock { $0.families } }

    private func read(at position: Int) -> StoredRevision? {
        state.withLock { state in
            guard position < state.revisions.count else { return nil }
            state.reads += 1
            return state.revisions[position]
        }
    }

    private func waitForMore(than count: Int) async {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumesNow = state.withLock { state in
                    guard state.revisions.count <= count, !Task.isCancelled else { return true }
                    state.waiters[ticket] = continuation
                    return false
                }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }

    struct UnknownIncident: Error {}

    struct Revisions: AsyncSequence, Sendable {
        typealias Element = StoredRevision
        typealias Failure = any Error

        let backend: TestBackend
        let after: Int64

        func makeAsyncIterator() -> Iterator { Iterator(backend: backend, position: Int(after)) }

        final class Iterator: AsyncIteratorProtocol {
            let backend: TestBackend
            var position: Int

            init(backend: TestBackend, position: Int) {
                self.backend = backend
                self.position = position
                backend.change { $0.readers += 1 }
            }

            deinit { backend.change { $0.readers -= 1 } }

            func next() async throws -> StoredRevision? {
                while !Task.isCancelled {
                    if let found = backend.read(at: position) {
                        position += 1
                        return found
                    }
                    await backend.waitForMore(than: position)
                }
                return nil
            }
        }
    }
}
