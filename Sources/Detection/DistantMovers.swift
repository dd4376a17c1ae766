import Domain

/// Follows what is too small for `MotionTracker`: a walker so far away that he is a few pixels high.
///
/// So little is seen of such a thing that only its way tells it from noise, leaves and drops: it keeps going, about as
/// straight as people go, no faster than a few times its own size a second (birds and insects are faster), for three
/// seconds and several times its own size. Where many small things move at once, it rains or snows, and nothing is
/// followed. Lengths are working pixels, times seconds.
struct DistantMovers {
    /// Confirmed ones are numbered from here on, apart from the numbers of `MotionTracker`.
    static let firstID = 1_000_000
    /// More small regions than this are weather.
    private static let mostRegions = 8
    /// The larger side of what is followed, as a fraction of the picture's height: larger fragments are parts of things.
    private static let mostSide = 1.0 / 30
    private static let confirmSeconds = 3.0
    /// How far it has to come: times its own larger side, and as a fraction of the picture's height.
    private static let leastTravel = (sides: 2.5, fraction: 0.05)
    /// Its own larger sides a second.
    private static let topSpeed = 4.0
    /// Share of its path that brought it on.
    private static let straightness = 0.85
    private static let missSeconds = 0.6
    private static let seenShare = 0.8
    /// Regions that differ more than this many times in area are not the same thing.
    private static let mostGrowth = 3
    /// What is so near to a region of usual size is a part of it, in sixteenths of the picture's height.
    private static let nearSixteenths = 1

    private struct Mover {
        var id = 0
        var region: MaskComponent
        var velocityX = 0.0
        var velocityY = 0.0
        let firstX: Double
        let firstY: Double
        let firstSeen: Double
        var lastSeen: Double
        var path = 0.0
        var sightings = 1
        var pictures = 1
        /// Lies where background moves by itself.
        var isRestless = false

        init(_ region: MaskComponent, at now: Double) {
            self.region = region
            (firstX, firstY, firstSeen, lastSeen) = (region.centerX, region.centerY, now, now)
        }

        var side: Double { Double(max(region.maxX - region.minX, region.maxY - region.minY)) }
        var travel: Double { DistantMovers.distance(region.centerX - firstX, region.centerY - firstY) }
    }

    private var width: Double
    private var height: Double
    private let areaFraction: Double
    private var movers: [Mover] = []
    /// Where small things came and went.
    private var flickering: RestlessPlaces
    /// Of the picture at hand: what no mover has yet.
    private var free: [MaskComponent] = []
    private var nextID = Self.firstID

    /// - Parameter areaFraction: the least area of what is followed, as a fraction of the picture's.
    init(width: Int, height: Int, areaFraction: Double) {
        (self.width, self.height, self.areaFraction) = (Double(width), Double(height), areaFraction)
        flickering = RestlessPlaces(width: width, height: height)
        movers.reserveCapacity(2 * Self.mostRegions)
        free.reserveCapacity(Self.mostRegions)
    }

    /// Pictures of another size come.
    mutating func adopt(width: Int, height: Int) {
        (self.width, self.height) = (Double(width), Double(height))
        flickering = RestlessPlaces(width: width, height: height)
        movers.removeAll(keepingCapacity: true)
    }

    mutating func forgetAll() {
        movers.removeAll(keepingCapacity: true)
        flickering.forgetAll()
    }

