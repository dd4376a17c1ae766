import Domain

/// Where confirmed objects stand still: each is there for as long as its place looks other than it did without it,
/// whether the background has taken it in or not, and however it fidgets.
struct Standstills {
    /// One that has not gone farther than half of its shorter side for this part of the time after which it becomes
    /// background stands still.
    static let standingShare = 0.5
    /// Of what differed when it came, this share must differ for it to be there.
    static let leastShare = 0.3
    /// For so long a place may look empty, such as while its picture is disturbed.
    private static let patienceSeconds = 2.0
    /// For so long after that an empty place is remembered: what the background took in there still has to go.
    private static let memorySeconds = 12.0
    /// Whoever else covers this share of where it lay hides it, and for no longer than this.
    private static let hidingShare = 0.2
    private static let hiddenSeconds = 6.0
    /// What it leaves behind is looked for so long after it went on.
    private static let leavingSeconds = 3.0
    /// Whoever went on has left this share of its place at least, or somebody else did.
    static let vacatedShare = 0.6
    /// Fewer points say nothing.
    private static let fewestPoints = 6
    /// Of the box of something that stands there, this share differs from the place without it.
    private static let leastDifference = 0.25
    private static let fewestLeft = 4
    /// Of the box of what was left, this share differs: one thing, not here and there a bit.
    private static let leastDensity = 0.5
    private static let mostStays = 32

    struct Stay {
        var track: Int
        /// As it was seen last: what is told of it while it stands.
        var observation: Observation
        var since: Double
        var place: RememberedPlace
        var first: RememberedPlace.View
        var lastThere: Double
        var hiddenSince: Double?
        var litAt: Double
        var departedAt: Double?
        var isLeavingSeen = false

        /// Somebody stands there.
        func isOccupied(at now: Double) -> Bool {
            departedAt == nil && now - lastThere <= Standstills.patienceSeconds
        }
    }

    /// Something that stays where somebody stood who went on.
    struct Leaving {
        var region: MaskComponent
        var place: RememberedPlace
        /// The track that went on.
        var carrier: Int
        var measurements: [Measurement]
    }

    private(set) var stays: [Stay] = []

    mutating func forgetAll() { stays.removeAll(keepingCapacity: true) }

    func isStanding(_ track: Int) -> Bool { stays.contains { $0.track == track && $0.departedAt == nil } }

    /// A confirmed object has come to stand in a region. One that a side or the top of the picture cuts off may as well be
    /// on its way out.
    mutating func add(
        _ region: MaskComponent, of track: Int, as observation: Observation, since: Double,
        in model: borrowing BackgroundModel, at now: Double
    ) {
        guard region.minX > 0, region.minY > 0, region.maxX < model.geometry.width else { return }
        if stays.count == Self.mostStays {
            guard let oldest = stays.indices.min(by: { stays[$0].lastThere < stays[$1].lastThere }) else { return }
            stays.remove(at: oldest)
        }
        let place = RememberedPlace(around: region, in: model, older: stays.map(\.place))
        let view = place.view(in: model)
        guard view.differing >= Self.fewestPoints,
            place.differingShare(in: region, of: model) ?? 0 >= Self.leastDifference
        else { return }
        stays.append(
            Stay(
                track: track, observation: observation, since: since, place: place, first: view, lastThere: now,
                litAt: now))
    }

    /// Looks at each place again.
    mutating func review(_ tracks: [MotionTrack], in model: borrowing BackgroundModel, at now: Double) {
        guard !stays.isEmpty else { return }
        for index in stays.indices {
            if let walker = tracks.first(where: { $0.id == stays[index].track && $0.isConfirmed }),
                walker.state != .lost, !stays[index].place.area.contains(walker.x.position, walker.y.position)
            {
                stays[index].departedAt = stays[index].departedAt ?? now
            }
            let view = stays[index].place.view(in: model)
            let isThere =
                Double(view.differing)
                >= max(Self.leastShare * Double(stays[index].first.differing), Double(Self.fewestLeft))
            // What differs may be those who pass in front; they hide somebody for a while, and not for ever.
            let core = stays[index].place.core
            let isHidden = tracks.contains {
                $0.isConfirmed && $0.isShown && $0.id != stays[index].track
                    && $0.frame.shared(with: core) > Self.hidingShare * core.boxArea
            }
            if !isThere || !isHidden {
                stays[index].hiddenSince = nil
            } else if stays[index].hiddenSince == nil {
                stays[index].hiddenSince = now
            }
            if isThere, now - (stays[index].hiddenSince ?? now) <= Self.hiddenSeconds { stays[index].lastThere = now }
            if let departed = stays[index].departedAt, now - departed >= 2, !stays[index].isLeavingSeen,
                Double(view.differingInCore) >= Self.vacatedShare * Double(stays[index].first.differingInCore),
                tracks.allSatisfy({
                    $0.state == .lost || !$0.isConfirmed
                        || !stays[index].place.area.contains($0.x.position, $0.y.position)
                })
            {
                // It was somebody else who went on from here.
                stays[index].departedAt = nil
            }
            if now - stays[index].litAt >= 1 {
                stays[index].litAt = now
                stays[index].place.followLight(in: model)
            }
        }
        stays.removeAll {
            now - ($0.departedAt ?? $0.lastThere) > Self.memorySeconds || now - $0.since > StationaryObjects.mostSeconds
        }
    }

