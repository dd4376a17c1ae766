public import Domain
import Geolocation
import Incidents

/// Joins what cameras report as smoke and flame into fires, and writes the messages about each fire.
///
/// A pure function of the revisions that it was shown, in their order: shown the same again, it says the same again.
public struct FireDesk: Sendable {
    /// What there is to tell about one fire after a revision.
    public struct Bulletin: Sendable {
        public var fire: String
        public var stage: FireStage
        public var report: CAPSeries.Report
        /// `nil` where the step changes nothing for those outside.
        public var message: CAPMessage?
    }

    private struct Entry {
        var series: CAPSeries
        var stage: FireStage
        var members: [IncidentID] = []
    }

    /// How long what is over is remembered; older fires are not taken up again.
    public static let memory = Duration.seconds(7 * 86_400)
    /// From so many on, what is over for long is forgotten.
    private static let mostIncidents = 1_000

    private let reporter: FireReporter
    private var fusion: FireFusion
    private var entries: [String: Entry] = [:]
    private var incidents: [IncidentID: Incident] = [:]
    private var fireOf: [IncidentID: String] = [:]

    public init(reporter: FireReporter) {
        self.reporter = reporter
        fusion = FireFusion(locator: reporter.locator)
    }

    /// The fire that an incident belongs to.
    public func fire(of incident: IncidentID) -> String? { fireOf[incident] }

    /// - Returns: one for the fire that the revision is about, and one for each fire that turned out to be part of it.
    public mutating func consider(_ revision: IncidentRevision) -> [Bulletin] {
        let incident = revision.incident
        guard incident.kind.desk == .fire else { return [] }
        if incidents.count >= Self.mostIncidents { forget(before: revision.time - Self.memory) }
        incidents[incident.id] = incident
        let known = fireOf[incident.id]
        let gone = place(incident, at: revision.time)
        guard let fire = fireOf[incident.id] else { return [] }
        var bulletins = gone.compactMap { dismissMerged($0, revision) }
        let isNew = entries[fire] == nil
        if isNew {
            entries[fire] = Entry(
                series: CAPSeries(issuer: reporter.issuer, incident: IncidentID(fire), onset: incident.start),
                stage: .possible)
        }
        for other in [incident.id] + gone.flatMap({ entries[$0]?.members ?? [] })
        where entries[fire]?.members.contains(other) == false {
            entries[fire]?.members.append(other)
        }
        for other in gone { entries[other] = nil }
        guard let stage = nextStage(of: fire, after: revision, joined: known != fire) else { return bulletins }
        bulletins.append(bulletin(fire, stage, revision))
        return bulletins
    }

    private mutating func forget(before time: MediaTime) {
        for (id, incident) in incidents where incident.state == .closed && incident.lastSeen < time {
            incidents[id] = nil
            fireOf[id] = nil
        }
        for (fire, entry) in entries where !entry.members.contains(where: { incidents[$0] != nil }) {
            entries[fire] = nil
        }
        fusion.forgetClosed()
    }

    /// Shows an incident to the fusion, and notes which fire it belongs to now.
    ///
    /// - Returns: fires that turned out to be another one.
    private mutating func place(_ incident: Incident, at time: MediaTime) -> [String] {
        guard let sighting = reporter.sighting(of: incident),
            let line = sighting.pose.sightLine(to: sighting.point)
        else {
            // Without a direction nothing joins it to others: it is a fire of its own.
            fireOf[incident.id] = incident.id.rawValue
            return []
        }
        var gone: [String] = []
        let seen = max(incident.lastSeen, incident.start)
        // An acknowledgement tells nothing of where it burns, and may come long after.
        if fireOf[incident.id] == nil || incident.state == .open {
            for change in fusion.consider(
                FireSighting(
                    incident: incident.id, camera: incident.camera, time: seen, pose: sighting.pose, sightLine: line))
            {
                if case .merged = change.change { gone.append(change.fire.id) }
            }
        }
        for fire in fusion.fires where fire.isOpen {
            for witness in fire.witnesses { fireOf[witness.incident] = fire.id }
        }
        return gone.filter { entries[$0] != nil }
    }

    /// What a step says of the whole fire; `nil` where that is nothing new.
    private func nextStage(of fire: String, after revision: IncidentRevision, joined: Bool) -> FireStage? {
        guard let entry = entries[fire] else { return nil }
        let cameras = Set(entry.members.compactMap { incidents[$0]?.camera })
        let least: FireStage = cameras.count > 1 ? .likely : .possible
        switch revision.change {
        case .opened: return Self.later(entry.stage, least)
        case .updated: return joined && !entry.series.messages.isEmpty ? Self.later(entry.stage, least) : nil
        case .acknowledged: return Self.later(entry.stage, least)
        case .closed:
            // That Lookout was stopped says nothing about the fire, nor that one of several cameras lost sight of it.
            let burnsOn = entry.members.contains { incidents[$0]?.state == .open }
            return revision.incident.interrupted || burnsOn ? nil : .unseen
        }
    }

    /// What was said stays said: a fire that was likely does not become merely possible.
    private static func later(_ stage: FireStage, _ least: FireStage) -> FireStage {
        switch stage {
        case .possible, .unseen: least
        default: stage
        }
    }

    private mutating func bulletin(_ fire: String, _ stage: FireStage, _ revision: IncidentRevision) -> Bulletin {
        let members = (entries[fire]?.members ?? []).compactMap { incidents[$0] }
        let report = reporter.report(revision, stage: stage, incidents: members)
        entries[fire]?.stage = stage
        let message = entries[fire]?.series.add(report)
        return Bulletin(fire: fire, stage: stage, report: report, message: message)
    }

    private mutating func dismissMerged(_ fire: String, _ revision: IncidentRevision) -> Bulletin? {
        guard let keeper = fireOf[revision.incident.id], entries[fire] != nil else { return nil }
        let members = (entries[fire]?.members ?? []).compactMap { incidents[$0] }
        var report = reporter.report(revision, stage: .dismissed, incidents: members)
        report.remark = "= \(keeper)"
        let message = entries[fire]?.series.add(report)
        return Bulletin(fire: fire, stage: .dismissed, report: report, message: message)
    }
}
