import Domain
import Testing

/// Which of several notices of fire danger holds.
struct DangerTests {
    private func notice(
        _ level: DangerLevel, _ source: DangerNotice.Source, since: Double, until: Double? = nil
    ) -> DangerNotice {
        DangerNotice(
            level: level, source: source, actor: "an", since: MediaTime(seconds: since),
            until: until.map { MediaTime(seconds: $0) })
    }

    @Test func whatIsGivenGoesBeforeWhatIsReckoned() {
        let notices = [
            notice(.low, .weather, since: 50), notice(.extreme, .person, since: 10, until: 100),
            notice(.high, .mqtt, since: 20, until: 60),
        ]
        func level(at seconds: Double) -> DangerLevel? {
            DangerStanding(notices, at: MediaTime(seconds: seconds)).current?.level
        }
        #expect(level(at: 5) == nil, "nothing was said yet")
        #expect(level(at: 15) == .extreme)
        #expect(level(at: 30) == .high, "of what is given the later one")
        #expect(level(at: 60) == .extreme, "what ended gives way")
        #expect(level(at: 100) == .low)
        #expect(DangerStanding([], at: .zero).current == nil)
    }

    @Test func theSameSaidAgainIsNoChange() {
        var again = notice(.high, .weather, since: 90)
        #expect(again.saysSame(as: notice(.high, .weather, since: 10, until: 20)))
        #expect(
            !notice(.high, .person, since: 10, until: 30).saysSame(as: notice(.high, .person, since: 10, until: 20)))
        again.level = .low
        #expect(!again.saysSame(as: notice(.high, .weather, since: 90)))
    }

    @Test func anExerciseIsSummedUpInOneLine() {
        var report = DrillReport(
            id: "drill-1", actor: "lookout", start: .zero,
            channels: [
                .init(id: "a", acceptedSeconds: 0.04, error: nil), .init(id: "b", acceptedSeconds: 12.26, error: nil),
            ])
        #expect(report.reachedAll && report.summary == "2 of 2 channels, slowest 12.3 s; not acknowledged")
        report.channels[0].acceptedSeconds = nil
        report.channels[1].acceptedSeconds = .nan
        report.acknowledgedSeconds = 61.2
        report.acknowledgedBy = "Bình"
        #expect(!report.reachedAll && report.summary.hasSuffix("acknowledged by Bình after 61.2 s"))
    }
}
