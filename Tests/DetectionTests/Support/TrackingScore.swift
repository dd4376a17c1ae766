import Domain

/// Scores tracks against the truth: MOTA by CLEAR MOT (Bernardin and Stiefelhagen, 2008) and IDF1 (Ristani et al.,
/// "Performance measures and a data set for multi-target, multi-camera tracking", 2016).
///
/// An object counts on a picture once half of it can be seen. What is found of one that is less visible is neither right
/// nor wrong.
struct TrackingScore {
    struct Named {
        var id: Int
        var box: Box
    }

    private static let leastOverlap = 0.5

    private(set) var objects = 0
    private(set) var misses = 0
    private(set) var falseAlarms = 0
    private(set) var switches = 0
    private var found = 0
    /// Which track last stood for an object.
    private var last: [Int: Int] = [:]
    /// Pictures that an object and a track share.
    private var shared: [Int: [Int: Int]] = [:]
    private var trueLengths: [Int: Int] = [:]
    private var trackLengths: [Int: Int] = [:]

    /// - Parameters:
    ///   - truth: objects that count.
    ///   - unclear: boxes of objects that can hardly be seen.
    mutating func add(truth: [Named], unclear: [Box], tracks: [Named]) {
        objects += truth.count
        let overlaps = truth.map { object in tracks.map { $0.box.overlap(with: object.box) } }
        var trackOf = [Int?](repeating: nil, count: truth.count)
        var isTaken = [Bool](repeating: false, count: tracks.count)
        // Pairs that still fit are kept; the rest is matched best first.
        for (row, object) in truth.enumerated() {
            if let column = tracks.firstIndex(where: { $0.id == last[object.id] }), !isTaken[column],
                overlaps[row][column] >= Self.leastOverlap
            {
                trackOf[row] = column
                isTaken[column] = true
            }
        }
        let pairs = truth.indices.flatMap { row in tracks.indices.map { (row, $0, overlaps[row][$0]) } }
            .filter { $0.2 >= Self.leastOverlap }.sorted { $0.2 > $1.2 }
        for (row, column, _) in pairs where trackOf[row] == nil && !isTaken[column] {
            trackOf[row] = column
            isTaken[column] = true
        }
        for (row, object) in truth.enumerated() {
            guard let column = trackOf[row] else {
                misses += 1
                continue
            }
            if let before = last[object.id], before != tracks[column].id { switches += 1 }
            last[object.id] = tracks[column].id
        }
        for (row, object) in truth.enumerated() {
            trueLengths[object.id, default: 0] += 1
            for (column, track) in tracks.enumerated() where overlaps[row][column] >= Self.leastOverlap {
                shared[object.id, default: [:]][track.id, default: 0] += 1
            }
        }
        for (column, track) in tracks.enumerated() {
            let isUnclear = !isTaken[column] && unclear.contains { $0.intersectionArea(with: track.box) > 0 }
            if isUnclear { continue }
            trackLengths[track.id, default: 0] += 1
            found += 1
            if !isTaken[column] { falseAlarms += 1 }
        }
    }

    var accuracy: Double { 1 - Double(misses + falseAlarms + switches) / Double(max(objects, 1)) }

    /// Twice the pictures on which the right track stands for each object, under the best one-to-one assignment of whole
    /// tracks to whole objects, over all pictures of both.
    var identity: Double {
        let ids = shared.keys.sorted()
        let tracks = trackLengths.keys.sorted()
        guard !ids.isEmpty, !tracks.isEmpty else { return 0 }
        let costs = ids.map { id in tracks.map { -Double(shared[id]?[$0] ?? 0) } }
        let right = BestAssignment.total(of: costs)
        return 2 * -right / Double(objects + found)
    }
}

/// The least total of one-to-one assignments by trying augmenting paths (Bellman-Ford): slow and plain, for tests.
enum BestAssignment {
    static func total(of costs: [[Double]]) -> Double {
        zip(costs, columns(for: costs)).reduce(0) { sum, pair in sum + (pair.1.map { pair.0[$0] } ?? 0) }
    }

    /// For each row its column, or none where it is better off without (a cost of 0).
    static func columns(for costs: [[Double]]) -> [Int?] {
        let rows = costs.count
        let columns = costs.first?.count ?? 0
        var rowOf = [Int?](repeating: nil, count: columns)
        var columnOf = [Int?](repeating: nil, count: rows)
        for _ in 0..<rows {
            // Distances from any free row over alternating pairs.
            var toRow = columnOf.map { $0 == nil ? 0.0 : .infinity }
            var toColumn = [Double](repeating: .infinity, count: columns)
            var from = [Int](repeating: -1, count: columns)
            var changed = true
            while changed {
                changed = false
                for row in 0..<rows where toRow[row] < .infinity {
                    for column in 0..<columns where columnOf[row] != column {
                        let distance = toRow[row] + costs[row][column]
                        if distance < toColumn[column] - 1e-12 {
                            toColumn[column] = distance
                            from[column] = row
                            changed = true
                        }
                    }
                }
                for column in 0..<columns {
                    if let row = rowOf[column], toColumn[column] - costs[row][column] < toRow[row] - 1e-12 {
                        toRow[row] = toColumn[column] - costs[row][column]
                        changed = true
                    }
                }
            }
            let free = (0..<columns).filter { rowOf[$0] == nil }
            guard var column = free.min(by: { toColumn[$0] < toColumn[$1] }), toColumn[column] < -1e-12 else { break }
            while true {
                let row = from[column]
                let next = columnOf[row]
                columnOf[row] = column
                rowOf[column] = row
                guard let next else { break }
                column = next
            }
        }
        return columnOf
    }
}
