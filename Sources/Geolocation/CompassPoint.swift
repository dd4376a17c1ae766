public import Domain

/// One of the eight directions that people name.
public enum CompassPoint: Int, CaseIterable, Sendable {
    case north, northeast, east, southeast, south, southwest, west, northwest

    public init(azimuthDegrees: Double) {
        let eighth = azimuthDegrees.isFinite ? Int((azimuthDegrees.wrappedTo360 / 45).rounded()) % 8 : 0
        self = CompassPoint(rawValue: eighth) ?? .north
    }

    public func title(in language: Language) -> String {
        let text: (en: String, vi: String) =
            switch self {
            case .north: ("north", "bắc")
            case .northeast: ("northeast", "đông bắc")
            case .east: ("east", "đông")
            case .southeast: ("southeast", "đông nam")
            case .south: ("south", "nam")
            case .southwest: ("southwest", "tây nam")
            case .west: ("west", "tây")
            case .northwest: ("northwest", "tây bắc")
            }
        return language == .en ? text.en : text.vi
    }
}
