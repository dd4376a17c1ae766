public import Domain
public import Foundation
public import Geolocation

/// The messages about one fire: one alert, its updates, and the cancellation, each referring to those before it.
public struct CAPSeries: Sendable {
    /// What stands in all messages of a site.
    public struct Issuer: Equatable, Sendable {
        /// Identifies the site; unique in the world by agreement, such as `lookout@example.vn`.
        public var sender: String
        public var name: String
        public var status: CAPMessage.Status
        public var timeZone: TimeZone
        /// Of the center; `nil` where nobody can reach it.
        public var webAddress: String?

        public init(
            sender: String, name: String, status: CAPMessage.Status, timeZone: TimeZone, webAddress: String? = nil
        ) {
            self.sender = sender
            self.name = name
            self.status = status
            self.timeZone = timeZone
            self.webAddress = webAddress
        }
    }

    /// What is known of a fire when a message is written.
    public struct Report: Equatable, Sendable {
        public var time: MediaTime
        public var stage: FireStage
        public var kind: IncidentKind
        /// 0 to 1.
        public var confidence: Double
        /// Names of the cameras that see it.
        public var cameras: [String]
        public var location: Location?
        /// Bearings as they were sent, in the order of the cameras that have a pose.
        public var bearings: [Bearing]
        /// Version of the detector and hashes of its models; `nil` where nobody knows.
        public var modelHash: String?
        /// The forest fire danger when it was first seen; `nil` where nobody knew it.
        public var dangerLevel: DangerLevel?
        /// What a second detector makes of it; `nil` where none is asked.
        public var opinion: ObjectFinding?
        /// What people call the cameras of the bearings; their ids where nothing is said.
        public var cameraNames: [CameraID: String] = [:]
        /// Whose page of the center shows it; that of the series where `nil`.
        public var shownBy: IncidentID?
        /// Who acknowledged, confirmed or dismissed it, and why.
        public var remark: String?

        public init(
            time: MediaTime, stage: FireStage, kind: IncidentKind, confidence: Double, cameras: [String],
            location: Location? = nil, bearings: [Bearing] = [], modelHash: String? = nil,
            dangerLevel: DangerLevel? = nil, remark: String? = nil
        ) {
            self.time = time
            self.stage = stage
            self.kind = kind
            self.confidence = confidence
            self.cameras = cameras
            self.location = location
            self.bearings = bearings
            self.modelHash = modelHash
            self.dangerLevel = dangerLevel
            self.remark = remark
        }
    }

    private let issuer: Issuer
    private let incident: String
    private let onset: MediaTime
    /// All messages so far, oldest first.
    public private(set) var messages: [CAPMessage] = []

    /// - Parameters:
    ///   - incident: names the fire in all messages.
    ///   - onset: when it was first seen.
    public init(issuer: Issuer, incident: IncidentID, onset: MediaTime) {
        self.issuer = issuer
        self.incident = incident.rawValue.forCAPIdentifier
        self.onset = onset
    }

    /// Writes the next message: an alert first, then updates; a cancellation once people say that nothing burns. What is
    /// reported after that begins anew with an alert.
    ///
    /// - Returns: `nil` where there is no alert that an end could be told to.
    public mutating func add(_ report: Report) -> CAPMessage? {
        let standing = standing
        guard !(standing.isEmpty && report.stage.isEnd) else { return nil }
        let kind: CAPMessage.Kind = standing.isEmpty ? .alert : report.stage.isEnd ? .cancel : .update
        let bearing = report.bearings.first
        let near = report.location?.refusal?.nearMetres ?? 0
        let area = report.location?.fix.map { AlertArea($0) } ?? bearing.flatMap { AlertArea($0, nearMetres: near) }
        let reference = CAPMessage.Reference(
            sender: issuer.sender.forCAPIdentifier, identifier: "\(incident)-\(messages.count + 1)",
            sent: timestamp(report.time))
        let message = CAPMessage(
            reference: reference, status: issuer.status, kind: kind, note: report.remark,
            references: standing.map(\.reference), incident: incident, urgency: report.stage.urgency,
            severity: report.stage.severity, certainty: report.stage.certainty, onset: timestamp(onset),
            expires: timestamp(report.time + .seconds(3_600)),
            web: issuer.webAddress.map { "\($0)/#\(report.shownBy?.rawValue ?? incident)" },
            texts: [.vi, .en].map { text(report, in: $0) }, parameters: parameters(report), area: area)
        messages.append(message)
        return message
    }

    /// The messages that hold: those after the last cancellation.
    private var standing: ArraySlice<CAPMessage> {
        messages.suffix(from: (messages.lastIndex { $0.kind == .cancel } ?? -1) + 1)
    }

