import Domain
import Testing

/// Picture points to metres and back.
struct GroundPlaneTests {
    /// A pinhole camera at a height, looking down by a slope, without roll: an independent way to the same mapping.
    private func picture(of place: GroundPlane.Place, height: Double, tilt: (cos: Double, sin: Double)) -> PicturePoint
    {
        // Camera axes: right, down, forward.
        let forward = place.y * tilt.cos + height * tilt.sin
        let down = height * tilt.cos - place.y * tilt.sin
        return PicturePoint(x: 0.5 + 0.8 * place.x / forward, y: 0.5 + 1.4 * down / forward)
    }

    @Test func fourPointsTellEveryOther() throws {
        let tilt = (cos: 0.8, sin: 0.6)
        let known = [(-4.0, 6.0), (4.0, 7.0), (9.0, 25.0), (-6.0, 20.0)].map { GroundPlane.Place(x: $0.0, y: $0.1) }
        let plane = try #require(
            GroundPlane(known.map { .init(picture: picture(of: $0, height: 5, tilt: tilt), ground: $0) }))
        for (x, y) in [(0.0, 5.0), (-8.0, 30.0), (2.5, 12.0), (30.0, 80.0)] {
            let place = GroundPlane.Place(x: x, y: y)
            let found = try #require(plane.place(at: picture(of: place, height: 5, tilt: tilt)))
            #expect(found.distance(to: place) < 1e-6 * max(1, y * y), "\(place)")
        }
        // The horizon is where the way down to the ground has no end: 0.5 - 1.4 * 0.6 / 0.8.
        #expect(plane.place(at: PicturePoint(x: 0.5, y: 0.5 - 1.4 * 0.75 - 0.01)) == nil)
        #expect(plane.place(at: PicturePoint(x: .nan, y: 0.5)) == nil)
    }

    @Test func pointsThatTellNothingAreRefused() {
        func plane(_ numbers: [(Double, Double, Double, Double)]) -> GroundPlane? {
            GroundPlane(
                numbers.map {
                    .init(picture: PicturePoint(x: $0.0, y: $0.1), ground: .init(x: $0.2, y: $0.3))
                })
        }
        let good = [(0.0, 0.5, 0.0, 30.0), (1.0, 0.5, 20.0, 30.0), (1.0, 1.0, 20.0, 0.0), (0.0, 1.0, 0.0, 0.0)]
        #expect(plane(good) != nil && plane(Array(good.dropLast())) == nil)
        #expect(plane(good.map { ($0.0, 0.5, $0.2, $0.3) }) == nil)
        #expect(plane(good.map { ($0.0, $0.1, $0.2, 2 * $0.2) }) == nil)
        #expect(plane(good.map { ($0.0, $0.1, 5, 5) }) == nil)
        #expect(plane(good.map { ($0.0, $0.1, $0.2, .infinity) }) == nil)
        // Two corners swapped: no view of a plane shows a rectangle as a bow tie.
        var swapped = good
        (swapped[0].2, swapped[1].2) = (swapped[1].2, swapped[0].2)
        #expect(plane(swapped) == nil)
    }
}
