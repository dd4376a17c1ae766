public import Domain

/// Makes revisions of incidents that open, are updated and close, many at a time, all valid, from a seed.
public struct RandomLives: Sendable {
    public private(set) var random: SeededRandom
    /// Incidents that are open after what was made so far, oldest first.
    public private(set) var open: [Incident] = []
    public private(set) var closed: [Incident] = []

    private let prefix: String
    private let measurements: Int
    private var time: MediaTime
    private var made = 0

    /// - Parameters:
    ///   - prefix: keeps the ids of different makers apart.
    ///   - measurements: for each incident, about 60 bytes each in the journal.
    public init(
        seed: UInt64, prefix: String = "cam", start: MediaTime = MediaTime(seconds: 1_769_904_000),
        measurements: Int = 1
    ) {
        self.measurements = measurements
        random = SeededRandom(seed: seed)
        self.prefix = prefix
        time = start
    }

    public mutating func next() -> IncidentRevision {
        time = time + .microseconds(Int64.random(in: 1...2_000_000, using: &random))
        let choice = Int.random(in: 0..<10, using: &random)
        if open.isEmpty || (choice < 3 && open.count < 20) { return openOne() }
        let index = Int.random(in: 0..<open.count, using: &random)
        return choice < 8 ? update(index) : close(index)
    }

    public mutating func next(_ count: Int) -> [IncidentRevision] {
        var revisions: [IncidentRevision] = []
        for _ in 0..<count { revisions.append(next()) }
        return revisions
    }

    private mutating func openOne() -> IncidentRevision {
        made += 1
        let camera = CameraID("\(prefix)-\(Int.random(in: 0..<8, using: &random))")
        let kind = IncidentKind.allCases[Int.random(in: 0..<IncidentKind.allCases.count, using: &random)]
        var incident = Incident(
            id: IncidentID("\(camera)-\(kind.rawValue)-\(made)"), kind: kind, camera: camera,
            severity: Severity.allCases[Int.random(in: 0..<3, using: &random)], start: time,
            startUncertaintyMicroseconds: Int64.random(in: 0...50_000, using: &random),
            confidence: fraction(), box: Bool.random(using: &random) ? box() : nil, rule: "yard-by-night",
            measurements: [Measurement](
                repeating: Measurement(name: "areaFraction", value: fraction(), threshold: 0.002), count: measurements))
        if Bool.random(using: &random) { incident.zones = ["sân trước", "\"yard\" / 1"] }
        open.append(incident)
        return IncidentRevision(incident: incident, change: .opened, time: time)
    }

    private mutating func update(_ index: Int) -> IncidentRevision {
        open[index].lastSeen = time
        open[index].frames += Int.random(in: 1...30, using: &random)
        open[index].confidence = max(open[index].confidence, fraction())
        open[index].tracks.append(Int.random(in: 0..<1_000, using: &random))
        if let box = open[index].box { open[index].extent = box.union(self.box()) }
        if Int.random(in: 0..<4, using: &random) == 0 { open[index].evidence.append(snapshot(open[index])) }
        return IncidentRevision(incident: open[index], change: .updated, time: time)
    }

    private mutating func close(_ index: Int) -> IncidentRevision {
        var incident = open.remove(at: index)
        incident.state = .closed
        closed.append(incident)
        return IncidentRevision(incident: incident, change: .closed, time: time)
    }

    private mutating func snapshot(_ incident: Incident) -> EvidenceItem {
        EvidenceItem(
            kind: .snapshot, path: "2026-02-01/\(incident.id)/snapshot.jpg", mediaType: "image/jpeg",
            bytes: Int.random(in: 1...200_000, using: &random), sha256: String(repeating: "ab", count: 32), time: time)
    }

    private mutating func fraction() -> Double { Double.random(in: 0...1, using: &random) }

    private mutating func box() -> Box {
        Box(x: fraction() / 2, y: fraction() / 2, width: fraction() / 2, height: fraction() / 2)
    }
}
