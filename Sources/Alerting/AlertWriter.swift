import Domain
public import Foundation
import Geolocation

/// Puts steps of incidents into words.
public struct AlertWriter: Sendable {
    public var siteName: String
    /// Whether nobody is to act on what is told.
    public var isExercise: Bool
    /// Where receivers reach the center; `nil` where they do not.
    public var webAddress: String?
    public var timeZone: TimeZone

    public init(siteName: String, isExercise: Bool, webAddress: String?, timeZone: TimeZone) {
        self.siteName = siteName
        self.isExercise = isExercise
        self.webAddress = webAddress
        self.timeZone = timeZone
    }

    /// - Parameters:
    ///   - suffix: tells several events of one revision apart; empty for the revision itself.
    ///   - bulletin: what the step says of a fire.
    func notice(
        _ stored: StoredRevision, suffix: String = "", cameraName: String, dangerLevel: Int?,
        bulletin: FireDesk.Bulletin?
    ) -> AlertNotice {
        let revision = stored.revision
        let incident = revision.incident
        return AlertNotice(
            event: "\(incident.id.rawValue).\(stored.number)\(suffix)", incident: incident.id, number: stored.number,
            change: revision.change, kind: incident.kind, camera: incident.camera, cameraName: cameraName,
            zones: incident.zones, severity: incident.severity, state: incident.state,
            confidence: incident.confidence, start: InternetTime.text(incident.start),
            lastSeen: InternetTime.text(incident.lastSeen), actor: revision.actor,
            time: InternetTime.text(revision.time), site: siteName, exercise: isExercise,
            reason: incident.handling?.isDismissed == true ? incident.handling?.judgement?.reason : nil,
            assignee: incident.handling?.assignment?.to, dangerLevel: dangerLevel,
            fire: bulletin.map(Self.fire), link: link(to: incident.id),
            en: text(revision, cameraName, bulletin, dangerLevel, in: .en),
            vi: text(revision, cameraName, bulletin, dangerLevel, in: .vi),
            cap: bulletin?.message.map { String(decoding: $0.xml, as: UTF8.self) })
    }

    func link(to incident: IncidentID) -> String? {
        webAddress.map { "\($0.hasSuffix("/") ? String($0.dropLast()) : $0)/#\(incident.rawValue)" }
    }

    private static func fire(_ bulletin: FireDesk.Bulletin) -> AlertNotice.Fire {
        let location = bulletin.report.location
        return AlertNotice.Fire(
            id: bulletin.fire, stage: bulletin.stage.rawValue, cameras: bulletin.report.cameras,
            latitude: location?.fix?.point.latitudeDegrees, longitude: location?.fix?.point.longitudeDegrees,
            semiMajorMetres: location?.fix?.ellipse.semiMajorMetres,
            bearings: bulletin.report.bearings.map {
                AlertNotice.Fire.Bearing(
                    camera: $0.camera.rawValue, azimuthDegrees: $0.azimuthDegrees, sigmaDegrees: $0.sigmaDegrees)
            }, place: location?.places?.title(in: .en), placeVi: location?.places?.title(in: .vi))
    }

    private func text(
        _ revision: IncidentRevision, _ cameraName: String, _ bulletin: FireDesk.Bulletin?, _ dangerLevel: Int?,
        in language: Language
    ) -> AlertNotice.Text {
        let english = language == .en
        let incident = revision.incident
        let drill = isExercise ? (english ? "[EXERCISE] " : "[DIỄN TẬP] ") : ""
        let state = bulletin?.stage.title(in: language) ?? revision.change.title(in: language)
        let headline = "\(drill)\(incident.kind.title(in: language)) · \(cameraName): \(state)"
        let percent = Int((min(max(incident.confidence.isFinite ? incident.confidence : 0, 0), 1) * 100).rounded())
        var lines = [
            "\(incident.severity.title(in: language)) · \(localTime(incident.start)) · \(siteName)",
            english ? "Confidence \(percent) %" : "Độ tin cậy \(percent) %",
        ]
        if incident.kind.desk == .fire, let object = incident.object {
            lines.append(object.secondOpinion(in: language))
        }
        if !incident.zones.isEmpty {
            lines.append((english ? "Zone: " : "Vùng: ") + incident.zones.joined(separator: ", "))
        }
        if let message = bulletin?.message, let words = message.texts.first(where: { $0.language == language }) {
            lines += [words.areaDescription, words.instruction]
        }
        if let level = dangerLevel.flatMap(DangerLevel.init) { lines.append(level.forecast(in: language)) }
        if let remark = revision.remark(in: language) { lines.append(remark) }
        if let link = link(to: incident.id) { lines.append(link) }
        return AlertNotice.Text(headline: headline, description: lines.joined(separator: "\n"))
    }

    /// `22:15:30 01/02/2026` at the site.
    private func localTime(_ time: MediaTime) -> String {
        let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: time.seconds))
        let local = CivilTime(time + .seconds(offset))
        return String(
            format: "%02d:%02d:%02d %02d/%02d/%04d", local.hour, local.minute, local.second, local.day, local.month,
            local.year)
    }

    /// The same, said again to others, since nobody has acknowledged it. The CAP message is the alert's own: who has it
    /// knows it by its identifier.
    ///
    /// - Parameter step: from 1.
    func reminder(of notice: AlertNotice, step: Int, after delay: Duration) -> AlertNotice {
        var reminder = notice
        let minutes = Int((delay.inSeconds / 60).rounded())
        reminder.event = "\(notice.event).escalation-\(step)"
        reminder.escalation = step
        reminder.en.headline = "[NOT ACKNOWLEDGED, \(minutes) min] \(notice.en.headline)"
        reminder.vi.headline = "[CHƯA AI TIẾP NHẬN, \(minutes) phút] \(notice.vi.headline)"
        return reminder
    }
}
