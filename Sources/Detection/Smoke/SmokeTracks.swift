import Domain

/// Which region of this picture is which of the pictures before: a plume stays where its base is.
struct SmokeTracks: Sendable {
    struct Track: Sendable {
        var id: Int
        var box: Box
        var first: MediaTime
        var last: MediaTime
    }

    /// A plume unseen for longer is a new one.
    private static let memory = Duration.seconds(1800)
    var tracks: [Track] = []
    var next = 1

    init() {}

    /// Starts anew without giving an old number twice.
    init(following other: SmokeTracks) { next = other.next }

    mutating func follow(_ box: Box, at time: MediaTime) -> (track: Int, since: MediaTime) {
        let shares = tracks.map { $0.box.intersectionArea(with: box) / min($0.box.area, box.area) }
        if let best = shares.indices.max(by: { shares[$0] < shares[$1] }), shares[best] > 0.3 {
            tracks[best].box = box
            tracks[best].last = time
            return (tracks[best].id, tracks[best].first)
        }
        let track = Track(id: next, box: box, first: time, last: time)
        next += 1
        tracks.append(track)
        return (track.id, track.first)
    }

    mutating func forget(before time: MediaTime) { tracks.removeAll { time - $0.last > Self.memory } }
}
