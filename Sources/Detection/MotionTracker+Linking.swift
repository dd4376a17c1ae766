/// What is seen of one blob: some of its pixels and their colours.
struct BlobView {
    var blob = 0
    var samples: [PixelSample] = []
    var colors = ColorModel()

    /// Pixels of a blob that are looked at, at most about.
    static let mostSamples = 500
}

/// Lists that are needed while tracks are linked: kept, so that no picture asks for memory.
struct LinkingScratch {
    var assignment = Assignment()
    /// The confirmed tracks, and for each of them the blob that it was assigned to and the one that it stands in, or -1.
    var confirmed: [Int] = []
    var columns: [Int] = []
    var homes: [Int] = []
    var costs: [Double] = []
    /// The tracks in one blob, the one that it was assigned to first; then what is found of each.
    var members: [Int] = []
    var shares: [Double] = []
    var sums: [(x: Double, y: Double, count: Double)] = []
}

// Which region of a picture is which track.
extension MotionTracker {
    /// Pairs cost from 0 to 1; beyond this they are none.
    private static let worstCost = 0.75
    /// How much colour counts against place.
    private static let colorWeight = 0.45
    /// Views whose memory is kept.
    private static let keptViews = 8

    /// Gives each confirmed track its region, or its place in a group.
    mutating func assignConfirmed(in model: borrowing BackgroundModel, at now: Double) {
        guard !blobs.isEmpty, tracks.contains(where: \.isConfirmed) else { return }
        // Taken out meanwhile, since all of the tracker is at work on them.
        var lists = LinkingScratch()
        swap(&lists, &linking)
        defer { swap(&lists, &linking) }
        lists.confirmed.removeAll(keepingCapacity: true)
        for index in tracks.indices where tracks[index].isConfirmed { lists.confirmed.append(index) }
        lists.costs.removeAll(keepingCapacity: true)
        for index in lists.confirmed {
            for blob in blobs.indices { lists.costs.append(cost(of: blob, for: index, in: model, at: now)) }
        }
        lists.assignment.solve(
            costs: lists.costs, rows: lists.confirmed.count, columns: blobs.count, limit: Self.worstCost,
            into: &lists.columns)
        for blob in lists.columns where blob >= 0 { taken[blob] = true }
        lists.homes.removeAll(keepingCapacity: true)
        for (row, blob) in lists.columns.enumerated() {
            lists.homes.append(blob >= 0 ? blob : groupBlob(of: lists.confirmed[row], at: now) ?? -1)
        }
        for blob in blobs.indices where taken[blob] {
            lists.members.removeAll(keepingCapacity: true)
            for row in lists.columns.indices where lists.columns[row] == blob {
                lists.members.append(lists.confirmed[row])
            }
            for row in lists.columns.indices where lists.columns[row] < 0 && lists.homes[row] == blob {
                lists.members.append(lists.confirmed[row])
            }
            hide(&lists.members, behind: blob)
            if lists.members.count == 1 {
                let index = lists.members[0]
                tracks[index].update(with: blobs[blob], at: now)
                if isWhole(index) { tracks[index].colors.learn(views[view(of: blob, in: model)].colors) }
            } else {
                divide(blob, among: &lists, in: model, at: now)
            }
        }
    }

    /// Where a region is hardly larger than the object that it was assigned to, nothing is seen of the others.
    private func hide(_ members: inout [Int], behind blob: Int) {
        var left = Double(blobs[blob].area) - tracks[members[0]].area
        let first = members[0]
        members.removeAll { index in
            guard index != first else { return false }
            let isHidden = left < 0.25 * tracks[index].area
            if !isHidden { left -= 0.5 * tracks[index].area }
            return isHidden
        }
    }

    /// A part of an object would teach it wrong colours.
    private func isWhole(_ index: Int) -> Bool { Double(tracks[index].blob.area) > 0.7 * tracks[index].area }

    /// Nothing has been seen of this picture's blobs. Frees what a busy picture left behind.
    mutating func forgetViews() {
        viewCount = 0
        if views.count > Self.keptViews { views.removeLast(views.count - Self.keptViews) }
    }

