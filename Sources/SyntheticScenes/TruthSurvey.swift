import Domain

/// Works out what can be seen of each thing in a frame, from the nearest to the farthest.
struct TruthSurvey {
    private let settings: SceneSettings
    private let canvas: (width: Int, height: Int)
    /// How much of each pixel is still to be seen behind what has been counted.
    private var clear: [Float]
    private var owner: [UInt8]
    private var ownerShare: [Float]

    init(_ settings: SceneSettings, canvas: (width: Int, height: Int)) {
        self.settings = settings
        self.canvas = canvas
        clear = [Float](repeating: 1, count: canvas.width * canvas.height)
        owner = [UInt8](repeating: 0, count: canvas.width * canvas.height)
        ownerShare = [Float](repeating: 0, count: canvas.width * canvas.height)
    }

    /// - Parameters:
    ///   - objects: farthest first, as they were drawn.
    ///   - wholeAreas: the area of each before anything hid it, in pixels.
    ///   - origin: where the picture's top left corner is on the canvas.
    mutating func survey(
        _ objects: [SceneObject], wholeAreas: [Double], origin: (x: Float, y: Float), into truth: inout TruthMask
    ) -> [ObjectTruth] {
        for i in truth.ids.indices { truth.ids[i] = 0 }
        for i in truth.coverage.indices { truth.coverage[i] = 0 }
        guard let area = area(of: objects) else { return [] }
        for y in area.y {
            for i in y * canvas.width + area.x.lowerBound..<y * canvas.width + area.x.upperBound {
                clear[i] = 1
                owner[i] = 0
                ownerShare[i] = 0
            }
        }
        var found: [ObjectTruth] = []
        for (object, wholeArea) in zip(objects, wholeAreas).reversed() {
            let seen = uncover(object, within: area, origin: origin)
            if let identity = object.identity, wholeArea > 0, seen.area > 0 {
                found.append(
                    ObjectTruth(
                        id: identity.id, kind: identity.kind, box: seen.box,
                        visibleFraction: min(1, seen.area / wholeArea), visibleArea: seen.area))
            }
        }
        writeMask(area, origin: origin, into: &truth)
        return found.sorted { $0.id < $1.id }
    }

    /// The part of the canvas that holds all the things with a truth; `nil` when there is none.
    private func area(of objects: [SceneObject]) -> CanvasArea? {
        var whole: CanvasArea?
        for object in objects where object.identity != nil {
            let part = object.picture.area(onCanvas: canvas)
            guard !part.x.isEmpty, !part.y.isEmpty else { continue }
            let known = whole ?? part
            whole = (
                min(known.x.lowerBound, part.x.lowerBound)..<max(known.x.upperBound, part.x.upperBound),
                min(known.y.lowerBound, part.y.lowerBound)..<max(known.y.upperBound, part.y.upperBound)
            )
        }
        return whole
    }

    /// Marks the pixels that one thing covers; returns how much of it is inside the picture, in pixels, and around what.
    private mutating func uncover(
        _ object: SceneObject, within area: CanvasArea, origin: (x: Float, y: Float)
    ) -> (area: Double, box: Box?) {
        let stamp = object.picture
        let part = stamp.area(onCanvas: canvas)
        let threshold: Float = object.identity?.kind == .smoke ? 0.05 : 0.5
        let right = origin.x + Float(settings.width)
        let bottom = origin.y + Float(settings.height)
        var seen = 0.0
        var bounds: (left: Int, top: Int, right: Int, bottom: Int)?
        for y in part.y.clamped(to: area.y) {
            let rowShare = clamp(min(Float(y + 1), bottom) - max(Float(y), origin.y))
            for x in part.x.clamped(to: area.x) {
                let alpha = stamp.alpha[(y - stamp.originY) * stamp.width + x - stamp.originX]
                guard alpha > 0 else { continue }
                let at = y * canvas.width + x
                let share = alpha * clear[at]
                clear[at] *= 1 - alpha
                guard let identity = object.identity else { continue }
                if share > ownerShare[at] {
                    ownerShare[at] = share
                    owner[at] = UInt8(truncatingIfNeeded: identity.id)
                }
                let inside = rowShare * clamp(min(Float(x + 1), right) - max(Float(x), origin.x))
                seen += Double(share * inside)
                if share >= threshold, inside > 0 {
                    let b = bounds ?? (x, y, x, y)
                    bounds = (min(b.left, x), min(b.top, y), max(b.right, x), max(b.bottom, y))
                }
            }
        }
        guard let b = bounds else { return (seen, nil) }
        let left = fraction(Float(b.left) - origin.x, of: settings.width)
        let top = fraction(Float(b.top) - origin.y, of: settings.height)
        return (
            seen,
            Box(
                x: left, y: top, width: fraction(Float(b.right + 1) - origin.x, of: settings.width) - left,
                height: fraction(Float(b.bottom + 1) - origin.y, of: settings.height) - top)
        )
    }

    private func fraction(_ pixels: Float, of size: Int) -> Double { min(1, max(0, Double(pixels) / Double(size))) }

    /// A shaken picture's mask is taken from the nearest pixel of the canvas.
    private func writeMask(_ area: CanvasArea, origin: (x: Float, y: Float), into truth: inout TruthMask) {
        let left = Int(origin.x.rounded())
        let top = Int(origin.y.rounded())
        for y in area.y.clamped(to: top..<top + settings.height) {
            for x in area.x.clamped(to: left..<left + settings.width) {
                let from = y * canvas.width + x
                let to = (y - top) * settings.width + x - left
                truth.ids[to] = owner[from]
                truth.coverage[to] = UInt8((ownerShare[from] * 255).rounded())
            }
        }
    }
}
