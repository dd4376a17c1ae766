public import Domain

/// Where in a camera's picture, and in which hour of the day, smoke comes again and again: there its bar is higher.
///
/// The rule, for each tile of the picture (16 across, 9 down) and each hour of the site's clock:
/// - Smoke that comes back raises the bar by a tenth of the usual: on the second day on which it is seen there, and on
///   every further one, as long as no more than a week lies between them.
/// - Smoke that people dismiss raises it by three tenths, and by half of that in the hours before and after.
/// - Smoke that people confirm, or report from the ground, takes four tenths away, and what was seen there on days before
///   no longer counts. Who changes their mind takes back what they did.
/// - It is never more than 1.5 of the usual, so that nothing is ever silenced, and never less than the usual.
/// - Each day takes away a twentieth of what is left: in two weeks half.
///
/// Smoke stays where its base is: the foot of a box counts, and the bar of a place is the highest of the tiles within half
/// a tile of it. A pure state machine: it knows no clock.
public struct SmokeHabits: Sendable, Equatable, Codable {
    public static let columns = 16
    public static let rows = 9
    /// Of the bar, as shares of the usual one.
    public static let range = 1.0...1.5

    private static let again = 0.1
    private static let dismissed = 0.3
    private static let confirmed = -0.4
    private static let kept = 0.95
    private static let longestBreakDays: Int64 = 7
    /// Less is forgotten.
    private static let least = 0.005
    /// What people said is remembered for so long, so that it counts once.
    private static let verdictDays: Int64 = 60

    /// A tile in an hour.
    struct Place: Hashable, Sendable, Codable {
        var column: Int
        var row: Int
        var hour: Int
    }

    private struct Habit: Sendable, Equatable, Codable {
        /// Above the usual bar, as a share of it.
        var raise = 0.0
        /// The last day on which smoke was seen; `nil` where that does not count.
        var seen: Int64?
    }

    private struct Verdict: Sendable, Equatable, Codable {
        var isSmoke: Bool
        var day: Int64
        /// What it changed, to be taken back.
        var changes: [Change]

        struct Change: Sendable, Equatable, Codable {
            var place: Place
            var raise: Double
        }
    }

    private var habits: [Place: Habit] = [:]
    private var verdicts: [IncidentID: Verdict] = [:]
    /// The last day that has passed.
    private var today: Int64?

    public init() {}

    /// The bar for smoke in a box, as a share of the usual one.
    public func bar(for box: Box, at moment: SiteHour) -> Double {
        guard !habits.isEmpty else { return 1 }
        let x = box.footPoint.x * Double(Self.columns)
        let y = box.footPoint.y * Double(Self.rows)
        var highest: Double?
        for row in Self.tile(y - 0.5, of: Self.rows)...Self.tile(y + 0.5, of: Self.rows) {
            for column in Self.tile(x - 0.5, of: Self.columns)...Self.tile(x + 0.5, of: Self.columns) {
                let raise = habits[Place(column: column, row: row, hour: moment.hour)]?.raise ?? 0
                highest = max(highest ?? raise, raise)
            }
        }
        return Self.clamped(1 + (highest ?? 0))
    }

    /// Smoke is seen, whether or not the bar was too high for it to be told of.
    ///
    /// - Returns: what bars that changed.
    public mutating func see(_ box: Box, at moment: SiteHour) -> [BarChange] {
        var changes = pass(moment.day)
        let place = Self.place(of: box, hour: moment.hour)
        let before = habits[place]?.seen
        guard before != moment.day else { return changes }
        if let before, (1...Self.longestBreakDays).contains(moment.day - before) {
            changes += change(place, by: Self.again, because: .seenAgain).changes
        }
        habits[place, default: Habit()].seen = moment.day
        return changes
    }

