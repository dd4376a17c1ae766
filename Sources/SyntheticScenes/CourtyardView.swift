/// The fixed parts of the courtyard: paving, lawn, the wall with its gate, the street and houses behind it.
///
/// The camera hangs on a house 3.8 m above the yard. The wall stands 20 m away, the street lies behind it.
struct CourtyardView {
    static let wallDepth: Float = 20
    static let wallHeight: Float = 2.4
    static let opening: ClosedRange<Float> = 0.5...4.5
    static let lamp = WorldPoint(x: 6.8, y: 3.6, z: 15)
    static let tree = WorldPoint(x: -6.2, y: 4.3, z: 13)
    static let crownMetres: Float = 2.1
    /// A round kiosk that stands in the yard of some scenes.
    static let kiosk = WorldPoint(x: -0.6, y: 2.7, z: 8.2)
    static let kioskRadius: Float = 0.55
    /// The depths of what hides the things behind it: wall, lamp post, trunk, kiosk.
    static let occluderDepths: [Float] = [wallDepth, lamp.z, tree.z, kiosk.z]

    let camera: GroundCamera
    private let hasKiosk: Bool
    private let noise: LatticeNoise
    private let street: LatticeNoise

    init(camera: GroundCamera, seed: UInt64, hasKiosk: Bool = false) {
        self.camera = camera
        self.hasKiosk = hasKiosk
        noise = LatticeNoise(seed: seed, thing: .ground)
        street = LatticeNoise(seed: seed, thing: .ground, index: 1)
    }

    /// A surface before it is lit.
    private struct Surface {
        var color: SceneColor
        /// As a part of the sunlight on level ground.
        var incidence: Float = 1
        var lampIncidence: Float = 0
        var occluder = 0
        var sunlit: Float = 1
        /// Light of its own.
        var glow = SceneColor.black
    }

    /// What is seen at a point of the canvas, in pixels.
    func sample(_ x: Float, _ y: Float) -> SurfaceSample {
        let surface = kiosk(x, y) ?? post(x, y) ?? trunk(x, y) ?? yardOrBeyond(x, y)
        let warm = SceneColor(1, 0.80, 0.52)
        let head = camera.project(CourtyardView.lamp)
        let away = ((x - head.x) * (x - head.x) + (y - head.y) * (y - head.y)).squareRoot() / camera.scale(at: 15)
        let halo = warm * (0.5 / (1 + 9 * away * away))
        return SurfaceSample(
            ambient: surface.color * Daylight.ambient,
            sun: surface.color * Daylight.sun * (surface.incidence * surface.sunlit),
            lamp: surface.color * warm * surface.lampIncidence + surface.glow * warm + halo,
            occluder: surface.occluder, sunlit: surface.sunlit)
    }

    // MARK: Upright things in the yard

    private func kiosk(_ x: Float, _ y: Float) -> Surface? {
        guard hasKiosk else { return nil }
        let p = camera.onPlane(x, y, z: CourtyardView.kiosk.z)
        let side = (p.x - CourtyardView.kiosk.x) / CourtyardView.kioskRadius
        guard p.y > 0, p.y < CourtyardView.kiosk.y, abs(side) < 1 else { return nil }
        let roundness = 0.55 + 0.4 * (1 - side * side).squareRoot() - 0.15 * side
        guard p.y > 0.35, p.y < 2.4 else {
            return Surface(color: SceneColor(0.34, 0.38, 0.36), incidence: roundness, occluder: 4)
        }
        // Posters.
        let poster = (side * 1.4 + 4).rounded(.down) + 7 * (p.y / 0.7).rounded(.down)
        let tone = noise.cell(Int(poster), 31)
        let print = 0.75 + 0.5 * noise.fractal(p.x * 16, p.y * 16, octaves: 2)
        let paper = SceneColor(0.78, 0.72, 0.60).mixed(with: SceneColor(0.42, 0.50, 0.58), tone)
        return Surface(color: paper * print, incidence: roundness, occluder: 4)
    }

    private func post(_ x: Float, _ y: Float) -> Surface? {
        let p = camera.onPlane(x, y, z: CourtyardView.lamp.z)
        let side = p.x - CourtyardView.lamp.x
        if p.y > 3.5, p.y < 3.78, abs(side) < 0.26 - 0.4 * max(0, p.y - 3.62) {
            return Surface(
                color: SceneColor(0.78, 0.78, 0.74), incidence: 0.7, occluder: 2, glow: SceneColor(0.6, 0.6, 0.6))
        }
        guard p.y > 0, p.y <= 3.5, abs(side) < (p.y < 0.4 ? 0.1 : 0.055) else { return nil }
        return Surface(color: SceneColor(0.20, 0.22, 0.22), incidence: clamp(0.9 - side * 12), occluder: 2)
    }

