import Domain

/// SORT as published (Bewley et al., "Simple online and realtime tracking", 2016): a constant-velocity filter for the
/// box's middle, area and shape, overlap as the only cost, tracks that die after one miss and count after three hits. It
/// stands beside Lookout's tracker in the tests, on the same regions of the same detector.
struct SortTracker {
    private struct Track {
        var id: Int
        /// Middle, area, height by width, and the speeds of the first three, each with its own variance (the filter's
        /// matrices are nearly diagonal).
        var x: Filter
        var y: Filter
        var area: Filter
        var shape: Double
        var hits = 0
        var misses = 0

        var box: Box {
            let height = (max(area.value, 1e-9) * shape).squareRoot()
            let width = max(area.value, 1e-9) / max(height, 1e-9)
            return Box(x: x.value - width / 2, y: y.value - height / 2, width: width, height: height)
        }
    }

    /// Position and speed per picture, in fractions of the picture.
    private struct Filter {
        var value: Double
        var speed = 0.0
        var p00: Double, p01 = 0.0, p11: Double
        let noise: Double
        let process: Double

        init(_ value: Double, noise: Double, process: Double) {
            self.value = value
            self.noise = noise
            self.process = process
            p00 = 10 * noise
            p11 = 10_000 * noise
        }

        mutating func predict() {
            value += speed
            p00 += 2 * p01 + p11 + noise
            p01 += p11
            p11 += process
        }

        mutating func update(_ measured: Double) {
            let s = p00 + noise
            let (k0, k1) = (p00 / s, p01 / s)
            let off = measured - value
            value += k0 * off
            speed += k1 * off
            p11 -= k1 * p01
            p01 *= 1 - k0
            p00 *= 1 - k0
        }
    }

    private var tracks: [Track] = []
    private var nextID = 1
    private var pictures = 0

    mutating func follow(_ boxes: [Box]) -> [TrackingScore.Named] {
        pictures += 1
        for index in tracks.indices {
            tracks[index].x.predict()
            tracks[index].y.predict()
            if tracks[index].area.value + tracks[index].area.speed <= 0 { tracks[index].area.speed = 0 }
            tracks[index].area.predict()
        }
        let overlaps = tracks.map { track in boxes.map { track.box.overlap(with: $0) } }
        let pairs = BestAssignment.columns(for: overlaps.map { row in row.map { $0 >= 0.3 ? -$0 : 0 } })
        var isTaken = [Bool](repeating: false, count: boxes.count)
        for (index, column) in pairs.enumerated() {
            guard let column, overlaps[index][column] >= 0.3 else {
                tracks[index].misses += 1
                tracks[index].hits = 0
                continue
            }
            isTaken[column] = true
            let box = boxes[column]
            tracks[index].x.update(box.center.x)
            tracks[index].y.update(box.center.y)
            tracks[index].area.update(box.area)
            tracks[index].shape = box.height / max(box.width, 1e-9)
            tracks[index].hits += 1
            tracks[index].misses = 0
        }
        tracks.removeAll { $0.misses > 1 }
        for (index, box) in boxes.enumerated() where !isTaken[index] {
            tracks.append(
                Track(
                    id: nextID, x: Filter(box.center.x, noise: 1e-4, process: 1e-6),
                    y: Filter(box.center.y, noise: 1e-4, process: 1e-6),
                    area: Filter(box.area, noise: 1e-5, process: 1e-9), shape: box.height / max(box.width, 1e-9)))
            nextID += 1
        }
        return tracks.filter { $0.misses == 0 && ($0.hits >= 3 || pictures <= 3) }.map { .init(id: $0.id, box: $0.box) }
    }
}
