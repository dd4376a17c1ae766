import Domain
import Testing

@testable import Detection

/// What wavers is no object on its way, and what was followed in vain is told with its values.
@Suite struct UnconfirmedTrackTests {
    private func blob(_ x: Int, _ y: Int, _ width: Int = 20, _ height: Int = 40) -> MaskComponent {
        MaskComponent(
            minX: x, minY: y, maxX: x + width, maxY: y + height, area: width * height,
            sumX: (2 * x + width - 1) * width * height / 2, sumY: (2 * y + height - 1) * width * height / 2)
    }

    private func track(_ places: [(Int, Int)]) -> MotionTrack {
        var track = MotionTrack(
            id: 1, blob: blob(100 + places[0].0, 100 + places[0].1), width: 640, height: 360, at: 0)
        for (index, place) in places.enumerated().dropFirst() {
            track.advance(by: 0.1)
            track.update(with: blob(100 + place.0, 100 + place.1), at: Double(index) / 10)
        }
        return track
    }

    @Test func whoWalksHasComeStepByStep() {
        #expect(track([(0, 0), (4, 0), (8, 0), (12, 0)]).hasCome(10))
        #expect(!track([(0, 0), (3, 0), (6, 0), (9, 0)]).hasCome(10))
        // Pictures come so seldom that one step is all that is seen.
        #expect(track([(0, 0), (30, 0)]).hasCome(10))
    }

    /// From the right, 4 pixels a picture, 20 wide when it is whole: its middle comes 2 a picture as long as it is not.
    @Test func whoComesInOverAnEdgeHasComeAsFarAsItsFront() {
        func entering(_ pictures: Int, edge: Int) -> MotionTrack {
            var track = MotionTrack(id: 1, blob: blob(636, 100, 4), width: edge, height: 360, at: 0)
            for picture in 1..<pictures {
                track.advance(by: 0.1)
                let left = 636 - 4 * picture
                track.update(with: blob(left, 100, min(20, 640 - left)), at: Double(picture) / 10)
            }
            return track
        }
        #expect(entering(4, edge: 640).hasCome(10))
        #expect(!entering(4, edge: 700).hasCome(10))
        #expect(entering(4, edge: 640).way.displacement == 12)
        // What reaches from one edge to the opposite one has no front, and what never touches one has none either.
        #expect(EnteringSides(blob(0, 100, 640), width: 640, height: 360) == nil)
        #expect(EnteringSides(blob(10, 100), width: 640, height: 360) == nil)
    }

    @Test func oneLeapIsNoWayAndNorIsComingBack() {
        let leap = track([(0, 0), (1, 0), (60, 0), (61, 0)])
        #expect(leap.travel > 60 && !leap.hasCome(10))
        let back = track([(0, 0), (12, 0), (24, 0), (12, 0), (2, 0)])
        #expect(back.travel == 24 && !back.hasCome(10))
    }

    @Test func restlessPlacesAreRememberedForAWhile() {
        var places = RestlessPlaces(width: 640, height: 360)
        #expect(!places.hold(blob(100, 100), at: 0))
        places.mark(blob(95, 95, 40, 60), at: 0)
        #expect(places.hold(blob(100, 100), at: 5))
        #expect(!places.hold(blob(300, 100), at: 5))
        // Somebody much larger than a branch stands before it.
        #expect(!places.hold(blob(80, 20, 100, 250), at: 5))
        #expect(!places.hold(blob(100, 100), at: 9))
        // Regions reach to the edges and not beyond.
        places.mark(blob(620, 320), at: 10)
        #expect(places.hold(blob(625, 330, 15, 30), at: 10))
        places.forgetAll()
        #expect(!places.hold(blob(620, 320), at: 10))
    }

    /// Something stands in one place for two seconds and goes.
    @Test func whatDidNotTravelIsToldOnceWithItsValues() throws {
        var scene = NoisyScene(noise: 2)
        var detector = MotionDetector(settings: MotionSettings())
        var told: [UnconfirmedTrack] = []
        for n in 0..<80 {
            scene.render()
            if (30..<50).contains(n) { scene.paint(x: 300, y: 200, width: 24, height: 50, luma: 30) }
            let report = scene.analyse(with: &detector, at: Double(n) / 10)
            #expect(report.observations.filter { $0.kind == .motion }.isEmpty)
            told += report.unconfirmed
        }
        let track = try #require(told.first)
        #expect(told.count == 1 && track.reason == .didNotTravel)
        #expect(track.start == MediaTime(seconds: 3) && track.end >= MediaTime(seconds: 4))
        #expect(track.nearness < 0.5 && track.box.overlap(with: Box(x: 0.47, y: 0.55, width: 0.04, height: 0.14)) > 0.5)
        let travel = try #require(track.measurements.first { $0.name == "travelFraction" })
        #expect(travel.value < travel.threshold ?? 0)
        let seen = try #require(track.measurements.first { $0.name == "seenShare" })
        #expect(seen.value > 0.9 && seen.threshold == 0.8)
    }

    /// A walker of 4 x 8 pixels, who is too small for regions of usual size.
    @Test func aDistantWalkerIsFoundAndABirdAndALeafAreNot() {
        func found(_ place: (Double) -> (Int, Int)) -> Int {
            var scene = NoisyScene(noise: 2)
            var detector = MotionDetector(settings: MotionSettings())
            var tracks: Set<Int> = []
            for n in 0..<100 {
                scene.render()
                let seconds = Double(n) / 10
                if seconds > 3 {
                    let (x, y) = place(seconds - 3)
                    scene.paint(x: x, y: y, width: 5, height: 9, luma: 20)
                }
                for observation in scene.analyse(with: &detector, at: seconds).observations {
                    if let track = observation.track { tracks.insert(track) }
                }
            }
            return tracks.count
        }
        #expect(found { (100 + Int(10 * $0), 250) } == 1)
        // As small, but three times as fast as anything that goes on the ground at that distance.
        #expect(found { (20 + Int(110 * $0) % 600, 60 + Int(4 * $0)) } == 0)
        #expect(found { (300 + 6 * (Int($0 * 5) % 3), 100) } == 0)
    }
}
