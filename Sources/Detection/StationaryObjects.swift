import Domain

/// Remembers what was left or removed once the background has taken it in, for as long as it stays so.
///
/// A region at rest whose outline shows edges in the picture is a thing that was left; one whose outline shows edges in
/// the background is the place of a thing that was removed (after Connell et al., "Detection and tracking in the IBM
/// PeopleVision system", 2004, and San Miguel and Martinez, "Robust unattended and stolen object detection by fusing
/// simple algorithms", 2008). Light that came or went keeps the background's own texture, and is neither.
///
/// What arrived by itself is no object left but somebody who stands there, until it has lain without a stir for long: for
/// `uprightSeconds`, or `wideSeconds` where it is as wide as vehicles are.
struct StationaryObjects {
    /// One kind of edge must be this much stronger than the other.
    static let leastEdgeRatio = 1.35
    /// Correlation of the gradients in the region with those of the background from which on it is light.
    static let lightTexture = 0.6
    /// And from which on where its outline fades, too, at this share of the points that say anything.
    private static let doubtfulTexture = 0.3
    private static let lightShare = 0.5
    /// What arrived by itself must lie without a stir for so long; nobody stands like that.
    static let uprightSeconds = 120.0
    static let wideSeconds = 20.0
    /// And what somebody left where he had stood.
    static let leftSeconds = 2.0
    /// From so many times as wide as high on it is as vehicles are.
    static let wideShape = 1.3
    /// After this long it is a part of the scene: longer than any rule may ask for.
    static let mostSeconds = 90_000.0
    /// When its place has looked different for this long, it is there no more.
    private static let changedSeconds = 2.0
    private static let goingSeconds = 0.5
    /// And where something stands before it, for this long.
    private static let coveredSeconds = 60.0
    private static let mostObjects = 64
    /// Mean difference of luma that is another look.
    private static let tolerance = 14
    /// Luma by which one of the points differs that has stirred, and the share of the points that may.
    private static let stirredBy = 20
    private static let stirredShare = 0.08
    /// After so long the look follows the light.
    private static let lightSeconds = 5.0
    private static let fewestPoints = 6

    private struct Entry {
        var object: StationaryObject
        var region: MaskComponent
        /// How the place was before, and how much of it changed.
        var place: RememberedPlace
        var differing: Int
        /// Its look once it was taken in: luma on a grid of 8 x 8 points.
        var look: [UInt8]
        /// The same since when it has not stirred.
        var stillLook: [UInt8]
        var stillSince: Double
        var lastAlike: Double
        var coveredSince: Double?
        var litAt: Double
        var placeLitAt: Double
        /// How long it has to lie without a stir.
        var neededStillness: Double
        var isTold = false

        /// - Parameters:
        ///   - differing: points of its place that are not as they were before.
        ///   - isCovered: whether something passes in front.
        mutating func hold(against seen: [UInt8], differing now: Int, isCovered: Bool, at time: Double) {
            var (difference, stirred) = (0, 0)
            for index in seen.indices {
                difference += abs(Int(seen[index]) - Int(look[index]))
                if abs(Int(seen[index]) - Int(stillLook[index])) > StationaryObjects.stirredBy { stirred += 1 }
            }
            let isChanged = differing >= StationaryObjects.fewestPoints && 10 * now >= 6 * differing
            if isChanged || difference <= StationaryObjects.tolerance * max(seen.count, 1) {
                lastAlike = time
                coveredSince = nil
            } else if isCovered, differing < StationaryObjects.fewestPoints || 10 * now >= 3 * differing {
                // What stands before it differs from the place, too.
                let since = coveredSince ?? time
                coveredSince = since
                if time - since <= StationaryObjects.coveredSeconds { lastAlike = time }
            }
            if !isCovered, Double(stirred) > StationaryObjects.stirredShare * Double(seen.count) {
                stillLook = seen
                stillSince = time
            }
            if time - litAt >= StationaryObjects.lightSeconds, lastAlike == time, !isCovered {
                litAt = time
                for index in seen.indices {
                    look[index] = Self.towards(seen[index], from: look[index])
                    stillLook[index] = Self.towards(seen[index], from: stillLook[index])
                }
            }
            guard !isTold, !isCovered, lastAlike == time, time - stillSince >= neededStillness else { return }
            isTold = true
            guard neededStillness > 0 else { return }
            object.measurements.append(
                Measurement(name: "stillSeconds", value: time - stillSince, threshold: neededStillness))
        }

        private static func towards(_ seen: UInt8, from known: UInt8) -> UInt8 {
            UInt8((3 * Int(known) + Int(seen) + 2) / 4)
        }
    }

    private var entries: [Entry] = []
    /// How a place looks now.
    private var look: [UInt8] = []
    private var nextID = 1

    mutating func forgetAll() { entries.removeAll(keepingCapacity: true) }

