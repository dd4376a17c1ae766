import Domain

/// Which region of this picture is which of the pictures before: a plume stays where its base is.
struct SmokeTracks: Sendable {
    struct Track: Sendable {
        var id: Int
        var box: Box
        var first: MediaTime
        /// When it was first told of; `nil` where it never was.
        var told: MediaTime?
        var last: MediaTime
    }

    /// A plume unseen for longer is a new one.
    private static let memory = Duration.seconds(1800)
    var tracks: [Track] = []
    var next = 1

    init() {}

    /// Starts anew without giving an old number twice.
    init(following other: SmokeTracks) { next = other.next }

    /// - Parameter isTold: whether it is more than a near miss.
    /// - Returns: its number, and when it was first told of, or first seen where it never was.
    mutating func follow(_ box: Box, at time: MediaTime, isTold: Bool = true) -> (track: Int, since: MediaTime) {
        let shares = tracks.map { $0.box.intersectionArea(with: box) / min($0.box.area, box.area) }
        if let best = shares.indices.max(by: { shares[$0] < shares[$1] }), shares[best] > 0.3 {
            tracks[best].box = box
            tracks[best].last = time
            if isTold, tracks[best].told == nil { tracks[best].told = time }
            return (tracks[best].id, tracks[best].told ?? tracks[best].first)
        }
        let track = Track(id: next, box: box, first: time, told: isTold ? time : nil, last: time)
        next += 1
        tracks.append(track)
        return (track.id, track.first)
    }

    mutating func forget(before time: MediaTime) { tracks.removeAll { time - $0.last > Self.memory } }
}
