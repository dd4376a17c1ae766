import Channels
import Domain
import Journal
import Logging
import Synchronization

/// Sends what waits for one channel: in order within each subject, several subjects at a time, again until it is taken.
///
/// Each channel has a courier of its own, so that none waits for another's receiver.
final class Courier: Sendable {
    /// What the channel did since Lookout started.
    struct Record: Sendable {
        var delivered = 0
        var failures = 0
        var givenUp = 0
        var isOpen = false
        var lastError: String?
        /// From the picture to the receiver's acceptance, reminders left out.
        var latency = LatencyHistogram()
    }

    private struct Attempt: Sendable {
        var delivery: Delivery
        var failure: ChannelError?
        /// `nil` where it could not be read.
        var notice: AlertNotice?
    }

    let target: any DeliveryTarget
    private let outbox: Outbox
    private let clock: any HostClock
    private let policy: RetryPolicy
    private let links: AnswerLinks?
    private let logger: Logger
    /// Told of each reminder that the receiver took.
    private let reminded: @Sendable (EscalationLog.Reminder) -> Void
    private let finished = Mutex<[Attempt]>([])
    private let record = Mutex(Record())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// Another process may have revived something, so it looks now and then without being told.
    private static let longestSleep = Duration.seconds(5)

    init(
        target: any DeliveryTarget, outbox: Outbox, clock: any HostClock, policy: RetryPolicy, links: AnswerLinks?,
        logger: Logger, reminded: @escaping @Sendable (EscalationLog.Reminder) -> Void
    ) {
        self.links = links
        self.reminded = reminded
        self.target = target
        self.outbox = outbox
        self.clock = clock
        self.policy = policy
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var statistics: Record { record.withLock { $0 } }

    /// There may be something new to send.
    func wake() { signal.yield() }

    /// Sends until its task is cancelled.
    func run() async {
        target.start()
        var breaker = CircuitBreaker(policy: policy)
        var turn = Outbox.Turn(
            channel: target.channel, limit: 0, longestWait: policy.longest + .seconds(3_600), now: clock.wall())
        var timer: Task<Void, Never>?
        signal.yield()
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                if Task.isCancelled { break }
                for attempt in takeFinished() { note(attempt, &turn, &breaker) }
                turn.now = clock.wall()
                let allowance = breaker.allowance(at: clock.monotonic(), usual: target.mostAtOnce)
                // What has ended counts as underway until that is stored, but keeps no place.
                turn.limit = max(0, allowance - (turn.underway.count - turn.outcomes.count))
                let next = await take(&turn, breaker)
                for delivery in next.deliveries {
                    turn.underway.insert(delivery.id)
                    group.addTask { await self.send(delivery) }
                }
                timer?.cancel()
                timer = alarm(after: pause(until: next.next, breaker))
            }
            group.cancelAll()
        }
        timer?.cancel()
        await target.close()
    }

    private func takeFinished() -> [Attempt] {
        finished.withLock { finished in
            defer { finished = [] }
            return finished
        }
    }

    /// Stores what was achieved and fetches what is due; on trouble with the disk what was achieved is kept for later.
    private func take(_ turn: inout Outbox.Turn, _ breaker: CircuitBreaker) async -> Outbox.Due {
        do {
            let due = try await outbox.take(turn)
            for outcome in turn.outcomes { turn.underway.remove(outcome.delivery) }
            turn.outcomes = []
            turn.hasRecovered = false
            return due
        } catch {
            if error.code != .closed { logger.error("channel '\(target.channel)': \(error)") }
            return Outbox.Due(deliveries: [], next: turn.now + .seconds(1))
        }
    }

    private func send(_ delivery: Delivery) async {
        var failure: ChannelError?
        var read: AlertNotice?
        do {
            let stored = try AlertNotice.read(delivery.body)
            read = stored
            let notice = stored.asking(
                links?.address(for: stored.incident, channel: target.channel, at: delivery.created))
            try await target.deliver(notice, key: delivery.key)
        } catch let error as ChannelError {
            failure = error
        } catch {
            failure = ChannelError(
                .refused, problem: "the stored notice cannot be read: \(error)",
                remedy: "It was written by another version of Lookout; look the incident up in the journal")
        }
        finished.withLock { $0.append(Attempt(delivery: delivery, failure: failure, notice: read)) }
        signal.yield()
    }

    /// Turns the end of an attempt into what is stored of it.
    private func note(_ attempt: Attempt, _ turn: inout Outbox.Turn, _ breaker: inout CircuitBreaker) {
        let now = clock.wall()
        let delivery = attempt.delivery
        let result: DeliveryOutcome.Result
        if let failure = attempt.failure {
            result = outcome(of: delivery, failure, at: now)
            if failure.isAboutMessage {
                turn.hasRecovered = breaker.succeed() || turn.hasRecovered
            } else if failure.code != .closed {
                breaker.fail(at: clock.monotonic(), chance: Double.random(in: 0...1))
            }
        } else {
            result = .delivered
            if let reminder = attempt.notice.flatMap({ EscalationLog.Reminder(delivery, $0, at: now) }) {
                reminded(reminder)
            }
            if breaker.succeed() {
                turn.hasRecovered = true
                logger.notice("channel '\(target.channel)' works again.")
            }
        }
        turn.outcomes.append(DeliveryOutcome(delivery: delivery.id, result: result))
        let isOpen = breaker.isOpen
        record.withLock { record in
            record.isOpen = isOpen
            record.lastError = attempt.failure?.description
            switch result {
            case .delivered:
                record.delivered += 1
                // A reminder is late on purpose.
                guard !delivery.subject.hasSuffix(AlertSettings.escalationSuffix) else { return }
                record.latency.add(seconds: (now - delivery.picture).inSeconds)
            case .tryAgain: record.failures += 1
            case .givenUp: record.givenUp += 1
            }
        }
    }

    private func outcome(of delivery: Delivery, _ failure: ChannelError, at now: MediaTime) -> DeliveryOutcome.Result {
        if failure.isAboutMessage || now - delivery.created > policy.giveUpAfter {
            logger.error("channel '\(target.channel)': '\(delivery.event)' is a dead letter now. \(failure)")
            return .givenUp(error: failure.description)
        }
        if delivery.attempts == 0 {
            logger.warning("channel '\(target.channel)': '\(delivery.event)' waits. \(failure)")
        }
        let pause = policy.pause(afterAttempt: delivery.attempts + 1, chance: Double.random(in: 0...1))
        return .tryAgain(notBefore: now + max(pause, failure.retryAfter ?? .zero), error: failure.description)
    }

    private func pause(until next: MediaTime?, _ breaker: CircuitBreaker) -> Duration {
        var pause = Self.longestSleep
        if let next { pause = min(pause, next - clock.wall()) }
        if let retryAt = breaker.retryAt { pause = min(pause, retryAt - clock.monotonic()) }
        // What is due now is handed out when an attempt ends; only what comes later needs an alarm.
        return max(pause, .milliseconds(10))
    }

    private func alarm(after pause: Duration) -> Task<Void, Never> {
        Task { [signal] in
            try? await Task.sleep(for: pause)
            if !Task.isCancelled { signal.yield() }
        }
    }
}
