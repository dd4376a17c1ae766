// Objects that stand before one another, or so close that they make one region of the mask.
extension MotionTracker {
    /// Works out where each member of a group is.
    ///
    /// Each pixel goes to the member that would most likely show its colour at that place (after McKenna et al.,
    /// "Tracking groups of people", 2000), twice, since places change by it. Besides, the outermost members end where the
    /// region ends.
    mutating func divide(
        _ blob: Int, among lists: inout LinkingScratch, in model: borrowing BackgroundModel, at now: Double
    ) {
        let samples = views[view(of: blob, in: model)].samples
        lists.shares.removeAll(keepingCapacity: true)
        for _ in lists.members { lists.shares.append(0) }
        for round in 0..<2 {
            lists.sums.removeAll(keepingCapacity: true)
            for _ in lists.members { lists.sums.append((0, 0, 0)) }
            for sample in samples {
                guard let owner = owner(of: sample, among: lists.members) else { continue }
                lists.sums[owner].x += Double(sample.x) + 0.5
                lists.sums[owner].y += Double(sample.y) + 0.5
                lists.sums[owner].count += 1
            }
            let areaPerSample = Double(blobs[blob].area) / Double(max(samples.count, 1))
            for (place, index) in lists.members.enumerated() {
                let sum = lists.sums[place]
                let share = min(1, sum.count * areaPerSample / max(tracks[index].area, 1))
                lists.shares[place] = share
                guard round == 1, share > 0.3 else { continue }
                let trust = share * share
                tracks[index].correct(x: sum.x / sum.count, y: sum.y / sum.count, trust: 0.5 * trust * trust)
            }
        }
        alignEdges(of: blobs[blob], lists.members)
        for (place, index) in lists.members.enumerated() {
            tracks[index].state = .together(share: lists.shares[place])
            if lists.shares[place] >= 0.25 { tracks[index].lastSeen = now }
            tracks[index].sightings += 1
        }
    }

    private func owner(of sample: PixelSample, among members: [Int]) -> Int? {
        var best: Int?
        var bestScore = -Float.infinity
        for (place, index) in members.enumerated() {
            let track = tracks[index]
            let x = (Double(sample.x) + 0.5 - track.x.position) / max(track.extent.width, 1)
            let y = (Double(sample.y) + 0.5 - track.y.position) / max(track.extent.height, 1)
            guard abs(x) < 0.8, abs(y) < 0.8 else { continue }
            // A normal distribution of a third of the box, in bits.
            let score =
                track.colors.logLikelihood(of: sample, isLower: y > 0) - Float(6.5 * (x * x) + 4 * (y * y))
            if score > bestScore {
                bestScore = score
                best = place
            }
        }
        return best
    }

    /// Where one member alone can be the one that reaches the region's left or right, upper or lower end, it does.
    private mutating func alignEdges(of blob: Blob, _ members: [Int]) {
        if blob.minX > 0, let index = outermost(members, { $0.frame.minX }, of: { $0.extent.width }) {
            tracks[index].correct(x: Double(blob.minX) + tracks[index].extent.left, y: nil, trust: 0.3)
        }
        if Double(blob.maxX) < width, let index = outermost(members, { -$0.frame.maxX }, of: { $0.extent.width }) {
            tracks[index].correct(x: Double(blob.maxX) - tracks[index].extent.right, y: nil, trust: 0.3)
        }
        if blob.minY > 0, let index = outermost(members, { $0.frame.minY }, of: { $0.extent.height }) {
            tracks[index].correct(x: nil, y: Double(blob.minY) + tracks[index].extent.up, trust: 0.3)
        }
        if Double(blob.maxY) < height, let index = outermost(members, { -$0.frame.maxY }, of: { $0.extent.height }) {
            tracks[index].correct(x: nil, y: Double(blob.maxY) - tracks[index].extent.down, trust: 0.3)
        }
    }

    /// The member whose edge is the least, where that of every other one is greater by a quarter of its size.
    private func outermost(
        _ members: [Int], _ edge: (MotionTrack) -> Double, of size: (MotionTrack) -> Double
    ) -> Int? {
        var first: (index: Int, edge: Double)?
        var second = Double.infinity
        for index in members {
            let own = edge(tracks[index])
            if let least = first?.edge, own >= least {
                second = min(second, own)
            } else {
                second = first?.edge ?? .infinity
                first = (index, own)
            }
        }
        guard let first, members.count > 1 else { return nil }
        return second - first.edge > 0.25 * size(tracks[first.index]) ? first.index : nil
    }
}