    /// - Parameters:
    ///   - regions: those of the mask that are smaller than usual.
    ///   - larger: the others.
    ///   - restless: where background moves by itself.
    ///   - observations: receives one for each confirmed one seen on this picture.
    mutating func follow(
        _ regions: [MaskComponent], beside larger: [MaskComponent], restless: RestlessPlaces, at time: MediaTime,
        into observations: inout [Observation]
    ) {
        let now = time.seconds
        free.removeAll(keepingCapacity: true)
        if regions.count <= Self.mostRegions {
            for region in regions where isSmall(region) && !larger.contains(where: { isPart(region, of: $0) }) {
                free.append(region)
            }
        }
        for index in movers.indices { link(index, restless, at: now) }
        for index in movers.indices.reversed() where now - movers[index].lastSeen > Self.missSeconds {
            // Leaves come and go in their place.
            if movers[index].id == 0, movers[index].sightings > 1 { flickering.mark(movers[index].region, at: now) }
            movers.remove(at: index)
        }
        for region in free where movers.count < 2 * Self.mostRegions { movers.append(Mover(region, at: now)) }
        for index in movers.indices where movers[index].lastSeen == now {
            if movers[index].id == 0, isOnItsWay(movers[index], at: now) {
                movers[index].id = nextID
                nextID += 1
            }
            if movers[index].id > 0 { observations.append(observation(of: movers[index], at: time, now)) }
        }
    }

    private func isSmall(_ region: MaskComponent) -> Bool {
        Double(max(region.maxX - region.minX, region.maxY - region.minY)) <= Self.mostSide * height
    }

    private func isPart(_ region: MaskComponent, of larger: MaskComponent) -> Bool {
        let margin = Int(height) * Self.nearSixteenths / 16
        return region.maxX > larger.minX - margin && region.minX < larger.maxX + margin
            && region.maxY > larger.minY - margin && region.minY < larger.maxY + margin
    }

    /// Gives a mover the nearest region that it can have become.
    private mutating func link(_ index: Int, _ restless: RestlessPlaces, at now: Double) {
        movers[index].pictures += 1
        let mover = movers[index]
        let away = now - mover.lastSeen
        let x = mover.region.centerX + mover.velocityX * away
        let y = mover.region.centerY + mover.velocityY * away
        var nearest = mover.side * (0.5 + Self.topSpeed * min(away, 0.5))
        var found: Int?
        for place in free.indices {
            let region = free[place]
            guard max(region.area, mover.region.area) <= Self.mostGrowth * min(region.area, mover.region.area) else {
                continue
            }
            let distance = Self.distance(region.centerX - x, region.centerY - y)
            if distance < nearest { (nearest, found) = (distance, place) }
        }
        guard let found else { return }
        let region = free.remove(at: found)
        let (dx, dy) = (region.centerX - mover.region.centerX, region.centerY - mover.region.centerY)
        if away > 0 {
            movers[index].velocityX += (dx / away - mover.velocityX) * 0.3
            movers[index].velocityY += (dy / away - mover.velocityY) * 0.3
        }
        movers[index].path += Self.distance(dx, dy)
        movers[index].region = region
        movers[index].lastSeen = now
        movers[index].sightings += 1
        movers[index].isRestless = restless.hold(region, at: now) || flickering.hold(region, at: now)
    }

    private func isOnItsWay(_ mover: Mover, at now: Double) -> Bool {
        let seconds = now - mover.firstSeen
        return seconds >= Self.confirmSeconds && mover.sightings >= 4 && !mover.isRestless
            && mover.travel >= neededTravel(mover) && mover.travel >= Self.straightness * mover.path
            && mover.travel <= Self.topSpeed * mover.side * seconds
            && Double(mover.sightings) >= Self.seenShare * Double(mover.pictures)
    }

    private func neededTravel(_ mover: Mover) -> Double {
        max(Self.leastTravel.sides * mover.side, Self.leastTravel.fraction * height)
    }

    private func observation(of mover: Mover, at time: MediaTime, _ now: Double) -> Observation {
        let age = now - mover.firstSeen
        return Observation(
            kind: .motion, time: time, box: mover.region.box(width: width, height: height), confidence: 0.5,
            track: mover.id, since: time - .seconds(age),
            measurements: [
                Measurement(name: "ageSeconds", value: age, threshold: Self.confirmSeconds),
                Measurement(
                    name: "travelFraction", value: mover.travel / height, threshold: neededTravel(mover) / height),
                Measurement(
                    name: "areaFraction", value: Double(mover.region.area) / (width * height), threshold: areaFraction),
                Measurement(
                    name: "heightsPerSecond", value: Self.distance(mover.velocityX, mover.velocityY) / height),
            ])
    }

    static func distance(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
}
