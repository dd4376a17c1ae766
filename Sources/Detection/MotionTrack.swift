import Domain

/// One object, or what may become one, on its way through the picture. Lengths are working pixels, times seconds.
struct MotionTrack {
    /// Where a track stands on the picture analysed last.
    enum State: Equatable {
        /// It has a region of its own.
        case alone
        /// Its region shows other tracks, too; `share` of it can be seen, 0 to 1.
        case together(share: Double)
        /// Nothing of it was found.
        case lost
    }

    /// How far the box reaches from the middle of the object's pixels.
    struct Extent {
        var left: Double
        var right: Double
        var up: Double
        var down: Double

        init(_ blob: MaskComponent) {
            left = blob.centerX - Double(blob.minX)
            right = Double(blob.maxX) - blob.centerX
            up = blob.centerY - Double(blob.minY)
            down = Double(blob.maxY) - blob.centerY
        }

        var width: Double { left + right }
        var height: Double { up + down }

        mutating func move(towards other: Extent, share: Double) {
            left += (other.left - left) * share
            right += (other.right - right) * share
            up += (other.up - up) * share
            down += (other.down - down) * share
        }
    }

    /// In pixels, not yet cut to the picture.
    struct Frame {
        var minX: Double
        var minY: Double
        var maxX: Double
        var maxY: Double

        var area: Double { max(0, maxX - minX) * max(0, maxY - minY) }

        func shared(with blob: MaskComponent) -> Double {
            let w = min(maxX, Double(blob.maxX)) - max(minX, Double(blob.minX))
            let h = min(maxY, Double(blob.maxY)) - max(minY, Double(blob.minY))
            return w > 0 && h > 0 ? w * h : 0
        }
    }

    /// Boxes that share less of what they cover together are in different places.
    private static let restingOverlap = 0.75

    var id: Int
    /// As it was last seen alone.
    var blob: MaskComponent
    var x: AxisFilter
    var y: AxisFilter
    /// Size when it can be seen whole.
    var extent: Extent
    /// Pixels when it can be seen whole.
    var area: Double
    var colors = ColorModel()
    /// Of all regions that it was seen as before it was confirmed.
    private(set) var outline = OutlineVotes()
    private var middle: MotionWay
    /// Of what came in over an edge of the picture.
    private let enteringSides: EnteringSides?
    private var front: MotionWay?
    /// Farthest that the middle has been from where it was first seen.
    var travel = 0.0
    let firstSeen: Double
    /// When any of it was last seen.
    var lastSeen: Double
    /// When it was last seen alone.
    var lastAlone: Double
    var sightings = 1
    /// Analysed pictures since it was first seen, that one included.
    var pictures = 1
    /// What that was when it was last seen.
    private var picturesWhenSeen = 1
    var isConfirmed = false
    var state = State.alone
    /// Why it was not confirmed when it was last seen alone; `nil` where it is.
    var obstacle: Decision.Reason? = .tooBrief
    /// When it was last told of as not confirmed, or first seen.
    var toldAt: Double
    /// Its region when it came to rest, and when that was: since then its box has hardly changed.
    var restingBlob: MaskComponent
    var restingSince: Double
    /// That it came to rest was said.
    var isRestSaid = false
    /// Another track goes on under its number.
    var isSuperseded = false
    /// As it was first seen.
    let birth: MaskComponent
    /// Where its middle was, and since when it has been within half of the shorter side from there.
    private var standing: (x: Double, y: Double)
    private(set) var standingSince: Double

    /// - Parameters:
    ///   - width: of the picture, in working pixels.
    init(id: Int, blob: MaskComponent, width: Int, height: Int, at now: Double) {
        self.id = id
        self.blob = blob
        restingBlob = blob
        restingSince = now
        birth = blob
        standing = (blob.centerX, blob.centerY)
        standingSince = now
        extent = Extent(blob)
        area = Double(blob.area)
        let size = extent.height
        x = AxisFilter(at: blob.centerX, variance: Self.variance(size), velocityVariance: size * size)
        y = AxisFilter(at: blob.centerY, variance: Self.variance(size), velocityVariance: size * size)
        middle = MotionWay(x: blob.centerX, y: blob.centerY)
        enteringSides = EnteringSides(blob, width: width, height: height)
        front = (enteringSides?.place(of: blob)).map { MotionWay(x: $0.x, y: $0.y) }
        firstSeen = now
        toldAt = now
        lastSeen = now
        lastAlone = now
    }

    /// The middle of a region wavers by about a twentieth of the object's height, and by a pixel in any case.
    private static func variance(_ height: Double) -> Double { (0.05 * height + 1) * (0.05 * height + 1) }

