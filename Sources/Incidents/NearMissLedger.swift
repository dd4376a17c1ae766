public import Domain

/// Makes decisions of what a detector nearly told of, so that "why not" has an answer.
///
/// The rule by which they are kept few: a region gives one decision when it has been away for three pictures, and, while
/// it stays, one after a minute and then every ten minutes. Each tells of the picture on which it came nearest. What
/// becomes more than a near miss is no longer followed here, for the rules decide on it. No more than 60 decisions are
/// made in an hour; the others are counted.
public struct NearMissLedger: Sendable {
    private struct Entry: Sendable {
        var first: MediaTime
        var last: MediaTime
        /// Pictures on which it was not seen, since the last one on which it was.
        var away = 0
        /// When the next decision is due while it stays.
        var due: MediaTime
        /// Since the last decision; `nil` where it was not seen since.
        var nearest: NearMiss?
    }

    private static let longestAway = 3
    private static let firstAfter = Duration.seconds(60)
    private static let againAfter = Duration.seconds(600)
    private static let hour = Duration.seconds(3600)
    private static let mostInAnHour = 60
    /// More at once are counted only.
    private static let mostEntries = 128

    private let camera: CameraID
    /// By track.
    private var entries: [Int: Entry] = [:]
    private var decisions: [Decision] = []
    private var overflow = 0
    /// When decisions were made within the last hour.
    private var made: [MediaTime] = []

    public init(camera: CameraID) { self.camera = camera }

    /// Takes in what one picture nearly showed; to be called for each picture that is analysed.
    ///
    /// - Parameter told: tracks that are more than near misses now.
    public mutating func consider(_ misses: [NearMiss], told: Set<Int>, at time: MediaTime) {
        guard !misses.isEmpty || !entries.isEmpty else { return }
        for track in told { entries[track] = nil }
        for track in entries.keys { entries[track]?.away += 1 }
        for miss in misses { note(miss, at: time) }
        for track in entries.keys.sorted() {
            guard let entry = entries[track] else { continue }
            if entry.away >= Self.longestAway {
                entries[track] = nil
                decide(entry, track)
            } else if entry.away == 0, time >= entry.due {
                decide(entry, track)
                entries[track]?.due = time + Self.againAfter
                entries[track]?.nearest = nil
                entries[track]?.first = time
            }
        }
    }

    /// Nothing more will be seen of any of them.
    public mutating func settleAll() {
        for track in entries.keys.sorted() { if let entry = entries[track] { decide(entry, track) } }
        entries = [:]
    }

    /// What was decided since the last call, and how many more there were.
    public mutating func take() -> (decisions: [Decision], dropped: Int) {
        defer { (decisions, overflow) = ([], 0) }
        return (decisions, overflow)
    }

    private mutating func note(_ miss: NearMiss, at time: MediaTime) {
        guard let track = miss.observation.track else { return }
        guard entries[track] != nil || entries.count < Self.mostEntries else {
            overflow += 1
            return
        }
        var entry = entries[track] ?? Entry(first: time, last: time, due: time + Self.firstAfter)
        entry.last = time
        entry.away = 0
        let best = entry.nearest?.observation.confidence ?? -1
        if miss.observation.confidence >= best { entry.nearest = miss }
        entries[track] = entry
    }

    private mutating func decide(_ entry: Entry, _ track: Int) {
        guard let nearest = entry.nearest else { return }
        // Times that step back begin the hour anew.
        made.removeAll { entry.last - $0 >= Self.hour || $0 > entry.last }
        guard made.count < Self.mostInAnHour else {
            overflow += 1
            return
        }
        made.append(entry.last)
        let observation = nearest.observation
        decisions.append(
            Decision(
                camera: camera, rule: observation.kind.usualRuleName(zone: nil), kind: observation.kind,
                outcome: .suppressed, reason: nearest.reason, start: entry.first, end: entry.last, track: track,
                box: observation.box, confidence: observation.confidence, measurements: observation.measurements))
    }
}
