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
    /// The channels that there are.
    let channels: Set<String>
    /// Told of each change to the fires.
    let fires: FireBoard
    /// Told which channels have something new.
    let wake: @Sendable (Set<String>) -> Void
    /// Told of each acknowledgement.
    let acknowledged: @Sendable (Incident) -> Void

    private var position: OutboxPosition
    /// The last position that is on disk.
    private var stored: Int64
    private var desk: FireDesk

    /// What is older is history by the time it is told; only a journal from a backup holds such revisions unread.
    private static let stale = Duration.seconds(24 * 3_600)
    /// Revisions that are read at most without telling of any before the position is stored all the same.
    private static let mostUnstored: Int64 = 1_000

    /// Finds out where to go on, before anything new happens.
    init(
        settings: AlertSettings, journal: IncidentJournal, bus: EmbeddedBus, outbox: Outbox, channels: Set<String>,
        fires: FireBoard, clock: any HostClock, logger: Logger, wake: @escaping @Sendable (Set<String>) -> Void,
        acknowledged: @escaping @Sendable (Incident) -> Void
    ) async throws(JournalError) {
        self.settings = settings
        self.journal = journal
        self.bus = bus
        self.outbox = outbox
        self.channels = channels
        self.fires = fires
        self.clock = clock
        self.logger = logger
        self.wake = wake
        self.acknowledged = acknowledged
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
        for stored in try await journal.history(of: .fire, since: clock.wall() - FireDesk.memory)
        where stored.sequence <= position.sequence {
            _ = desk.consider(stored.revision)
        }
        fires.show(desk)
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
            var settled: [String] = []
            var next = desk
            for revision in page {
                notices += try await self.notices(revision, &next, besides: notices)
                let incident = revision.revision.incident
                // Whoever took it, by whatever step.
                if incident.acknowledgement?.time == revision.revision.time {
                    settled.append(Self.escalationSubject(subject(of: incident, next)))
                    acknowledged(incident)
                }
            }
            let reached = OutboxPosition(sequence: last.sequence, hash: last.hash)
            if !notices.isEmpty || !settled.isEmpty || reached.sequence - stored >= Self.mostUnstored {
                try await outbox.add(notices, upTo: reached, withdrawing: settled, at: clock.wall())
                stored = reached.sequence
                wake(Set(notices.flatMap(\.channels)))
            }
            desk = next
            fires.show(next)
            position = reached
        }
    }

    /// What must arrive in order with an incident: all about its fire, or all about itself.
    private func subject(of incident: Incident, _ desk: FireDesk) -> String {
        desk.fire(of: incident.id) ?? incident.id.rawValue
    }

    private static func escalationSubject(_ subject: String) -> String { subject + AlertSettings.escalationSuffix }

    /// What one revision gives to tell: nothing, one notice, or several where fires turn out to be one.
    ///
    /// - Parameter earlier: what is to be told already, and is not in the outbox yet.
    private func notices(
        _ stored: StoredRevision, _ desk: inout FireDesk, besides earlier: [Notice]
    ) async throws -> [Notice] {
        let revision = stored.revision
        let incident = revision.incident
        let bulletins = desk.consider(revision)
        guard clock.wall() - revision.time < Self.stale else { return [] }
        let danger = incident.dangerLevel?.rawValue ?? settings.dangerLevel(incident.start)
        let start = settings.localTime(incident.start)
        // That fires turned out to be one, or two, is as new to people as what opens.
        let isRearranged = revision.change == .updated && !bulletins.isEmpty
        let channels = settings.routes.channels(
            for: revision, as: isRearranged ? .opened : revision.change, start: start, dangerLevel: danger)
        let name = settings.reporter.name(of: incident.camera)
        var notices: [Notice] = []
        for (index, bulletin) in (bulletins.isEmpty ? [nil] : bulletins.map(Optional.some)).enumerated() {
            let words = settings.writer.notice(
                stored, suffix: index == 0 ? "" : ".\(index + 1)", cameraName: name, dangerLevel: danger,
                bulletin: bulletin)
            let subject = bulletin?.fire ?? subject(of: incident, desk)
            let picture = revision.change == .opened ? incident.start : revision.time
            var told = channels
            if bulletin?.stage.isEnd ?? (revision.change == .dismissed) {
                told += try await self.told(of: subject, besides: earlier).filter { !channels.contains($0) }
            }
            if !told.isEmpty {
                notices.append(
                    Notice(
                        event: words.event, subject: subject, picture: picture, body: try words.stored, channels: told))
            }
            // Of a fire only the first alert asks for an answer.
            let asks = bulletin.map { $0.message?.kind == .alert } ?? (revision.change == .opened)
            guard asks, incident.acknowledgement == nil else { continue }
            notices += try reminders(of: words, incident, subject: subject, start: start, danger: danger)
        }
        return notices
    }

    /// Whoever was told of a subject, by the alert or by a reminder, as far as there still is such a channel.
    private func told(of subject: String, besides earlier: [Notice]) async throws -> [String] {
        let stored = try await outbox.channels(of: [subject, Self.escalationSubject(subject)])
        let fresh = earlier.filter { $0.subject == subject }.flatMap(\.channels)
        return Set(stored + fresh).intersection(channels).sorted()
    }

    /// What is said to others as long as nobody acknowledges; stored with the alert, withdrawn with the acknowledgement.
    private func reminders(
        of notice: AlertNotice, _ incident: Incident, subject: String, start: LocalTime, danger: Int?
    ) throws -> [Notice] {
        var reminders: [Notice] = []
        for route in settings.routes where route.concerns(incident, start: start, dangerLevel: danger) {
            for step in route.escalation {
                let delay = step.deadline(dangerLevel: danger)
                let words = settings.writer.reminder(of: notice, step: reminders.count + 1, after: delay)
                reminders.append(
                    Notice(
                        event: words.event, subject: Self.escalationSubject(subject), picture: incident.start,
                        body: try words.stored, channels: step.channels, due: clock.wall() + delay))
            }
        }
        return reminders
    }
}
