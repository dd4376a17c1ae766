/// A named part of a camera's picture.
public struct Zone: Hashable, Sendable {
    /// Unique within its camera.
    public var id: String
    public var polygon: PicturePolygon

    public init(id: String, polygon: PicturePolygon) {
        self.id = id
        self.polygon = polygon
    }
}
