/// A point of the world in metres: x to the right, y above the ground, z away from the camera.
struct WorldPoint {
    var x: Float
    var y: Float
    var z: Float
}

/// A pinhole camera above flat ground that looks straight ahead, with a shifted lens: verticals stay vertical.
struct GroundCamera {
    /// Of the canvas, in pixels.
    let centerX: Float
    /// The canvas row of the horizon.
    let horizonY: Float
    /// Pixels.
    let focalLength: Float
    let heightMetres: Float
    let margin: Float

    /// - Parameters:
    ///   - horizon: row of the horizon in fractions of the picture's height.
    ///   - focal: focal length in picture widths.
    init(_ settings: SceneSettings, horizon: Float, focal: Float, heightMetres: Float) {
        margin = Float(settings.margin)
        centerX = margin + Float(settings.width) / 2
        horizonY = margin + Float(settings.height) * horizon
        focalLength = Float(settings.width) * focal
        self.heightMetres = heightMetres
    }

    /// Pixels a metre at a distance.
    func scale(at z: Float) -> Float { focalLength / z }

    func project(_ point: WorldPoint, radiusMetres: Float = 0) -> ScreenPoint {
        let k = scale(at: point.z)
        return ScreenPoint(
            x: centerX + k * point.x, y: horizonY + k * (heightMetres - point.y), radius: k * radiusMetres)
    }

    /// The point seen at a canvas position on the upright plane at distance `z`.
    func onPlane(_ x: Float, _ y: Float, z: Float) -> WorldPoint {
        let k = z / focalLength
        return WorldPoint(x: (x - centerX) * k, y: heightMetres - (y - horizonY) * k, z: z)
    }

    /// The point of the ground seen at a canvas position; `nil` above the horizon.
    func onGround(_ x: Float, _ y: Float) -> WorldPoint? {
        guard y > horizonY + 0.01 else { return nil }
        let z = focalLength * heightMetres / (y - horizonY)
        return WorldPoint(x: (x - centerX) * z / focalLength, y: 0, z: z)
    }
}
