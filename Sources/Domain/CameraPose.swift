/// Where a camera stands, where it looks, and how wide.
///
/// Angles are in degrees. The picture is that of a pinhole: lines stay straight.
public struct CameraPose: Hashable, Sendable {
    public var position: GeoPoint
    /// Height of the lens above sea level.
    public var heightMetres: Double
    /// Direction of the picture's middle, clockwise from true north, 0 to 360.
    public var azimuthDegrees: Double
    /// Elevation of the picture's middle: positive above the horizontal.
    public var tiltDegrees: Double
    /// Turn around the line of sight: positive clockwise as seen from behind the camera, its right side lower.
    public var rollDegrees: Double
    /// Horizontal field of view, from the left edge to the right one; above 0, below 180.
    public var fieldOfViewDegrees: Double
    /// Standard error of azimuth, of tilt and of roll.
    public var sigmaDegrees: Double
    /// Width of the picture by its height.
    public var aspectRatio: Double

    public init(
        position: GeoPoint, heightMetres: Double, azimuthDegrees: Double, tiltDegrees: Double = 0,
        rollDegrees: Double = 0, fieldOfViewDegrees: Double, sigmaDegrees: Double = 1, aspectRatio: Double = 16.0 / 9
    ) {
        self.position = position
        self.heightMetres = heightMetres
        self.azimuthDegrees = azimuthDegrees
        self.tiltDegrees = tiltDegrees
        self.rollDegrees = rollDegrees
        self.fieldOfViewDegrees = fieldOfViewDegrees
        self.sigmaDegrees = sigmaDegrees
        self.aspectRatio = aspectRatio
    }
}
