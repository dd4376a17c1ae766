import Domain
import Foundation
import Incidents
import Synchronization

/// The smoke habits of one camera: its strand looks them up and adds to them, people's judgements do, and they are kept
/// over restarts. Each change of a bar goes into the ledger.
final class HabitKeeper: Sendable {
    static let version = "smoke-habits 1"

    /// What people have said of an incident.
    struct Judgement: Sendable {
        var incident: IncidentID
        var isSmoke: Bool
        var box: Box
        var start: MediaTime
    }

    private struct State {
        /// `nil` until they are loaded.
        var habits: SmokeHabits?
        /// Judgements that came before.
        var waiting: [(Judgement, MediaTime)] = []
    }

    private let camera: CameraID
    private let fingerprint: String
    private let states: DetectorStates?
    private let localTime: @Sendable (MediaTime) -> LocalTime
    private let record: @Sendable ([Decision]) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - fingerprint: what decisions name the camera's settings by.
    ///   - localTime: what the site's clock shows.
    ///   - record: takes what is to stand in the ledger.
    init(
        camera: CameraID, fingerprint: String, states: DetectorStates?,
        localTime: @escaping @Sendable (MediaTime) -> LocalTime, record: @escaping @Sendable ([Decision]) -> Void
    ) {
        self.camera = camera
        self.fingerprint = fingerprint
        self.states = states
        self.localTime = localTime
        self.record = record
    }

    /// Takes up what was kept, at the first call. Blocks on the disk: not to be called from a task.
    func load() {
        guard state.withLock({ $0.habits == nil }) else { return }
        let kept = states?.load(camera, .habits).flatMap { try? JSONDecoder().decode(SmokeHabits.self, from: Data($0)) }
        let waiting = state.withLock { state in
            state.habits = kept ?? SmokeHabits()
            defer { state.waiting = [] }
            return state.waiting
        }
        for (judgement, time) in waiting { judge(judgement, at: time) }
    }

    /// The bar for smoke in a box, as a share of the usual one.
    func bar(for box: Box, at time: MediaTime) -> Double {
        let moment = moment(time)
        return state.withLock { $0.habits?.bar(for: box, at: moment) ?? 1 }
    }

    /// Smoke is seen, whether or not it is told of.
    func see(_ boxes: [Box], at time: MediaTime) {
        guard !boxes.isEmpty else { return }
        let moment = moment(time)
        change(at: time) { habits in boxes.flatMap { habits.see($0, at: moment) } }
    }

    /// People have judged; what they have said before changes nothing.
    func judge(_ judgement: Judgement, at time: MediaTime) {
        let isLoaded = state.withLock { state in
            if state.habits == nil { state.waiting.append((judgement, time)) }
            return state.habits != nil
        }
        guard isLoaded else { return }
        let (begin, today) = (moment(judgement.start), moment(time).day)
        change(at: time) { habits in
            habits.judge(
                judgement.incident, isSmoke: judgement.isSmoke, box: judgement.box, at: begin, today: today)
        }
    }

    private func moment(_ time: MediaTime) -> SiteHour { SiteHour(time, localTime(time)) }

    private func change(at time: MediaTime, _ body: (inout SmokeHabits) -> [BarChange]) {
        let (changes, news): ([BarChange], SmokeHabits?) = state.withLock { state in
            guard var habits = state.habits else { return ([], nil) }
            let changes = body(&habits)
            defer { state.habits = habits }
            return (changes, habits == state.habits ? nil : habits)
        }
        if let news, let bytes = try? JSONEncoder().encode(news) { states?.keep([UInt8](bytes), of: camera, .habits) }
        let decisions = changes.map { change in
            var decision = change.decision(of: camera, at: time)
            decision.configuration = fingerprint
            decision.detector = Self.version
            return decision
        }
        if !decisions.isEmpty { record(decisions) }
    }
}