    /// A track is steady that was seen on this share of the pictures.
    static let steadyShare = 0.8
    var seenShare: Double { Double(sightings) / Double(picturesWhenSeen) }

    /// Whether it is seen on nearly every picture: what flickers, or is found again and again by chance, is not. Where
    /// pictures come fast three of them are asked for, else two.
    func isSteady(confirmSeconds: Double, now: Double) -> Bool {
        let interval = (now - firstSeen) / Double(max(pictures - 1, 1))
        let least = interval * 3 <= confirmSeconds ? 4 : interval * 2 <= confirmSeconds ? 3 : 2
        return sightings >= least && seenShare >= Self.steadyShare
    }

    /// Whether anything of it is seen.
    var isShown: Bool {
        switch state {
        case .alone: true
        case .together(let share): share >= 0.25
        case .lost: false
        }
    }

    var size: Double { max(extent.width, extent.height) }

    /// Where its box should be now.
    var frame: Frame {
        Frame(
            minX: x.position - extent.left, minY: y.position - extent.up, maxX: x.position + extent.right,
            maxY: y.position + extent.down)
    }

    /// Moves the expectation on. People change their pace by about half of their height per second within a second.
    mutating func advance(by seconds: Double) {
        pictures += 1
        guard seconds > 0 else { return }
        let acceleration = 0.25 * size * size
        x.advance(by: seconds, acceleration: acceleration)
        y.advance(by: seconds, acceleration: acceleration)
    }

    /// Notes whether it is where it was, by the middle of its box, whose pixels fade where the background takes them in.
    mutating func noteStanding(at now: Double) {
        let (x, y) = ((frame.minX + frame.maxX) / 2, (frame.minY + frame.maxY) / 2)
        let reach = min(extent.width, extent.height) / 2
        if max(abs(x - standing.x), abs(y - standing.y)) > reach {
            standing = (x, y)
            standingSince = now
        }
    }

    /// Where it is seen, in whole pixels of a picture.
    func region(width: Int, height: Int) -> MaskComponent {
        guard state != .alone else { return blob }
        let frame = frame
        var region = blob
        region.minX = Int(frame.minX.bounded(0, Double(width - 1)))
        region.minY = Int(frame.minY.bounded(0, Double(height - 1)))
        region.maxX = Int(frame.maxX.bounded(Double(region.minX + 1), Double(width)))
        region.maxY = Int(frame.maxY.bounded(Double(region.minY + 1), Double(height)))
        return region
    }

    /// Notes what the outline of its region said.
    mutating func note(_ votes: OutlineVotes) { outline.add(votes) }

    /// Takes a region for this object.
    mutating func update(with seen: MaskComponent, at now: Double) {
        // A region much smaller than the object shows a part of it, whose middle is elsewhere.
        let whole = min(1, Double(seen.area) / max(area, 1))
        let trust = isConfirmed ? whole * whole : 1
        correct(x: seen.centerX, y: seen.centerY, trust: max(trust * trust, 0.02))
        blob = seen
        sightings += 1
        picturesWhenSeen = pictures
        lastSeen = now
        lastAlone = now
        state = .alone
        // What grows is coming into view and believed; what shrinks may be going out of it.
        let share = Double(seen.area) > area ? 0.4 : isConfirmed ? 0.1 : 0.4
        extent.move(towards: Extent(seen), share: share)
        area += (Double(seen.area) - area) * share
        noteTravel()
        if restingBlob.overlap(with: seen) < Self.restingOverlap {
            restingBlob = seen
            restingSince = now
            isRestSaid = false
        }
    }

    /// - Parameter trust: 1 for a measurement as good as any, towards 0 for a guess.
    mutating func correct(x measuredX: Double?, y measuredY: Double?, trust: Double) {
        let variance = Self.variance(extent.height) / max(trust, 1e-3)
        if let measuredX { x.correct(to: measuredX, variance: variance) }
        if let measuredY { y.correct(to: measuredY, variance: variance) }
    }

    private mutating func noteTravel() {
        middle.go(to: blob.centerX, blob.centerY)
        if let place = enteringSides?.place(of: blob) { front?.go(to: place.x, place.y) }
        travel = max(travel, middle.displacement)
    }

    /// The way of whichever came farther.
    var way: MotionWay {
        guard let front, front.displacement > middle.displacement else { return middle }
        return front
    }

    /// Whether it is as far from where it was first seen as asked for, in pixels, and came there step by step.
    func hasCome(_ needed: Double) -> Bool { middle.hasCome(needed) || front?.hasCome(needed) ?? false }
}
