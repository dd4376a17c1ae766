import Domain
import Foundation
import Journal

/// How incidents look in a terminal.
struct IncidentText {
    private let formatter: DateFormatter

    init(timezone: String) {
        formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: timezone) ?? .gmt
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
    }

    func time(_ time: MediaTime) -> String {
        formatter.string(from: Date(timeIntervalSince1970: time.seconds))
    }

    /// `2026-11-22 22:03:12  Intrusion · Xâm nhập  gate  yard  open  gate-intrusion-…`
    func line(_ incident: Incident) -> String {
        let kind = "\(incident.kind.title(in: .en)) · \(incident.kind.title(in: .vi))"
        let seconds = Int((incident.lastSeen - incident.start).inSeconds.rounded())
        let state = incident.state == .open ? "open" : "closed after \(seconds) s"
        let zones = incident.zones.isEmpty ? "" : "  [\(incident.zones.joined(separator: ", "))]"
        let object = incident.object.map { "  \($0.title(in: .en)) · \($0.title(in: .vi))" } ?? ""
        let change = incident.sceneChange.map { "  \($0.title(in: .en)) · \($0.title(in: .vi))" } ?? ""
        let ground = incident.ground.map { "  \($0.text)" } ?? ""
        let taken = incident.acknowledgement.map { "  acknowledged by \($0.actor)" } ?? ""
        let locked = incident.handling?.lock.map { "  locked by \($0.actor)" } ?? ""
        return
            "\(time(incident.start))  \(kind)  \(incident.camera)\(zones)\(object)\(change)\(ground)  \(state)\(taken)"
            + "\(verdict(incident))\(locked)  \(incident.id)"
    }

    /// An entry of the audit trail.
    func line(_ entry: AuditEntry) -> String {
        let hash = "sha256 \(entry.hash.prefix(16))…"
        if entry.action == .escalated {
            return
                "\(time(entry.time))  nobody had acknowledged: \(entry.detail ?? "") was told (\(entry.note ?? ""))  \(hash)"
        }
        if !entry.recordings.isEmpty {
            let cameras = entry.recordings.map { gone in
                "\(gone.camera) \(time(gone.start)) to \(time(gone.end)) (\(gone.segments) segments, \(gone.bytes) bytes, "
                    + "sha256 \(gone.sha256.prefix(16))…)"
            }
            return "\(time(entry.time))  \(entry.action.rawValue) \(cameras.joined(separator: ", "))"
                + "\(entry.note.map { ": \($0)" } ?? "")  by \(entry.actor)  \(hash)"
        }
        let until = entry.order?.until.map { " until \(time($0))" }
        let order = entry.order.map { " \($0.subject)\(until ?? "")" }
        let words = [order, entry.detail.map { " \($0)" }, entry.note.map { ": \($0)" }].compactMap { $0 }.joined()
        return "\(time(entry.time))  \(entry.action.rawValue)\(words)  by \(entry.actor)  \(hash)"
    }

    /// What people made of it.
    private func verdict(_ incident: Incident) -> String {
        guard let handling = incident.handling else { return "" }
        if handling.isDismissed, let reason = handling.judgement?.reason {
            return "  dismissed: \(reason.title(in: .en)) · \(reason.title(in: .vi))"
        }
        let assigned = handling.assignment.map { "  assigned to \($0.to)" } ?? ""
        if let stage = handling.report?.stage {
            return "  \(stage.title(in: .en)) · \(stage.title(in: .vi))" + assigned
        }
        return (handling.isConfirmed ? "  confirmed" : "") + assigned
    }

    /// A value beside its threshold, how much it weighed and what it means, in both languages where there are words.
    func measured(_ value: Domain.Measurement) -> String {
        var line = "  \(value.name) \(String(format: "%.3f", value.value))"
        if let threshold = value.threshold { line += ", threshold \(String(format: "%.3f", threshold))" }
        if let weight = value.weight { line += ", weighs \(String(format: "%.2f", weight))" }
        let words = [value.meaning(in: .en), value.meaning(in: .vi)].compactMap { $0 }
        if !words.isEmpty { line += ": " + words.joined(separator: " · ") }
        return line
    }
}
