public import Domain
import Foundation
public import SiteConfiguration

/// How well the fire incidents of labelled sequences were found.
///
/// An event is found where an incident of its kind starts within its span, or at most a second before. An incident of
/// smoke or flame that a sequence neither expects nor ignores, or that starts earlier than that, is a false alarm.
public struct SequenceScore: Sendable {
    /// What became of one sequence.
    public struct Row: Sendable, Equatable {
        public var file: String
        /// For each event: seconds from the start of its span to the first report; `nil` where it was missed.
        public var delays: [Double?]
        public var expected: [IncidentKind]
        public var falseAlarms: [Incident]
        public var seconds: Double
        /// Of a tower's pictures, each by itself; `nil` where they come more often.
        public var frames: FrameFigures?

        public static func == (a: Row, b: Row) -> Bool {
            a.file == b.file && a.text == b.text && a.seconds == b.seconds
        }

        /// `smoke found after 4.5 s; FALSE flame@3.0s`, or `quiet`.
        public var text: String {
            var notes = zip(expected, delays).map { kind, delay in
                delay.map { String(format: "%@ found after %.1f s", kind.rawValue, $0) } ?? "\(kind.rawValue) MISSED"
            }
            if !falseAlarms.isEmpty {
                let alarms = falseAlarms.map { String(format: "%@@%.1fs", $0.kind.rawValue, $0.start.seconds) }
                notes.append("FALSE " + alarms.joined(separator: ", "))
            }
            return notes.isEmpty ? "quiet" : notes.joined(separator: "; ")
        }
    }

    /// A start this much before the span still counts.
    private static let earliness = 1.0

    public private(set) var rows: [Row] = []

    public init() {}

    public mutating func add(_ sequence: SequenceLabels.Sequence, incidents: [Incident], seconds: Double) {
        let fire = incidents.filter { $0.kind.desk == .fire }
        var delays: [Double?] = []
        var isEarly = Set<IncidentID>()
        for event in sequence.expect {
            let starts = fire.filter { $0.kind == event.kind }
            let hits = starts.map(\.start.seconds).filter { $0 >= event.from - Self.earliness && $0 <= event.to }
            isEarly.formUnion(starts.filter { $0.start.seconds < event.from - Self.earliness }.map(\.id))
            delays.append(hits.min().map { max(0, $0 - event.from) })
        }
        let known = sequence.ignore.union(sequence.expect.map(\.kind))
        let wrong = fire.filter { !known.contains($0.kind) || isEarly.contains($0.id) }
        rows.append(
            Row(
                file: sequence.file, delays: delays, expected: sequence.expect.map(\.kind),
                falseAlarms: wrong, seconds: seconds,
                frames: FrameFigures(sequence, alarms: fire.filter { $0.kind == .smoke }, seconds: seconds)))
    }

    public var expected: Int { rows.reduce(0) { $0 + $1.expected.count } }
    public var found: Int { rows.reduce(0) { $0 + $1.delays.count { $0 != nil } } }
    public var falseAlarms: Int { rows.reduce(0) { $0 + $1.falseAlarms.count } }
    public var hours: Double { rows.reduce(0) { $0 + $1.seconds } / 3600 }
    public var medianDelaySeconds: Double? {
        let delays = rows.flatMap(\.delays).compactMap { $0 }.sorted()
        guard !delays.isEmpty else { return nil }
        let middle = delays.count / 2
        return delays.count % 2 == 1 ? delays[middle] : (delays[middle - 1] + delays[middle]) / 2
    }
    /// Of all towers' pictures together; `nil` where there are none.
    public var frames: FrameFigures? {
        let all = rows.compactMap(\.frames)
        return all.isEmpty ? nil : all.reduce(FrameFigures()) { $0 + $1 }
    }
    /// Of all that was reported, the part that was there.
    public var precision: Double? { found + falseAlarms > 0 ? Double(found) / Double(found + falseAlarms) : nil }
}

/// Confidence intervals at 95 %.
public enum ConfidenceInterval {
    private static let z = 1.959_963_984_540_054

    /// Of a rate, `hits` of `total`: Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
    public static func wilson(hits: Int, of total: Int) -> (low: Double, high: Double) {
        guard total > 0 else { return (0, 1) }
        let n = Double(total)
        let rate = Double(hits) / n
        let scale = 1 + z * z / n
        let middle = (rate + z * z / (2 * n)) / scale
        let half = z / scale * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
        return (max(0, middle - half), min(1, middle + half))
    }

    /// Of the mean of a Poisson count: Garwood, "Fiducial limits for the Poisson distribution" (1936).
    public static func garwood(count: Int) -> (low: Double, high: Double) {
        func mean(where target: Double, of events: Int) -> Double {
            var low = 0.0
            var high = Double(events) + 20 + 10 * Double(events + 1).squareRoot()
            for _ in 0..<200 {
                let middle = (low + high) / 2
                if atMost(events, mean: middle) > target { low = middle } else { high = middle }
            }
            return (low + high) / 2
        }
        return (count == 0 ? 0 : mean(where: 0.975, of: count - 1), mean(where: 0.025, of: count))
    }

    /// Probability of `events` or fewer.
    private static func atMost(_ events: Int, mean: Double) -> Double {
        guard mean > 0 else { return 1 }
        var total = 0.0
        for k in 0...events { total += exp(Double(k) * log(mean) - mean - lgamma(Double(k) + 1)) }
        return total
    }
}
