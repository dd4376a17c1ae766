import Domain
import Foundation
import Geolocation
import Testing

struct GroundContactTests {
    private func pose(height: Double = 310, tilt: Double = -2, azimuth: Double = 90) throws -> CameraPose {
        CameraPose(
            position: try place(10.2, 104.0), heightMetres: height, azimuthDegrees: azimuth, tiltDegrees: tilt,
            fieldOfViewDegrees: 54.2, sigmaDegrees: 0.1)
    }

    private func contact(_ pose: CameraPose, on ground: Ground) throws -> GroundContact {
        let line = try #require(pose.sightLine(to: PicturePoint(x: 0.5, y: 0.5)))
        return try GroundContact.find(camera: CameraID("tower"), pose: pose, sightLine: line, on: ground)
    }

    /// The height over the ground that the formula gives for the range that was found is the camera's.
    @Test(arguments: [-1.0, -1.5, -2, -5, -20, -70])
    func levelGroundIsMetWhereTheFormulaSays(tilt: Double) throws {
        let pose = try pose(tilt: tilt)
        let contact = try contact(pose, on: .level(heightMetres: 12))
        let range = contact.rangeMetres
        let down = -tilt * Double.pi / 180
        #expect(abs(range * tan(down) - (1 - 0.13) * range * range / (2 * 6_350_000) - 298) < 1)
        #expect(contact.nearMetres < range && range < contact.farMetres)
        #expect(try abs(distance(pose.position, contact.fix.point) - range) < 0.01)
        // The place is seen where the line of sight began: projection and ray agree about earth and air.
        let seen = try #require(pose.point(of: contact.fix.point, heightMetres: 12))
        #expect(abs(seen.x - 0.5) < 0.001 && abs(seen.y - 0.5) < 0.001)
    }

    @Test func flatLinesOfSightHaveNoRange() throws {
        #expect(refusal { try contact(pose(tilt: 0.2), on: .level(heightMetres: 0)) } == "above-horizon")
        #expect(refusal { try contact(pose(tilt: -0.3), on: .level(heightMetres: 0)) } == "above-horizon")
        #expect(refusal { try contact(pose(tilt: -0.6), on: .level(heightMetres: 0)) } == "undetermined-range")
        #expect(refusal { try contact(pose(height: 10), on: .level(heightMetres: 20)) } == "below-ground")
    }

    /// Ground at 20 m with a ridge of 200 m from 104.05 to 104.06, and perhaps a hole in front of it.
    private func grid(hole: Range<Double>? = nil, east: Double = 104.3) throws -> ElevationGrid {
        let cell = 0.001
        let columns = Int(((east - 103.9) / cell).rounded())
        let heights = (0..<200).flatMap { _ in
            (0..<columns).map { column -> Float in
                let longitude = 103.9 + (Double(column) + 0.5) * cell
                if hole?.contains(longitude) ?? false { return .nan }
                return (104.05..<104.06).contains(longitude) ? 200 : 20
            }
        }
        return try ElevationGrid(
            columns: columns, rows: 200, westDegrees: 103.9, southDegrees: 10.1, cellWidthDegrees: cell,
            cellHeightDegrees: cell, heights: heights)
    }

    @Test func theFirstHitCounts() throws {
        let model = Ground.model(try grid())
        // 104.05 is 5.48 km away: the ray is 119 m lower there, 191 m above the sea, and meets the ridge.
        let ridge = try contact(pose(tilt: -1.25), on: model)
        #expect(abs(ridge.fix.point.longitudeDegrees - 104.05) < 0.001)
        #expect((150...200).contains(ridge.heightMetres))
        let before = try contact(pose(tilt: -5), on: model)
        #expect(abs(before.heightMetres - 20) < 0.1 && before.fix.point.longitudeDegrees < 104.04)
        // A level plane at 20 m gives the same place.
        let level = try contact(pose(tilt: -5), on: .level(heightMetres: 20))
        #expect(abs(level.rangeMetres - before.rangeMetres) < 1)
        #expect(!before.passedUnknownGround)
    }

    @Test func cellsWithoutDataAreNotGround() throws {
        let holed = Ground.model(try grid(hole: 104.02..<104.04))
        let behind = try contact(pose(tilt: -1.25), on: holed)
        #expect(behind.passedUnknownGround && abs(behind.fix.point.longitudeDegrees - 104.05) < 0.001)
        #expect(refusal { try contact(pose(tilt: -6), on: holed) } == "unknown-ground")
    }

    @Test func theModelsEndIsSaid() throws {
        let short = Ground.model(try grid(east: 104.02))
        #expect(refusal { try contact(pose(tilt: -1), on: short) } == "beyond-model")
        #expect(refusal { try contact(pose(tilt: 5), on: short) } == "beyond-model")
        #expect(refusal { try contact(pose(height: 15), on: short) } == "below-ground")
    }

    /// One line of sight and the ground: the ellipse holds the fire as often as it says.
    @Test func theEllipseHoldsTheFoot() throws {
        var random = SeededGenerator(state: 5)
        var inside = 0
        let count = 2_000
        for _ in 0..<count {
            let stated = try pose(height: .random(in: 200...600, using: &random), tilt: -4)
            var real = stated
            real.azimuthDegrees += random.normal(sigma: 0.1)
            real.tiltDegrees += random.normal(sigma: 0.1)
            let fire = try #require(
                Geodesic.point(
                    from: stated.position, azimuthDegrees: .random(in: 70...110, using: &random),
                    distanceMetres: .random(in: 2_000...9_000, using: &random)))
            var seen = try #require(real.point(of: fire, heightMetres: 0))
            seen.x += random.normal(sigma: CameraPose.usualPointSigmaFraction)
            seen.y += random.normal(sigma: CameraPose.usualPointSigmaFraction) * 16 / 9
            let line = try #require(stated.sightLine(to: seen))
            let contact = try GroundContact.find(
                camera: CameraID("tower"), pose: stated, sightLine: line, on: .level(heightMetres: 0))
            if contact.fix.squaredDeviation(of: fire) <= ErrorEllipse.chiSquare95 { inside += 1 }
        }
        print("one line of sight on level ground: \(Double(inside) / Double(count)) inside the 95 % ellipse")
        #expect((0.93...0.97).contains(Double(inside) / Double(count)))
    }
}
