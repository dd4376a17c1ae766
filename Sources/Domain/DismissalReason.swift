/// What an incident really was, where people dismiss it: a closed list, so that causes can be counted.
public enum DismissalReason: String, CaseIterable, Sendable, Codable {
    case cloud, fog, dust, industrial
    case controlledBurn = "controlled-burn"
    case steam, insect, lens, other

    /// What people read in the center and in alerts.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .cloud: ("cloud", "mây")
            case .fog: ("fog", "sương mù")
            case .dust: ("dust", "bụi")
            case .industrial: ("industrial smoke", "khói công nghiệp")
            case .controlledBurn: ("controlled burn", "đốt có kiểm soát")
            case .steam: ("steam", "hơi nước")
            case .insect: ("insect", "côn trùng")
            case .lens: ("dirt or light on the lens", "bẩn hoặc lóa ống kính")
            case .other: ("other", "lý do khác")
            }
        return language == .en ? text.en : text.vi
    }
}
