import Domain
import Testing

/// Places in the picture, and the words that people read.
struct VocabularyTests {
    private let square = PicturePolygon(
        points: [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)].map { PicturePoint(x: $0.0, y: $0.1) })

    @Test func aPolygonHoldsWhatIsInside() {
        #expect(square.contains(PicturePoint(x: 0.5, y: 0.5)) && square.contains(PicturePoint(x: 0.2, y: 0.2)))
        for (x, y) in [(0.1, 0.5), (0.9, 0.5), (0.5, 0.1), (0.5, 0.9), (0.8, 0.8), (.nan, 0.5), (.infinity, 0.5)] {
            #expect(!square.contains(PicturePoint(x: x, y: y)))
        }
        #expect(!PicturePolygon(points: []).contains(PicturePoint(x: 0, y: 0)))
    }

    @Test func twoPolygonsThatShareAnEdgeSharePointsOfItOnce() {
        let left = PicturePolygon(points: [(0, 0), (0.5, 0), (0.5, 1), (0, 1)].map { PicturePoint(x: $0.0, y: $0.1) })
        let right = PicturePolygon(points: [(0.5, 0), (1, 0), (1, 1), (0.5, 1)].map { PicturePoint(x: $0.0, y: $0.1) })
        for i in 0..<100 {
            let point = PicturePoint(x: 0.5, y: Double(i) / 100)
            #expect(left.contains(point) != right.contains(point))
        }
    }

    @Test func boxesOverlapAndJoin() {
        let a = Box(x: 0, y: 0, width: 0.4, height: 0.4)
        let b = Box(x: 0.2, y: 0.2, width: 0.4, height: 0.4)
        #expect(abs(a.overlap(with: b) - 0.04 / 0.28) < 1e-12 && a.overlap(with: a) == 1)
        #expect(a.overlap(with: Box(x: 0.5, y: 0.5, width: 0.1, height: 0.1)) == 0)
        let union = a.union(b)
        #expect(abs(union.maxX - 0.6) < 1e-12 && union.x == 0 && union.y == 0)
        #expect(a.footPoint == PicturePoint(x: 0.2, y: 0.4))
    }

    @Test func everythingThatPeopleReadIsThereInBothLanguages() {
        check(IncidentKind.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
        check(CameraStatus.State.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
        check(Severity.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
        check([Incident.State.open, .closed].map { ($0.title(in: .en), $0.title(in: .vi)) })
        check(FireStage.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
        check(DismissalReason.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
        check(DangerLevel.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
        check(DangerNotice.Source.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
        check(IncidentRevision.Change.allCases.map { ($0.title(in: .en), $0.title(in: .vi)) })
    }

    private func check(_ titles: [(english: String, vietnamese: String)]) {
        for title in titles {
            #expect(title.english.utf8.allSatisfy { $0 < 0x80 } && !title.english.isEmpty)
            // No Vietnamese title of ours does without a diacritic.
            #expect(title.vietnamese.utf8.contains { $0 >= 0x80 }, "\(title.vietnamese)")
        }
        #expect(Set(titles.map(\.english)).count == titles.count && Set(titles.map(\.vietnamese)).count == titles.count)
    }

    @Test func severitiesAreOrdered() {
        #expect(Severity.info < .warning && .warning < .critical && !(Severity.critical < .info))
        #expect(IncidentKind.intrusion.usualSeverity == .critical && IncidentKind.motion.usualSeverity == .info)
    }

    @Test func cameraIdentifiersAreSafeAsFileNames() {
        for good in ["gate", "tower-3", "a.b_c", "7", String(repeating: "x", count: 64)] {
            #expect(CameraID(good).isValid)
        }
        for bad in ["", ".hidden", "-x", "a/b", "a b", "cổng", "..", String(repeating: "x", count: 65), "a\n"] {
            #expect(!CameraID(bad).isValid)
        }
    }
}
