import Domain

/// Carries the packets' capture times through the decoder's reordering to the pictures.
///
/// Each packet that goes in gets a ticket, which the decoder hands back with the packet's picture. A picture takes the
/// time of its own packet; where the stream has no presentation times it takes the earliest time that no picture has
/// taken yet, since times in decoding order are the right set in the wrong order.
struct PresentationTimes {
    struct Entry {
        let ticket: Int64
        let time: CaptureTime
        let isTimedInDecodingOrder: Bool
    }

    /// More packets than any codec holds back (H.264 and H.265: 16 pictures, of two fields each).
    static let capacity = 64

    private var entries: [Entry] = []
    private var nextTicket: Int64 = 1
    private var last: MediaTime?
    /// Packets that went in and will give no picture.
    private(set) var lostCount = 0

    /// The ticket of the packet that goes into the decoder now.
    mutating func enter(_ time: CaptureTime, isTimedInDecodingOrder: Bool) -> Int64 {
        if entries.count == Self.capacity {
            entries.removeFirst()
            lostCount += 1
        }
        let ticket = nextTicket
        nextTicket += 1
        entries.append(Entry(ticket: ticket, time: time, isTimedInDecodingOrder: isTimedInDecodingOrder))
        return ticket
    }

    /// The capture time of the picture that comes out with `ticket`: always later than that of the picture before it.
    /// - Parameter isKeyframe: pictures before this one that have not come out are lost.
    mutating func leave(_ ticket: Int64, isKeyframe: Bool) -> CaptureTime {
        guard let own = entries.firstIndex(where: { $0.ticket == ticket }) else {
            return inOrder(CaptureTime(time: (last ?? .zero) + .microseconds(1), uncertainty: .seconds(1)))
        }
        let entry = entries[own]
        guard entry.isTimedInDecodingOrder else {
            entries.remove(at: own)
            if isKeyframe { forget { $0.ticket < ticket && $0.time.time < entry.time.time } }
            return inOrder(entry.time)
        }
        // Healed at each keyframe, so that a packet without a picture does not shift the times for ever.
        let earliest = isKeyframe ? own : entries.indices.min { entries[$0].time.time < entries[$1].time.time } ?? own
        let time = entries[earliest].time
        if isKeyframe {
            entries.remove(at: own)
            forget { $0.ticket < ticket }
        } else {
            // The time is used up; the picture's own time stays for a later picture.
            entries[own] = Entry(
                ticket: entries[earliest].ticket, time: entry.time, isTimedInDecodingOrder: true)
            entries.remove(at: earliest)
        }
        return inOrder(time)
    }

    /// Forgets the packets that went in, not the time of the last picture.
    mutating func forgetPending() { forget { _ in true } }

    private mutating func forget(_ isLost: (Entry) -> Bool) {
        let before = entries.count
        entries.removeAll(where: isLost)
        lostCount += before - entries.count
    }

    private mutating func inOrder(_ time: CaptureTime) -> CaptureTime {
        var ordered = time
        if let last, ordered.time <= last { ordered.time = last + .microseconds(1) }
        last = ordered.time
        return ordered
    }
}
