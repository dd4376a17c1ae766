import Domain

/// Follows the regions of the mask from picture to picture and tells objects on their way from things that only waver.
///
/// Each track expects its object where constant velocity takes it. Confirmed tracks and regions are assigned to each
/// other at the least total cost of place and colour; a track that no region is left for and that should stand inside
/// another's is in a group, whose pixels are divided among its members by colour and place; one that nothing is seen of
/// is looked for a while. A track is confirmed when it is old enough and has come far enough. Lengths are working
/// pixels, times seconds.
struct MotionTracker {
    /// A region that belongs together: components closer than `joinGap`.
    typealias Blob = MaskComponent

    /// More regions than this on one picture are not told apart any more: the largest are followed.
    static let mostBlobs = 64
    /// Room for so many is kept; more ask for memory once.
    private static let usualBlobs = 8
    /// For how long a confirmed object that nothing is seen of is looked for.
    static let hiddenSeconds = 3.0
    /// And one that should stand in a group in which nothing is seen of it.
    static let groupSeconds = 6.0
    /// The fastest object that is followed, in picture heights per second.
    static let topSpeed = 1.5

    let settings: MotionSettings
    let width: Double
    let height: Double
    private let joinGap: Int
    var tracks: [MotionTrack] = []
    private(set) var blobs: [Blob] = []
    /// Per blob, whether a track has it.
    var taken: [Bool] = []
    /// The views of this picture's blobs that have been asked for come first, then such as wait to be used again.
    var views: [BlobView] = []
    var viewCount = 0
    var linking = LinkingScratch()
    private var nextID = 1
    private(set) var settledAt = -Double.infinity
    private var lastTime: Double?
    /// Where something came to rest, and until when what is left of it there is no object on its way: while the background
    /// takes it in, it crumbles.
    private(set) var restingPlaces: [(region: MaskComponent, until: Double)] = []
    var restless: RestlessPlaces
    var standstills = Standstills()
    /// A track has taken over another one's number on this picture.
    var isRenumbered = false
    /// Where confirmed objects were first seen, and when: something that went by itself was not taken.
    var departures: [(birth: MaskComponent, time: Double)] = []
    /// What is let go of without having been confirmed, until it is taken.
    var unconfirmed: [UnconfirmedTrack] = []

    init(settings: MotionSettings, width: Int, height: Int, nextID: Int = 1) {
        self.settings = settings
        self.width = Double(width)
        self.height = Double(height)
        self.nextID = nextID
        joinGap = max(1, height / 90)
        restless = RestlessPlaces(width: width, height: height)
        tracks.reserveCapacity(Self.usualBlobs)
        blobs.reserveCapacity(Self.usualBlobs)
        taken.reserveCapacity(Self.usualBlobs)
    }

    /// The number that the next new track gets, so that a successor goes on counting.
    var followingID: Int { nextID }

    /// A number for something that is no track.
    mutating func takeNumber() -> Int {
        nextID += 1
        return nextID - 1
    }

    /// Whether new objects may be confirmed.
    func isSettled(at now: Double) -> Bool { now >= settledAt }

    /// Forgets what is being followed, and confirms nothing new before `time`.
    mutating func settle(until time: Double) {
        for index in tracks.indices where !tracks[index].isConfirmed {
            tracks[index].obstacle = .sceneChanged
            tellUnconfirmed(tracks[index])
        }
        tracks.removeAll(keepingCapacity: true)
        restingPlaces.removeAll()
        restless.forgetAll()
        departures.removeAll()
        settledAt = time
        lastTime = nil
    }

    /// - Parameters:
    ///   - model: what the pixels of the regions are looked up in.
    ///   - observations: receives one for each confirmed object seen on this picture, in the order of their track numbers.
    ///   - resting: receives one for each that stands somewhere, so that nothing of it is seen to move.
    mutating func follow(
        _ components: [MaskComponent], of model: borrowing BackgroundModel, at time: MediaTime,
        into observations: inout [Observation], resting: inout [Observation]
    ) {
        let now = time.seconds
        let elapsed = lastTime.map { (now - $0).bounded(0, 10) } ?? 0
        lastTime = now
        for region in model.displaced { restless.mark(region, at: now) }
        gather(components)
        taken.removeAll(keepingCapacity: true)
        for _ in blobs { taken.append(false) }
        forgetViews()
        for index in tracks.indices {
            tracks[index].advance(by: elapsed)
            tracks[index].state = .lost
        }
        assignConfirmed(in: model, at: now)
        linkTentative(in: model, at: now)
        absorbFragments(at: now)
        begin(at: now)
        drop(at: now)
        confirm(at: now)
        observe(at: time, now, into: &observations)
        followStanding(in: model, at: time, into: &resting)
        tellPatient(at: now)
    }

    /// Tracks that came to rest with this picture, each once.
    mutating func takeResting(after seconds: Double, at now: Double) -> [MotionTrack] {
        var resting: [MotionTrack] = []
        for index in tracks.indices
        where tracks[index].state == .alone && !tracks[index].isRestSaid
            && now - tracks[index].restingSince >= seconds
        {
            tracks[index].isRestSaid = true
            resting.append(tracks[index])
            restingPlaces.append((tracks[index].blob, now + 2 * settings.stillSeconds + 2))
        }
        return resting
    }

