import Domain
import Foundation
import Testing

@testable import Incidents

/// A chimney that smokes each morning raises its own bar, never to silence, and not for ever.
struct SmokeHabitsTests {
    /// Its foot is in the middle of the tile in column 4, row 5.
    private static let chimney = box(4.5, 5.5)
    private static let incident = IncidentID("tower-smoke-1")

    private static func box(_ column: Double, _ row: Double) -> Box {
        Box(x: column / 16 - 0.02, y: row / 9 - 0.1, width: 0.04, height: 0.1)
    }

    private func morning(_ day: Int64) -> SiteHour { SiteHour(day: day, hour: 7) }

    private func bar(_ habits: SmokeHabits, _ day: Int64, hour: Int = 7, _ box: Box = chimney) -> Double {
        habits.bar(for: box, at: SiteHour(day: day, hour: hour))
    }

    @Test func whatComesBackRaisesItsBar() {
        var habits = SmokeHabits()
        #expect(habits.see(Self.chimney, at: morning(1)).isEmpty, "one day is no habit")
        #expect(bar(habits, 1) == 1)
        let second = habits.see(Self.chimney, at: morning(2))
        #expect(second.map(\.cause) == [.seenAgain])
        #expect(abs(bar(habits, 2) - 1.1) < 1e-9)
        #expect(habits.see(Self.chimney, at: morning(2)).isEmpty, "once a day")
        // What was learned fades a little before it grows.
        let third = habits.see(Self.chimney, at: morning(3))
        #expect(third.map(\.cause) == [.forgotten, .seenAgain])
        #expect(abs(bar(habits, 3) - (1 + 0.1 * 0.95 + 0.1)) < 1e-9)
        #expect(third.last?.hour == 7 && third.last?.tile.contains(Self.chimney.footPoint) == true)
        #expect(third.last?.after == bar(habits, 3))
    }

    @Test func anotherPlaceOrAnotherHourIsAsUsual() {
        var habits = SmokeHabits()
        for day: Int64 in 1...5 { _ = habits.see(Self.chimney, at: morning(day)) }
        #expect(bar(habits, 5) > 1.2)
        #expect(bar(habits, 5, hour: 8) == 1 && bar(habits, 5, hour: 19) == 1)
        #expect(bar(habits, 5, Self.box(6.5, 5.5)) == 1 && bar(habits, 5, Self.box(4.5, 7.5)) == 1)
        // Half a tile beside it, it is the same chimney.
        #expect(bar(habits, 5, Self.box(4.9, 5.5)) > 1.2 && bar(habits, 5, Self.box(5.2, 5.5)) > 1.2)
    }

    /// Smoke on every day of a year, dismissed each time.
    @Test func itIsNeverRaisedToSilence() {
        var habits = SmokeHabits()
        for day: Int64 in 1...365 {
            _ = habits.see(Self.chimney, at: morning(day))
            _ = habits.judge(
                IncidentID("tower-smoke-\(day)"), isSmoke: false, box: Self.chimney, at: morning(day), today: day)
            #expect(bar(habits, day) <= 1.5)
        }
        #expect(bar(habits, 365) == 1.5)
        #expect(habits.count == 3, "the hour, and those beside it")
    }

    @Test func aDismissalRaisesAndAConfirmationLowers() {
        var habits = SmokeHabits()
        let raised = habits.judge(Self.incident, isSmoke: false, box: Self.chimney, at: morning(1), today: 1)
        #expect(raised.count == 3 && raised.allSatisfy { $0.cause == .dismissed && $0.incident == Self.incident })
        #expect(abs(bar(habits, 1) - 1.3) < 1e-9)
        #expect(abs(bar(habits, 1, hour: 6) - 1.15) < 1e-9 && abs(bar(habits, 1, hour: 8) - 1.15) < 1e-9)
        // Said again, as after a restart.
        #expect(habits.judge(Self.incident, isSmoke: false, box: Self.chimney, at: morning(1), today: 1).isEmpty)
        let other = IncidentID("tower-smoke-2")
        let lowered = habits.judge(other, isSmoke: true, box: Self.chimney, at: morning(1), today: 1)
        #expect(lowered.map(\.cause) == [.confirmed] && bar(habits, 1) == 1, "never below the usual")
    }

