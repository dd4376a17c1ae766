import Domain

/// Where an object went lately: what directions, crossings and speeds are told from.
struct TrackPath: Sendable {
    struct Step: Sendable {
        var time: MediaTime
        /// Inside the picture.
        var foot: PicturePoint
        /// Not cut off by the picture's edge, where feet seem to move as more of the object comes into view.
        var isWhole: Bool
        /// Where the foot stands; `nil` where the ground is not known there, or the feet are not seen.
        var spot: GroundView.Spot?
    }

    /// A speed over the ground, of whatever unit the places were in, and how far it can be trusted.
    struct Motion {
        var perSecond: Double
        /// The time that was looked at.
        var seconds: Double
        /// Along the fitted way, over that time.
        var distance: Double
        /// Root mean square of how far the steps lie beside it.
        var scatter: Double

        /// Whether it is more than the wavering of a box, and more than one jump of it: steps that stand and then jump once lie
        /// a sixth of the fitted way beside it.
        var isClear: Bool { distance > 8 * scatter }
    }

    /// What lies further back is forgotten.
    static let memory = Duration.seconds(3)
    /// Faster than this, in picture heights a second, no object moves: its number went over to another one.
    private static let topSpeed = 3.0
    /// Jumps of less are wavering of the box.
    private static let shortestJump = 0.15
    /// Steps that tell a speed span at least this.
    private static let shortestSpan = Duration.milliseconds(600)
    private static let mostSteps = 400

    private(set) var steps: [Step]
    private(set) var box: Box
    /// Whether the object was not where it could have come to, so that what was known of it is another's.
    private(set) var jumped = false

    init(_ box: Box, at time: MediaTime) {
        self.box = box
        steps = [Step(box, at: time)]
    }

    var last: MediaTime { steps[steps.count - 1].time }
    var foot: PicturePoint { steps[steps.count - 1].foot }

    mutating func add(_ box: Box, at time: MediaTime, in scene: Scene) {
        self.box = box
        var step = Step(box, at: time)
        if step.isWhole { step.spot = scene.ground?.spot(at: step.foot) }
        let seconds = (time - last).inSeconds
        guard seconds > 0 else {
            steps[steps.count - 1] = step
            return
        }
        let distance = foot.distance(to: step.foot, aspectRatio: scene.aspectRatio)
        jumped = distance > max(Self.shortestJump, Self.topSpeed * seconds)
        if jumped || time - last > Self.memory { steps = [] }
        steps.append(step)
        steps.removeAll { time - $0.time > Self.memory }
        // Only a stream of far more pictures than any camera gives has more.
        if steps.count > Self.mostSteps { steps.removeFirst(steps.count - Self.mostSteps) }
    }

    /// The way from the first remembered step to the last, in picture heights; `nil` where they span too little time.
    func displacement(aspectRatio: Double) -> (x: Double, y: Double)? {
        guard let first = steps.first, last - first.time >= Self.shortestSpan else { return nil }
        return ((foot.x - first.foot.x) * aspectRatio, foot.y - first.foot.y)
    }

    /// Where its foot was last placed, and how fast it goes if that is clearly seen over a second; `nil` where the ground
    /// was not known lately.
    var ground: GroundFinding? {
        guard let spot = steps.last(where: { $0.spot != nil })?.spot else { return nil }
        let motion = motion { $0.spot?.place }.flatMap { $0.isClear && $0.seconds >= 1 ? $0 : nil }
        return GroundFinding(
            xMetres: spot.place.x, yMetres: spot.place.y, position: spot.position,
            kilometresPerHour: motion.map { $0.perSecond * 3.6 })
    }

    /// The speed over the last second and a half, by least squares; over the last three steps where those are fewer.
    ///
    /// - Parameter place: where a step's foot lies, in any unit; `nil` where that cannot be told.
    func motion(_ place: (Step) -> GroundPlane.Place?) -> Motion? {
        let whole = steps.filter(\.isWhole)
        let recent = whole.filter { last - $0.time <= .milliseconds(1_500) }
        let used = recent.count >= 3 ? recent : Array(whole.suffix(3))
        guard used.count >= 3, let newest = used.last, newest.time == last,
            newest.time - used[0].time >= Self.shortestSpan
        else { return nil }
        var points: [(t: Double, x: Double, y: Double)] = []
        for step in used {
            guard let place = place(step) else { return nil }
            points.append(((step.time - used[0].time).inSeconds, place.x, place.y))
        }
        let count = Double(points.count)
        let mean = points.reduce(into: (t: 0.0, x: 0.0, y: 0.0)) { sum, point in
            sum.t += point.t / count
            sum.x += point.x / count
            sum.y += point.y / count
        }
        let spread = points.reduce(0) { $0 + ($1.t - mean.t) * ($1.t - mean.t) }
        guard spread > 0 else { return nil }
        let vx = points.reduce(0) { $0 + ($1.t - mean.t) * ($1.x - mean.x) } / spread
        let vy = points.reduce(0) { $0 + ($1.t - mean.t) * ($1.y - mean.y) } / spread
        let squares = points.reduce(0) { sum, point in
            let dx = point.x - mean.x - vx * (point.t - mean.t)
            let dy = point.y - mean.y - vy * (point.t - mean.t)
            return sum + dx * dx + dy * dy
        }
        let speed = (vx * vx + vy * vy).squareRoot()
        let span = points[points.count - 1].t
        return Motion(
            perSecond: speed, seconds: span, distance: speed * span, scatter: (squares / count).squareRoot())
    }
}

extension TrackPath.Step {
    fileprivate init(_ box: Box, at time: MediaTime) {
        let edge = 0.005
        self.init(
            time: time, foot: box.footPoint.insidePicture,
            isWhole: box.x > edge && box.maxX < 1 - edge && box.maxY < 1 - edge)
    }
}

extension PicturePoint {
    /// In picture heights.
    func distance(to other: PicturePoint, aspectRatio: Double) -> Double {
        let dx = (x - other.x) * aspectRatio
        let dy = y - other.y
        return (dx * dx + dy * dy).squareRoot()
    }
}
