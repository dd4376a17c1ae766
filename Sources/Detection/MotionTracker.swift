import Domain

/// Follows the regions of the mask from picture to picture and tells objects on their way from things that only waver.
///
/// Regions are linked greedily to where each track should be by constant velocity; a track is confirmed when it is old
/// enough and has come far enough. Lengths are working pixels, times seconds.
struct MotionTracker {
    /// A region that belongs together: components closer than `joinGap`.
    typealias Blob = MaskComponent

    /// More regions than this on one picture are not told apart any more: the largest are followed.
    private static let mostBlobs = 64
    /// An object that vanished inside another's region is looked for this much longer.
    private static let hiddenFactor = 3.0
    /// The fastest object that is followed, in picture heights per second.
    private static let topSpeed = 1.5

    private let settings: MotionSettings
    private let width: Double
    private let height: Double
    private let joinGap: Int
    private var tracks: [MotionTrack] = []
    private var blobs: [Blob] = []
    /// Per blob, whether a track has it.
    private var taken: [Bool] = []
    private var nextID = 1
    private var settledAt = -Double.infinity

    init(settings: MotionSettings, width: Int, height: Int, nextID: Int = 1) {
        self.settings = settings
        self.width = Double(width)
        self.height = Double(height)
        self.nextID = nextID
        joinGap = max(1, height / 90)
        tracks.reserveCapacity(Self.mostBlobs)
        blobs.reserveCapacity(Self.mostBlobs)
        taken.reserveCapacity(Self.mostBlobs)
    }

    /// The number that the next new track gets, so that a successor goes on counting.
    var followingID: Int { nextID }

    /// Forgets what is being followed, and confirms nothing new before `time`.
    mutating func settle(until time: Double) {
        tracks.removeAll(keepingCapacity: true)
        settledAt = time
    }

    /// - Returns: an observation for each confirmed object seen on this picture, in the order of their track numbers.
    mutating func follow(_ components: [MaskComponent], at time: MediaTime) -> [Observation] {
        let now = time.seconds
        gather(components)
        taken.removeAll(keepingCapacity: true)
        for _ in blobs { taken.append(false) }
        for index in tracks.indices { tracks[index].isHidden = false }
        link(at: now)
        absorbFragments(at: now)
        begin(at: now)
        drop(at: now)
        return observe(at: time, now)
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

    /// Pairs the best fitting track and blob first, then the next best, confirmed tracks before others.
    private mutating func link(at now: Double) {
        for confirmed in [true, false] {
            while let best = bestPair(confirmed: confirmed, at: now) {
                tracks[best.track].update(with: blobs[best.blob], at: now)
                taken[best.blob] = true
            }
        }
    }

    private func bestPair(confirmed: Bool, at now: Double) -> (track: Int, blob: Int)? {
        var best: (track: Int, blob: Int)?
        var bestScore = 0.0
        for index in tracks.indices where tracks[index].isConfirmed == confirmed && tracks[index].lastSeen < now {
            for blob in blobs.indices where !taken[blob] {
                let score = fit(tracks[index], blobs[blob], at: now)
                if score > bestScore {
                    bestScore = score
                    best = (index, blob)
                }
            }
        }
        return best
    }

    /// How well a blob continues a track: above 1 where they overlap, above 0 where it is near enough, else 0.
    private func fit(_ track: MotionTrack, _ blob: Blob, at now: Double) -> Double {
        let place = track.center(at: now)
        let moveX = place.x - track.blob.centerX
        let moveY = place.y - track.blob.centerY
        let left = max(Double(track.blob.minX) + moveX, Double(blob.minX))
        let right = min(Double(track.blob.maxX) + moveX, Double(blob.maxX))
        let top = max(Double(track.blob.minY) + moveY, Double(blob.minY))
        let bottom = min(Double(track.blob.maxY) + moveY, Double(blob.maxY))
        let areaA = Double((track.blob.maxX - track.blob.minX) * (track.blob.maxY - track.blob.minY))
        let areaB = Double((blob.maxX - blob.minX) * (blob.maxY - blob.minY))
        if right > left && bottom > top {
            let shared = (right - left) * (bottom - top)
            return 1 + shared / (areaA + areaB - shared)
        }
        let alike = min(areaA, areaB) / max(areaA, areaB)
        guard alike > 0.2 else { return 0 }
        let x = blob.centerX - place.x
        let y = blob.centerY - place.y
        let distance = (x * x + y * y).squareRoot()
        let reach = 0.5 * areaA.squareRoot() + Self.topSpeed * height * min(now - track.lastSeen, 1) / 3
        return distance < reach ? 1 - distance / reach : 0
    }

    /// A blob left over inside the box of an object is a part of it; an object not seen inside a larger blob is hidden.
    private mutating func absorbFragments(at now: Double) {
        for blob in blobs.indices where !taken[blob] {
            for index in tracks.indices where tracks[index].lastSeen == now && tracks[index].sightings > 1 {
                if tracks[index].blob.holdsMost(of: blobs[blob]) {
                    tracks[index].blob.add(blobs[blob])
                    taken[blob] = true
                    break
                }
            }
        }
        for index in tracks.indices where tracks[index].lastSeen < now {
            let place = tracks[index].center(at: now)
            tracks[index].isHidden = blobs.contains { $0.contains(place.x, place.y) }
        }
    }

    private mutating func begin(at now: Double) {
        for blob in blobs.indices where !taken[blob] && tracks.count < 2 * Self.mostBlobs {
            tracks.append(MotionTrack(id: nextID, blob: blobs[blob], at: now))
            nextID += 1
        }
    }

    private mutating func drop(at now: Double) {
        let patience = settings.missSeconds
        tracks.removeAll { track in
            now - track.lastSeen > patience * (track.isHidden && track.isConfirmed ? Self.hiddenFactor : 1)
        }
    }

    private mutating func observe(at time: MediaTime, _ now: Double) -> [Observation] {
        var observations: [Observation] = []
        for index in tracks.indices where tracks[index].lastSeen == now {
            let needed = neededTravel(tracks[index])
            if !tracks[index].isConfirmed, now >= settledAt, tracks[index].sightings > 1,
                now - tracks[index].firstSeen >= settings.confirmSeconds - 0.001, tracks[index].travel >= needed
            {
                tracks[index].isConfirmed = true
            }
            if tracks[index].isConfirmed { observations.append(observation(of: tracks[index], time, now, needed)) }
        }
        return observations
    }

    private func neededTravel(_ track: MotionTrack) -> Double {
        let shorter = min(track.blob.maxX - track.blob.minX, track.blob.maxY - track.blob.minY)
        return max(settings.minimumTravelFraction * height, Double(shorter) / 2)
    }

    private func observation(of track: MotionTrack, _ time: MediaTime, _ now: Double, _ needed: Double) -> Observation {
        let age = now - track.firstSeen
        let area = Double(track.blob.area) / (width * height)
        let speed = (track.velocityX * track.velocityX + track.velocityY * track.velocityY).squareRoot() / height
        return Observation(
            kind: .motion, time: time, box: track.blob.box(width: width, height: height),
            confidence: confidence(of: track, needed: needed, area: area), track: track.id,
            since: time - .seconds(age),
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
