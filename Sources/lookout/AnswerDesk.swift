import Alerting
import Domain
import Journal
import SiteConfiguration

/// Takes the answers that come by links in alerts.
struct AnswerDesk: Sendable {
    let journal: IncidentJournal
    let drills: DrillDesk
    /// `nil` where no links are sent.
    let links: AnswerLinks?
    let isExercise: Bool
    let cameraNames: [CameraID: String]
    let clock: any HostClock

    /// What a link stands for; changes nothing.
    func state(of link: AnswerLink) async throws -> AnswerState {
        let used = try singleUse(link)
        if let drill = await drills.incident(link.incident) { return exercise(drill, .open) }
        guard !(try await journal.isUsed(used)) else { throw AnswerState.Refusal.used }
        guard let incident = try await journal.history(of: link.incident).last?.revision.incident else {
            throw AnswerState.Refusal.forged
        }
        return state(incident, incident.acknowledgement.map { .taken(by: $0.actor) } ?? .open)
    }

    /// Acknowledges in the contact's name. The link is used up by then.
    func acknowledge(by link: AnswerLink) async throws -> AnswerState {
        let used = try singleUse(link)
        if let drill = await drills.incident(link.incident) {
            guard await drills.answer(link.incident, actor: link.contact) else { throw AnswerState.Refusal.used }
            return exercise(drill, .accepted)
        }
        do {
            let stored = try await journal.acknowledge(link.incident, actor: link.contact, note: nil, link: used)
            return state(stored.revision.incident, .accepted)
        } catch  where error.code == .conflict {
            throw AnswerState.Refusal.used
        } catch  where error.code == .notFound {
            throw AnswerState.Refusal.forged
        }
    }

    private func exercise(_ incident: Incident, _ standing: AnswerState.Standing) -> AnswerState {
        var state = state(incident, standing)
        state.isExercise = true
        return state
    }

    private func singleUse(_ link: AnswerLink) throws(AnswerState.Refusal) -> SingleUseLink {
        guard let links else { throw .forged }
        try links.check(link, at: clock.wall())
        return SingleUseLink(digest: AnswerLinks.digest(of: link), expires: link.end)
    }

    private func state(_ incident: Incident, _ standing: AnswerState.Standing) -> AnswerState {
        AnswerState(
            standing: standing, incident: incident,
            cameraName: cameraNames[incident.camera] ?? incident.camera.rawValue, isExercise: isExercise)
    }
}

extension AnswerLinks {
    /// `nil` where the configuration asks for none.
    init?(_ site: SiteSettings) {
        guard let secret = site.alerts.linkSecret, let webAddress = site.alerts.webAddress else { return nil }
        let contacts = site.channels.compactMap { channel in channel.contact.map { (channel.id, $0) } }
        self.init(
            secret: secret, webAddress: webAddress, lifetime: .seconds(site.alerts.linkHours * 3_600),
            contacts: Dictionary(contacts, uniquingKeysWith: { first, _ in first }))
    }
}
