import Domain

/// The pictures that a detector looked at lately, as JPEG files in memory.
///
/// Bounded in time and in bytes: those that are too old go, and where the others are too large, every second one of the
/// older half goes, so that the whole time stays covered.
struct AnalysedPictures: Sendable {
    struct Picture: Sendable, Equatable {
        var time: MediaTime
        var jpeg: [UInt8]
    }

    private let span: Duration
    private let mostBytes: Int
    /// Pictures closer together than this are not kept.
    private let spacing: Duration
    /// In order of time.
    private(set) var pictures: [Picture] = []
    private(set) var byteCount = 0

    /// - Parameters:
    ///   - span: how far back they go.
    ///   - spacing: how far apart they are, at least.
    init(span: Duration, mostBytes: Int, spacing: Duration = .zero) {
        self.span = span
        self.mostBytes = mostBytes
        self.spacing = spacing
    }

    /// Whether a picture taken then would be kept.
    func isWanted(at time: MediaTime) -> Bool {
        guard let last = pictures.last?.time else { return true }
        // A step back is a new timeline.
        return time - last >= spacing || time < last
    }

    /// Takes a picture in.
    mutating func keep(_ picture: Picture) {
        if let last = pictures.last, picture.time <= last.time { removeAll() }
        pictures.append(picture)
        byteCount += picture.jpeg.count
        var old = pictures.prefix { picture.time - $0.time > span }.count
        // The one from before the span still tells how it was.
        if old > 0 { old -= 1 }
        for picture in pictures.prefix(old) { byteCount -= picture.jpeg.count }
        pictures.removeFirst(old)
        while byteCount > mostBytes, pictures.count > 1 { thinOut() }
    }

    /// The latest that was taken before `time`; the oldest where all are younger.
    func latest(before time: MediaTime) -> Picture? { pictures.last { $0.time <= time } ?? pictures.first }

    /// Those that were taken at `time` or later.
    func since(_ time: MediaTime) -> [Picture] { Array(pictures.drop { $0.time < time }) }

    private mutating func thinOut() {
        guard pictures.count > 2 else {
            byteCount -= pictures.removeFirst().jpeg.count
            return
        }
        let older = max(2, pictures.count / 2)
        var kept: [Picture] = []
        for (index, picture) in pictures.enumerated() {
            // The oldest stays: the whole time is to be covered.
            if index < older, index % 2 == 1 {
                byteCount -= picture.jpeg.count
            } else {
                kept.append(picture)
            }
        }
        pictures = kept
    }

    private mutating func removeAll() {
        pictures = []
        byteCount = 0
    }
}
