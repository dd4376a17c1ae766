import Domain
import Journal
import JournalTestSupport
import Testing

/// Days of weather survive, and who gave them is known for ever.
struct WeatherTests {
    @Test func daysSurviveARestartAndCorrectionsStandInTheAuditTrail() async throws {
        let directory = try TemporaryDirectory()
        var journal = try openJournal(directory.path)
        #expect(try await journal.weatherDays().isEmpty)
        let time = MediaTime(seconds: 1_769_925_600)
        var day = WeatherDay(
            date: try #require(CalendarDay("2026-02-02")), temperatureCelsius: 33.5, relativeHumidityPercent: 55,
            rainMillimetres: 0)
        try await journal.note(day, actor: "an", at: time)
        try await journal.note(day, actor: "an", at: time)
        day.rainMillimetres = 6
        try await journal.note(day, actor: "tram", at: time + .seconds(60))
        var before = day
        before.date = try #require(CalendarDay("2026-02-01"))
        try await journal.note(before, actor: "tram", at: time + .seconds(90))
        journal.close()
        journal = try openJournal(directory.path)
        #expect(try await journal.weatherDays() == [before, day])
        let audit = try await journal.audit()
        #expect(audit.map(\.action) == [.weatherGiven, .weatherGiven, .weatherGiven], "the same again is no news")
        #expect(audit.map(\.actor) == ["tram", "tram", "an"])
        #expect(audit[1].detail == "2026-02-02: 33.5 °C, 55.0 %, 6.0 mm")
        #expect(try await journal.verifyChain().isIntact)
        journal.close()
    }
}
