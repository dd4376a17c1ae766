/// How sure it is that something burns, and how it stands.
///
/// What a detector only suspects, a candidate, is no incident and has no stage: `lookout explain` shows it.
public enum FireStage: String, CaseIterable, Sendable, Codable {
    /// Found by the machine alone.
    case possible
    /// An operator or a second camera agrees.
    case likely
    /// Seen from the ground.
    case observed
    case underControl = "under-control"
    /// No longer seen, without a word from people.
    case unseen
    /// People say that it is over.
    case cancelled
    /// People say that nothing burns.
    case dismissed
    /// It turned out to be another fire, whose alert goes on.
    case merged

    /// What people on the ground can report.
    public static let reportable: [FireStage] = [.observed, .underControl, .cancelled]

    /// Whether the alert about it is cancelled.
    public var isEnd: Bool { self == .cancelled || self == .dismissed || self == .merged }

    /// What people read in the center and in alerts.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .possible: ("possible, found by camera", "có thể có, do camera phát hiện")
            case .likely: ("likely", "nhiều khả năng")
            case .observed: ("confirmed from the ground", "đã xác nhận tại hiện trường")
            case .underControl: ("under control", "đã khống chế")
            case .unseen: ("no longer seen", "không còn quan sát thấy")
            case .cancelled: ("over, alert cancelled", "đã kết thúc, hủy cảnh báo")
            case .dismissed: ("dismissed, nothing burns", "đã loại trừ, không có cháy")
            case .merged:
                ("part of another fire, whose alert goes on", "thuộc một đám cháy khác, cảnh báo kia còn hiệu lực")
            }
        return language == .en ? text.en : text.vi
    }
}

/// A fire as the cameras see it together.
public struct FireOutline: Sendable, Equatable {
    /// The same in all alerts about it.
    public var id: String
    public var stage: FireStage
    /// What belongs to it, oldest first.
    public var incidents: [IncidentID]

    public init(id: String, stage: FireStage, incidents: [IncidentID]) {
        self.id = id
        self.stage = stage
        self.incidents = incidents
    }
}