    /// People have said what an incident was. Saying it twice counts once.
    ///
    /// - Parameters:
    ///   - moment: when it began.
    ///   - today: the day on which it was said, or is heard.
    /// - Returns: what bars that changed.
    public mutating func judge(
        _ incident: IncidentID, isSmoke: Bool, box: Box, at moment: SiteHour, today: Int64
    ) -> [BarChange] {
        guard verdicts[incident]?.isSmoke != isSmoke else { return [] }
        var changes = pass(today)
        if let old = verdicts[incident] {
            for undone in old.changes {
                changes += change(undone.place, by: -undone.raise, because: .takenBack, of: incident).changes
            }
        }
        let middle = Self.place(of: box, hour: moment.hour)
        var shares = [(middle, isSmoke ? Self.confirmed : Self.dismissed)]
        if !isSmoke {
            for step in [23, 1] {
                var beside = middle
                beside.hour = (middle.hour + step) % 24
                shares.append((beside, Self.dismissed / 2))
            }
        }
        var verdict = Verdict(isSmoke: isSmoke, day: today, changes: [])
        for (place, raise) in shares {
            let (made, by) = change(place, by: raise, because: isSmoke ? .confirmed : .dismissed, of: incident)
            changes += made
            if by != 0 { verdict.changes.append(.init(place: place, raise: by)) }
        }
        if isSmoke { habits[middle]?.seen = nil }
        verdicts[incident] = verdict
        return changes
    }

    /// For tests: how many tiles and hours are not as usual.
    var count: Int { habits.count }

    /// A new day: all that was learned fades.
    private mutating func pass(_ day: Int64) -> [BarChange] {
        guard let last = today, day > last else {
            today = max(today ?? day, day)
            return []
        }
        today = day
        verdicts = verdicts.filter { day - $0.value.day <= Self.verdictDays }
        // A camera that was off for a year has forgotten everything, too.
        var share = 1.0
        for _ in 0..<min(day - last, 400) { share *= Self.kept }
        var changes: [BarChange] = []
        for place in habits.keys.sorted(by: { ($0.hour, $0.row, $0.column) < ($1.hour, $1.row, $1.column) }) {
            guard let habit = habits[place] else { continue }
            let raise = abs(habit.raise * share) < Self.least ? 0 : habit.raise * share
            habits[place]?.raise = raise
            if let seen = habit.seen, day - seen > Self.longestBreakDays { habits[place]?.seen = nil }
            if raise == 0, habits[place]?.seen == nil { habits[place] = nil }
            if raise != habit.raise { changes.append(Self.told(place, habit.raise, raise, .forgotten, nil)) }
        }
        return changes
    }

    /// - Returns: what is to be told, and by how much the raise has changed.
    private mutating func change(
        _ place: Place, by raise: Double, because cause: BarChange.Cause, of incident: IncidentID? = nil
    ) -> (changes: [BarChange], by: Double) {
        let before = habits[place]?.raise ?? 0
        let after = Self.clamped(1 + before + raise) - 1
        guard after != before else { return ([], 0) }
        habits[place, default: Habit()].raise = after
        return ([Self.told(place, before, after, cause, incident)], after - before)
    }

    private static func told(
        _ place: Place, _ before: Double, _ after: Double, _ cause: BarChange.Cause, _ incident: IncidentID?
    ) -> BarChange {
        BarChange(
            tile: Box(
                x: Double(place.column) / Double(columns), y: Double(place.row) / Double(rows),
                width: 1 / Double(columns), height: 1 / Double(rows)), hour: place.hour, before: 1 + before,
            after: 1 + after, cause: cause, incident: incident)
    }

    private static func clamped(_ bar: Double) -> Double { min(max(bar, range.lowerBound), range.upperBound) }

    private static func place(of box: Box, hour: Int) -> Place {
        Place(
            column: tile(box.footPoint.x * Double(columns), of: columns),
            row: tile(box.footPoint.y * Double(rows), of: rows), hour: hour)
    }

    private static func tile(_ place: Double, of count: Int) -> Int {
        place.isFinite ? Int(min(max(place, 0), Double(count - 1)).rounded(.down)) : 0
    }
}
