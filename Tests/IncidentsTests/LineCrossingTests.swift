import Domain
import Incidents
import Testing

/// Who crosses a line, which way, once; and who does not, however hostile the geometry.
struct LineCrossingTests {
    /// From left to right across the middle: its left is above it.
    private static let across = PictureLine(start: PicturePoint(x: 0.2, y: 0.5), end: PicturePoint(x: 0.8, y: 0.5))

    private func rule(
        _ line: PictureLine = across, _ crossing: PictureLine.Crossing = .both
    ) -> IncidentRule {
        var rule = IncidentRule(kind: .lineCrossing)
        rule.line = line
        rule.crossing = crossing
        return rule
    }

    /// Pictures ten times a second, one for each place.
    private func walk(
        _ rule: IncidentRule, _ places: [(x: Double, y: Double)], track: (Int) -> Int = { _ in 1 }
    ) -> JudgeBench {
        var bench = JudgeBench([rule])
        for (index, place) in places.enumerated() {
            let seconds = Double(index) / 10
            bench.picture(seconds, [motion(seconds, track: track(index), foot: place)])
        }
        return bench
    }

    private func way(from: (Double, Double), to: (Double, Double), steps: Int = 20) -> [(x: Double, y: Double)] {
        (0...steps).map { step in
            let share = Double(step) / Double(steps)
            return (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
        }
    }

    @Test(arguments: [
        (PictureLine.Crossing.both, 1, 1), (.leftToRight, 1, 0), (.rightToLeft, 0, 1),
    ])
    func directionsAreThoseOfWhoWalksAlongTheLine(crossing: PictureLine.Crossing, down: Int, up: Int) {
        let rule = rule(Self.across, crossing)
        #expect(walk(rule, way(from: (0.5, 0.3), to: (0.5, 0.7))).incidents.count == down)
        #expect(walk(rule, way(from: (0.5, 0.7), to: (0.5, 0.3))).incidents.count == up)
        // The same line drawn the other way round turns its sides round.
        var turned = rule
        turned.line = PictureLine(start: Self.across.end, end: Self.across.start)
        #expect(walk(turned, way(from: (0.5, 0.3), to: (0.5, 0.7))).incidents.count == up)
    }

    @Test func whoWavesOverTheLineOrStandsOnItCrossesNothing() {
        let wavering = (0..<100).map { (x: 0.5, y: 0.5 + ($0 % 2 == 0 ? 0.004 : -0.004)) }
        #expect(walk(rule(), wavering).incidents.isEmpty)
        #expect(walk(rule(), [(0.5, 0.4)] + Array(repeating: (0.5, 0.5), count: 50) + [(0.5, 0.4)]).incidents.isEmpty)
    }

    @Test func whoWalksAroundTheEndHasNotCrossed() {
        let around =
            way(from: (0.7, 0.3), to: (0.95, 0.45)) + way(from: (0.95, 0.45), to: (0.95, 0.6))
            + way(from: (0.95, 0.6), to: (0.6, 0.7))
        #expect(walk(rule(), around).incidents.isEmpty)
        // Back through the line from there: that is a crossing.
        #expect(walk(rule(), around + way(from: (0.6, 0.7), to: (0.6, 0.3))).incidents.count == 1)
    }

    @Test func manyCrossingsWithinTheQuietTimeAreOneIncident() {
        let thereAndBack = way(from: (0.5, 0.3), to: (0.5, 0.7)) + way(from: (0.5, 0.7), to: (0.5, 0.3))
        var bench = walk(rule(), thereAndBack + thereAndBack)
        bench.close(9)
        #expect(bench.incidents.count == 1 && bench.incidents[0].frames == 4)
        #expect(bench.incidents[0].measurements.first == Measurement(name: "crossedLeftToRight", value: 1))
    }

    @Test func aTrackThatJumpsToTheOtherSideHasNotCrossed() {
        let jump = Array(repeating: (x: 0.5, y: 0.2), count: 5) + Array(repeating: (x: 0.5, y: 0.8), count: 5)
        #expect(walk(rule(), jump).incidents.isEmpty)
        // Nor two objects, one on each side, that share no number.
        let two = walk(rule(), jump) { $0 < 5 ? 1 : 2 }
        #expect(two.incidents.isEmpty)
    }

    @Test func oneWhoWasHiddenOnTheLineHasCrossedAll() {
        var bench = JudgeBench([rule()])
        for (seconds, y) in [(0.0, 0.4), (0.1, 0.42), (2.1, 0.58), (2.2, 0.6)] {
            bench.picture(seconds, [motion(seconds, foot: (0.5, y))])
        }
        #expect(bench.incidents.count == 1)
    }

    @Test func linesAtTheEdgeAndLinesWithoutLengthNeverFire() {
        let edge = PictureLine(start: PicturePoint(x: 0, y: 1), end: PicturePoint(x: 1, y: 1))
        #expect(walk(rule(edge), way(from: (0.5, 0.8), to: (0.5, 1.4))).incidents.isEmpty)
        let point = PictureLine(start: PicturePoint(x: 0.5, y: 0.5), end: PicturePoint(x: 0.5, y: 0.5))
        #expect(walk(rule(point), way(from: (0.5, 0.3), to: (0.5, 0.7))).incidents.isEmpty)
        #expect(walk(IncidentRule(kind: .lineCrossing), way(from: (0.5, 0.3), to: (0.5, 0.7))).incidents.isEmpty)
    }

    @Test func whatHasNoTrackCannotCross() {
        var bench = JudgeBench([rule()])
        for (index, place) in way(from: (0.5, 0.3), to: (0.5, 0.7)).enumerated() {
            bench.picture(Double(index) / 10, [motion(Double(index) / 10, track: nil, foot: place)])
        }
        #expect(bench.incidents.isEmpty)
    }

    /// Random walks against another way of saying the same: signs of the distance, taken where it is large enough.
    @Test(arguments: 0..<40)
    func randomWalksCrossAsOftenAsTheySwitchSides(seed: Int) {
        var random = SeededGenerator(state: UInt64(seed))
        var y = 0.5
        var x = 0.5
        var sides: [Bool] = []
        var bench = JudgeBench([rule()])
        var crossings = 0
        for index in 0..<500 {
            x = min(max(x + Double.random(in: -0.02...0.02, using: &random), 0.3), 0.7)
            y = min(max(y + Double.random(in: -0.03...0.03, using: &random), 0.3), 0.7)
            let seconds = Double(index) / 10
            bench.picture(seconds, [motion(seconds, foot: (x, y))])
            // A twentieth of the object's height of 0.2.
            if abs(y - 0.5) >= 0.01 {
                if let last = sides.last, last != (y < 0.5) { crossings += 1 }
                sides.append(y < 0.5)
            }
        }
        bench.close(60)
        #expect(bench.incidents.reduce(0) { $0 + $1.frames } == crossings)
    }
}