    /// Joins components into blobs: what is closer than the gap, such as a head and the body below it.
    private mutating func gather(_ components: [MaskComponent]) {
        blobs.removeAll(keepingCapacity: true)
        for component in components {
            if blobs.count < Self.mostBlobs {
                blobs.append(component)
            } else if let smallest = blobs.indices.min(by: { blobs[$0].area < blobs[$1].area }),
                blobs[smallest].area < component.area
            {
                blobs[smallest] = component
            }
        }
        var index = 0
        while index < blobs.count {
            var other = index + 1
            var grew = false
            while other < blobs.count {
                if areNear(blobs[index], blobs[other]) {
                    blobs[index].add(blobs[other])
                    blobs.remove(at: other)
                    grew = true
                } else {
                    other += 1
                }
            }
            if !grew { index += 1 }
        }
    }

    /// Side by side only a hair apart (two people), one above the other farther (a person's parts).
    private func areNear(_ a: Blob, _ b: Blob) -> Bool {
        let apartX = max(a.minX, b.minX) - min(a.maxX, b.maxX)
        let apartY = max(a.minY, b.minY) - min(a.maxY, b.maxY)
        return apartX <= joinGap / 2 && apartY <= 2 * joinGap
    }

    /// A blob left over inside the box of an object is a part of it.
    private mutating func absorbFragments(at now: Double) {
        for blob in blobs.indices where !taken[blob] {
            for index in tracks.indices where tracks[index].state == .alone && tracks[index].sightings > 1 {
                let frame = tracks[index].frame
                let own = Double((blobs[blob].maxX - blobs[blob].minX) * (blobs[blob].maxY - blobs[blob].minY))
                if tracks[index].blob.holdsMost(of: blobs[blob]) || 2 * frame.shared(with: blobs[blob]) > own {
                    tracks[index].blob.add(blobs[blob])
                    taken[blob] = true
                    break
                }
            }
        }
    }

    private mutating func begin(at now: Double) {
        for blob in blobs.indices where !taken[blob] && tracks.count < 2 * Self.mostBlobs {
            tracks.append(
                MotionTrack(
                    id: nextID, blob: blobs[blob], width: Int(width), height: Int(height), at: now))
            nextID += 1
        }
    }

    private mutating func drop(at now: Double) {
        for index in tracks.indices.reversed() where isOver(tracks[index], at: now) {
            if !tracks[index].isConfirmed { tellUnconfirmed(tracks[index]) }
            tracks.remove(at: index)
        }
    }

    private func isOver(_ track: MotionTrack, at now: Double) -> Bool {
        switch track.state {
        case .alone: return false
        case .together: return now - track.lastAlone > Self.groupSeconds
        case .lost:
            let isGone =
                track.x.position < 0 || track.x.position >= width || track.y.position < 0 || track.y.position >= height
            let patience = settings.missSeconds
            let limit = track.isConfirmed && !isGone ? max(Self.hiddenSeconds, patience) : patience
            return now - track.lastSeen > limit
        }
    }

    private mutating func confirm(at now: Double) {
        restingPlaces.removeAll { $0.until < now }
        for index in tracks.indices where !tracks[index].isConfirmed && tracks[index].state == .alone {
            tracks[index].obstacle = obstacle(to: tracks[index], needed: neededTravel(tracks[index]), at: now)
            tracks[index].isConfirmed = tracks[index].obstacle == nil
            if tracks[index].isConfirmed { noteDeparture(of: index, at: now) }
        }
        settleNumbers()
    }

    private mutating func observe(at time: MediaTime, _ now: Double, into observations: inout [Observation]) {
        for track in tracks {
            guard track.isConfirmed, let box = shownBox(track) else { continue }
            observations.append(observation(of: track, box, time, now, neededTravel(track)))
        }
    }

    /// Where the object is seen, cut to the picture; `nil` where it is not.
    func shownBox(_ track: MotionTrack) -> Box? {
        switch track.state {
        case .alone: return track.blob.box(width: width, height: height)
        case .together(let share):
            guard share >= 0.25 else { return nil }
            let frame = track.frame
            let left = max(0, frame.minX / width)
            let top = max(0, frame.minY / height)
            let box = Box(
                x: left, y: top, width: min(1, frame.maxX / width) - left, height: min(1, frame.maxY / height) - top)
            return box.width > 0 && box.height > 0 ? box : nil
        case .lost: return nil
        }
    }

    func neededTravel(_ track: MotionTrack) -> Double {
        let shorter = min(track.blob.maxX - track.blob.minX, track.blob.maxY - track.blob.minY)
        return max(settings.minimumTravelFraction * height, Double(shorter) / 2)
    }

    func observation(
        of track: MotionTrack, _ box: Box, _ time: MediaTime, _ now: Double, _ needed: Double
    ) -> Observation {
        let age = now - track.firstSeen
        let area = track.area / (width * height)
        let speed = (track.x.velocity * track.x.velocity + track.y.velocity * track.y.velocity).squareRoot() / height
        return Observation(
            kind: .motion, time: time, box: box, confidence: confidence(of: track, needed: needed, area: area),
            track: track.id, since: time - .seconds(age),
            measurements: [
                Measurement(name: "ageSeconds", value: age, threshold: settings.confirmSeconds),
                Measurement(name: "travelFraction", value: track.travel / height, threshold: needed / height),
                Measurement(name: "areaFraction", value: area, threshold: settings.minimumAreaFraction),
                Measurement(name: "heightsPerSecond", value: speed),
            ])
    }

    /// Half of it for being confirmed at all; the rest as travel and area go up to four times what was asked for.
    private func confidence(of track: MotionTrack, needed: Double, area: Double) -> Double {
        let travel = (track.travel / max(needed, 1) - 1) / 3
        let size = (area / max(settings.minimumAreaFraction, 1e-6) - 1) / 3
        return 0.5 + 0.25 * travel.bounded(0, 1) + 0.25 * size.bounded(0, 1)
    }
}
