import Domain

/// Tells a stream that gives less than it should from a sound one, out of its counters over windows of ten seconds.
///
/// A stream is impaired by one bad window, and sound again after two good ones: it must not flicker.
struct StreamQuality {
    /// Of the packets, what may be shed before the camera counts as overloaded; the same of what detectors want to look at.
    static let toleratedShed = 0.02
    /// Of the pictures, what may be broken or refused by the decoder.
    static let toleratedBroken = 0.05
    static let window = Duration.seconds(10)
    private static let goodWindowsToRecover = 2

    private(set) var fault: CameraFault?
    private var begun: Duration?
    private var base = StreamCounters()
    private var goodWindows = 0

    /// - Parameters:
    ///   - counters: of the camera since Lookout started; they only grow.
    ///   - now: monotonic.
    /// - Returns: what impairs the stream, `nil` where nothing does.
    mutating func judge(_ counters: StreamCounters, at now: Duration) -> CameraFault? {
        guard let begun else {
            restart(counters, at: now)
            return fault
        }
        guard now - begun >= Self.window else { return fault }
        let packets = counters.packets - base.packets
        let shed = counters.packetsShed - base.packetsShed
        let pictures = counters.framesDecoded - base.framesDecoded
        let broken = counters.decodeErrors - base.decodeErrors
        let looks = counters.framesAnalysed - base.framesAnalysed
        let leftOut = (counters.framesLeftOut ?? 0) - (base.framesLeftOut ?? 0)
        if packets > 0, Double(shed) > Self.toleratedShed * Double(packets) {
            impaired(.overloaded)
        } else if leftOut > 0, Double(leftOut) > Self.toleratedShed * Double(looks + leftOut) {
            impaired(.overloaded)
        } else if broken > 0, Double(broken) > Self.toleratedBroken * Double(max(pictures, 1)) {
            impaired(.brokenPictures)
        } else {
            goodWindows += 1
            if goodWindows >= Self.goodWindowsToRecover { fault = nil }
        }
        restart(counters, at: now)
        return fault
    }

    private mutating func impaired(_ found: CameraFault) {
        fault = found
        goodWindows = 0
    }

    private mutating func restart(_ counters: StreamCounters, at now: Duration) {
        begun = now
        base = counters
    }
}