    /// A region has come to rest. Nothing is added where something is known already.
    mutating func add(
        _ region: MaskComponent, of track: MotionTrack, in model: borrowing BackgroundModel, since: MediaTime,
        wentByItself: Bool, at now: Double
    ) {
        let edges = model.outlineEdges(of: region)
        let isLeft = edges.picture >= edges.background
        let ratio = max(edges.picture, edges.background) / max(min(edges.picture, edges.background), 1)
        let texture = model.textureLikeness(in: region)
        let lightShare = model.outlineVotes(of: region).lightShare
        let isLight =
            texture >= Self.lightTexture || (texture >= Self.doubtfulTexture && lightShare >= Self.lightShare)
        guard ratio >= Self.leastEdgeRatio, !isLight else { return }
        // Who covers a pattern takes nothing away, and who goes was not taken.
        guard isLeft || (!track.isConfirmed && (region.isWide || !wentByItself)) else { return }
        let stillness = track.isConfirmed ? (region.isWide ? Self.wideSeconds : Self.uprightSeconds) : 0
        var measurements = [
            Measurement(name: "edgeRatio", value: ratio, threshold: Self.leastEdgeRatio),
            Measurement(name: "textureLikeness", value: texture, threshold: Self.lightTexture),
            Measurement(name: "lightShare", value: lightShare, threshold: Self.lightShare),
        ]
        if track.isConfirmed {
            measurements.append(
                Measurement(name: "widthToHeight", value: region.widthToHeight, threshold: Self.wideShape))
        }
        add(
            StationaryObject(
                id: nextID, kind: isLeft ? .objectLeft : .objectRemoved, box: model.box(of: region), since: since,
                track: track.id, origin: track.isConfirmed ? .arrived : .put,
                confidence: (ratio - 1).bounded(0, 1) / 2 + 0.5, measurements: measurements),
            region, stillness: stillness, in: model, at: now)
    }

    /// Somebody went on and left something.
    mutating func add(
        _ leaving: Standstills.Leaving, track: Int, in model: borrowing BackgroundModel, at time: MediaTime
    ) {
        add(
            StationaryObject(
                id: nextID, kind: .objectLeft, box: model.box(of: leaving.region), since: time, track: track,
                origin: .left, confidence: 0.75, measurements: leaving.measurements),
            leaving.region, stillness: Self.leftSeconds, older: [leaving.place], in: model, at: time.seconds)
    }

    private mutating func add(
        _ object: StationaryObject, _ region: MaskComponent, stillness: Double, older: [RememberedPlace] = [],
        in model: borrowing BackgroundModel,
        at now: Double
    ) {
        // What was there and looks otherwise now is going, so that its place is the news.
        entries.removeAll { $0.object.box.overlap(with: object.box) > 0.3 && now - $0.lastAlike > Self.goingSeconds }
        guard !entries.contains(where: { $0.object.box.overlap(with: object.box) > 0.3 }) else { return }
        if entries.count == Self.mostObjects { entries.removeFirst() }
        nextID += 1
        var look: [UInt8] = []
        model.look(at: region, into: &look)
        let place = RememberedPlace(around: region, in: model, older: older)
        entries.append(
            Entry(
                object: object, region: region, place: place, differing: place.view(in: model).differingInCore,
                look: look, stillLook: look, stillSince: object.since.seconds, lastAlike: now, litAt: now,
                placeLitAt: now,
                neededStillness: stillness))
    }

    /// Looks at each place again and forgets what has changed for good, or is old.
    ///
    /// - Parameter tracks: what moves, and may pass in front.
    /// - Returns: what is still as it was, also where something passes in front of it.
    mutating func review(
        _ tracks: [MotionTrack], in model: borrowing BackgroundModel, at now: Double
    ) -> [StationaryObject] {
        guard !entries.isEmpty else { return [] }
        for index in entries.indices {
            let region = entries[index].region
            let isCovered = tracks.contains {
                $0.isConfirmed && $0.isShown && $0.id != entries[index].object.track
                    && $0.blob.overlap(with: region) > 0
            }
            model.look(at: region, into: &look)
            let differing = entries[index].place.view(in: model).differingInCore
            entries[index].hold(against: look, differing: differing, isCovered: isCovered, at: now)
            if now - entries[index].placeLitAt >= 1 {
                entries[index].placeLitAt = now
                entries[index].place.followLight(in: model)
            }
        }
        entries.removeAll {
            now - $0.lastAlike > Self.changedSeconds || now - $0.object.since.seconds > Self.mostSeconds
        }
        return entries.filter(\.isTold).map(\.object)
    }
}

extension MaskComponent {
    var widthToHeight: Double { Double(maxX - minX) / Double(max(maxY - minY, 1)) }
    /// Whether it has the shape of a vehicle rather than that of somebody who stands.
    var isWide: Bool { widthToHeight >= StationaryObjects.wideShape }
}
