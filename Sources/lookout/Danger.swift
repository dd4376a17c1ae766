import ArgumentParser
import Domain
import Foundation
import Incidents
import SiteConfiguration

struct Danger: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fire danger index P and level for each day.",
        discussion: """
            The table has the columns date, temperatureC and relativeHumidityPercent (both at 13:00) and rainMillimetres \
            (of the day), separated by commas, with a line for each day.
            """)

    @Argument(help: "The weather, as comma-separated text.") var weather: String
    @Option(name: .customLong("config"), help: "Take the province's table from this configuration.") var path: String?
    @Option(help: "P of the day before the first one, where it is known.") var initial = 0.0
    @Flag(help: "One JSON object per line.") var json = false

    func validate() throws {
        guard initial.isFinite, initial >= 0 else { throw ValidationError("--initial takes 0 or more.") }
    }

    func run() throws {
        let table = try path.map { try Self.table(of: SettingsFile.load($0)) } ?? .national
        let days = try Self.weather(weather).days
        var index = DangerIndex(table: table, p: initial)
        for day in days {
            index.add(day)
            if json {
                print(try JSONText.line(Document(date: "\(day.date)", p: tenths(index.p), level: index.level.rawValue)))
            } else {
                print(
                    "\(day.date)  P \(String(format: "%8.1f", index.p))  \(index.level.title(in: .en)) · \(index.level.title(in: .vi))"
                )
            }
        }
    }

    private struct Document: Encodable {
        var date: String
        var p: Double
        var level: Int
    }

    static func table(of site: SiteSettings) throws -> DangerTable {
        let wanted = site.fireDanger
        guard let table = DangerTable(highestP: wanted.highestP, resetRainMillimetres: wanted.resetRainMillimetres)
        else {
            throw Failure(.problemFound, "'highestP' of 'fireDanger' does not rise. Give four limits in rising order.")
        }
        return table
    }

    /// - Throws: `Failure`; faults of single lines are printed.
    static func weather(_ weather: String) throws -> WeatherTable {
        guard let data = FileManager.default.contents(atPath: weather) else {
            throw Failure(.inputUnreadable, "\(weather) cannot be read. Name a file of daily weather.")
        }
        guard data.count <= 64 << 20 else {
            throw Failure(.inputUnreadable, "\(weather) has \(data.count) bytes. Name a file of daily weather.")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Failure(.inputUnreadable, "\(weather) is not UTF-8 text. Save it as UTF-8.")
        }
        do throws(WeatherTable.Faults) {
            return try WeatherTable(csv: text)
        } catch {
            for fault in error.faults { printError("\(weather):\(fault.line): \(fault.problem). \(fault.remedy).") }
            throw Failure(.inputUnreadable)
        }
    }

    /// More digits than the instruments have would only seem exact.
    private func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
