import Domain
import Foundation
import Geolocation
import Incidents
import Testing

/// Places in metres and on the map, and speeds in km/h, from four ground points or from where a camera stands and looks.
struct GroundViewTests {
    private let camera = CameraID("gate")
    /// On a mast of six metres, looking to the east and down.
    private let groundMetres = 4.0

    private func pose(sigma: Double = 0.5) throws -> CameraPose {
        CameraPose(
            position: try #require(GeoPoint(latitudeDegrees: 10.2, longitudeDegrees: 103.98)), heightMetres: 10,
            azimuthDegrees: 90, tiltDegrees: -15, rollDegrees: 2, fieldOfViewDegrees: 70, sigmaDegrees: sigma)
    }

    /// A place so many metres to the east and the north of the camera.
    private func place(east: Double, north: Double, of pose: CameraPose) throws -> GeoPoint {
        let azimuth = atan2(east, north) * 180 / .pi
        return try #require(
            Geodesic.point(from: pose.position, azimuthDegrees: azimuth, distanceMetres: hypot(east, north)))
    }

    /// Where that place appears: the projection shares nothing with the way back but the pose.
    private func foot(east: Double, north: Double, of pose: CameraPose) throws -> PicturePoint {
        let place = try place(east: east, north: north, of: pose)
        return try #require(pose.point(of: place, heightMetres: groundMetres))
    }

    private func rule(limit: Double) -> IncidentRule {
        var rule = IncidentRule(kind: .speed)
        rule.speedLimit = .kilometresPerHour(limit)
        return rule
    }

    /// Somebody who goes north at a pace, this far to the east of the camera.
    private func walk(
        metresEast: Double, metresPerSecond: Double, rules: [IncidentRule], pose: CameraPose,
        points: GroundPlane? = nil, seconds: Double = 4
    ) throws -> JudgeBench {
        var bench = JudgeBench()
        bench.judge = IncidentJudge(
            camera: camera, rules: rules,
            ground: GroundView(
                camera: camera, points: points, pose: pose, on: .level(heightMetres: groundMetres)),
            localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
        for index in 0...Int(seconds * 10) {
            let time = Double(index) / 10
            let north = metresPerSecond * (time - seconds / 2)
            let foot = try foot(east: metresEast, north: north, of: pose)
            bench.picture(time, [motion(time, foot: (foot.x, foot.y))])
        }
        bench.close(seconds + 1)
        return bench
    }

    @Test func aPoseTellsWhereSomebodyStandsAndHowFastHeGoes() throws {
        let pose = try pose()
        let bench = try walk(
            metresEast: 20, metresPerSecond: 1.5, rules: [IncidentRule(kind: .motion)], pose: pose)
        let ground = try #require(bench.incidents.first?.ground)
        #expect(abs(ground.xMetres - 20) < 0.1 && abs(ground.yMetres - 3) < 0.1)
        let speed = try #require(ground.kilometresPerHour)
        #expect(abs(speed - 5.4) < 0.1)
        let position = try #require(ground.position)
        let way = try #require(Geodesic.way(from: pose.position, to: position))
        #expect(abs(way.distanceMetres - hypot(20, 3)) < 0.1)
    }

    @Test func aLimitIsHeldAgainstThePoseToo() throws {
        for (limit, count) in [(17.0, 1), (19, 0)] {
            let bench = try walk(
                metresEast: 25, metresPerSecond: 5, rules: [rule(limit: limit)], pose: try pose())
            #expect(bench.incidents.count == count, "\(limit)")
        }
    }

    /// At six metres above the ground one degree is a quarter of the range at about 80 metres.
    @Test(arguments: [(1.0, 40.0, true), (1.0, 150, false), (0.1, 150, true)])
    func whatAnErrorOfThePoseCouldDoubleIsNotTold(sigma: Double, metres: Double, isTold: Bool) throws {
        let bench = try walk(
            metresEast: metres, metresPerSecond: 5, rules: [IncidentRule(kind: .motion), rule(limit: 3)],
            pose: try pose(sigma: sigma))
        #expect(bench.incidents.contains { $0.kind == .speed } == isTold)
        #expect((bench.incidents.first { $0.kind == .motion }?.ground != nil) == isTold)
    }

    /// Above the horizon there is no ground; and whose feet are beyond the picture's edge does not stand where his box ends.
    @Test(arguments: [0.05, 1])
    func whereNoFeetAreSeenOnTheGroundNothingIsTold(footY: Double) throws {
        var bench = JudgeBench()
        bench.judge = IncidentJudge(
            camera: camera, rules: [IncidentRule(kind: .motion)],
            ground: GroundView(camera: camera, points: nil, pose: try pose(), on: .level(heightMetres: groundMetres)),
            localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
        for index in 0..<20 {
            bench.picture(Double(index) / 10, [motion(Double(index) / 10, foot: (0.5, footY))])
        }
        bench.close(3)
        #expect(bench.incidents.count == 1 && bench.incidents[0].ground == nil)
    }

    @Test func groundPointsGiveTheMetresAndThePoseThePosition() throws {
        let pose = try pose()
        let references = try [(15.0, -5.0), (15, 5), (30, 5), (30, -5)].map { east, north in
            GroundPlane.Reference(
                picture: try foot(east: east, north: north, of: pose), ground: .init(x: 100 + north, y: 200 + east))
        }
        let points = try #require(GroundPlane(references))
        let bench = try walk(
            metresEast: 20, metresPerSecond: 1.5, rules: [IncidentRule(kind: .motion)], pose: pose, points: points)
        let ground = try #require(bench.incidents.first?.ground)
        #expect(abs(ground.xMetres - 103) < 0.1 && abs(ground.yMetres - 220) < 0.1 && ground.position != nil)
        let speed = try #require(ground.kilometresPerHour)
        #expect(abs(speed - 5.4) < 0.1)
    }

    @Test func withoutEitherNothingIsTold() {
        #expect(GroundView(camera: camera, points: nil, pose: nil, on: .level(heightMetres: 0)) == nil)
    }
}
