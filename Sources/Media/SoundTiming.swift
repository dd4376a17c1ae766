/// When each packet of sound begins, in samples, so that sound is without seam although its packets are timed with some
/// jitter: it goes on where the one before ended, unless that is wrong by more than can be heard beside the picture.
struct SoundTiming {
    /// In seconds.
    private static let tolerance = 0.12

    private let sampleRate: Double
    private var next: Int64?

    init(sampleRate: Int32) { self.sampleRate = Double(max(1, sampleRate)) }

    /// - Parameters:
    ///   - seconds: when the packet was taken, from the beginning of the file.
    ///   - samples: how many it holds.
    /// - Returns: its place, rising; `nil` where it overlaps what came before.
    mutating func place(at seconds: Double, samples: Int64) -> Int64? {
        let wanted = Int64((seconds * sampleRate).rounded())
        guard let next else {
            self.next = wanted + samples
            return wanted
        }
        let away = Double(wanted - next) / sampleRate
        guard away > -Self.tolerance else { return nil }
        let place = away < Self.tolerance ? next : wanted
        self.next = place + samples
        return place
    }
}
