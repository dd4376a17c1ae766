public import Domain

/// A site's daily weather out of its table and of what it was given day by day.
public struct WeatherSeries: Sendable {
    /// From the table, by the day's number.
    private var table: [Int: WeatherDay] = [:]
    /// Given: goes before the table's.
    private var given: [Int: WeatherDay] = [:]

    public init() {}

    /// Takes the table as it is now.
    public mutating func replaceTable(with days: [WeatherDay]) {
        table = Dictionary(days.map { ($0.date.number, $0) }, uniquingKeysWith: { $1 })
    }

    /// Takes one day, in place of what was known of it before.
    public mutating func give(_ day: WeatherDay) { given[day.date.number] = day }

    /// The index of each day. It begins with 0 on the first one; after days that are missing nobody knows it, until they
    /// are filled in or a rain that counts sets it back.
    public func standing(by limits: DangerTable) -> WeatherStanding {
        var standing = WeatherStanding()
        var index: DangerIndex? = DangerIndex(table: limits)
        for number in Set(table.keys).union(given.keys).sorted() {
            guard let day = given[number] ?? table[number] else { continue }
            if let last = standing.days.last?.weather.date, number > last.number + 1 {
                index = nil
                standing.missing.append(
                    WeatherStanding.Gap(
                        first: CalendarDay(number: last.number + 1), last: CalendarDay(number: number - 1)))
            }
            if day.rainMillimetres >= limits.resetRainMillimetres {
                index = DangerIndex(table: limits)
                standing.missing = []
            }
            index?.add(day)
            standing.days.append(
                WeatherStanding.Day(
                    weather: day, isGiven: given[number] != nil, p: index?.p, level: index?.level))
        }
        return standing
    }
}
