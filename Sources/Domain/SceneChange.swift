/// What became of a scene that is another one than before.
public enum SceneChange: String, Sendable, Equatable, Codable, CaseIterable {
    /// Light was switched on or off; the view is the same.
    case light
    /// The camera went over to infrared, or back: its colours went or came.
    case infrared
    /// The view is shifted.
    case moved
    /// One even grey or black: nothing can be seen.
    case lost
    /// Something else, such as something large right before the lens.
    case other

    /// What people read in the center.
    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .light: ("light switched", "đèn bật hoặc tắt")
            case .infrared: ("infrared switched", "chuyển hồng ngoại")
            case .moved: ("camera moved", "camera bị xê dịch")
            case .lost: ("nothing to be seen", "không nhìn thấy gì")
            case .other: ("another view", "khung cảnh khác")
            }
        return language == .en ? text.en : text.vi
    }
}
