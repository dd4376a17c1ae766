public import Domain
import Glibc

/// Puts the pictures of one live stream on the host's timeline.
///
/// A packet's arrival is its capture plus a delay that varies; the stream's own timestamps have the right spacing but
/// an unknown origin, a rate that drifts, and on cheap cameras they jump. So a steady media timeline is kept:
///
/// - It advances by the difference of timestamps. Where that difference cannot be true (backwards, repeated, or further
///   ahead than the packet's arrival allows) it advances by the time between the arrivals instead, and a new anchor is
///   counted. Wraps are jumps like any other.
/// - `arrival - media` is at least the smallest delay, so its minimum over the last ten seconds is a good estimate of
///   the origin (the minimum filter of network clock synchronisation: V. Paxson, "On calibrating measurements of
///   packet transit times", 1998). The origin is moved towards it, never by more than half of the spacing, so that time
///   within a run never goes backwards.
/// - Arrivals are taken on the monotonic clock. Its distance from the wall clock is measured once and then followed at
///   5 ms a second, so that a wall clock that is set does not make time jump. One that was set by so much that following
///   it would take long is told by `isWallSet`: it is for a new connection to begin a new timeline.
///
/// Pure: it reads no clock, so that tests run it in virtual time. For recordings see `RecordedTimeline`.
public struct CaptureClock: Sendable {
    /// What no arrival can tell: exposure, encoding and the shortest transit. Part of every stated uncertainty.
    public static let unmeasurableDelay = Duration.milliseconds(50)

    /// A timestamp ahead of its arrival by more than this is a jump.
    private static let jumpMicroseconds: Int64 = 1_000_000
    /// The origin is off by more than this: it is set anew rather than moved.
    private static let stepMicroseconds = 2_000_000.0
    private static let bucketMicroseconds: Int64 = 1_000_000
    private static let bucketCount = 10
    /// While the first arrivals are still those of buffered packets.
    private static let settlingMicroseconds: Int64 = 3_000_000
    private static let wallSlew = 0.005
    /// The wall clock counts as set once it has been away by so much for so long: two clocks are never read at once, and
    /// a machine that stands still between the two readings is no clock that was set.
    private static let setMicroseconds = 2_000_000.0
    private static let setAfterMicroseconds: Int64 = 5_000_000
    /// Others (36,000 years) are treated as missing, which also keeps the arithmetic from overflowing.
    private static let honestStamps: Range<Int64> = -(1 << 60)..<1 << 60

    private struct Bucket {
        let number: Int64
        var minimum: Int64
    }

    /// Reordered pictures may be stamped this much earlier than a picture before them.
    private let reorderMicroseconds: Int64
    private var hasStarted = false
    private var lastStamp: Int64?
    /// The steady media timeline: 0 at the first packet.
    private var media: Int64 = 0
    private var lastArrival: Int64 = 0
    /// Capture on the monotonic clock is `media + origin`.
    private var origin = 0.0
    private var buckets: [Bucket] = []
    private var jitter = 0.0
    /// How much later than the quickest of late the packet came: it may have been taken that much later, too.
    private var lateness = 0.0
    /// The followed distance of the wall clock from the monotonic clock, and how wrong it is known to be.
    private var wallDistance = 0.0
    private var wallError = 0.0
    /// Arrival since which the wall clock has been away by seconds.
    private var wallAwaySince: Int64?
    private var lastTime: Int64?

    /// How often the timestamps could not be true.
    public private(set) var anchorCount = 0

    /// Whether the wall clock was set so far away from these times that they are wrong for as long as they go on.
    public var isWallSet: Bool { wallAwaySince.map { lastArrival - $0 >= Self.setAfterMicroseconds } ?? false }

    /// - Parameter reorderTolerance: zero for streams without reordered pictures.
    public init(reorderTolerance: Duration = .zero) { reorderMicroseconds = reorderTolerance.inMicroseconds }

