/// Vietnam's five levels of forest fire danger (cấp dự báo cháy rừng).
public enum DangerLevel: Int, CaseIterable, Comparable, Sendable, Codable {
    case low = 1
    case moderate, high, dangerous, extreme

    public static func < (a: DangerLevel, b: DangerLevel) -> Bool { a.rawValue < b.rawValue }

    /// `I` to `V`.
    public var numeral: String { ["I", "II", "III", "IV", "V"][rawValue - 1] }

    /// As a line of an alert.
    public func forecast(in language: Language) -> String {
        (language == .en ? "Forest fire danger: " : "Dự báo cháy rừng: ") + title(in: language)
    }

    /// What people read in the center and in alerts.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .low: ("low", "thấp")
            case .moderate: ("moderate", "trung bình")
            case .high: ("high", "cao")
            case .dangerous: ("dangerous", "nguy hiểm")
            case .extreme: ("extremely dangerous", "cực kỳ nguy hiểm")
            }
        return language == .en ? "level \(numeral), \(text.en)" : "cấp \(numeral), \(text.vi)"
    }
}
