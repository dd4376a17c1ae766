import Domain

extension IncidentRevision {
    /// Who did what with the incident, and what they wrote: "an: mây: tan rồi"; `nil` for what machines do.
    func remark(in language: Language) -> String? {
        let handling = incident.handling
        let parts: [String?]
        switch change {
        case .opened, .updated, .closed: return nil
        case .acknowledged: parts = [incident.acknowledgement?.actor, incident.acknowledgement?.note]
        case .confirmed: parts = [handling?.judgement?.actor, handling?.judgement?.note]
        case .dismissed:
            let judgement = handling?.judgement
            parts = [judgement?.actor, judgement?.reason?.title(in: language), judgement?.note]
        case .assigned:
            let assignment = handling?.assignment
            parts = [assignment.map { "\($0.actor) → \($0.to)" }, assignment?.note]
        case .noted: parts = [handling?.note?.actor, handling?.note?.text]
        case .locked: parts = [handling?.lock?.actor, handling?.lock?.reason]
        case .unlocked: parts = [actor]
        case .reported: parts = [handling?.report?.actor, handling?.report?.note]
        }
        return parts.compactMap { $0 }.joined(separator: ": ")
    }
}
