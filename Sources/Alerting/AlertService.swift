public import Domain
public import EventBus
public import Journal
public import Logging
import Synchronization

/// Tells receivers of what happens: reads the journal, fills the outbox, and sends what waits in it.
public final class AlertService: Sendable {
    /// What one channel did since Lookout started.
    public struct ChannelReport: Sendable {
        public var channel: String
        public var delivered: Int
        public var failures: Int
        public var givenUp: Int
        /// Whether the receiver is left alone, since it failed again and again.
        public var isSuspended: Bool
        public var lastError: String?
        /// From the picture to the receiver's acceptance.
        public var latency: LatencyHistogram
    }

    private let settings: AlertSettings
    private let outbox: Outbox
    private let clock: any HostClock
    private let logger: Logger
    private let couriers: [Courier]
    private let feeder: AlertFeeder
    private let acknowledgements: AcknowledgementTimes
    private let escalations: EscalationLog
    private let fires = FireBoard()

    /// Finds out where to go on: what is appended to the journal from now on is told of.
    ///
    /// - Parameter targets: the channels; their ids are unique.
    public init(
        settings: AlertSettings, targets: [any DeliveryTarget], journal: IncidentJournal, bus: EmbeddedBus,
        outbox: Outbox, clock: any HostClock, logger: Logger
    ) async throws(JournalError) {
        self.settings = settings
        self.outbox = outbox
        self.clock = clock
        self.logger = logger
        let escalations = EscalationLog(journal: journal, outbox: outbox, clock: clock, logger: logger)
        self.escalations = escalations
        let couriers = targets.map {
            Courier(
                target: $0, outbox: outbox, clock: clock, policy: settings.retry, links: settings.links,
                logger: logger, reminded: { escalations.add($0) })
        }
        self.couriers = couriers
        let times = AcknowledgementTimes()
        acknowledgements = times
        feeder = try await AlertFeeder(
            settings: settings, journal: journal, bus: bus, outbox: outbox, channels: Set(targets.map(\.channel)),
            fires: fires, clock: clock, logger: logger,
            wake: { channels in
                for courier in couriers where channels.contains(courier.target.channel) { courier.wake() }
            }, acknowledged: { times.add($0) })
        let lost = try await outbox.giveUp(exceptFor: Set(targets.map(\.channel)), at: clock.wall())
        if lost > 0 {
            logger.warning(
                "\(lost) alerts waited for channels that are not configured any more; they are dead letters now.")
        }
    }

    /// Works until its task is cancelled. What is not sent by then is sent after the next start.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for courier in couriers { group.addTask { await courier.run() } }
            group.addTask { [feeder] in
                var feeder = feeder
                await feeder.run()
            }
            group.addTask { await self.prune() }
            group.addTask { await self.escalations.run() }
        }
    }

    /// The fire that an incident belongs to, with what other cameras see of it; `nil` for what is no fire.
    public func fire(of incident: IncidentID) -> FireOutline? { fires.outline(of: incident) }

    /// In the order of the configuration.
    public func reports() -> [ChannelReport] {
        couriers.map { courier in
            let record = courier.statistics
            return ChannelReport(
                channel: courier.target.channel, delivered: record.delivered, failures: record.failures,
                givenUp: record.givenUp, isSuspended: record.isOpen, lastError: record.lastError,
                latency: record.latency)
        }
    }

    /// From the picture to the acknowledgement, since Lookout started.
    public var acknowledgementLatency: LatencyHistogram { acknowledgements.histogram }

    /// Sends what does not come from the journal: an exercise.
    public func send(_ notices: [Notice]) async throws(JournalError) {
        try await outbox.add(notices, upTo: nil, at: clock.wall())
        for courier in couriers { courier.wake() }
    }

    /// What became of the notices of one subject, newest first.
    public func deliveries(of subject: String) async throws(JournalError) -> [Delivery] {
        try await outbox.deliveries(subject: subject)
    }

    /// Deliveries of each channel by state.
    public func counts() async throws(JournalError) -> [ChannelCount] { try await outbox.counts() }

    private func prune() async {
        while !Task.isCancelled {
            do {
                while try await outbox.prune(before: clock.wall() - settings.keep) == 1_000 {}
            } catch {
                if error.code != .closed { logger.error("the outbox cannot be tidied up: \(error)") }
            }
            try? await Task.sleep(for: .seconds(3_600))
        }
    }
}

/// How long people took to acknowledge.
private final class AcknowledgementTimes: Sendable {
    private let state = Mutex(LatencyHistogram())

    var histogram: LatencyHistogram { state.withLock { $0 } }

    func add(_ incident: Incident) {
        guard let taken = incident.acknowledgement else { return }
        state.withLock { $0.add(seconds: (taken.time - incident.start).inSeconds) }
    }
}
