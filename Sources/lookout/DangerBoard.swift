import Domain
import Foundation
import Incidents
import SiteConfiguration
import Synchronization

/// Which fire danger holds when: from the site's table of daily weather, and from what people and other systems say.
final class DangerBoard: Sendable {
    private struct State {
        /// By the day's number.
        var levels: [Int: DangerLevel] = [:]
        /// The last of each source.
        var notices: [DangerNotice.Source: DangerNotice] = [:]
    }

    private let timeZone: SiteTimeZone
    private let state = Mutex(State())

    init(_ site: SiteSettings) { timeZone = site.site.timeZone }

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

    /// What the weather says. What is measured at 13:00 holds until the next day's is there.
    func reckoned(at time: MediaTime) -> DangerLevel? {
        let local = CivilTime(time + .seconds(timeZone.secondsEastOfUTC(at: time)))
        guard let today = CalendarDay(local.date)?.number else { return nil }
        return state.withLock { $0.levels[today] ?? $0.levels[today - 1] }
    }

    /// - Throws: `Failure` naming what is wrong with the table.
    func read(_ path: String, table: DangerTable) throws {
        var index = DangerIndex(table: table)
        var found: [Int: DangerLevel] = [:]
        for day in try Danger.weather(path).days {
            index.add(day)
            found[day.date.number] = index.level
        }
        state.withLock { $0.levels = found }
    }
}
