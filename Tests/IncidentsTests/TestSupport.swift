import Domain
import Incidents
import Synchronization

/// A camera in virtual time: pictures are fed, revisions collected.
struct JudgeBench {
    var judge: IncidentJudge
    var revisions: [IncidentRevision] = []

    static let yard = Zone(
        id: "yard",
        polygon: PicturePolygon(
            points: [(0, 0.5), (0.5, 0.5), (0.5, 1), (0, 1)].map { PicturePoint(x: $0.0, y: $0.1) }))

    init(
        _ rules: [IncidentRule] = IncidentRule.usual, zones: [Zone] = [yard],
        localTime: @escaping @Sendable (MediaTime) -> LocalTime = { LocalTime(at: $0, secondsEastOfUTC: 0) }
    ) {
        judge = IncidentJudge(camera: CameraID("gate"), zones: zones, rules: rules, localTime: localTime)
    }

    /// Gives one picture to the judge and answers what it causes.
    @discardableResult
    mutating func picture(_ seconds: Double, _ observations: [Observation] = []) -> [IncidentRevision] {
        let time = CaptureTime(time: MediaTime(seconds: seconds), uncertainty: .milliseconds(20))
        let caused = judge.consider(observations, at: time)
        revisions += caused
        return caused
    }

    @discardableResult
    mutating func close(_ seconds: Double, interrupted: Bool = false) -> [IncidentRevision] {
        let caused = judge.close(at: MediaTime(seconds: seconds), interrupted: interrupted)
        revisions += caused
        return caused
    }

    /// Every incident as it last stood, in the order of opening.
    var incidents: [Incident] {
        var order: [IncidentID] = []
        var latest: [IncidentID: Incident] = [:]
        for revision in revisions {
            if latest[revision.incident.id] == nil { order.append(revision.incident.id) }
            latest[revision.incident.id] = revision.incident
        }
        return order.compactMap { latest[$0] }
    }

    var changes: [IncidentRevision.Change] { revisions.map(\.change) }
}

/// A moving object whose foot point is `foot`.
func motion(
    _ seconds: Double, track: Int? = 1, foot: (x: Double, y: Double) = (0.25, 0.75), confidence: Double = 0.8,
    since: Double? = nil
) -> Observation {
    Observation(
        kind: .motion, time: MediaTime(seconds: seconds),
        box: Box(x: foot.x - 0.05, y: foot.y - 0.2, width: 0.1, height: 0.2), confidence: confidence, track: track,
        since: since.map(MediaTime.init(seconds:)),
        measurements: [Measurement(name: "areaFraction", value: 0.02, threshold: 0.001)])
}

/// Random numbers that are the same on every run (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Orders that change while a judge works.
final class TestOrders: Sendable {
    private let held = Mutex(StandingOrders())

    var standing: StandingOrders { held.withLock { $0 } }
    func give(_ order: ArmingOrder) { held.withLock { $0.give(order) } }
}
