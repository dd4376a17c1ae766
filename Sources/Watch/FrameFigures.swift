import Domain
import SiteConfiguration

/// How a tower's pictures fare one by one, in the convention of FIgLib (Dewangan et al., 2022): each picture before the
/// ignition is negative, each from it on positive, and the first alarm holds to the end.
public struct FrameFigures: Sendable, Equatable {
    /// Pictures farther apart come from a tower.
    private static let towerSeconds = 5.0

    public private(set) var truePositives = 0
    public private(set) var falsePositives = 0
    public private(set) var falseNegatives = 0
    public private(set) var trueNegatives = 0

    init() {}

    /// `nil` for what is no sequence of stills from a tower.
    ///
    /// - Parameters:
    ///   - alarms: its incidents of smoke.
    ///   - seconds: how long it is.
    init?(_ sequence: SequenceLabels.Sequence, alarms: [Incident], seconds: Double) {
        guard let rate = sequence.rate, 1 / rate >= Self.towerSeconds else { return nil }
        let pictures = Int((seconds * rate).rounded())
        func picture(at time: Double?) -> Int {
            time.map { min(max(0, Int(($0 * rate).rounded())), pictures) } ?? pictures
        }
        let ignition = picture(at: sequence.expect.filter { $0.kind == .smoke }.map(\.from).min())
        let alarm = picture(at: alarms.map(\.start.seconds).min())
        truePositives = pictures - max(alarm, ignition)
        falsePositives = max(0, ignition - alarm)
        falseNegatives = max(0, alarm - ignition)
        trueNegatives = min(alarm, ignition)
    }

    static func + (a: FrameFigures, b: FrameFigures) -> FrameFigures {
        var sum = a
        sum.truePositives += b.truePositives
        sum.falsePositives += b.falsePositives
        sum.falseNegatives += b.falseNegatives
        sum.trueNegatives += b.trueNegatives
        return sum
    }

    private static func share(_ part: Int, of whole: Int) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }

    public var accuracy: Double? {
        Self.share(
            truePositives + trueNegatives, of: truePositives + falsePositives + falseNegatives + trueNegatives)
    }
    public var precision: Double? { Self.share(truePositives, of: truePositives + falsePositives) }
    public var recall: Double? { Self.share(truePositives, of: truePositives + falseNegatives) }
    public var f1: Double? { Self.share(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives) }
}
