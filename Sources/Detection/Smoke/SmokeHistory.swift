import PixelKernels

/// The pictures that lie behind, and what their cells hold.
struct SmokeHistory: ~Copyable {
    /// Pictures that are kept.
    static let length = 31
    /// How many pictures ago those lie whose median is the short reference.
    static let short = [3, 4, 5, 6, 7, 8, 10]
    /// The same for the long one.
    static let long = [10, 13, 16, 19, 22, 26, 30]

    /// Means of a picture's cells.
    struct Cells: Sendable {
        var luma: CellGrid
        var blue: CellGrid
        var red: CellGrid
    }

    var pictures: PixelBuffer
    var cells: [Cells] = []
    let pictureBytes: Int
    /// Taken in so far.
    var taken = 0

    init(geometry: SmokeGeometry) {
        pictureBytes = geometry.pixels
        pictures = PixelBuffer(count: geometry.pixels * Self.length)
    }

    /// Pictures that are there.
    var count: Int { min(taken, Self.length) }

    mutating func restart() {
        taken = 0
        cells = []
    }

    mutating func take(_ luma: borrowing PixelBuffer, _ means: Cells) {
        let place = taken % Self.length
        Self.copy(luma, from: 0, into: &pictures, at: place * pictureBytes, count: pictureBytes)
        if place < cells.count { cells[place] = means } else { cells.append(means) }
        taken += 1
    }

    private static func copy(
        _ source: borrowing PixelBuffer, from start: Int, into target: inout PixelBuffer, at place: Int, count: Int
    ) {
        let pixels = source.span.extracting(start..<start + count)
        var all = target.mutableSpan
        var result = all._mutatingExtracting(place..<place + count)
        precondition(pixels.count == count && result.count == count)
        for index in 0..<count { result[index] = pixels[index] }
    }

    /// The places of the pictures so many steps ago, as far as they are there; else of the oldest.
    func places(_ ages: [Int]) -> [Int] {
        let there = ages.filter { $0 <= count }.map { (taken - $0) % Self.length }
        return there.isEmpty ? [(taken - count) % Self.length] : there
    }

    func cells(at place: Int) -> Cells { cells[place] }

    /// The picture before.
    var latest: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            pictures.span.extracting(droppingFirst: (taken - 1) % Self.length * pictureBytes).extracting(
                first: pictureBytes)
        }
    }

    /// Median of the pictures at these places; of an even number the last is left out.
    func median(_ places: [Int], into plane: inout PixelBuffer) {
        let odd = places.count - (1 - places.count % 2)
        var target = plane.mutableSpan
        medianOfPictures(pictures.span, starts: places.prefix(odd).map { $0 * pictureBytes }, into: &target)
    }
}