    /// - Returns: which of `views` shows a blob.
    mutating func view(of blob: Int, in model: borrowing BackgroundModel) -> Int {
        for place in 0..<viewCount where views[place].blob == blob { return place }
        let place = viewCount
        viewCount += 1
        if place == views.count { views.append(BlobView()) }
        views[place].blob = blob
        model.sample(blobs[blob], most: BlobView.mostSamples, into: &views[place].samples)
        views[place].colors.measure(
            views[place].samples, middleY: Double(blobs[blob].minY + blobs[blob].maxY) / 2)
        return place
    }

    /// From place (where the box should be, give or take what is not known) and colour.
    private mutating func cost(
        of blob: Int, for index: Int, in model: borrowing BackgroundModel, at now: Double
    ) -> Double {
        let seen = blobs[blob]
        let track = tracks[index]
        let dx = seen.centerX - track.x.position
        let dy = seen.centerY - track.y.position
        let distance = (dx * dx + dy * dy).squareRoot()
        let away = now - track.lastSeen
        let reach =
            0.6 * track.size + 2 * min(track.x.deviation, 0.5 * track.size + Self.topSpeed * height * min(away, 0.3))
        let frame = track.frame
        let shared = frame.shared(with: seen)
        guard distance < reach || shared > 0.3 * frame.area else { return 1 }
        let boxArea = Double((seen.maxX - seen.minX) * (seen.maxY - seen.minY))
        let overlap = shared / max(frame.area + boxArea - shared, 1)
        let alike = min(Double(seen.area), track.area) / max(Double(seen.area), track.area)
        let place = 1 - 0.6 * overlap - 0.4 * max(0, 1 - distance / reach) * alike.squareRoot()
        guard track.colors.isKnown else { return place * Self.worstCost }
        let likeness = track.colors.likeness(to: views[view(of: blob, in: model)].colors)
        // Like strangers look 0.5 to 0.7, the same person from one picture to the next 0.9.
        let color = ((0.95 - likeness) / 0.35).bounded(0, 1)
        // Whoever was away is known by his looks first.
        if away > 0.5, likeness < 0.72 { return 1 }
        return (1 - Self.colorWeight) * place + Self.colorWeight * color
    }

    /// The blob that hides a track which none was left for: the one in which most of its box should lie.
    private func groupBlob(of index: Int, at now: Double) -> Int? {
        let track = tracks[index]
        guard now - track.lastAlone < Self.groupSeconds, now - track.lastSeen < 1 else { return nil }
        let frame = track.frame
        var best: Int?
        var most = 0.4 * frame.area
        for blob in blobs.indices where taken[blob] {
            let shared = frame.shared(with: blobs[blob])
            if shared > most {
                most = shared
                best = blob
            }
        }
        return best
    }

    /// Gives tracks that are not confirmed yet what is left: the best fitting pair first, then the next best.
    mutating func linkTentative(in model: borrowing BackgroundModel, at now: Double) {
        while let best = bestPair(at: now) {
            tracks[best.track].update(with: blobs[best.blob], at: now)
            tracks[best.track].note(model.outlineVotes(of: blobs[best.blob]))
            taken[best.blob] = true
        }
    }

    private func bestPair(at now: Double) -> (track: Int, blob: Int)? {
        var best: (track: Int, blob: Int)?
        var bestScore = 0.0
        for index in tracks.indices where !tracks[index].isConfirmed && tracks[index].lastSeen < now {
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
        let frame = track.frame
        let boxArea = Double((blob.maxX - blob.minX) * (blob.maxY - blob.minY))
        let shared = frame.shared(with: blob)
        if shared > 0 { return 1 + shared / (frame.area + boxArea - shared) }
        guard min(frame.area, boxArea) > 0.2 * max(frame.area, boxArea) else { return 0 }
        let x = blob.centerX - track.x.position
        let y = blob.centerY - track.y.position
        let distance = (x * x + y * y).squareRoot()
        let reach = 0.5 * frame.area.squareRoot() + Self.topSpeed * height * min(now - track.lastSeen, 1) / 3
        return distance < reach ? 1 - distance / reach : 0
    }
}
