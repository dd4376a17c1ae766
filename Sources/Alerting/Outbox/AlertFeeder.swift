import Domain
import EventBus
import Foundation
import Journal
import Logging

/// Reads the journal from where it stopped and puts into the outbox what is to be told.
struct AlertFeeder {
    let settings: AlertSettings
    let journal: IncidentJournal
    let bus: EmbeddedBus
    let outbox: Outbox
    let clock: any HostClock
    let logger: Logger
    /// Told which channels have something new.
    let wake: @Sendable (Set<String>) -> Void

    private var position: OutboxPosition
    /// The last position that is on disk.
    private var stored: Int64
    private var desk: FireDesk

    /// What is older is history by the time it is told; only a journal from a backup holds such revisions unread.
    private static let stale = Duration.seconds(24 * 3_600)
    /// How far back fires are read again at start.
    private static let memory = Duration.seconds(7 * 24 * 3_600)
    /// Revisions that are read at most without telling of any before the position is stored all the same.
    private static let mostUnstored: Int64 = 1_000

    /// Finds out where to go on, before anything new happens.
    init(
        settings: AlertSettings, journal: IncidentJournal, bus: EmbeddedBus, outbox: Outbox, clock: any HostClock,
        logger: Logger, wake: @escaping @Sendable (Set<String>) -> Void
    ) async throws(JournalError) {
        self.settings = settings
        self.journal = journal
        self.bus = bus
        self.outbox = outbox
        self.clock = clock
        self.logger = logger
        self.wake = wake
        desk = FireDesk(reporter: settings.reporter)
        position = try await Self.start(journal: journal, outbox: outbox, at: clock.wall(), logger: logger)
        stored = position.sequence
        try await recall()
    }

    private static func start(
        journal: IncidentJournal, outbox: Outbox, at time: MediaTime, logger: Logger
    ) async throws(JournalError) -> OutboxPosition {
        guard let position = try await outbox.position() else {
            // The first start: what happened before there were channels is not told.
            let last = try await journal.lastSequence()
            let head = try await journal.revisions(after: max(0, last - 1), limit: 1).last
            let start = head.map { OutboxPosition(sequence: $0.sequence, hash: $0.hash) } ?? .origin
            try await outbox.add([], upTo: start, at: time)
            return start
        }
        guard position.sequence > 0 else { return position }
        let known = try await journal.revisions(after: position.sequence - 1, limit: 1).first
        if known?.hash == position.hash { return position }
        logger.warning(
            "the outbox was filled from another journal, as after a backup was restored; what it has not told is told.")
        return .origin
    }

    /// Shows the desk the fires that were told of already, so that it goes on where it stopped.
    private mutating func recall() async throws(JournalError) {
        let since = clock.wall() - Self.memory
        var told: [StoredRevision] = []
        for kind in IncidentKind.allCases where kind.desk == .fire {
            for incident in try await journal.incidents(
                matching: IncidentQuery(kind: kind, since: since, limit: 1_000))
            {
                told += try await journal.history(of: incident.id).filter { $0.sequence <= position.sequence }
            }
        }
        for stored in told.sorted(by: { $0.sequence < $1.sequence }) { _ = desk.consider(stored.revision) }
    }

    /// Goes on until its task is cancelled or the bus ends.
    mutating func run() async {
        while !Task.isCancelled {
            do {
                try await follow()
                return
            } catch let error as JournalError where error.code == .closed {
                return
            } catch {
                logger.error("alerts wait: \(error)")
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private mutating func follow() async throws {
        var iterator = bus.subscribe(after: position.sequence).makeAsyncIterator()
        while let page = try await iterator.nextPage() {
            guard let last = page.last else { continue }
            var notices: [Notice] = []
            var next = desk
            for revision in page { notices += try self.notices(revision, &next) }
            let reached = OutboxPosition(sequence: last.sequence, hash: last.hash)
            if !notices.isEmpty || reached.sequence - stored >= Self.mostUnstored {
                try await outbox.add(notices, upTo: reached, at: clock.wall())
                stored = reached.sequence
                wake(Set(notices.flatMap(\.channels)))
            }
            desk = next
            position = reached
        }
    }

    /// What one revision gives to tell: nothing, one notice, or several where fires turn out to be one.
    private func notices(_ stored: StoredRevision, _ desk: inout FireDesk) throws -> [Notice] {
        let revision = stored.revision
        let incident = revision.incident
        let bulletins = desk.consider(revision)
        guard clock.wall() - revision.time < Self.stale else { return [] }
        let danger = settings.dangerLevel(incident.start)
        let channels = settings.routes.channels(
            for: revision, start: settings.localTime(incident.start), dangerLevel: danger)
        guard !channels.isEmpty else { return [] }
        let name = settings.reporter.name(of: incident.camera)
        func notice(_ suffix: String, _ subject: String, _ bulletin: FireDesk.Bulletin?) throws -> Notice {
            let words = settings.writer.notice(
                stored, suffix: suffix, cameraName: name, dangerLevel: danger, bulletin: bulletin)
            return Notice(
                event: words.event, subject: subject, picture: revision.change == .opened ? incident.start : revision.time,
                body: try words.stored, channels: channels)
        }
        if !bulletins.isEmpty {
            return try bulletins.enumerated().map { index, bulletin in
                try notice(index == 0 ? "" : ".\(index + 1)", bulletin.fire, bulletin)
            }
        }
        return [try notice("", desk.fire(of: incident.id) ?? incident.id.rawValue, nil)]
    }
}
