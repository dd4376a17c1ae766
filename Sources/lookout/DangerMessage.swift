import Domain
import Foundation

/// What other systems send of the fire danger.
enum DangerMessage: Equatable {
    /// `4`, `IV`, or an object of JSON with `level`.
    case level(DangerLevel)
    /// An object of JSON with `date`, `temperatureC`, `relativeHumidityPercent` and `rainMillimetres`.
    case weather(WeatherDay)

    private struct LevelDocument: Decodable {
        var level: Int
    }

    /// - Throws: `WeatherDay.Fault`, saying what to send instead.
    init(_ payload: [UInt8]) throws {
        let data = Data(payload)
        let decoder = JSONDecoder()
        if let document = try? decoder.decode(LevelDocument.self, from: data),
            let level = DangerLevel(rawValue: document.level)
        {
            self = .level(level)
            return
        }
        let word = String(decoding: payload, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if let level = DangerLevel.allCases.first(where: {
            $0.numeral == word.uppercased() || String($0.rawValue) == word
        }) {
            self = .level(level)
            return
        }
        do {
            self = .weather(try decoder.decode(WeatherDay.self, from: data))
        } catch let fault as WeatherDay.Fault {
            throw fault
        } catch {
            throw WeatherDay.Fault(
                problem: "it is neither a level of fire danger nor a day's weather",
                remedy:
                    "Send 1 to 5, I to V, {\"level\": 4}, or {\"date\": \"2026-02-01\", \"temperatureC\": 33.5, \"relativeHumidityPercent\": 55, \"rainMillimetres\": 0}"
            )
        }
    }
}
