/// A point of the canvas in pixels, with the radius that a limb has there.
struct ScreenPoint {
    var x: Float
    var y: Float
    var radius: Float = 0
}

extension Stamp {
    /// Draws a limb: a line whose thickness changes from `a` to `b`, rounded at the ends, with a soft edge.
    ///
    /// - Parameters:
    ///   - roundness: how much brighter the side towards the light is, and how much darker the other one.
    ///   - softness: width of the edge in pixels; 1 for a sharp one.
    mutating func limb(
        _ a: ScreenPoint, _ b: ScreenPoint, color: SceneColor, roundness: Float = 0.25, softness: Float = 1
    ) {
        let reach = max(a.radius, b.radius) + softness
        let area = span(
            left: min(a.x, b.x) - reach, top: min(a.y, b.y) - reach, right: max(a.x, b.x) + reach,
            bottom: max(a.y, b.y) + reach)
        let dx = b.x - a.x
        let dy = b.y - a.y
        let inverse = 1 / max(dx * dx + dy * dy, 1e-6)
        let luma = color.y
        let blue = color.u
        let red = color.v
        for row in area.y {
            let py = Float(originY + row) + 0.5 - a.y
            for column in area.x {
                let px = Float(originX + column) + 0.5 - a.x
                let t = clamp((px * dx + py * dy) * inverse)
                let ox = px - dx * t
                let oy = py - dy * t
                let radius = mix(a.radius, b.radius, t)
                let cover = clamp((radius - (ox * ox + oy * oy).squareRoot()) / softness + 0.5)
                guard cover > 0 else { continue }
                // A thin limb covers a pixel by its thickness at most.
                let part = cover * min(1, 2 * radius + 0.2)
                let side = clamp((-ox * 0.8 - oy * 0.6) / max(radius, 0.5), -1, 1)
                let light = 1 + roundness * side
                lay(row * width + column, y: luma * light, u: blue * light, v: red * light, cover: part)
            }
        }
    }

    /// Fills a convex polygon with a soft edge; its corners may run either way round.
    mutating func polygon(_ points: [ScreenPoint], color: SceneColor, softness: Float = 1) {
        guard points.count > 2 else { return }
        var doubleArea: Float = 0
        for (i, p) in points.enumerated() {
            let q = points[(i + 1) % points.count]
            doubleArea += p.x * q.y - q.x * p.y
        }
        guard abs(doubleArea) > 0.05 else { return }
        let turn: Float = doubleArea > 0 ? 1 : -1
        var edges: [(nx: Float, ny: Float, c: Float)] = []
        for (i, p) in points.enumerated() {
            let q = points[(i + 1) % points.count]
            let length = max(((q.x - p.x) * (q.x - p.x) + (q.y - p.y) * (q.y - p.y)).squareRoot(), 1e-4)
            let nx = -(q.y - p.y) / length * turn
            let ny = (q.x - p.x) / length * turn
            edges.append((nx, ny, -(nx * p.x + ny * p.y)))
        }
        let xs = points.map(\.x)
        let ys = points.map(\.y)
        let area = span(
            left: xs.reduce(.infinity, min) - softness, top: ys.reduce(.infinity, min) - softness,
            right: xs.reduce(-.infinity, max) + softness, bottom: ys.reduce(-.infinity, max) + softness)
        let luma = color.y
        let blue = color.u
        let red = color.v
        for row in area.y {
            let py = Float(originY + row) + 0.5
            for column in area.x {
                let px = Float(originX + column) + 0.5
                var inside = Float.infinity
                for edge in edges { inside = min(inside, edge.nx * px + edge.ny * py + edge.c) }
                // A little beyond the edge, so that no seam shows between neighbours.
                let cover = clamp(inside / softness + 0.8)
                if cover > 0 { lay(row * width + column, y: luma, u: blue, v: red, cover: cover) }
            }
        }
    }
}
