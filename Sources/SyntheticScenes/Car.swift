/// A car of flat faces: body, cabin with windows, wheels, lights.
struct Car {
    var paint: SceneColor

    static let lengthMetres: Float = 4.2
    static let widthMetres: Float = 1.76
    static let heightMetres: Float = 1.46

    init(seed: UInt64, index: Int) {
        var random = KeyedRandom(seed: seed, thing: .car, index: index)
        paint = random.choice([
            SceneColor(0.66, 0.12, 0.12), SceneColor(0.20, 0.32, 0.50), SceneColor(0.86, 0.86, 0.84),
            SceneColor(0.30, 0.32, 0.34),
        ])
    }

    /// A flat convex face in the car's own metres: ahead, to the left, up.
    struct Face {
        var corners: [(ahead: Float, left: Float, up: Float)]
        var color: SceneColor
        /// Faces of the body come before wheels, wheels before the cabin.
        var order: Int
    }

    /// All faces; those that look away from the camera are left to the caller to drop.
    var faces: [Face] {
        let glass = SceneColor(0.16, 0.20, 0.24)
        let tyre = SceneColor(0.07, 0.07, 0.07)
        let rim = SceneColor(0.55, 0.56, 0.58)
        let front: Float = Car.lengthMetres / 2
        let half: Float = Car.widthMetres / 2
        let sill: Float = 0.24
        let belt: Float = 0.84
        var faces: [Face] = [
            Face(
                corners: [(front, -half, sill), (front, half, sill), (front, half, 0.7), (front, -half, 0.7)],
                color: paint * 0.9, order: 0),
            Face(
                corners: [(-front, half, sill), (-front, -half, sill), (-front, -half, belt), (-front, half, belt)],
                color: paint * 0.9, order: 0),
            Face(
                corners: [(front, -half, 0.7), (front, half, 0.7), (0.85, half, belt), (0.85, -half, belt)],
                color: paint, order: 0),
            Face(
                corners: [(0.85, -half, belt), (0.85, half, belt), (-front, half, belt), (-front, -half, belt)],
                color: paint, order: 0),
        ]
        for side: Float in [1, -1] {
            let body: [(ahead: Float, left: Float, up: Float)] = [
                (front, side * half, sill), (-front, side * half, sill), (-front, side * half, belt),
                (0.85, side * half, belt), (front, side * half, 0.7),
            ]
            faces.append(Face(corners: side > 0 ? body : body.reversed(), color: paint, order: 0))
            for axle: Float in [1.3, -1.3] {
                faces.append(wheel(axle: axle, left: side * (half + 0.01), radius: 0.32, color: tyre, side: side))
                faces.append(wheel(axle: axle, left: side * (half + 0.02), radius: 0.19, color: rim, side: side))
            }
            let lamp: (Float, Float) = (side * half * 0.62, side * half * 0.95)
            faces.append(
                lampFace(ahead: front + 0.01, lamp, up: 0.5...0.64, color: SceneColor(0.95, 0.94, 0.86), facing: 1))
            faces.append(
                lampFace(ahead: -front - 0.01, lamp, up: 0.56...0.76, color: SceneColor(0.62, 0.08, 0.07), facing: -1))
        }
        let roof: Float = half * 0.78
        faces += cabin(base: half * 0.96, roof: roof, inset: 0, color: paint)
        faces += cabin(base: half * 0.96, roof: roof, inset: 0.14, color: glass)
        faces.append(
            Face(
                corners: [
                    (0.1, -roof, Car.heightMetres), (0.1, roof, Car.heightMetres), (-1.2, roof, Car.heightMetres),
                    (-1.2, -roof, Car.heightMetres),
                ],
                color: paint, order: 4))
        return faces
    }

    private func wheel(axle: Float, left: Float, radius: Float, color: SceneColor, side: Float) -> Face {
        let corners = (0..<14).map { i -> (ahead: Float, left: Float, up: Float) in
            let turns = -side * Float(i) / 14
            return (axle + radius * cosine(turns: turns), left, 0.32 + radius * sine(turns: turns))
        }
        return Face(corners: corners, color: color, order: 1)
    }

    private func lampFace(
        ahead: Float, _ left: (Float, Float), up: ClosedRange<Float>, color: SceneColor, facing: Float
    ) -> Face {
        let low = min(left.0, left.1)
        let high = max(left.0, left.1)
        let corners: [(ahead: Float, left: Float, up: Float)] = [
            (ahead, low, up.lowerBound), (ahead, high, up.lowerBound), (ahead, high, up.upperBound),
            (ahead, low, up.upperBound),
        ]
        return Face(corners: facing > 0 ? corners : corners.reversed(), color: color, order: 1)
    }

    /// The four walls of the cabin, each drawn smaller by `inset` of its size.
    private func cabin(base: Float, roof: Float, inset: Float, color: SceneColor) -> [Face] {
        let low: Float = 0.84
        let high = Car.heightMetres
        let walls: [[(ahead: Float, left: Float, up: Float)]] = [
            [(0.9, -base, low), (0.9, base, low), (0.1, roof, high), (0.1, -roof, high)],
            [(-1.85, base, low), (-1.85, -base, low), (-1.2, -roof, high), (-1.2, roof, high)],
            [(0.9, base, low), (-1.85, base, low), (-1.2, roof, high), (0.1, roof, high)],
            [(-1.85, -base, low), (0.9, -base, low), (0.1, -roof, high), (-1.2, -roof, high)],
        ]
        return walls.map { corners in
            let n = Float(corners.count)
            let ahead = corners.reduce(0) { $0 + $1.ahead } / n
            let left = corners.reduce(0) { $0 + $1.left } / n
            let up = corners.reduce(0) { $0 + $1.up } / n
            let smaller = corners.map {
                (ahead: mix($0.ahead, ahead, inset), left: mix($0.left, left, inset), up: mix($0.up, up, inset))
            }
            return Face(corners: smaller, color: color, order: inset > 0 ? 3 : 2)
        }
    }
}
