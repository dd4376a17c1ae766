import Domain
import Foundation
import Incidents
import Logging
import ServiceLifecycle
import SiteConfiguration
import Synchronization

/// Which fire danger holds when, from the site's table of daily weather.
final class DangerBoard: Sendable {
    private let timeZone: SiteTimeZone
    /// By the day's number.
    private let levels = Mutex<[Int: DangerLevel]>([:])

    init(_ site: SiteSettings) { timeZone = site.site.timeZone }

    /// 1 to 5. What is measured at 13:00 holds until the next day's is there; `nil` where neither is.
    func level(at time: MediaTime) -> Int? {
        let local = CivilTime(time + .seconds(timeZone.secondsEastOfUTC(at: time)))
        guard let today = CalendarDay(local.date)?.number else { return nil }
        return levels.withLock { ($0[today] ?? $0[today - 1])?.rawValue }
    }

    /// - Throws: `Failure` naming what is wrong with the table.
    func read(_ path: String, table: DangerTable) throws {
        var index = DangerIndex(table: table)
        var found: [Int: DangerLevel] = [:]
        for day in try Danger.weather(path).days {
            index.add(day)
            found[day.date.number] = index.level
        }
        levels.withLock { $0 = found }
    }
}

/// Reads the table of weather again and again, since it grows by a line a day.
struct DangerService: Service {
    let board: DangerBoard
    let path: String
    let table: DangerTable
    let clock: any HostClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var last: Int?
            while !Task.isCancelled {
                let problem = await onOwnThread { () -> String? in
                    do {
                        try board.read(path, table: table)
                        return nil
                    } catch let failure as Failure {
                        return failure.message.isEmpty
                            ? "\(path) cannot be used; 'lookout danger' says why." : failure.message
                    } catch {
                        return "\(path): \(error)"
                    }
                }
                if let problem { logger.error("the fire danger stays as it was: \(problem)") }
                let level = board.level(at: clock.wall())
                if level != last { logger.notice("forest fire danger: \(level.map { "level \($0)" } ?? "unknown").") }
                last = level
                try? await Task.sleep(for: .seconds(600))
            }
        }
    }
}
