/// Weather of one day, as the index of fire danger needs it.
public struct WeatherDay: Equatable, Sendable {
    public var date: CalendarDay
    /// At 13:00.
    public var temperatureCelsius: Double
    /// At 13:00, 0 to 100.
    public var relativeHumidityPercent: Double
    /// Of the whole day.
    public var rainMillimetres: Double

    public init(
        date: CalendarDay, temperatureCelsius: Double, relativeHumidityPercent: Double, rainMillimetres: Double
    ) {
        self.date = date
        self.temperatureCelsius = temperatureCelsius
        self.relativeHumidityPercent = relativeHumidityPercent
        self.rainMillimetres = rainMillimetres
    }

    /// What is wrong with a value or a date, and what to give instead.
    public struct Fault: ActionableError, Equatable {
        public var problem: String
        public var remedy: String

        public init(problem: String, remedy: String) {
            self.problem = problem
            self.remedy = remedy
        }
    }

    /// What is measured, by the names that tables and messages give it.
    public enum Quantity: String, CaseIterable, Sendable {
        case temperatureC, relativeHumidityPercent, rainMillimetres

        /// What occurs on earth.
        private var range: ClosedRange<Double> {
            switch self {
            case .temperatureC: -60...60
            case .relativeHumidityPercent: 0...100
            case .rainMillimetres: 0...2_000
            }
        }

        private var remedy: String {
            switch self {
            case .temperatureC: "Give it in degrees Celsius (not Fahrenheit or kelvin)"
            case .relativeHumidityPercent: "Give it in percent, 0 to 100"
            case .rainMillimetres: "Give the day's rain in millimetres, 0 where it was dry"
            }
        }

        /// What is wrong with a value of it; `nil` for one that occurs.
        public func fault(_ value: Double) -> Fault? {
            guard range.contains(value) else {
                return Fault(problem: "'\(rawValue)' is \(value), which does not occur", remedy: remedy)
            }
            guard self == .relativeHumidityPercent, value > 0, value <= 1 else { return nil }
            return Fault(
                problem: "a relative humidity of \(value) % does not occur; it seems to be a fraction", remedy: remedy)
        }
    }
}

/// In messages and in the journal: `{"date": "2026-02-01", "temperatureC": 33.5, "relativeHumidityPercent": 55,
/// "rainMillimetres": 0}`.
extension WeatherDay: Codable {
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case date
        case temperatureCelsius = "temperatureC"
        case relativeHumidityPercent, rainMillimetres
    }

    /// - Throws: `Fault` for a day or a value that does not occur, `DecodingError` for what is no such object.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let text = try values.decode(String.self, forKey: .date)
        guard let date = CalendarDay(text) else {
            throw Fault(problem: "'\(text.prefix(40))' is no date", remedy: "Write dates as 2026-02-01")
        }
        self.init(
            date: date, temperatureCelsius: try values.decode(Double.self, forKey: .temperatureCelsius),
            relativeHumidityPercent: try values.decode(Double.self, forKey: .relativeHumidityPercent),
            rainMillimetres: try values.decode(Double.self, forKey: .rainMillimetres))
        for (quantity, value) in [
            (Quantity.temperatureC, temperatureCelsius), (.relativeHumidityPercent, relativeHumidityPercent),
            (.rainMillimetres, rainMillimetres),
        ] {
            if let fault = quantity.fault(value) { throw fault }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode("\(date)", forKey: .date)
        try values.encode(temperatureCelsius, forKey: .temperatureCelsius)
        try values.encode(relativeHumidityPercent, forKey: .relativeHumidityPercent)
        try values.encode(rainMillimetres, forKey: .rainMillimetres)
    }
}
