/// What an incident is about. The raw values stand in `streams.yaml`, in JSON and in the journal.
public enum IncidentKind: String, CaseIterable, Sendable, Codable {
    case motion
    case intrusion
    case lineCrossing = "line-crossing"
    case loitering
    case wrongDirection = "wrong-direction"
    case objectLeft = "object-left"
    case objectRemoved = "object-removed"
    case speed
    case sceneChange = "scene-change"
    case smoke
    case flame
    case cameraCovered = "camera-covered"
    case cameraMoved = "camera-moved"
    case cameraDefocused = "camera-defocused"
    case pictureFrozen = "picture-frozen"
    case pictureBlack = "picture-black"
    case overExposed = "over-exposed"
    case streamLost = "stream-lost"
    case streamUnstable = "stream-unstable"

    /// The desk that acts on it.
    public var desk: Desk { self == .smoke || self == .flame ? .fire : .security }

    /// How much it matters where the configuration does not say.
    public var usualSeverity: Severity {
        switch self {
        case .motion, .sceneChange: .info
        case .intrusion, .smoke, .flame, .cameraCovered: .critical
        default: .warning
        }
    }

    /// Whether it is made of moving objects, which a classifier can tell apart.
    public var isAboutMovingObjects: Bool {
        switch self {
        case .motion, .intrusion, .lineCrossing, .loitering, .wrongDirection, .speed: true
        default: false
        }
    }

    /// Whether it began when what it is about was first seen. An object was there before it was confirmed, but not
    /// necessarily what another rule asks of it; a lens was covered seconds before that is certain.
    public var beganBeforeItWasConfirmed: Bool {
        switch self {
        case .motion, .intrusion, .cameraCovered, .cameraMoved, .cameraDefocused, .pictureFrozen, .pictureBlack,
            .overExposed:
            true
        default: false
        }
    }

    /// Whether the camera sees nothing of its scene meanwhile.
    public var hidesTheView: Bool {
        switch self {
        case .cameraCovered, .pictureBlack, .overExposed, .pictureFrozen: true
        default: false
        }
    }

    /// What a rule of this kind is called that has no name of its own: `intrusion-yard`, or `motion` without a zone.
    public func usualRuleName(zone: String?) -> String { zone.map { "\(rawValue)-\($0)" } ?? rawValue }

    /// What people read in the center and in alerts.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .motion: ("Motion", "Chuyển động")
            case .intrusion: ("Intrusion", "Xâm nhập")
            case .lineCrossing: ("Line crossed", "Vượt vạch")
            case .loitering: ("Loitering", "Lảng vảng")
            case .wrongDirection: ("Wrong direction", "Đi ngược chiều")
            case .objectLeft: ("Object left behind", "Vật bị bỏ lại")
            case .objectRemoved: ("Object removed", "Vật bị lấy đi")
            case .speed: ("Speeding", "Quá tốc độ")
            case .sceneChange: ("Scene changed", "Khung cảnh thay đổi")
            case .smoke: ("Smoke", "Khói")
            case .flame: ("Flame", "Lửa")
            case .cameraCovered: ("Camera covered", "Camera bị che")
            case .cameraMoved: ("Camera moved", "Camera bị xê dịch")
            case .cameraDefocused: ("Camera out of focus", "Camera mất nét")
            case .pictureFrozen: ("Picture frozen", "Hình bị đứng")
            case .pictureBlack: ("Picture black", "Hình bị đen")
            case .overExposed: ("Picture over-exposed", "Hình bị cháy sáng")
            case .streamLost: ("Stream lost", "Mất tín hiệu")
            case .streamUnstable: ("Stream unstable", "Tín hiệu chập chờn")
            }
        return language == .en ? text.en : text.vi
    }
}

/// The two desks that Lookout serves.
public enum Desk: String, Sendable, Codable, CaseIterable {
    case security, fire
}

/// The languages in which people are addressed.
public enum Language: String, Sendable, Codable, CaseIterable {
    case en, vi
}

/// How much an incident matters, least first.
public enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
    case info, warning, critical

    public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    private var rank: Int { self == .info ? 0 : self == .warning ? 1 : 2 }

    /// What people read in the center and in alerts.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .info: ("Info", "Thông tin")
            case .warning: ("Warning", "Cảnh báo")
            case .critical: ("Critical", "Nghiêm trọng")
            }
        return language == .en ? text.en : text.vi
    }
}