    /// The capture time of the next packet, in the order of arrival.
    /// - Parameters:
    ///   - stamp: the stream's own presentation time in microseconds since any origin; `nil` where it has none.
    ///   - arrival: when the packet arrived, on the monotonic clock.
    ///   - wall: the wall clock at that moment.
    public mutating func captureTime(stamp: Int64?, arrival: Duration, wall: MediaTime) -> CaptureTime {
        let stamp = stamp.flatMap { Self.honestStamps.contains($0) ? $0 : nil }
        let now = max(arrival.inMicroseconds, lastArrival)
        guard hasStarted else {
            hasStarted = true
            origin = Double(now)
            wallDistance = Double(wall.microseconds - now)
            buckets = [Bucket(number: 0, minimum: now)]
            (lastStamp, lastArrival) = (stamp, now)
            return finish(media: 0, error: 0, isReordered: false)
        }
        if let stamp, let lastStamp, stamp < lastStamp, lastStamp - stamp <= reorderMicroseconds {
            return finish(media: media - (lastStamp - stamp), error: 0, isReordered: true)
        }
        let step = self.step(to: stamp, at: now)
        followWall(wall, at: now, step: now - lastArrival)
        (lastStamp, lastArrival) = (stamp, now)
        media += step
        let error = followArrivals(at: now, step: step)
        return finish(media: media, error: error, isReordered: false)
    }

    /// How far the media timeline advances, in microseconds, at least 1.
    private mutating func step(to stamp: Int64?, at now: Int64) -> Int64 {
        let byArrival = max(1, now - lastArrival)
        guard let stamp, let lastStamp else { return byArrival }
        let difference = stamp - lastStamp
        if difference == 0 { return byArrival }
        let earliest = Double(now - media) - Double(difference)
        if difference < 0 || earliest < origin - Double(Self.jumpMicroseconds) {
            anchorCount += 1
            return byArrival
        }
        return difference
    }

    /// Moves the origin towards the smallest delay of late; returns how far it is from it afterwards.
    private mutating func followArrivals(at now: Int64, step: Int64) -> Double {
        let delay = now - media
        let number = now / Self.bucketMicroseconds
        if let last = buckets.last, last.number == number {
            buckets[buckets.count - 1].minimum = min(last.minimum, delay)
        } else {
            buckets.append(Bucket(number: number, minimum: delay))
        }
        // By number of buckets, not by their age: after a silence of minutes the old ones still hold the origin
        // until as many seconds of packets say otherwise.
        if buckets.count > Self.bucketCount { buckets.removeFirst() }
        let target = Double(buckets.reduce(Int64.max) { min($0, $1.minimum) })
        lateness = max(0, Double(delay) - target)
        jitter += (lateness - jitter) / 16
        let error = target - origin
        if error > Self.stepMicroseconds {
            // Only after ten seconds in which every packet came that late: the camera paused its clock.
            anchorCount += 1
            origin = target
            return 0
        }
        let isSettling = media < Self.settlingMicroseconds
        let share = 1 - exp(-Double(step) / (isSettling ? 200_000 : 2_000_000))
        let limit = Double(step) * (isSettling ? 0.9 : 0.5)
        let move = max(-limit, min(limit, error * share))
        origin += move
        return error - move
    }

    private mutating func followWall(_ wall: MediaTime, at now: Int64, step: Int64) {
        let off = Double(wall.microseconds - now) - wallDistance
        let limit = Double(step) * Self.wallSlew
        let move = max(-limit, min(limit, off))
        wallDistance += move
        wallError = off - move
        wallAwaySince = abs(wallError) > Self.setMicroseconds ? wallAwaySince ?? now : nil
    }

    private mutating func finish(media: Int64, error: Double, isReordered: Bool) -> CaptureTime {
        var time = media + Int64((origin + wallDistance).rounded())
        if !isReordered {
            if let lastTime, time <= lastTime { time = lastTime + 1 }
            lastTime = time
        }
        // Until arrivals at live pace have been seen, the first one may have been a buffered packet's.
        let unsettled = max(0, Double(Self.settlingMicroseconds - max(media, 0))) / 6
        let uncertainty = Int64((abs(error) + max(jitter, lateness) + abs(wallError) + unsettled).rounded(.up))
        return CaptureTime(
            time: MediaTime(microseconds: time), uncertainty: .microseconds(uncertainty) + Self.unmeasurableDelay)
    }
}
