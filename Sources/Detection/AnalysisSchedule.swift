public import Domain

/// Which pictures of a stream are analysed so that the rate is kept on average: decided by capture time alone.
public struct AnalysisSchedule: Sendable, Equatable {
    /// How early a picture may come, in intervals: room for jitter, without ever exceeding the rate on average.
    private static let earliness = 0.4

    let intervalMicroseconds: Int64
    private var next: MediaTime?
    private var last: MediaTime?

    /// - Parameter framesPerSecond: pictures a second on average, above 0.
    public init(framesPerSecond: Double) {
        intervalMicroseconds = Int64(1_000_000 / framesPerSecond)
    }

    /// Whether a picture taken at that time is to be analysed.
    public func isDue(at time: MediaTime) -> Bool {
        guard let next, let last else { return true }
        // A clock that went back starts anew.
        if time < last { return true }
        return time.microseconds >= next.microseconds - Int64(Double(intervalMicroseconds) * Self.earliness)
    }

    /// Notes that a picture was analysed.
    ///
    /// - Returns: seconds since the picture analysed before; `nil` for the first one and after a clock that went back.
    @discardableResult
    public mutating func analysed(at time: MediaTime) -> Double? {
        let previous = last
        last = time
        guard let previous, let due = next, time >= previous else {
            next = MediaTime(microseconds: time.microseconds + intervalMicroseconds)
            return nil
        }
        // The grid is kept while pictures come about on it, and starts anew after a gap.
        let onGrid = due.microseconds + intervalMicroseconds
        next = MediaTime(microseconds: onGrid > time.microseconds ? onGrid : time.microseconds + intervalMicroseconds)
        return (time - previous).inSeconds
    }

    /// The time that passes until the next picture says nothing about the rate.
    mutating func interrupted() {
        next = nil
        last = nil
    }
}
