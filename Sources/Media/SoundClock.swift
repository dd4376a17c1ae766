import Domain

/// Brings the stamps of sound onto the timeline of the pictures beside it.
///
/// A live stream's sound has a clock of its own there: until the camera has told how the stamps of both go together, which
/// comes seconds later or never, only their arrival does.
struct SoundClock {
    private var live: CaptureClock?
    private let recordingBegins: Int64
    private var last: (stamp: Int64, length: Int64)?

    /// - Parameter recordingBegins: the stamp of a recording's first picture, in microseconds.
    init(isLive: Bool, recordingBegins: Int64) {
        live = isLive ? CaptureClock(reorderTolerance: .zero) : nil
        self.recordingBegins = recordingBegins
    }

    /// - Parameters:
    ///   - stamp: in microseconds.
    ///   - arrival: monotonic.
    mutating func time(of stamp: Int64, arrival: Duration, wall: MediaTime) -> CaptureTime {
        guard var clock = live else {
            return CaptureTime(time: MediaTime(microseconds: stamp - recordingBegins), uncertainty: .zero)
        }
        defer { live = clock }
        return clock.captureTime(stamp: stamp, arrival: arrival, wall: wall)
    }

    /// How long a packet is, as the distance of the last two stamps tells.
    /// - Parameter usual: what its codec usually holds, in the same unit as the stamps.
    mutating func length(upTo stamp: Int64, usual: Int64) -> Int64 {
        let distance = last.map { stamp - $0.stamp } ?? 0
        let length = distance > 0 && distance / 4 <= usual ? distance : last?.length ?? usual
        // A lost packet makes a distance of several.
        let steady = usual > 0 && length / 2 > usual ? last?.length ?? usual : length
        last = (stamp, steady)
        return steady
    }
}
