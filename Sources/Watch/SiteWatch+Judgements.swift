import Domain
import EventBus
import Journal
import Logging
import Synchronization

/// What people make of smoke, as the cameras learn it and as it is kept to train on.
extension SiteWatch {
    /// Judgements from so long ago are told again at a start; those that are known already change nothing.
    private static let longestAgo = Duration.seconds(30 * 86_400)
    private static let pageSize = 200

    /// Until the task is cancelled: what was said before, then what is said from now on.
    func learnFromJudgements() async {
        let stream = bus.subscribe(after: nil)
        do {
            try await learnFromThePast()
            for try await stored in stream { learn(from: stored.revision.incident) }
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("what people say of smoke is not learned until the next start: \(error)")
        }
    }

    private func learnFromThePast() async throws {
        var query = IncidentQuery(kind: .smoke, since: clock.wall() - Self.longestAgo, limit: Self.pageSize)
        while !Task.isCancelled {
            let page = try await journal.incidents(matching: query)
            for incident in page { learn(from: incident) }
            guard page.count == Self.pageSize, let last = page.last else { return }
            query.after = last.id
        }
    }

    private func learn(from incident: Incident) {
        guard incident.kind == .smoke, let handling = incident.handling, let box = incident.box,
            handling.isDismissed || handling.isConfirmed
        else { return }
        training.keep(incident)
        fleet.withLock { $0.watchers[incident.camera] }?.habits?.judge(
            HabitKeeper.Judgement(
                incident: incident.id, isSmoke: handling.isConfirmed, box: box, start: incident.start),
            at: clock.wall())
    }
}
