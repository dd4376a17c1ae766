import Alerting
import Domain
import Foundation
import Incidents
import Journal
import SiteConfiguration

/// What follows from the life of a fire in the journal. The same history gives the same messages.
struct CAPHistory {
    /// About the fire that an incident belongs to, with what other cameras saw of it, oldest first.
    private(set) var messages: [CAPMessage] = []
    let outline: FireOutline?
    /// How the fire came to be what it is.
    let events: [(fire: String, event: Fire.Event)]

    /// - Returns: `nil` where the incident is no fire.
    static func of(_ incident: Incident, in journal: IncidentJournal, site: SiteSettings) async throws -> CAPHistory? {
        guard incident.kind.desk == .fire else { return nil }
        let steps = try await journal.history(
            of: .fire, since: incident.start - FireDesk.memory, until: incident.lastSeen + FireDesk.memory)
        var desk = FireDesk(reporter: try reporter(of: site))
        var messages: [String: [CAPMessage]] = [:]
        for stored in steps {
            for bulletin in desk.consider(stored.revision) {
                if let message = bulletin.message { messages[bulletin.fire, default: []].append(message) }
            }
        }
        return CAPHistory(
            messages: desk.fire(of: incident.id).flatMap { messages[$0] } ?? [],
            outline: desk.outline(of: incident.id), events: desk.history(of: incident.id))
    }

    /// - Throws: `Failure` for maps that cannot be read.
    static func reporter(of site: SiteSettings) throws -> FireReporter {
        let status: CAPMessage.Status =
            switch site.alerts.status {
            case .actual: .actual
            case .exercise: .exercise
            case .draft: .draft
            }
        let issuer = CAPSeries.Issuer(
            sender: site.alerts.sender, name: site.site.name, status: status,
            timeZone: TimeZone(identifier: site.site.timeZone.identifier) ?? .gmt,
            webAddress: site.alerts.webAddress)
        let cameras = site.cameras.map { ($0.id, FireReporter.Camera(name: $0.name, pose: $0.pose)) }
        return FireReporter(
            issuer: issuer, cameras: Dictionary(cameras, uniquingKeysWith: { first, _ in first }),
            locator: try SiteMap.locator(of: site))
    }
}
