/// A straight line across part of the picture that objects may cross. Its sides are those of one who walks from `start`
/// to `end` on the picture as it is seen.
public struct PictureLine: Hashable, Sendable {
    public var start: PicturePoint
    public var end: PicturePoint

    public init(start: PicturePoint, end: PicturePoint) {
        self.start = start
        self.end = end
    }

    /// Which crossings count.
    public enum Crossing: String, CaseIterable, Sendable, Codable {
        case both
        case leftToRight = "left-to-right"
        case rightToLeft = "right-to-left"
    }
}
