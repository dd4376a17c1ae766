public import Domain
import Geolocation
public import Incidents

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

    /// The fire that an incident belongs to, as it stands; `nil` for what is no fire.
    public func outline(of incident: IncidentID) -> FireOutline? {
        guard let fire = fireOf[incident], let entry = entries[fire] else { return nil }
        return FireOutline(id: fire, stage: entry.stage, incidents: entry.members)
    }

    /// How the fire of an incident came to be what it is, and those that turned out to be it: oldest first.
    public func history(of incident: IncidentID) -> [(fire: String, event: Fire.Event)] {
        guard let fire = fireOf[incident] else { return [] }
        var names: Set<String> = [fire]
        for other in fusion.fires {
            if case .merged(let keeper) = other.history.last?.kind, names.contains(keeper) { names.insert(other.id) }
        }
        return fusion.fires.filter { names.contains($0.id) }
            .flatMap { fire in fire.history.map { (fire.id, $0) } }
            .sorted { $0.1.time < $1.1.time }
    }

    /// - Returns: one for the fire that the revision is about, one for each fire that turned out to be part of it, and one
    ///   for a fire that it turned out not to be part of.
    public mutating func consider(_ revision: IncidentRevision) -> [Bulletin] {
        let incident = revision.incident
        guard incident.kind.desk == .fire else { return [] }
        if incidents.count >= Self.mostIncidents { forget(before: revision.time - Self.memory) }
        incidents[incident.id] = incident
        let known = fireOf[incident.id]
        let gone = place(incident, at: revision.time)
        guard let fire = fireOf[incident.id] else { return [] }
        var bulletins = gone.compactMap { endMerged($0, revision) }
        if let known, known != fire, !gone.contains(known), let left = leave(known, for: fire, revision) {
            bulletins.append(left)
        }
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
        guard let stage = nextStage(of: fire, after: revision, isMoved: known != fire) else { return bulletins }
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
    private func nextStage(of fire: String, after revision: IncidentRevision, isMoved: Bool) -> FireStage? {
        guard let entry = entries[fire] else { return nil }
        let standing = entry.members.compactMap { incidents[$0] }.filter { $0.handling?.isDismissed != true }
        let isLikely = Set(standing.map(\.camera)).count > 1 || standing.contains { $0.handling?.isConfirmed == true }
        let least: FireStage = isLikely ? .likely : .possible
        switch revision.change {
        case .opened, .confirmed: return Self.later(entry.stage, least)
        case .updated:
            return isMoved && !entry.stage.isEnd && !standing.isEmpty ? Self.later(entry.stage, least) : nil
        case .acknowledged: return entry.stage.isEnd ? nil : entry.stage
        case .assigned, .noted, .locked, .unlocked: return nil
        case .dismissed:
            // One camera's view is dismissed; what another one sees burns on.
            return standing.isEmpty && entry.stage != .dismissed ? .dismissed : nil
        case .reported: return revision.incident.handling?.report?.stage
        case .closed:
            // That Lookout was stopped says nothing about the fire, nor that one of several cameras lost sight of it, nor
            // does a camera know better than those on the ground.
            let burnsOn = standing.contains { $0.state == .open }
            let isUp = entry.stage == .possible || entry.stage == .likely
            return revision.incident.interrupted || burnsOn || !isUp ? nil : .unseen
        }
    }

    /// What was said stays said: a fire that was likely does not become merely possible. What ended begins anew.
    private static func later(_ stage: FireStage, _ least: FireStage) -> FireStage {
        switch stage {
        case .possible, .unseen, .cancelled, .dismissed, .merged: least
        case .likely, .observed, .underControl: stage
        }
    }

    private mutating func bulletin(_ fire: String, _ stage: FireStage, _ revision: IncidentRevision) -> Bulletin {
        let members = (entries[fire]?.members ?? []).compactMap { incidents[$0] }
        let report = reporter.report(revision, stage: stage, incidents: members)
        entries[fire]?.stage = stage
        let message = entries[fire]?.series.add(report)
        return Bulletin(fire: fire, stage: stage, report: report, message: message)
    }

    /// An incident that no longer fits a fire leaves it: what the others see burns on, and is told so.
    private mutating func leave(_ fire: String, for other: String, _ revision: IncidentRevision) -> Bulletin? {
        entries[fire]?.members.removeAll { $0 == revision.incident.id }
        guard let entry = entries[fire], !entry.stage.isEnd else { return nil }
        let members = entry.members.compactMap { incidents[$0] }
        guard !members.isEmpty else { return nil }
        var report = reporter.report(revision, stage: entry.stage, incidents: members)
        report.remark = "\(reporter.name(of: revision.incident.camera)) → \(other)"
        let message = entries[fire]?.series.add(report)
        return Bulletin(fire: fire, stage: entry.stage, report: report, message: message)
    }

    /// The alert about a fire that turned out to be another one is cancelled: the other's goes on.
    private mutating func endMerged(_ fire: String, _ revision: IncidentRevision) -> Bulletin? {
        guard let keeper = fireOf[revision.incident.id], entries[fire] != nil else { return nil }
        let members = (entries[fire]?.members ?? []).compactMap { incidents[$0] }
        var report = reporter.report(revision, stage: .merged, incidents: members)
        report.remark = "= \(keeper)"
        let message = entries[fire]?.series.add(report)
        return Bulletin(fire: fire, stage: .merged, report: report, message: message)
    }
}