    private func trunk(_ x: Float, _ y: Float) -> Surface? {
        let p = camera.onPlane(x, y, z: CourtyardView.tree.z)
        let side = p.x - CourtyardView.tree.x - 0.06 * sine(turns: p.y * 0.2)
        let half = 0.15 + 0.12 * max(0, 0.5 - p.y)
        guard p.y > 0, p.y < 3.4, abs(side) < half else { return nil }
        let bark = 0.75 + 0.5 * noise.fractal(p.x * 22, p.y * 4, octaves: 2)
        return Surface(
            color: SceneColor(0.36, 0.27, 0.19) * bark, incidence: clamp(0.55 - side * 3), occluder: 3)
    }

    // MARK: Yard, wall, beyond

    private func yardOrBeyond(_ x: Float, _ y: Float) -> Surface {
        let ground = camera.onGround(x, y)
        if let ground, ground.z < CourtyardView.wallDepth { return yard(ground) }
        if let wall = wall(camera.onPlane(x, y, z: CourtyardView.wallDepth)) { return wall }
        if let ground, ground.z < 44 { return outside(ground) }
        return horizon(camera.onPlane(x, y, z: 44), row: y)
    }

    private func yard(_ p: WorldPoint) -> Surface {
        let fade = clamp(11 / p.z, 0.25, 1)
        let patches = noise.fractal(p.x * 0.55, p.z * 0.55, octaves: 3)
        let grain = noise.fractal(p.x * 9, p.z * 9, octaves: 2) - 0.5
        let edge = 0.35 * (noise.value(p.x * 0.3 + 7, p.z * 0.45) - 0.5)
        var color: SceneColor
        let left = p.x + 3.3 + edge
        let right = 8 + edge - p.x
        if left < 0 || right < 0 {
            let blades = noise.fractal(p.x * 14, p.z * 7, octaves: 2) - 0.5
            color = SceneColor(0.30, 0.41, 0.17) * (0.78 + 0.45 * patches + 0.5 * blades * fade)
            color = color.mixed(with: SceneColor(0.50, 0.44, 0.26), 0.5 * smoothstep(0.52, 0.72, patches))
        } else if min(left, right) < 0.16 {
            color = SceneColor(0.70, 0.68, 0.64) * (0.92 + 0.3 * grain)
        } else {
            color = paving(p, fade: fade) * (0.84 + 0.3 * patches + 0.35 * grain * fade)
        }
        if p.z > CourtyardView.wallDepth - 0.4, !CourtyardView.opening.contains(p.x) {
            color = SceneColor(0.30, 0.24, 0.18) * (0.8 + 0.5 * patches)
        }
        return Surface(
            color: color, lampIncidence: lampOnGround(p), sunlit: 1 - treeShadow(p))
    }

    /// Staggered slabs of 0.9 by 0.6 m, each with a tone of its own; the drive to the gate is of lighter concrete.
    private func paving(_ p: WorldPoint, fade: Float) -> SceneColor {
        let onDrive = p.x > 0.3 && p.x < 4.7
        let depth = onDrive ? Float(2.2) : 0.6
        let width = onDrive ? Float(2.2) : 0.9
        let row = (p.z / depth).rounded(.down)
        let shift = onDrive ? 0.3 : 0.45 * row
        let column = ((p.x - shift) / width).rounded(.down)
        let fromJoint = min(
            abs(p.z - row * depth), abs((row + 1) * depth - p.z), abs(p.x - shift - column * width),
            abs((column + 1) * width - p.x + shift))
        let tone = 0.88 + 0.2 * street.cell(Int(column) + (onDrive ? 400 : 0), Int(row))
        let joint = 1 - 0.38 * fade * smoothstep(0.045, 0.015, fromJoint)
        let base = onDrive ? SceneColor(0.66, 0.65, 0.62) : SceneColor(0.60, 0.54, 0.47)
        return base * (tone * joint)
    }

