import Domain
import Incidents
import Journal
import Logging
import SiteConfiguration
import Watch

/// Lets the fire danger reach the detectors, and each change of it the journal.
actor DangerDesk {
    private let board: DangerBoard
    private let journal: IncidentJournal
    private let demands: [DangerLevel: FireDemand]
    private let holdHours: Double
    private let follow: @Sendable (FireDemand) -> Void
    private let clock: any HostClock
    private let logger: Logger
    private var last: DangerNotice?

    /// What is reckoned is written down again so often, that a restart finds it.
    private static let refresh = Duration.seconds(6 * 3_600)
    /// A day's weather holds until the next day's must be there.
    private static let weatherHolds = Duration.seconds(36 * 3_600)

    /// - Parameter follow: told what the danger asks of the detectors of smoke and flame.
    init(
        board: DangerBoard, site: SiteSettings, journal: IncidentJournal, clock: any HostClock, logger: Logger,
        follow: @escaping @Sendable (FireDemand) -> Void
    ) {
        self.board = board
        self.journal = journal
        self.clock = clock
        self.logger = logger
        self.follow = follow
        holdHours = site.fireDanger.holdHours
        demands = Dictionary(
            site.fireDanger.levels.map {
                (
                    $0.level,
                    FireDemand(
                        smokeBar: $0.smokeBar, flameBar: $0.flameBar, dwellSeconds: $0.dwellSeconds,
                        pictureEverySeconds: $0.pictureEverySeconds,
                        flamePictureEverySeconds: $0.flamePictureEverySeconds)
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Takes up what held before the last stop.
    func recall() async throws(JournalError) {
        for notice in try await journal.dangerNotices() { board.take(notice) }
        board.take(try await journal.weatherDays())
        apply(board.standing(at: clock.wall()).current)
    }

    nonisolated func standing() -> DangerStanding { board.standing(at: clock.wall()) }

    /// Takes in what a person or another system says; no level: what it said before holds no longer.
    func give(
        _ level: DangerLevel?, source: DangerNotice.Source, actor: String, hours: Double? = nil, note: String? = nil
    ) async throws(JournalError) -> DangerStanding {
        let now = clock.wall()
        if let level {
            let until = now + .seconds((hours ?? holdHours) * 3_600)
            try await take(
                DangerNotice(level: level, source: source, actor: actor, since: now, until: until, note: note))
        } else if var before = standing().notices.first(where: { $0.source == source }), before.holds(at: now) {
            before.until = now
            before.actor = actor
            before.note = note ?? "withdrawn"
            try await take(before)
        }
        await settle()
        return standing()
    }

    nonisolated func weather() -> WeatherStanding { board.weather }

    /// Takes in the weather of a day, or a correction of it. It is durable by then.
    ///
    /// - Throws: `WeatherDay.Fault` for a day that has not come yet, `JournalError`.
    func give(_ day: WeatherDay, actor: String) async throws -> WeatherStanding {
        let now = clock.wall()
        if let today = board.day(at: now), day.date > today {
            throw WeatherDay.Fault(
                problem: "\(day.date) has not come yet; at the site it is \(today)",
                remedy: "Give a day's weather once it was measured at 13:00")
        }
        try await journal.note(day, actor: actor, at: now)
        board.take([day])
        await settle()
        return board.weather
    }

    private func take(_ notice: DangerNotice) async throws(JournalError) {
        try await journal.note(notice)
        board.take(notice)
    }

    /// Looks what holds now: what was reckoned anew, and what holds no longer.
    func settle() async {
        let now = clock.wall()
        let before = board.standing(at: now).notices.first { $0.source == .weather }
        if let level = board.reckoned(at: now), before?.level != level || now - (before?.since ?? .zero) > Self.refresh
        {
            let notice = DangerNotice(
                level: level, source: .weather, actor: "lookout", since: now, until: now + Self.weatherHolds)
            do {
                try await take(notice)
            } catch {
                // It holds all the same; the next look tries again to write it down.
                logger.error("the fire danger is not in the journal: \(error)")
                board.take(notice)
            }
        }
        apply(board.standing(at: now).current)
    }

    private func apply(_ current: DangerNotice?) {
        defer { last = current }
        guard last == nil || current?.level != last?.level else { return }
        var demand = current.flatMap { demands[$0.level] } ?? FireDemand()
        demand.level = current?.level
        follow(demand)
        guard current != nil || last != nil else { return }
        let source = current.map { ", \($0.source.title(in: .en))" } ?? ""
        logger.notice("forest fire danger: \(current?.level.title(in: .en) ?? "unknown")\(source).")
    }
}
