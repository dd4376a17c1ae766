import Detection
import Domain
import Media
import SiteConfiguration

/// Tells which compressed pictures are not worth decoding: those that no other picture refers to and no detector is due
/// to see, and whatever the camera's settings leave out. Decoding is what costs, and a stream with B-pictures or temporal layers holds many of them.
///
/// It looks ahead by the capture times of the packets alone, so that the same stream gives the same pictures to the
/// detectors every time; which are those that would be analysed if all were decoded, as long as none of them is broken.
struct DecodeOutlook {
    /// More pictures than any codec holds back (H.264 and H.265: 16).
    private static let capacity = 64

    /// Capture times of what went into the decoder and has not come out of it, in order.
    private var pending: [MediaTime] = []

    /// Of those that were decoded.
    private var lastKeyframe: MediaTime?
    /// A camera whose pictures are looked at seldom shows all the same that it still sees.
    private static let longestUnseen = Duration.seconds(10)

    private let decoding: DecodedPictures

    init(_ decoding: DecodedPictures = .all) { self.decoding = decoding }

    /// Whether each picture is decoded without those before and after it.
    var isOneByOne: Bool { decoding == .keyframes }

    /// Whether the packet is to be decoded; notes that its picture goes into the decoder where it is.
    ///
    /// - Parameters:
    ///   - time: its capture time.
    ///   - isAskedFor: whether somebody wants to see the next picture, whichever it is.
    mutating func admits(
        _ packet: borrowing Packet, at time: MediaTime, for schedules: [AnalysisSchedule], isAskedFor: Bool = false
    ) -> Bool {
        switch decoding {
        case .keyframes:
            // No other picture refers to it where only keyframes are decoded: those that nobody looks at are left out, too.
            guard packet.isKeyframe, isAskedFor || isOverdue(time) || isAwaited(time, by: schedules) else {
                return false
            }
            lastKeyframe = time
        case .reference: guard !packet.isDisposable || isAskedFor else { return false }
        case .all: guard !packet.isDisposable || isAskedFor || isAwaited(time, by: schedules) else { return false }
        }
        enters(time)
        return true
    }

    /// Whether a detector will want the picture that was taken at that time, after those that are still in the decoder.
    func isAwaited(_ time: MediaTime, by schedules: [AnalysisSchedule]) -> Bool {
        schedules.contains { schedule in
            var ahead = schedule
            for earlier in pending where earlier < time && ahead.isDue(at: earlier) { ahead.analysed(at: earlier) }
            return ahead.isDue(at: time)
        }
    }

    private func isOverdue(_ time: MediaTime) -> Bool {
        lastKeyframe.map { time - $0 >= Self.longestUnseen || time < $0 } ?? true
    }

    /// Notes that a picture goes into the decoder.
    mutating func enters(_ time: MediaTime) {
        if pending.count == Self.capacity { pending.removeFirst() }
        pending.insert(time, at: pending.firstIndex { $0 > time } ?? pending.endIndex)
    }

    /// Notes that a picture came out; what was taken earlier will not.
    mutating func leaves(_ time: MediaTime) { pending.removeAll { $0 <= time } }

    mutating func forgetAll() { pending.removeAll() }
}