    private func wall(_ p: WorldPoint) -> Surface? {
        guard p.y > 0 else { return nil }
        let plasterIncidence = Daylight.incidence(WorldPoint(x: 0, y: 0, z: -1))
        let lamp = lampOnWall(p)
        let gate = CourtyardView.opening
        let fromGate = max(gate.lowerBound - p.x, p.x - gate.upperBound)
        if fromGate < 0.9, p.y > 3.3, p.y < 3.3 + 0.62 * clamp((0.9 - fromGate) / 0.7) {
            let tile = 0.82 + 0.36 * abs(sine(turns: p.x * 1.6)) * (0.7 + 0.6 * noise.value(p.x * 4, p.y * 9))
            return Surface(
                color: SceneColor(0.56, 0.26, 0.18) * tile, incidence: 0.85, lampIncidence: lamp, occluder: 1)
        }
        if fromGate < 0.55, p.y > 2.95, p.y <= 3.3 {
            let stain = 0.88 + 0.2 * noise.fractal(p.x * 2, p.y * 3, octaves: 2)
            return Surface(
                color: SceneColor(0.82, 0.74, 0.58) * stain, incidence: plasterIncidence, lampIncidence: lamp,
                occluder: 1)
        }
        if fromGate > 0, fromGate < 0.55, p.y <= 2.95 {
            let course = p.y / 0.32 - (p.y / 0.32).rounded(.down)
            let stain = (0.86 + 0.22 * noise.fractal(p.x * 3, p.y * 3, octaves: 2)) * (course < 0.12 ? 0.8 : 1)
            return Surface(
                color: SceneColor(0.78, 0.66, 0.50) * stain, incidence: plasterIncidence, lampIncidence: lamp,
                occluder: 1)
        }
        if fromGate <= 0 { return nil }
        if let leaf = gateLeaf(p) { return leaf }
        if let bush = bush(p) { return bush }
        guard p.y < CourtyardView.wallHeight + 0.14 else { return nil }
        if p.y > CourtyardView.wallHeight {
            return Surface(color: SceneColor(0.60, 0.32, 0.23), incidence: 0.8, lampIncidence: lamp, occluder: 1)
        }
        let damp = noise.fractal(p.x * 0.9, p.y * 1.6, octaves: 3)
        let stain = (0.80 + 0.3 * damp) * (1 - 0.25 * smoothstep(0.7, 0, p.y) * (0.5 + damp))
        return Surface(
            color: SceneColor(0.84, 0.76, 0.60) * stain, incidence: plasterIncidence, lampIncidence: lamp, occluder: 1)
    }

    /// The iron gate, slid open along the wall on the right.
    private func gateLeaf(_ p: WorldPoint) -> Surface? {
        let from = CourtyardView.opening.upperBound + 0.55
        guard p.x > from, p.x < from + 4, p.y > 0.12, p.y < 2.2 else { return nil }
        let bar = abs((p.x - from) / 0.25 - ((p.x - from) / 0.25).rounded())
        let frame = p.y < 0.26 || p.y > 2.06 || abs(p.y - 1.1) < 0.05 || p.x < from + 0.1 || p.x > from + 3.9
        guard frame || bar < 0.16 else { return nil }
        return Surface(color: SceneColor(0.13, 0.17, 0.19), incidence: 0.6, lampIncidence: lampOnWall(p), occluder: 1)
    }

    private func bush(_ p: WorldPoint) -> Surface? {
        let fromEnd = max(-0.9 - p.x, p.x - 9.4)
        guard fromEnd > 0 else { return nil }
        let height = 0.25 + 1.1 * noise.fractal(p.x * 0.8, 3, octaves: 3) + 0.12 * noise.value(p.x * 6, 5)
        let top = height * smoothstep(-0.3, 0.7, fromEnd)
        guard p.y < top - 0.12 else { return nil }
        let leaves = noise.fractal(p.x * 7, p.y * 7, octaves: 2)
        let shade = (0.45 + 0.75 * p.y / top) * (0.6 + 0.8 * leaves)
        return Surface(
            color: SceneColor(0.22, 0.36, 0.15) * shade, incidence: 0.8, lampIncidence: lampOnWall(p), occluder: 1)
    }

    private func outside(_ p: WorldPoint) -> Surface {
        let patches = street.fractal(p.x * 0.4, p.z * 0.4, octaves: 3)
        var color: SceneColor
        switch p.z {
        case ..<24.3: color = SceneColor(0.62, 0.60, 0.56) * (0.85 + 0.25 * patches)
        case ..<24.6: color = SceneColor(0.74, 0.73, 0.70)
        case ..<33:
            color = SceneColor(0.36, 0.36, 0.37) * (0.85 + 0.3 * patches)
            let dash = p.x / 4 - (p.x / 4).rounded(.down)
            if abs(p.z - 28.8) < 0.09, dash < 0.55 { color = SceneColor(0.85, 0.85, 0.82) }
        case ..<33.4: color = SceneColor(0.70, 0.69, 0.66)
        default: color = SceneColor(0.40, 0.47, 0.25) * (0.75 + 0.5 * patches)
        }
        return Surface(color: color, sunlit: 1 - wallShadow(p))
    }

