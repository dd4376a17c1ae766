import Domain
import Foundation
import Testing

/// A day's weather in messages and in the journal.
struct WeatherDayTests {
    private static let good =
        #"{"date":"2026-02-01","rainMillimetres":0.4,"relativeHumidityPercent":55,"temperatureC":33.5}"#

    private func read(_ text: String) throws -> WeatherDay {
        try JSONDecoder().decode(WeatherDay.self, from: Data(text.utf8))
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let day = try read(Self.good)
        #expect(day.date == CalendarDay("2026-02-01") && day.temperatureCelsius == 33.5)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(day), as: UTF8.self) == Self.good)
    }

    @Test(arguments: [
        ("2026-02-01", "2026-02-30", "no date"), ("33.5", "91.4", "not Fahrenheit"), ("55", "0.55", "a fraction"),
        ("55", "100.5", "0 to 100"), ("0.4", "-1", "0 where it was dry"),
    ])
    func whatDoesNotOccurIsRefused(old: String, new: String, words: String) {
        #expect {
            _ = try read(Self.good.replacing(old, with: new))
        } throws: {
            ($0 as? WeatherDay.Fault)?.description.contains(words) == true
        }
    }

    @Test func whatIsNoDayIsRefused() {
        for text in ["{}", "[]", "4", Self.good.replacing("55", with: "\"55\"")] {
            #expect(throws: DecodingError.self) { _ = try read(text) }
        }
    }
}
