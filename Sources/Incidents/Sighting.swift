import Domain

/// An observation that can be judged, and since when its object has been in the picture.
struct Sighting: Sendable {
    let observation: Observation
    /// When the object came: before this picture where its track is new and the detector says so.
    let since: MediaTime

    /// `nil` where the place is not a number: nothing can be said about it, and it must not reach the journal.
    init?(_ observation: Observation, at time: MediaTime, knownTracks: [Int: MediaTime]) {
        if let box = observation.box, !(box.x + box.y + box.width + box.height).isFinite { return nil }
        var clean = observation
        clean.confidence = observation.confidence.isNaN ? 0 : min(max(observation.confidence, 0), 1)
        clean.measurements = observation.measurements.filter { $0.value.isFinite && $0.threshold?.isFinite != false }
        self.observation = clean
        let isKnown = observation.track.map { knownTracks[$0] != nil } ?? true
        since = isKnown ? time : min(observation.since ?? time, time)
    }
}
