import Domain

/// Tells when an object has crossed a line, and which way.
///
/// An object has a side only where its feet are clear of the line by a margin, so that one who stands on it crosses
/// nothing. It has crossed when it came clear on the other side and the way between meets the line itself, not only its
/// extension: who walks around the end has not crossed.
struct LineWatch: Sendable {
    enum Way: Sendable { case leftToRight, rightToLeft }

    private struct Known: Sendable {
        var isLeft: Bool
        var point: PicturePoint
        var time: MediaTime
    }

    /// In picture heights: how far feet must be from the line, at least, to be on a side of it.
    private static let margin = 0.005
    /// The same as a share of the object's height, whose box wavers by that.
    private static let marginOfHeight = 0.05

    private let line: PictureLine
    /// By track.
    private var known: [Int: Known] = [:]

    init(_ line: PictureLine) { self.line = line }

    /// Takes in where a track is now.
    ///
    /// - Returns: which way it has just crossed; `nil` where it has not.
    mutating func follow(_ track: Int, _ path: TrackPath, aspectRatio: Double) -> Way? {
        let foot = path.foot
        let height = min(max(path.box.height, 0), 1)
        let offset = leftness(of: foot, aspectRatio: aspectRatio)
        let clear = abs(offset) >= max(Self.margin, Self.marginOfHeight * height)
        let before = known[track]
        if path.jumped { known[track] = nil }
        guard clear else { return nil }
        let now = Known(isLeft: offset > 0, point: foot, time: path.last)
        known[track] = now
        guard let before, !path.jumped, before.isLeft != now.isLeft, meetsLine(before.point, foot) else { return nil }
        return before.isLeft ? .leftToRight : .rightToLeft
    }

    /// Tracks that were not seen since then are forgotten.
    mutating func forget(before time: MediaTime) { known = known.filter { $0.value.time >= time } }

    mutating func forgetAll() { known = [:] }

    var count: Int { known.count }

    /// Signed distance in picture heights from the endless line: above 0 on the left of who walks from start to end on
    /// the picture, whose y grows downwards.
    private func leftness(of point: PicturePoint, aspectRatio: Double) -> Double {
        let along = (x: (line.end.x - line.start.x) * aspectRatio, y: line.end.y - line.start.y)
        let length = (along.x * along.x + along.y * along.y).squareRoot()
        guard length > 0 else { return 0 }
        let to = (x: (point.x - line.start.x) * aspectRatio, y: point.y - line.start.y)
        return (along.y * to.x - along.x * to.y) / length
    }

    /// Whether the way between two points, which lie on different sides, meets the line between its ends.
    private func meetsLine(_ a: PicturePoint, _ b: PicturePoint) -> Bool {
        func turn(_ c: PicturePoint) -> Double { (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) }
        let (start, end) = (turn(line.start), turn(line.end))
        return (start >= 0 && end <= 0) || (start <= 0 && end >= 0)
    }
}