    @Test func whoChangesTheirMindTakesItBack() {
        var habits = SmokeHabits()
        _ = habits.judge(Self.incident, isSmoke: false, box: Self.chimney, at: morning(1), today: 1)
        let changes = habits.judge(Self.incident, isSmoke: true, box: Self.chimney, at: morning(1), today: 1)
        #expect(Set(changes.map(\.cause)) == [.takenBack])
        for hour in 6...8 { #expect(bar(habits, 1, hour: hour) == 1) }
    }

    @Test func aConfirmedFireIsNoHabit() {
        var habits = SmokeHabits()
        _ = habits.see(Self.chimney, at: morning(1))
        _ = habits.judge(Self.incident, isSmoke: true, box: Self.chimney, at: morning(1), today: 1)
        _ = habits.see(Self.chimney, at: morning(2))
        #expect(bar(habits, 2) == 1)
    }

    @Test func whatDoesNotComeBackIsForgotten() {
        var habits = SmokeHabits()
        _ = habits.judge(Self.incident, isSmoke: false, box: Self.chimney, at: morning(1), today: 1)
        let elsewhere = Self.box(12.5, 3.5)
        _ = habits.see(elsewhere, at: morning(15))
        #expect(abs(bar(habits, 15) - 1 - 0.3 * pow(0.95, 14)) < 1e-9, "half of it within two weeks")
        let gone = habits.see(elsewhere, at: morning(120))
        #expect(gone.contains { $0.cause == .forgotten && $0.after == 1 })
        #expect(bar(habits, 120) == 1)
        #expect(habits.count == 1, "the tile that is seen now")
    }

    /// A week apart it comes back; later it is something new.
    @Test(arguments: [(7, true), (8, false)] as [(Int64, Bool)])
    func aHabitHasNoLongBreaks(days: Int64, isHabit: Bool) {
        var habits = SmokeHabits()
        _ = habits.see(Self.chimney, at: morning(1))
        _ = habits.see(Self.chimney, at: morning(1 + days))
        #expect((bar(habits, 1 + days) > 1) == isHabit)
    }

    @Test func itSurvivesARestart() throws {
        var habits = SmokeHabits()
        for day: Int64 in 1...4 { _ = habits.see(Self.chimney, at: morning(day)) }
        _ = habits.judge(Self.incident, isSmoke: false, box: Self.chimney, at: morning(4), today: 4)
        let kept = try JSONDecoder().decode(SmokeHabits.self, from: JSONEncoder().encode(habits))
        #expect(kept == habits && bar(kept, 4) == bar(habits, 4))
    }

    @Test func clockThatIsSetBackChangesNothing() {
        var habits = SmokeHabits()
        for day: Int64 in 1...4 { _ = habits.see(Self.chimney, at: morning(day)) }
        let before = bar(habits, 4)
        #expect(habits.see(Self.box(12.5, 3.5), at: morning(2)).isEmpty)
        #expect(bar(habits, 4) == before)
    }

    @Test func theHourIsTheSites() {
        // 2026-03-01T23:30:00Z is half past six in the morning in Phú Quốc.
        let time = MediaTime(seconds: 1_772_407_800)
        let local = LocalTime(at: time, secondsEastOfUTC: 7 * 3600)
        #expect(SiteHour(time, local).hour == 6)
        let sameDay = time + .seconds(17 * 3600)
        #expect(SiteHour(sameDay, LocalTime(at: sameDay, secondsEastOfUTC: 7 * 3600)).day == SiteHour(time, local).day)
        let nextDay = time + .seconds(18 * 3600)
        #expect(
            SiteHour(nextDay, LocalTime(at: nextDay, secondsEastOfUTC: 7 * 3600)).day == SiteHour(time, local).day + 1)
    }

    @Test func eachChangeStandsInTheLedger() {
        var habits = SmokeHabits()
        let changes = habits.judge(Self.incident, isSmoke: false, box: Self.chimney, at: morning(1), today: 1)
        let decision = changes[0].decision(of: CameraID("tower"), at: .zero)
        #expect(decision.outcome == .adjusted && decision.reason == .habitDismissed && decision.kind == .smoke)
        #expect(decision.incident == Self.incident && decision.box == changes[0].tile)
        #expect(decision.measurements.map(\.name) == ["smokeBarShare", "smokeBarShareBefore", "hourOfDay"])
        #expect(decision.measurements.map(\.value).last == 7)
    }

    @Test func hostileBoxesAreTilesAtTheEdge() {
        var habits = SmokeHabits()
        for value in [Double.nan, .infinity, -.infinity, 9, -9] {
            let box = Box(x: value, y: value, width: 0.1, height: 0.1)
            _ = habits.see(box, at: morning(1))
            #expect(habits.bar(for: box, at: morning(1)) == 1)
        }
    }
}

extension Box {
    fileprivate func contains(_ point: PicturePoint) -> Bool {
        (x...maxX).contains(point.x) && (y...maxY).contains(point.y)
    }
}
