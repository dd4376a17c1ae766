/// Someone or something that moves along a way over the ground, and how it is drawn.
struct Actor {
    enum Figure {
        case person(Person)
        case car(Car)
    }

    /// 1 to 255.
    var id: Int
    var figure: Figure
    var path: GroundPath
    var metresPerSecond: Float
    /// Seconds from the loop's start.
    var startSeconds: Float

    var endSeconds: Float { startSeconds + path.length / metresPerSecond }

    /// The thing in one frame; `nil` while it is not under way.
    ///
    /// - Parameters:
    ///   - seconds: since the loop's start.
    ///   - sunlight: how much of the sun reaches a point of the canvas, 0 to about 1.
    func object(at seconds: Float, camera: GroundCamera, sunlight: (ScreenPoint) -> Float) -> SceneObject? {
        guard seconds >= startSeconds, seconds < endSeconds else { return nil }
        let walked = (seconds - startSeconds) * metresPerSecond
        let place = path.place(at: walked)
        let sun = sunlight(camera.project(WorldPoint(x: place.x, y: 0, z: place.z)))
        switch figure {
        case .person(let person):
            return draw(person.limbs(at: place, walked: walked), at: place, camera: camera, sun: sun)
        case .car(let car):
            return draw(car, at: place, camera: camera, sun: sun)
        }
    }

    // MARK: People

    private func draw(
        _ limbs: [Person.Limb], at place: GroundPath.Place, camera: GroundCamera, sun: Float
    ) -> SceneObject {
        let light = Daylight.ambient + Daylight.sun * (0.85 * sun)
        let shapes = limbs.map { limb in
            (
                camera.project(limb.from, radiusMetres: limb.fromRadius),
                camera.project(limb.to, radiusMetres: limb.toRadius), limb.color * light
            )
        }
        var stamp = Stamp(covering: shapes.flatMap { [$0.0, $0.1] })
        for (from, to, color) in shapes { stamp.limb(from, to, color: color, roundness: 0.12 + 0.16 * sun) }
        let fallen = limbs.map { limb in
            (
                camera.project(Actor.onGround(limb.from), radiusMetres: 0.62 * limb.fromRadius),
                camera.project(Actor.onGround(limb.to), radiusMetres: 0.62 * limb.toRadius)
            )
        }
        var shadow = Stamp(covering: fallen.flatMap { [$0.0, $0.1] })
        for (from, to) in fallen { shadow.limb(from, to, color: .black, roundness: 0, softness: 1.6) }
        return SceneObject(identity: (id, .person), depth: place.z, picture: stamp, shadow: shadow)
    }

    /// Where the shadow of a point falls.
    private static func onGround(_ point: WorldPoint) -> WorldPoint {
        WorldPoint(x: point.x + point.y * Daylight.shadow.x, y: 0, z: point.z + point.y * Daylight.shadow.z)
    }

    // MARK: Cars

    private func draw(_ car: Car, at place: GroundPath.Place, camera: GroundCamera, sun: Float) -> SceneObject {
        let forward = place.forward
        func world(_ p: (ahead: Float, left: Float, up: Float)) -> WorldPoint {
            WorldPoint(
                x: place.x + forward.x * p.ahead - forward.z * p.left, y: p.up,
                z: place.z + forward.z * p.ahead + forward.x * p.left)
        }
        var drawn: [(order: Int, points: [ScreenPoint], color: SceneColor)] = []
        let center = world((0, 0, 0.6))
        for face in car.faces {
            let corners = face.corners.map(world)
            let normal = Actor.normal(corners, awayFrom: center)
            let toCamera = WorldPoint(x: -corners[0].x, y: camera.heightMetres - corners[0].y, z: -corners[0].z)
            guard normal.x * toCamera.x + normal.y * toCamera.y + normal.z * toCamera.z > 0 else { continue }
            let light =
                Daylight.ambient * (0.8 + 0.2 * normal.y) + Daylight.sun * (Daylight.incidence(normal) * sun)
            drawn.append((face.order, corners.map { camera.project($0) }, face.color * light))
        }
        var stamp = Stamp(covering: drawn.flatMap(\.points))
        for face in drawn.sorted(by: { $0.order < $1.order }) { stamp.polygon(face.points, color: face.color) }
        return SceneObject(
            identity: (id, .car), depth: place.z, picture: stamp, shadow: shadow(of: world, camera: camera))
    }

    private func shadow(
        of world: ((ahead: Float, left: Float, up: Float)) -> WorldPoint, camera: GroundCamera
    ) -> Stamp {
        let front = Car.lengthMetres / 2
        let half = Car.widthMetres / 2
        var outline: [ScreenPoint] = []
        let profile: [(Float, Float)] = [
            (front, 0), (-front, 0), (front - 0.2, 0.75), (-front, 0.8), (0.1, 1.4), (-1.3, 1.4),
        ]
        for (ahead, up) in profile {
            for side in [half, -half] {
                outline.append(camera.project(Actor.onGround(world((ahead, side * (up > 1 ? 0.8 : 1), up)))))
            }
        }
        let hull = convexHull(outline)
        var stamp = Stamp(covering: hull, reach: 3)
        stamp.polygon(hull, color: .black, softness: 2.5)
        return stamp
    }

    /// Unit normal of a flat face, pointing away from the middle of its body.
    private static func normal(_ p: [WorldPoint], awayFrom center: WorldPoint) -> WorldPoint {
        let a = WorldPoint(x: p[1].x - p[0].x, y: p[1].y - p[0].y, z: p[1].z - p[0].z)
        let b = WorldPoint(x: p[2].x - p[0].x, y: p[2].y - p[0].y, z: p[2].z - p[0].z)
        let n = WorldPoint(x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x)
        let length = max((n.x * n.x + n.y * n.y + n.z * n.z).squareRoot(), 1e-6)
        let outward = n.x * (p[0].x - center.x) + n.y * (p[0].y - center.y) + n.z * (p[0].z - center.z)
        let k = (outward < 0 ? -1 : 1) / length
        return WorldPoint(x: n.x * k, y: n.y * k, z: n.z * k)
    }
}

extension Stamp {
    /// An empty stamp around points with their radii.
    init(covering points: [ScreenPoint], reach: Float = 2) {
        self.init(
            left: points.reduce(.infinity) { min($0, $1.x - $1.radius) } - reach,
            top: points.reduce(.infinity) { min($0, $1.y - $1.radius) } - reach,
            right: points.reduce(-.infinity) { max($0, $1.x + $1.radius) } + reach,
            bottom: points.reduce(-.infinity) { max($0, $1.y + $1.radius) } + reach)
    }
}

/// The convex outline of some points (Andrew's monotone chain).
func convexHull(_ points: [ScreenPoint]) -> [ScreenPoint] {
    let sorted = points.sorted { $0.x != $1.x ? $0.x < $1.x : $0.y < $1.y }
    func chain(_ points: [ScreenPoint]) -> [ScreenPoint] {
        var hull: [ScreenPoint] = []
        for p in points {
            while hull.count >= 2 {
                let a = hull[hull.count - 2]
                let b = hull[hull.count - 1]
                if (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0 { break }
                hull.removeLast()
            }
            hull.append(p)
        }
        return hull.dropLast()
    }
    return chain(sorted) + chain(sorted.reversed())
}
