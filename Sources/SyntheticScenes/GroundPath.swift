/// A smooth way over the ground through given points (a Catmull-Rom spline), measured in metres.
struct GroundPath {
    struct Place {
        var x: Float
        var z: Float
        /// Unit vector along the way.
        var forward: (x: Float, z: Float)
    }

    private var samples: [(x: Float, z: Float, distance: Float)] = []

    /// - Parameter points: two at least.
    init(_ points: [(x: Float, z: Float)]) {
        precondition(points.count >= 2)
        let stepsPerLeg = 24
        for leg in 0..<points.count - 1 {
            let p0 = points[max(0, leg - 1)]
            let p1 = points[leg]
            let p2 = points[leg + 1]
            let p3 = points[min(points.count - 1, leg + 2)]
            for step in 0...stepsPerLeg where step > 0 || leg == 0 {
                let t = Float(step) / Float(stepsPerLeg)
                let x = GroundPath.spline(p0.x, p1.x, p2.x, p3.x, t)
                let z = GroundPath.spline(p0.z, p1.z, p2.z, p3.z, t)
                let last = samples.last ?? (x, z, 0)
                let moved = ((x - last.x) * (x - last.x) + (z - last.z) * (z - last.z)).squareRoot()
                samples.append((x, z, last.distance + moved))
            }
        }
    }

    var length: Float { samples[samples.count - 1].distance }

    /// - Parameter distance: metres from the start; clamped to the way's ends.
    func place(at distance: Float) -> Place {
        let target = clamp(distance, 0, length)
        var low = 0
        var high = samples.count - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if samples[middle].distance <= target { low = middle } else { high = middle }
        }
        let a = samples[low]
        let b = samples[high]
        let leg = max(b.distance - a.distance, 1e-5)
        let t = (target - a.distance) / leg
        let length = max(((b.x - a.x) * (b.x - a.x) + (b.z - a.z) * (b.z - a.z)).squareRoot(), 1e-5)
        return Place(
            x: mix(a.x, b.x, t), z: mix(a.z, b.z, t), forward: ((b.x - a.x) / length, (b.z - a.z) / length))
    }

    private static func spline(_ p0: Float, _ p1: Float, _ p2: Float, _ p3: Float, _ t: Float) -> Float {
        let a = 2 * p1
        let b = p2 - p0
        let c = 2 * p0 - 5 * p1 + 4 * p2 - p3
        let d = 3 * p1 - p0 - 3 * p2 + p3
        return 0.5 * (a + t * (b + t * (c + t * d)))
    }
}
