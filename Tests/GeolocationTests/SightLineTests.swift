import Domain
import Foundation
import Geolocation
import Testing

struct SightLineTests {
    private func pose(
        azimuth: Double = 48.5, tilt: Double = 0, roll: Double = 0, field: Double = 54.2, sigma: Double = 0.5
    ) throws -> CameraPose {
        CameraPose(
            position: try place(10.3291, 103.9812), heightMetres: 310, azimuthDegrees: azimuth, tiltDegrees: tilt,
            rollDegrees: roll, fieldOfViewDegrees: field, sigmaDegrees: sigma)
    }

    @Test func theMiddleIsWhereTheCameraLooks() throws {
        let line = try #require(pose(tilt: -1.2).sightLine(to: PicturePoint(x: 0.5, y: 0.5)))
        #expect(abs(line.azimuthDegrees - 48.5) < 1e-9)
        #expect(abs(line.elevationDegrees + 1.2) < 1e-9)
        #expect(abs(line.azimuthSigmaDegrees - 0.5) < 0.02)
        #expect(line.azimuthSigmaDegrees > 0.5)
    }

    /// The edges lie half a field of view away; between, angles are those of a plane, not shares of the field.
    @Test func anglesAreThoseOfAPinhole() throws {
        let wide = try pose(azimuth: 0, field: 87)
        let edge = try #require(wide.sightLine(to: PicturePoint(x: 1, y: 0.5)))
        #expect(abs(edge.azimuthDegrees - 43.5) < 1e-9)
        let between = try #require(wide.sightLine(to: PicturePoint(x: 0.78, y: 0.5)))
        let expected = atan(0.56 * tan(43.5 * Double.pi / 180)) * 180 / .pi
        #expect(abs(between.azimuthDegrees - expected) < 1e-9)
        // What equal angles per pixel would be wrong by.
        #expect(abs(between.azimuthDegrees - 0.28 * 87) > 3.5)
        let top = try #require(wide.sightLine(to: PicturePoint(x: 0.5, y: 0)))
        #expect(abs(tan(top.elevationDegrees * .pi / 180) - tan(43.5 * Double.pi / 180) * 9 / 16) < 1e-9)
    }

    @Test func rollIsClockwiseFromBehind() throws {
        let rolled = try pose(azimuth: 0, roll: 5)
        let right = try #require(rolled.sightLine(to: PicturePoint(x: 0.9, y: 0.5)))
        let left = try #require(rolled.sightLine(to: PicturePoint(x: 0.1, y: 0.5)))
        #expect(right.elevationDegrees < -1 && left.elevationDegrees > 1)
    }

    @Test func everyPoseShowsAPointWhereItsSightLineLeads() throws {
        var random = SeededGenerator(state: 7)
        for _ in 0..<500 {
            let pose = try pose(
                azimuth: .random(in: 0..<360, using: &random), tilt: .random(in: -60...60, using: &random),
                roll: .random(in: -180...180, using: &random), field: .random(in: 2...150, using: &random))
            let point = PicturePoint(x: .random(in: 0...1, using: &random), y: .random(in: 0...1, using: &random))
            let line = try #require(pose.sightLine(to: point))
            let back = try #require(
                pose.point(azimuthDegrees: line.azimuthDegrees, elevationDegrees: line.elevationDegrees))
            #expect(abs(back.x - point.x) < 1e-8 && abs(back.y - point.y) < 1e-8)
            #expect((0..<360).contains(line.azimuthDegrees) && line.azimuthSigmaDegrees.isFinite)
        }
    }

    /// The standard error is what many cameras that are wrong by chance really show.
    @Test func theStandardErrorIsTheSpreadOfWrongPoses() throws {
        let stated = try pose(tilt: -8, field: 60)
        let point = PicturePoint(x: 0.85, y: 0.8)
        let line = try #require(stated.sightLine(to: point))
        var random = SeededGenerator(state: 3)
        var azimuth = 0.0
        var elevation = 0.0
        let count = 4_000
        for _ in 0..<count {
            var real = stated
            real.azimuthDegrees += random.normal(sigma: 0.5)
            real.tiltDegrees += random.normal(sigma: 0.5)
            real.rollDegrees += random.normal(sigma: 0.5)
            let sigma = CameraPose.usualPointSigmaFraction
            let seen = PicturePoint(
                x: point.x + random.normal(sigma: sigma), y: point.y + random.normal(sigma: sigma) * 16 / 9)
            let other = try #require(real.sightLine(to: seen))
            azimuth += pow((other.azimuthDegrees - line.azimuthDegrees).wrappedTo180, 2)
            elevation += pow(other.elevationDegrees - line.elevationDegrees, 2)
        }
        #expect(abs((azimuth / Double(count)).squareRoot() / line.azimuthSigmaDegrees - 1) < 0.04)
        #expect(abs((elevation / Double(count)).squareRoot() / line.elevationSigmaDegrees - 1) < 0.04)
    }

    @Test func nonsenseHasNoSightLine() throws {
        let good = try pose()
        #expect(good.sightLine(to: PicturePoint(x: .nan, y: 0)) == nil)
        #expect(good.sightLine(to: PicturePoint(x: 0, y: .infinity)) == nil)
        for (key, value) in [
            (\CameraPose.fieldOfViewDegrees, 180.0), (\.fieldOfViewDegrees, 0), (\.fieldOfViewDegrees, .nan),
            (\.azimuthDegrees, .nan), (\.tiltDegrees, 91), (\.heightMetres, .infinity), (\.sigmaDegrees, -1),
            (\.aspectRatio, 0), (\.aspectRatio, .nan), (\.rollDegrees, -.infinity),
        ] {
            var pose = good
            pose[keyPath: key] = value
            #expect(pose.sightLine(to: PicturePoint(x: 0.5, y: 0.5)) == nil)
        }
        #expect(good.point(azimuthDegrees: 48.5 + 180, elevationDegrees: 0) == nil)
    }
}
