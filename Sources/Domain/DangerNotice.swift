/// Which forest fire danger holds, who said so, and for how long.
public struct DangerNotice: Sendable, Equatable, Codable {
    public enum Source: String, Sendable, Codable, CaseIterable {
        /// Reckoned from the site's table of daily weather.
        case weather
        /// Given by a person, or by a program with a person's token.
        case person
        /// Came over MQTT, from the forestry service's own system.
        case mqtt

        /// What people read in the center.
        public func title(in language: Language) -> String {
            let text: (en: String, vi: String) =
                switch self {
                case .weather: ("from the daily weather", "theo thời tiết hằng ngày")
                case .person: ("given by hand", "do người trực nhập")
                case .mqtt: ("received over MQTT", "nhận qua MQTT")
                }
            return language == .en ? text.en : text.vi
        }
    }

    public var level: DangerLevel
    public var source: Source
    /// The name of the token, the id of the channel, or `lookout` for what was reckoned.
    public var actor: String
    /// Host's wall clock from which on it holds.
    public var since: MediaTime
    /// The first instant at which it no longer holds; `nil`: until another comes.
    public var until: MediaTime?
    public var note: String?

    public init(
        level: DangerLevel, source: Source, actor: String, since: MediaTime, until: MediaTime? = nil,
        note: String? = nil
    ) {
        self.level = level
        self.source = source
        self.actor = actor
        self.since = since
        self.until = until
        self.note = note
    }

    public func holds(at time: MediaTime) -> Bool { until.map { time < $0 } ?? true }

    /// Whether it says the same as another, whenever it was said. What is reckoned is reckoned again each day.
    public func saysSame(as other: DangerNotice) -> Bool {
        level == other.level && source == other.source && actor == other.actor && note == other.note
            && (source == .weather || until == other.until)
    }
}
