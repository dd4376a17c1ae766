import Alerting
import Domain
import Foundation
import Geolocation
import SiteConfiguration

/// The CAP messages that follow from the life of an incident in the journal. The same history gives the same messages.
enum CAPHistory {
    /// - Returns: oldest first; empty where the incident is no fire.
    static func messages(of history: [StoredRevision], site: SiteSettings) throws -> [CAPMessage] {
        guard let first = history.first?.revision.incident, first.kind.desk == .fire else { return [] }
        let locator = try SiteMap.locator(of: site)
        var series = CAPSeries(issuer: issuer(of: site), incident: first.id, onset: first.start)
        for stored in history {
            guard let stage = stage(of: stored.revision) else { continue }
            _ = series.add(report(stored.revision, stage, site: site, locator: locator))
        }
        return series.messages
    }

    /// What a step of the incident's life says to others; `nil` where that is nothing new.
    private static func stage(of revision: IncidentRevision) -> FireStage? {
        switch revision.change {
        case .opened, .acknowledged: .possible
        // That Lookout was stopped says nothing about the fire.
        case .closed: revision.incident.interrupted ? nil : .unseen
        default: nil
        }
    }

    private static func issuer(of site: SiteSettings) -> CAPSeries.Issuer {
        let status: CAPMessage.Status =
            switch site.alerts.status {
            case .actual: .actual
            case .exercise: .exercise
            case .draft: .draft
            }
        return CAPSeries.Issuer(
            sender: site.alerts.sender, name: site.site.name, status: status,
            timeZone: TimeZone(identifier: site.site.timeZone.identifier) ?? .gmt,
            webAddress: site.alerts.webAddress)
    }

    private static func report(
        _ revision: IncidentRevision, _ stage: FireStage, site: SiteSettings, locator: Locator
    ) -> CAPSeries.Report {
        let incident = revision.incident
        let camera = site.cameras.first { $0.id == incident.camera }
        var report = CAPSeries.Report(
            time: revision.time, stage: stage, kind: incident.kind, confidence: incident.confidence,
            cameras: [camera?.name ?? incident.camera.rawValue])
        if revision.change == .acknowledged, let taken = incident.acknowledgement {
            report.remark = taken.note.map { "\(taken.actor): \($0)" } ?? taken.actor
        }
        guard let pose = camera?.pose, let foot = incident.box?.footPoint, let line = pose.sightLine(to: foot) else {
            return report
        }
        report.bearings = [Bearing(camera: incident.camera, pose: pose, sightLine: line)]
        report.location = try? locator.locate([PointSighting(camera: incident.camera, pose: pose, point: foot)])
        return report
    }
}
