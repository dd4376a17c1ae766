public import Domain

/// How sure it is that something burns, and how it stands.
public enum FireStage: String, CaseIterable, Sendable {
    /// Found by the machine alone.
    case possible
    /// An operator or a second camera agrees.
    case likely
    /// Seen from the ground.
    case observed
    case underControl
    /// No longer seen, without a word from people.
    case unseen
    /// People say that nothing burns.
    case dismissed

    var urgency: CAPMessage.Urgency {
        switch self {
        case .possible, .likely, .observed: .immediate
        case .underControl: .expected
        case .unseen, .dismissed: .past
        }
    }

    var severity: CAPMessage.Severity {
        switch self {
        case .possible: .moderate
        case .likely, .observed: .severe
        case .underControl: .minor
        case .unseen: .unknown
        case .dismissed: .minor
        }
    }

    var certainty: CAPMessage.Certainty {
        switch self {
        case .possible, .unseen: .possible
        case .likely: .likely
        case .observed, .underControl: .observed
        case .dismissed: .unlikely
        }
    }

    /// What people read in the center and in alerts.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .possible: ("possible, found by camera", "có thể có, do camera phát hiện")
            case .likely: ("likely", "nhiều khả năng")
            case .observed: ("confirmed from the ground", "đã xác nhận tại hiện trường")
            case .underControl: ("under control", "đã khống chế")
            case .unseen: ("no longer seen", "không còn quan sát thấy")
            case .dismissed: ("dismissed, nothing burns", "đã loại trừ, không có cháy")
            }
        return language == .en ? text.en : text.vi
    }

    func instruction(in language: Language) -> String {
        switch (self, language) {
        case (.dismissed, .en): "No action is needed."
        case (.dismissed, .vi): "Không cần hành động."
        case (.unseen, .en): "Check the place before standing down."
        case (.unseen, .vi): "Kiểm tra hiện trường trước khi rút lực lượng."
        case (_, .en): "Verify on the ground and acknowledge this alert at the duty desk."
        case (_, .vi): "Kiểm tra tại hiện trường và xác nhận tiếp nhận cảnh báo với trực ban."
        }
    }
}
