import Domain
import Foundation
import Incidents
import SiteConfiguration
import Synchronization

/// Which fire danger holds when: from the site's daily weather, and from what people and other systems say.
final class DangerBoard: Sendable {
    private struct State {
        var weather = WeatherSeries()
        var standing = WeatherStanding()
        /// By the day's number.
        var levels: [Int: DangerLevel] = [:]
        /// The last of each source.
        var notices: [DangerNotice.Source: DangerNotice] = [:]

        mutating func reckon(by table: DangerTable) {
            standing = weather.standing(by: table)
            levels = [:]
            for day in standing.days { levels[day.weather.date.number] = day.level }
        }
    }

    private let timeZone: SiteTimeZone
    private let table: DangerTable
    private let state = Mutex(State())

    /// - Throws: `Failure` where the province's table is none.
    init(_ site: SiteSettings) throws {
        timeZone = site.site.timeZone
        table = try Danger.table(of: site)
    }

    /// 1 to 5; `nil` where nobody knows it.
    func level(at time: MediaTime) -> Int? {
        let standing = standing(at: time)
        let given = standing.current.flatMap { $0.source == .weather ? nil : $0.level }
        return (given ?? reckoned(at: time) ?? standing.current?.level)?.rawValue
    }

    func standing(at time: MediaTime) -> DangerStanding {
        DangerStanding(
            state.withLock { state in DangerNotice.Source.allCases.compactMap { state.notices[$0] } }, at: time)
    }

    func take(_ notice: DangerNotice) { state.withLock { $0.notices[notice.source] = notice } }

    /// Takes in days that were given through the API or over MQTT.
    func take(_ days: [WeatherDay]) {
        state.withLock { state in
            for day in days { state.weather.give(day) }
            state.reckon(by: table)
        }
    }

    /// The days that are known, and what follows from them.
    var weather: WeatherStanding { state.withLock { $0.standing } }

    /// The site's day at an instant.
    func day(at time: MediaTime) -> CalendarDay? {
        CalendarDay(CivilTime(time + .seconds(timeZone.secondsEastOfUTC(at: time))).date)
    }

    /// What the weather says. What is measured at 13:00 holds until the next day's is there.
    func reckoned(at time: MediaTime) -> DangerLevel? {
        guard let today = day(at: time)?.number else { return nil }
        return state.withLock { $0.levels[today] ?? $0.levels[today - 1] }
    }

    /// - Throws: `Failure` naming what is wrong with the table.
    func read(_ path: String) throws {
        let days = try Danger.weather(path).days
        state.withLock { state in
            state.weather.replaceTable(with: days)
            state.reckon(by: table)
        }
    }
}
