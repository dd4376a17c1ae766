import Domain

// What keeps a track from being confirmed, and what is told of those that never are.
extension MotionTracker {
    /// Where background sways, an object has to come this many times as far.
    private static let restlessTravel = 4.0
    /// What fades beyond its outline, at this share of the outline's points or more, is light that changed.
    private static let lightShare = 0.3
    /// Who is followed without being confirmed is told of once in this time.
    private static let tellingSeconds = 30.0
    /// Capture times are whole microseconds.
    private static let timeTolerance = 0.001

    /// Why a track that has a region of its own is not confirmed yet; `nil` where nothing is in the way.
    func obstacle(to track: MotionTrack, needed: Double, at now: Double) -> Decision.Reason? {
        if now < settledAt { return .sceneChanged }
        if now - track.firstSeen < settings.confirmSeconds - Self.timeTolerance { return .tooBrief }
        if !track.isSteady(confirmSeconds: settings.confirmSeconds, now: now) { return .unsteady }
        if !track.hasCome(needed) { return .didNotTravel }
        if restless.hold(track.blob, at: now), !track.hasCome(Self.restlessTravel * needed) { return .swayed }
        if track.outline.lightShare > Self.lightShare { return .sceneChanged }
        if restingPlaces.contains(where: { $0.region.holdsMost(of: track.blob) }) { return .cameToRest }
        return nil
    }

    /// Tells of tracks that go on without being confirmed.
    mutating func tellPatient(at now: Double) {
        for index in tracks.indices
        where !tracks[index].isConfirmed && now - tracks[index].toldAt >= Self.tellingSeconds {
            tellUnconfirmed(tracks[index])
            tracks[index].toldAt = now
        }
    }

    /// What was seen on one picture only is not told of: noise.
    mutating func tellUnconfirmed(_ track: MotionTrack) {
        guard track.sightings > 1, let reason = track.obstacle else { return }
        let factor = reason == .swayed ? Self.restlessTravel : 1
        let needed = factor * neededTravel(track)
        let age = track.lastSeen - track.firstSeen
        let shares = [
            age / max(settings.confirmSeconds, 1e-9), track.seenShare / MotionTrack.steadyShare,
            track.way.displacement / max(needed, 1e-9), track.way.steadyTravel / max(needed / 2, 1e-9),
        ]
        unconfirmed.append(
            UnconfirmedTrack(
                track: track.id, reason: reason, start: MediaTime(seconds: track.firstSeen),
                end: MediaTime(seconds: track.lastSeen), box: track.blob.box(width: width, height: height),
                nearness: (shares.min() ?? 0).bounded(0, 1),
                measurements: [
                    Measurement(name: "ageSeconds", value: age, threshold: settings.confirmSeconds),
                    Measurement(name: "seenShare", value: track.seenShare, threshold: MotionTrack.steadyShare),
                    Measurement(
                        name: "travelFraction", value: track.way.displacement / height, threshold: needed / height),
                    Measurement(
                        name: "steadyTravelFraction", value: track.way.steadyTravel / height,
                        threshold: needed / 2 / height),
                    Measurement(name: "lightShare", value: track.outline.lightShare, threshold: Self.lightShare),
                    Measurement(
                        name: "areaFraction", value: track.area / (width * height),
                        threshold: settings.minimumAreaFraction),
                ]))
    }

    mutating func takeUnconfirmed() -> [UnconfirmedTrack] {
        var told: [UnconfirmedTrack] = []
        swap(&told, &unconfirmed)
        return told
    }
}
