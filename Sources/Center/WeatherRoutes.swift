import Domain
import Hummingbird
import Logging

/// The daily weather that the forest fire danger is reckoned from: the days that are known, and one more.
struct WeatherRoutes {
    /// A year of days is shown.
    private static let mostDays = 366

    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .get, path: "/api/danger/weather", access: .read, handler: show),
            Route(method: .put, path: "/api/danger/weather", access: .write, handler: give),
        ]
    }

    private static let keys = Set(WeatherDay.CodingKeys.allCases.map(\.rawValue))
    private static let example =
        "Send for example {\"date\": \"2026-02-01\", \"temperatureC\": 33.5, \"relativeHumidityPercent\": 55, \"rainMillimetres\": 0}, measured at 13:00, with the rain of the day"

    @Sendable private func show(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        return try .json(WeatherDocument(await state.backend.weather(), mostDays: Self.mostDays))
    }

    @Sendable private func give(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        let day = try await RequestContent.object(
            WeatherDay.self, keys: Self.keys, of: request, hint: Self.example)
        guard let day else { throw Problem.badBody("the body is empty", remedy: Self.example) }
        let actor = context.actor ?? ""
        do {
            let standing = try await state.backend.giveWeather(day, actor: actor)
            state.logger.info("'\(actor)': weather of \(day.date)")
            return try .json(WeatherDocument(standing, mostDays: Self.mostDays))
        } catch let fault as WeatherDay.Fault {
            throw Problem.badBody(fault.problem, remedy: fault.remedy)
        }
    }
}

struct WeatherDocument: Encodable {
    struct Day: Encodable {
        var date: String
        var temperatureC: Double
        var relativeHumidityPercent: Double
        var rainMillimetres: Double
        var isGiven: Bool
        var p: Double?
        var level: Int?

        init(_ day: WeatherStanding.Day) {
            date = "\(day.weather.date)"
            temperatureC = day.weather.temperatureCelsius
            relativeHumidityPercent = day.weather.relativeHumidityPercent
            rainMillimetres = day.weather.rainMillimetres
            isGiven = day.isGiven
            // More digits than the instruments have would only seem exact.
            p = day.p.map { ($0 * 10).rounded() / 10 }
            level = day.level?.rawValue
        }
    }

    struct Gap: Encodable {
        var first: String
        var last: String
    }

    var days: [Day]
    var missing: [Gap]

    init(_ standing: WeatherStanding, mostDays: Int) {
        days = standing.days.suffix(mostDays).map(Day.init)
        missing = standing.missing.map { Gap(first: "\($0.first)", last: "\($0.last)") }
    }
}