    /// Those of whom nothing else is seen on this picture.
    func tell(_ tracks: [MotionTrack], at time: MediaTime, into resting: inout [Observation]) {
        let now = time.seconds
        for stay in stays where stay.isOccupied(at: now) {
            guard !resting.contains(where: { $0.track == stay.track }) else { continue }
            let isSeen = tracks.contains { $0.id == stay.track && $0.isConfirmed && $0.isShown }
            guard !isSeen else { continue }
            var observation = stay.observation
            observation.time = time
            observation.restingSince = MediaTime(seconds: stay.since)
            resting.append(observation)
        }
    }

    /// Whose way goes on with a track that was first seen in a region: the number it had when it came to stand there.
    func track(goingOnFrom birth: MaskComponent, at now: Double) -> Int? {
        stays.last {
            $0.departedAt == nil && now - $0.lastThere <= Self.memorySeconds && $0.place.area.holdsMost(of: birth)
        }?.track
    }

    /// Whether what came to rest in a region is a part of somebody who stands there, or the place of one who went on.
    func explain(_ region: MaskComponent, in model: borrowing BackgroundModel, at now: Double) -> Bool {
        stays.contains { stay in
            guard stay.place.area.contains(region.centerX, region.centerY) else { return false }
            if stay.isOccupied(at: now) {
                // People fidget beside where they came to stand; what is put down beside a car is no part of it.
                return !stay.place.core.isWide || stay.place.core.contains(region.centerX, region.centerY)
            }
            return stay.place.differingShare(in: region, of: model).map { $0 < Self.leastShare } ?? false
        }
    }

    /// What those left behind who went on, each once.
    mutating func takeLeft(
        _ tracks: [MotionTrack], in model: borrowing BackgroundModel, at now: Double
    ) -> [Leaving] {
        var left: [Leaving] = []
        for index in stays.indices where !stays[index].isLeavingSeen {
            guard let departed = stays[index].departedAt, now - departed >= Self.leavingSeconds else { continue }
            let core = stays[index].place.core
            guard !tracks.contains(where: { $0.isShown && core.overlap(with: $0.blob) > 0 }) else { continue }
            stays[index].isLeavingSeen = true
            let view = stays[index].place.view(in: model)
            guard view.differingInCore >= Self.fewestLeft,
                Double(view.differingInCore) < Self.vacatedShare * Double(stays[index].first.differingInCore)
            else { continue }
            let place = stays[index].place
            // It may stick out of where he stood, or other things may be around.
            let boxes = [view.box, view.boxInCore].compactMap(\.self).filter {
                $0.maxX - $0.minX > 2 && $0.maxY - $0.minY > 2
            }
            let region = boxes.first { (place.differingShare(in: $0, of: model) ?? 0) >= Self.leastDensity }
            guard let region,
                !stays.contains(where: { $0.isOccupied(at: now) && $0.place.core.overlap(with: region) > 0 })
            else { continue }
            let ratio = place.outlineRatio(in: region, of: model)
            guard ratio >= StationaryObjects.leastEdgeRatio else { continue }
            left.append(
                Leaving(
                    region: region, place: place, carrier: stays[index].track,
                    measurements: [
                        Measurement(name: "edgeRatio", value: ratio, threshold: StationaryObjects.leastEdgeRatio),
                        Measurement(
                            name: "differingShare",
                            value: Double(view.differingInCore) / Double(max(stays[index].first.differingInCore, 1)),
                            threshold: Self.vacatedShare),
                        Measurement(name: "carrierTrack", value: Double(stays[index].track)),
                    ]))
        }
        return left
    }
}
