import Domain
import Journal
import Logging

/// Writes into the incidents' audit trail which reminders were sent since nobody had acknowledged.
final class EscalationLog: Sendable {
    /// A reminder that a receiver took.
    struct Reminder: Sendable {
        var incident: IncidentID
        /// From 1.
        var step: Int
        var channel: String
        var time: MediaTime

        /// `nil` for what is no reminder.
        init?(_ delivery: Delivery, _ notice: AlertNotice, at time: MediaTime) {
            guard let step = notice.escalation else { return nil }
            incident = notice.incident
            self.step = step
            channel = delivery.channel
            self.time = time
        }
    }

    private let journal: IncidentJournal
    private let outbox: Outbox
    private let clock: any HostClock
    private let logger: Logger
    private let reminders: AsyncStream<Reminder>
    private let entry: AsyncStream<Reminder>.Continuation

    /// How far back it looks at the start for what a crash kept from being written.
    private static let memory = Duration.seconds(24 * 3_600)

    init(journal: IncidentJournal, outbox: Outbox, clock: any HostClock, logger: Logger) {
        self.journal = journal
        self.outbox = outbox
        self.clock = clock
        self.logger = logger
        (reminders, entry) = AsyncStream.makeStream()
    }

    func add(_ reminder: Reminder) { entry.yield(reminder) }

    /// Works until its task is cancelled.
    func run() async {
        do {
            for delivery in try await outbox.reminders(deliveredSince: clock.wall() - Self.memory) {
                guard let notice = try? AlertNotice.read(delivery.body),
                    let reminder = Reminder(delivery, notice, at: delivery.settled ?? clock.wall())
                else { continue }
                await write(reminder)
            }
        } catch {
            logger.warning("reminders sent before the start are not in the audit trail: \(error)")
        }
        for await reminder in reminders { await write(reminder) }
    }

    private func write(_ reminder: Reminder) async {
        do {
            try await journal.noteEscalation(
                of: reminder.incident, step: reminder.step, channel: reminder.channel, at: reminder.time)
        } catch {
            // It is found again at the next start.
            if error.code != .closed { logger.warning("a reminder is not in the audit trail: \(error)") }
        }
    }
}