    /// Houses and trees across the street, and the sky above them.
    private func horizon(_ p: WorldPoint, row: Float) -> Surface {
        let lot = (p.x / 8).rounded(.down)
        let within = p.x - lot * 8
        let kind = street.cell(Int(lot), 90)
        let crown = 3.2 + 3.4 * street.fractal(p.x * 0.42, 11, octaves: 4)
        if kind > 0.35, within > 0.7, within < 7.3 {
            let eaves = 4.6 + 1.3 * street.cell(Int(lot), 91)
            let ridge = eaves + 1.5 * (1 - abs(within - 4) / 3.6)
            if p.y < eaves { return facade(p, within: within, lot: Int(lot)) }
            if p.y < ridge {
                let tiles = 0.85 + 0.2 * street.value(p.x * 3, p.y * 8)
                return Surface(color: SceneColor(0.52, 0.30, 0.25) * tiles, incidence: 0.8)
            }
        }
        if p.y < crown {
            let leaves = street.fractal(p.x * 2.2, p.y * 2.2, octaves: 3)
            return Surface(color: SceneColor(0.25, 0.36, 0.20) * (0.5 + 0.9 * leaves), incidence: 0.8)
        }
        let height = clamp((camera.horizonY - row) / max(1, camera.horizonY - camera.margin))
        let sky = SceneColor(0.90, 0.93, 0.95).mixed(with: SceneColor(0.62, 0.76, 0.90), height)
        return Surface(color: sky * 1.02, incidence: 1)
    }

    private func facade(_ p: WorldPoint, within: Float, lot: Int) -> Surface {
        let paints = [
            SceneColor(0.80, 0.72, 0.58), SceneColor(0.66, 0.73, 0.72), SceneColor(0.83, 0.80, 0.74),
            SceneColor(0.76, 0.62, 0.52),
        ]
        let paint = paints[Int(street.bits(lot, 92) % UInt32(paints.count))]
        let column = (within - 0.7) / 1.65
        let inColumn = column - column.rounded(.down)
        let floor = p.y / 2.4
        let inFloor = floor - floor.rounded(.down)
        if inColumn > 0.28, inColumn < 0.72, inFloor > 0.36, inFloor < 0.8 {
            return Surface(color: SceneColor(0.24, 0.29, 0.33), incidence: 0.5)
        }
        return Surface(
            color: paint * (0.9 + 0.15 * street.fractal(p.x, p.y, octaves: 2)),
            incidence: Daylight.incidence(WorldPoint(x: 0, y: 0, z: -1)))
    }

    // MARK: Light

    private func treeShadow(_ p: WorldPoint) -> Float {
        let tree = CourtyardView.tree
        let dx = p.x - tree.x - tree.y * Daylight.shadow.x
        let dz = p.z - tree.z - tree.y * Daylight.shadow.z
        let gap = noise.fractal(p.x * 1.9, p.z * 1.9, octaves: 3) - 0.5
        let reach = (dx * dx + dz * dz).squareRoot() / CourtyardView.crownMetres + 0.9 * gap
        // Along the trunk's own shadow the height of the point that casts it grows.
        let up = (p.z - tree.z) / Daylight.shadow.z
        let trunk = up > 0 && up < 3.4 && abs(p.x - tree.x - up * Daylight.shadow.x) < 0.17 ? Float(0.8) : 0
        return max(trunk, 0.85 * smoothstep(1.05, 0.8, reach))
    }

    private func wallShadow(_ p: WorldPoint) -> Float {
        let up = (p.z - CourtyardView.wallDepth) / Daylight.shadow.z
        let x = p.x - up * Daylight.shadow.x
        let gate = CourtyardView.opening
        let fromGate = max(gate.lowerBound - x, x - gate.upperBound)
        let low: Float = fromGate <= 0 ? 2.95 : 0
        let high: Float = fromGate < 0.55 ? 3.7 : CourtyardView.wallHeight
        return smoothstep(low - 0.05, low + 0.05, up) * smoothstep(high + 0.06, high - 0.06, up)
    }

    private func lampOnGround(_ p: WorldPoint) -> Float {
        let lamp = CourtyardView.lamp
        let dx = p.x - lamp.x
        let dz = p.z - lamp.z
        let square = dx * dx + dz * dz + lamp.y * lamp.y
        return 7 * lamp.y / (square * square.squareRoot())
    }

    private func lampOnWall(_ p: WorldPoint) -> Float {
        let lamp = CourtyardView.lamp
        let dx = p.x - lamp.x
        let dy = p.y - lamp.y
        let dz = p.z - lamp.z
        let square = dx * dx + dy * dy + dz * dz
        return 7 * dz / (square * square.squareRoot())
    }
}
