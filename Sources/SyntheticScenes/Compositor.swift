import Domain

/// A thing that is drawn over the fixed parts of a scene in one frame.
struct SceneObject {
    /// What the truth says about it; `nil` for things that are not to be detected, like a swaying tree.
    var identity: (id: Int, kind: ObjectKind)?
    /// Distance from the camera in the scene's units: the nearer one hides the farther one.
    var depth: Float
    var picture: Stamp
    /// Taken from the sunlight before anything is laid over.
    var shadow: Stamp?
}

/// Draws a frame's things in the right order and works out what can be seen of each.
struct Compositor {
    private let settings: SceneSettings
    private(set) var canvas: Canvas
    private var sensor: SensorModel
    private var light: LightField
    /// What the things drawn so far leave to see, while the truth is worked out from the nearest to the farthest.
    private var clear: [Float]
    private var owner: [UInt8]
    private var ownerShare: [Float]

    init(_ settings: SceneSettings) {
        self.settings = settings
        let width = settings.width + 2 * settings.margin
        let height = settings.height + 2 * settings.margin
        canvas = Canvas(width: width, height: height)
        sensor = SensorModel(settings)
        light = LightField(width: width, height: height)
        clear = [Float](repeating: 1, count: width * height)
        owner = [UInt8](repeating: 0, count: width * height)
        ownerShare = [Float](repeating: 0, count: width * height)
    }

    /// Draws everything of one frame.
    ///
    /// - Parameters:
    ///   - lightField: this frame's sunlight.
    ///   - sky: draws what moves behind everything else.
    ///   - objects: in any order.
    mutating func compose(
        frame: Int, backdrop: Backdrop, lightField: LightField, lamp: Float = 0, sky: (inout Planes) -> Void = { _ in },
        objects: [SceneObject], into picture: inout YUVFrame, truth: inout TruthMask
    ) -> [ObjectTruth] {
        light = lightField
        canvas.illuminate(backdrop, by: &light, lamp: lamp)
        canvas.draw(sky)
        var ordered = objects.sorted { $0.depth > $1.depth }
        let wholeAreas = ordered.map(\.picture.area)
        for i in ordered.indices {
            for occluder in backdrop.occluders where occluder.depth < ordered[i].depth {
                ordered[i].picture.hide(
                    behind: occluder.coverage, canvasWidth: canvas.width, canvasHeight: canvas.height)
                ordered[i].shadow?.hide(
                    behind: occluder.coverage, canvasWidth: canvas.width, canvasHeight: canvas.height)
            }
            if let shadow = ordered[i].shadow { canvas.shade(shadow, of: backdrop) }
        }
        for object in ordered { canvas.lay(object.picture) }
        sensor.expose(canvas.planes, frame: frame, into: &picture)
        return survey(ordered, wholeAreas: wholeAreas, origin: sensor.origin(frame: frame), into: &truth)
    }

    /// What can be seen of each thing, nearest first.
    private mutating func survey(
        _ objects: [SceneObject], wholeAreas: [Double], origin: (x: Float, y: Float), into truth: inout TruthMask
    ) -> [ObjectTruth] {
        guard objects.contains(where: { $0.identity != nil }) else {
            for i in truth.ids.indices { truth.ids[i] = 0 }
            for i in truth.coverage.indices { truth.coverage[i] = 0 }
            return []
        }
        for i in clear.indices {
            clear[i] = 1
            owner[i] = 0
            ownerShare[i] = 0
        }
        var found: [ObjectTruth] = []
        for (object, wholeArea) in zip(objects, wholeAreas).reversed() {
            let seen = uncover(object, origin: origin)
            if let identity = object.identity, wholeArea > 0, seen.area > 0 {
                found.append(
                    ObjectTruth(
                        id: identity.id, kind: identity.kind, box: seen.box,
                        visibleFraction: min(1, seen.area / wholeArea), visibleArea: seen.area))
            }
        }
        writeMask(origin: origin, into: &truth)
        return found.sorted { $0.id < $1.id }
    }

    /// Marks the pixels that one thing covers and returns how much of it is inside the picture.
    private mutating func uncover(_ object: SceneObject, origin: (x: Float, y: Float)) -> (area: Double, box: Box?) {
        let stamp = object.picture
        let threshold: Float = object.identity?.kind == .smoke ? 0.05 : 0.5
        let right = origin.x + Float(settings.width)
        let bottom = origin.y + Float(settings.height)
        var area = 0.0
        var bounds: (left: Int, top: Int, right: Int, bottom: Int)?
        let columns =
            max(0, -stamp.originX)..<max(max(0, -stamp.originX), min(stamp.width, canvas.width - stamp.originX))
        for row in max(
            0, -stamp.originY)..<max(max(0, -stamp.originY), min(stamp.height, canvas.height - stamp.originY))
        {
            let y = stamp.originY + row
            let rowShare = clamp(min(Float(y + 1), bottom) - max(Float(y), origin.y))
            for column in columns {
                let alpha = stamp.alpha[row * stamp.width + column]
                guard alpha > 0 else { continue }
                let x = stamp.originX + column
                let at = y * canvas.width + x
                let share = alpha * clear[at]
                clear[at] *= 1 - alpha
                guard let identity = object.identity else { continue }
                if share > ownerShare[at] {
                    ownerShare[at] = share
                    owner[at] = UInt8(truncatingIfNeeded: identity.id)
                }
                let inside = rowShare * clamp(min(Float(x + 1), right) - max(Float(x), origin.x))
                area += Double(share * inside)
                if share >= threshold, inside > 0 {
                    let b = bounds ?? (x, y, x, y)
                    bounds = (min(b.left, x), min(b.top, y), max(b.right, x), max(b.bottom, y))
                }
            }
        }
        guard let b = bounds else { return (area, nil) }
        return (area, boxInPicture(left: b.left, top: b.top, right: b.right + 1, bottom: b.bottom + 1, origin: origin))
    }

    private func boxInPicture(left: Int, top: Int, right: Int, bottom: Int, origin: (x: Float, y: Float)) -> Box {
        func fraction(_ position: Int, _ start: Float, _ size: Int) -> Double {
            min(1, max(0, Double(Float(position) - start) / Double(size)))
        }
        let x0 = fraction(left, origin.x, settings.width)
        let y0 = fraction(top, origin.y, settings.height)
        return Box(
            x: x0, y: y0, width: fraction(right, origin.x, settings.width) - x0,
            height: fraction(bottom, origin.y, settings.height) - y0)
    }

    /// A shaken picture's mask is taken from the nearest pixel of the canvas.
    private func writeMask(origin: (x: Float, y: Float), into truth: inout TruthMask) {
        let left = Int(origin.x.rounded())
        let top = Int(origin.y.rounded())
        for y in 0..<settings.height {
            for x in 0..<settings.width {
                let at = (top + y) * canvas.width + left + x
                truth.ids[y * settings.width + x] = owner[at]
                truth.coverage[y * settings.width + x] = owner[at] == 0 ? 0 : UInt8((ownerShare[at] * 255).rounded())
            }
        }
    }
}
