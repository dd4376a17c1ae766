import Domain

/// What a camera's detector followed and did not confirm, as decisions at a bounded rate.
///
/// Weather multiplies such tracks: a snow storm brings thousands a minute. So of each two seconds the one is told that came
/// nearest to being confirmed, which is 30 a minute at most and one for each camera whatever number of rules it has; the
/// decision says how many others there were.
struct UnconfirmedLedger: Sendable {
    static let interval = Duration.seconds(2)
    /// What stands in place of a rule's name.
    static let ruleName = "detector"

    private let camera: CameraID
    private var nearest: UnconfirmedTrack?
    private var others = 0
    private var since: MediaTime?
    private var decisions: [Decision] = []
    private var dropped = 0

    init(camera: CameraID) { self.camera = camera }

    mutating func consider(_ tracks: [UnconfirmedTrack], at time: MediaTime) {
        if let since, time - since >= Self.interval || time < since { settle() }
        for track in tracks {
            since = since ?? time
            guard let known = nearest else {
                nearest = track
                continue
            }
            others += 1
            if track.nearness > known.nearness { nearest = track }
        }
    }

    /// Decides on what waits for its two seconds to pass.
    mutating func settle() {
        defer { (nearest, others, since) = (nil, 0, nil) }
        guard let nearest else { return }
        let more = others > 0 ? [Measurement(name: "othersUntold", value: Double(others))] : []
        decisions.append(
            Decision(
                camera: camera, rule: Self.ruleName, kind: .motion, outcome: .suppressed, reason: nearest.reason,
                start: nearest.start, end: nearest.end, track: nearest.track, box: nearest.box, confidence: 0,
                measurements: nearest.measurements + more))
        dropped += others
    }

    mutating func take() -> (decisions: [Decision], dropped: Int) {
        defer { (decisions, dropped) = ([], 0) }
        return (decisions, dropped)
    }
}
