import Alerting
import Domain
import Foundation
import Journal
import Logging
import ServiceLifecycle
import SiteConfiguration

/// Holds exercises: sends the alert, waits for receivers and for somebody who answers, and writes down how it went.
actor DrillDesk {
    private let alerts: AlertService
    private let settings: AlertSettings
    private let journal: IncidentJournal
    private let clock: any HostClock
    private let logger: Logger
    private var running: Incident?
    private var answer: (actor: String, time: MediaTime)?

    init(
        alerts: AlertService, settings: AlertSettings, journal: IncidentJournal, clock: any HostClock, logger: Logger
    ) {
        self.alerts = alerts
        self.settings = settings
        self.journal = journal
        self.clock = clock
        self.logger = logger
    }

    /// The exercise of that name, while it goes on.
    func incident(_ id: IncidentID) -> Incident? { running?.id == id ? running : nil }

    /// - Returns: `false` where somebody has answered before.
    func answer(_ id: IncidentID, actor: String) -> Bool {
        guard running?.id == id, answer == nil else { return false }
        answer = (actor, clock.wall())
        return true
    }

    /// Returns when all is taken and answered, or the time is over. One exercise at a time.
    func hold(camera: CameraID, channels: [String], actor: String, wait: Duration) async throws {
        guard running == nil else { return }
        let start = clock.wall()
        var drill = Drill(camera: camera, settings: settings, channels: channels, at: start)
        running = drill.incident
        answer = nil
        defer { running = nil }
        logger.notice("an exercise is sent to \(channels.joined(separator: ", ")).")
        let opening = try drill.opening()
        try await alerts.send([opening])
        let end = clock.monotonic() + wait
        while clock.monotonic() < end, !Task.isCancelled {
            let isTaken = try await report(opening, actor, start).reachedAll
            if isTaken, answer != nil { break }
            try? await Task.sleep(for: .seconds(1))
        }
        let report = try await report(opening, actor, start)
        try await alerts.send([try drill.closing(at: clock.wall())])
        try await journal.note(report)
        logger.notice("the exercise is over: \(report.summary).")
    }

    private func report(_ opening: Notice, _ actor: String, _ start: MediaTime) async throws -> DrillReport {
        let found = try await alerts.deliveries(of: opening.subject).filter { $0.event == opening.event }
        return DrillReport(
            id: opening.subject, actor: actor, start: start,
            channels: opening.channels.map { channel in
                let delivery = found.first { $0.channel == channel }
                let taken = delivery?.state == .delivered ? delivery?.settled : nil
                return DrillReport.Channel(
                    id: channel, acceptedSeconds: taken.map { ($0 - start).inSeconds }, error: delivery?.error)
            }, acknowledgedSeconds: answer.map { ($0.time - start).inSeconds }, acknowledgedBy: answer?.actor)
    }
}

/// Holds the exercises that the configuration asks for.
struct DrillService: Service {
    let desk: DrillDesk
    let site: SiteSettings
    let journal: IncidentJournal
    let clock: any HostClock
    let logger: Logger

    /// A moment that was missed by more is left out: nobody expects an exercise then.
    private static let lateness = 5

    func run() async throws {
        let channels = site.alerts.drill.map { $0.channels.isEmpty ? site.channels.map(\.id) : $0.channels } ?? []
        guard let drill = site.alerts.drill, !channels.isEmpty, let camera = Drill.usualWitness(of: site) else {
            return try await gracefulShutdown()
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await isDue(drill) {
                        try await desk.hold(
                            camera: camera, channels: channels, actor: "lookout",
                            wait: .milliseconds(Int64(drill.waitMinutes * 60_000)))
                    }
                } catch {
                    logger.error("the exercise could not be held: \(error)")
                }
                try? await Task.sleep(for: .seconds(15))
            }
        }
    }

    private func isDue(_ drill: SiteSettings.Drill) async throws -> Bool {
        let now = clock.wall()
        let local = SiteClock(site.site).localTime(at: now)
        let isTime = drill.moments.contains { moment in
            moment.days.contains(local.weekday)
                && (moment.minuteOfDay..<moment.minuteOfDay + Self.lateness).contains(local.minuteOfDay)
        }
        guard isTime else { return false }
        // One for each moment, also where Lookout is started again in between.
        let last = try await journal.lastDrill()
        return last.map { now - $0.start > .seconds((Self.lateness + 1) * 60) } ?? true
    }
}

extension Drill {
    /// The camera that is said to see smoke where nobody says which: the first that watches for it.
    static func usualWitness(of site: SiteSettings) -> CameraID? {
        (site.cameras.first { $0.detect.contains(.smoke) } ?? site.cameras.first)?.id
    }
}
