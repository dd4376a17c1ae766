import Domain

/// What decoding and looking at one camera's pictures would take if nothing held it back, from what each of them costs: who
/// goes short never takes what it would like to.
struct DecodeDemand {
    /// Packets after which the rates are looked at.
    private static let window = 64

    /// The mean of late.
    private struct Mean {
        private(set) var value = 0.0
        private var count = 0.0

        mutating func add(_ sample: Double) {
            count = min(count + 1, 64)
            value += (sample - value) / count
        }
    }

    /// Seconds of a processor that a picture takes to decode, and what looking at it adds.
    private var decoding = Mean()
    private var looking = Mean()
    /// Of the packets, how many are decoded and looked at while nothing holds the camera back.
    private var decodedShare = 1.0
    private var lookedShare = 0.0
    private var packetsPerSecond = 0.0
    private var counts = (packets: 0, decoded: 0, looked: 0)
    private var begun: MediaTime?
    private var newest: MediaTime?

    /// In seconds of a processor a second.
    var wanted: Double { packetsPerSecond * (decoding.value * decodedShare + looking.value * lookedShare) }
    /// Of a picture that is decoded, in seconds.
    var secondsPerPicture: Double { decoding.value }

    /// A packet comes, whatever becomes of it.
    mutating func passes(_ time: MediaTime, isHeldBack: Bool) {
        if let newest, time < newest - .seconds(10) { (begun, counts) = (nil, (0, 0, 0)) }
        newest = max(newest ?? time, time)
        guard let begun, let newest else {
            begun = time
            return
        }
        counts.packets += 1
        guard counts.packets >= Self.window else { return }
        let seconds = (newest - begun).inSeconds
        if seconds > 0 { packetsPerSecond = Double(counts.packets) / seconds }
        if !isHeldBack {
            decodedShare = Double(counts.decoded) / Double(counts.packets)
            lookedShare = Double(counts.looked) / Double(counts.packets)
        }
        (self.begun, counts) = (newest, (0, 0, 0))
    }

    /// - Parameters:
    ///   - seconds: of a processor that a packet took.
    ///   - looked: whether a detector looked at what came of it.
    mutating func spent(_ seconds: Double, looked: Bool) {
        counts.decoded += 1
        if looked {
            counts.looked += 1
            looking.add(max(0, seconds - decoding.value))
        } else {
            decoding.add(seconds)
        }
    }

    /// Another connection has other times.
    mutating func restart() { (begun, newest, counts) = (nil, nil, (0, 0, 0)) }
}
