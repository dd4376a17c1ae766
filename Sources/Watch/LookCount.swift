import Detection
import Domain

/// Counts the pictures that detectors would have looked at, had nothing held their camera back, and did not.
struct LookCount {
    private var schedules: [AnalysisSchedule]
    private var newest: MediaTime?
    private var due = 0
    private var done = 0
    private var told = 0

    /// - Parameter schedules: as the detectors have them while nothing holds them back.
    init(_ schedules: [AnalysisSchedule]) { self.schedules = schedules }

    /// A picture was taken, whether or not it is decoded.
    mutating func passes(_ time: MediaTime) {
        // In the order of decoding, some come after later ones.
        guard newest.map({ time > $0 }) ?? true else { return }
        newest = time
        var isDue = false
        for index in schedules.indices where schedules[index].isDue(at: time) {
            schedules[index].analysed(at: time)
            isDue = true
        }
        if isDue { due += 1 }
    }

    mutating func looked() { done += 1 }

    /// How many more were left out since the last call.
    mutating func take() -> Int {
        let more = max(0, due - done - told)
        told += more
        return more
    }
}
