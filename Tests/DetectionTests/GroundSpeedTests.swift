import Detection
import Domain
import Geolocation
import Incidents
import SyntheticScenes
import Testing

/// Detector and rules together on the rendered yard, whose ground is known: places and speeds are those of its people.
@Suite struct GroundSpeedTests {
    /// The yard's camera hangs 3.8 m high, has its horizon a fifth of the picture below the top, and a focal length of .85
    /// picture widths.
    private static func seen(right x: Double, away z: Double) -> PicturePoint {
        PicturePoint(x: 0.5 + 0.85 * x / z, y: 0.2 + 0.85 * 16 / 9 * 3.8 / z)
    }

    private static func watch(_ name: SceneName, seconds: Double) throws -> [Incident] {
        let corners = [(-4.0, 8.0), (4, 8), (4, 19), (-4, 19)]
        let plane = GroundPlane(
            corners.map { .init(picture: seen(right: $0.0, away: $0.1), ground: .init(x: $0.0, y: $0.1)) })
        let camera = CameraID("gate")
        var judge = IncidentJudge(
            camera: camera, rules: [IncidentRule(kind: .motion, quietTime: .seconds(4))],
            ground: GroundView(camera: camera, points: plane, pose: nil, on: .level(heightMetres: 0)),
            localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
        var scene = try name.makeScene(SceneSettings(width: 640, height: 360, framesPerSecond: 10, seconds: seconds))
        var picture = scene.makePicture()
        var mask = scene.makeTruthMask()
        var detector = MotionDetector(settings: MotionSettings())
        var revisions: [IncidentRevision] = []
        for frame in 0..<scene.frameCount {
            _ = scene.render(frame: frame, into: &picture, truth: &mask)
            let time = MediaTime(seconds: Double(frame) / 10)
            let report = picture.withPicture { detector.analyse($0, at: time) }
            revisions += judge.consider(report.observations, at: CaptureTime(time: time, uncertainty: .zero))
        }
        revisions += judge.close(at: MediaTime(seconds: seconds), interrupted: false)
        return revisions.filter { $0.change == .closed }.map(\.incident)
    }

    /// People go in and out at 1.35 to 1.65 m/s, then a car comes in at 3.6 to 4.4.
    @Test func peopleWalkAndACarDrives() throws {
        let incidents = try Self.watch(.gate, seconds: 70)
        let people = incidents.filter { $0.start.seconds < 30 }
        let cars = incidents.filter { $0.start.seconds > 36 }
        #expect(!people.isEmpty && !cars.isEmpty)
        for (group, speeds) in [(people, 1.2...1.95), (cars, 3.2...4.8)] {
            for incident in group {
                let ground = try #require(incident.ground)
                let speed = try #require(ground.kilometresPerHour)
                #expect(speeds.contains(speed / 3.6), "\(speed) km/h from \(incident.start.seconds) s on")
                #expect(abs(ground.xMetres) < 9 && (4...40).contains(ground.yMetres))
                #expect(ground.position == nil)
            }
        }
    }
}