    private func text(_ report: Report, in language: Language) -> CAPMessage.Text {
        let vietnamese = language == .vi
        let event =
            report.kind == .smoke
            ? (vietnamese ? "Khói nghi cháy rừng" : "Smoke, possible forest fire")
            : (vietnamese ? "Lửa nghi cháy rừng" : "Flame, possible forest fire")
        let place = place(report, in: language)
        let stage = report.stage.title(in: language)
        let drill = issuer.status == .actual ? "" : (vietnamese ? "[DIỄN TẬP] " : "[EXERCISE] ")
        let cameras = report.cameras.joined(separator: ", ")
        let percent = Int((min(max(report.confidence.isFinite ? report.confidence : 0, 0), 1) * 100).rounded())
        let danger = report.dangerLevel.map { " \($0.forecast(in: language))." } ?? ""
        let opinion = report.opinion.map { " \($0.secondOpinion(in: language))." } ?? ""
        let sentence = place.prefix(1).uppercased() + place.dropFirst()
        let description =
            vietnamese
            ? "Camera: \(cameras). Độ tin cậy \(percent) %.\(opinion) \(sentence).\(danger)"
            : "Cameras: \(cameras). Confidence \(percent) %.\(opinion) \(sentence).\(danger)"
        return CAPMessage.Text(
            language: language, event: event, headline: "\(drill)\(event): \(stage)",
            description: drill + description, instruction: drill + report.stage.instruction(in: language),
            senderName: issuer.name, areaDescription: place)
    }

    /// What people call the place, as far as it is known.
    private func place(_ report: Report, in language: Language) -> String {
        let vietnamese = language == .vi
        var parts: [String] = []
        if let names = report.location?.places?.title(in: language), !names.isEmpty { parts.append(names) }
        if let fix = report.location?.fix {
            parts.append(
                String(format: "%.5f, %.5f (WGS 84)", fix.point.latitudeDegrees, fix.point.longitudeDegrees))
        }
        if let grid = report.location?.coordinates {
            parts.append(String(format: "VN-2000 X %.0f Y %.0f", grid.xNorthMetres, grid.yEastMetres))
        }
        parts += report.bearings.map { bearing in
            let degrees = String(format: "%.1f° ± %.1f°", bearing.azimuthDegrees.wrappedTo360, bearing.sigmaDegrees)
            let camera = report.cameraNames[bearing.camera] ?? bearing.camera.rawValue
            return vietnamese ? "phương vị \(degrees) từ \(camera)" : "bearing \(degrees) from \(camera)"
        }
        if parts.isEmpty {
            let cameras = report.cameras.joined(separator: ", ")
            parts.append(vietnamese ? "trong tầm nhìn của camera \(cameras)" : "in sight of camera \(cameras)")
        }
        return parts.joined(separator: "; ")
    }

    private func parameters(_ report: Report) -> [CAPMessage.Parameter] {
        var parameters = report.bearings.flatMap { bearing in
            [
                CAPMessage.Parameter(
                    name: "bearingDegrees:\(bearing.camera)",
                    value: String(format: "%.2f", bearing.azimuthDegrees.wrappedTo360)),
                CAPMessage.Parameter(
                    name: "sigmaDegrees:\(bearing.camera)", value: String(format: "%.2f", bearing.sigmaDegrees)),
            ]
        }
        parameters.append(CAPMessage.Parameter(name: "stage", value: report.stage.rawValue))
        if let hash = report.modelHash { parameters.append(CAPMessage.Parameter(name: "modelHash", value: hash)) }
        if let level = report.dangerLevel {
            parameters.append(CAPMessage.Parameter(name: "fireDangerLevel", value: level.numeral))
        }
        if let opinion = report.opinion {
            parameters.append(CAPMessage.Parameter(name: "secondOpinion", value: opinion.title(in: .en)))
        }
        return parameters
    }

    /// `2026-02-01T13:00:05+07:00`: CAP wants whole seconds and an offset, `-00:00` for UTC, and never `Z`.
    private func timestamp(_ time: MediaTime) -> String {
        let date = Date(timeIntervalSince1970: time.seconds)
        let offset = issuer.timeZone.secondsFromGMT(for: date) / 60
        let local = CivilTime(time + .seconds(offset * 60))
        let sign = offset <= 0 ? "-" : "+"
        let zone = sign + String(format: "%02d:%02d", abs(offset) / 60, abs(offset) % 60)
        return local.date + String(format: "T%02d:%02d:%02d", local.hour, local.minute, local.second) + zone
    }
}

extension LocationRefusal {
    /// Where the range is not determined, its lower bound.
    fileprivate var nearMetres: Double? {
        if case .undetermined(let near) = self { near } else { nil }
    }
}
