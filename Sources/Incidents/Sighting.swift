import Domain

/// An observation that can be judged, and since when its object has been in the picture.
struct Sighting: Sendable {
    private(set) var observation: Observation
    /// When it came: before this picture where the detector says so, and its track is new or it has none.
    let since: MediaTime
    /// Lies where nothing counts.
    let isMasked: Bool

    /// How much of an object must lie in masks.
    private static let maskedShare = 0.5

    /// `nil` where the place is not a number: nothing can be said about it, and it must not reach the journal.
    init?(_ observation: Observation, at time: MediaTime, paths: [Int: TrackPath], masks: [PictureMask]) {
        if let box = observation.box, !(box.x + box.y + box.width + box.height).isFinite { return nil }
        var clean = observation
        clean.confidence = observation.confidence.isNaN ? 0 : min(max(observation.confidence, 0), 1)
        clean.measurements = observation.measurements.filter {
            $0.value.isFinite && $0.threshold?.isFinite != false && $0.weight?.isFinite != false
        }
        self.observation = clean
        let isFire = ArmingOrder.fireKinds.contains(observation.kind)
        let hiding = masks.filter { !isFire || $0.hidesFire }.map(\.polygon)
        isMasked = observation.box.map { !hiding.isEmpty && hiding.coverage(of: $0) >= Self.maskedShare } ?? false
        let isKnown = observation.track.map { paths[$0] != nil } ?? false
        since = isKnown ? time : min(observation.since ?? time, time)
    }

    /// The same with other measurements.
    init(_ sighting: Sighting, _ observation: Observation) {
        self = sighting
        self.observation = observation
    }

    /// The same with where its object stands on the ground.
    func placed(by paths: [Int: TrackPath]) -> Sighting {
        var placed = self
        placed.observation.ground = observation.track.flatMap { paths[$0]?.ground }
        return placed
    }
}
