public import Domain

/// Why no position is given.
public enum LocationRefusal: ActionableError, Equatable {
    case tooFewBearings(count: Int)
    /// A pose, a picture point or a standard error that is no usable number.
    case unusable(camera: CameraID)
    /// All bearings start at one place.
    case onePlace
    case narrow(crossingDegrees: Double)
    /// The lines cross, but behind this camera.
    case behind(camera: CameraID)
    /// The lines diverge: they would cross behind every camera.
    case divergent
    case tooFar(metres: Double)
    case disagree(chiSquare: Double, limit: Double, worst: CameraID)
    case aboveHorizon
    case belowGround(groundMetres: Double)
    /// The ray leaves the elevation model before it meets the ground.
    case beyondModel(metres: Double)
    case unknownGround(metres: Double)
    /// The line of sight is so flat that its error reaches the horizon.
    case undetermined(nearMetres: Double)

    /// For programs: the case in kebab case.
    public var code: String {
        switch self {
        case .tooFewBearings: "too-few-bearings"
        case .unusable: "unusable"
        case .onePlace: "one-place"
        case .narrow: "narrow-crossing"
        case .behind: "behind-camera"
        case .divergent: "divergent"
        case .tooFar: "too-far"
        case .disagree: "disagree"
        case .aboveHorizon: "above-horizon"
        case .belowGround: "below-ground"
        case .beyondModel: "beyond-model"
        case .unknownGround: "unknown-ground"
        case .undetermined: "undetermined-range"
        }
    }

    public var problem: String {
        switch self {
        case .tooFewBearings(let count): "a position needs two bearings, and there is \(count == 0 ? "none" : "one")"
        case .unusable(let camera): "the bearing of camera '\(camera)' is no usable number"
        case .onePlace: "the bearings start at the same place and cannot cross"
        case .narrow(let angle):
            "the bearings cross under \(tenths(angle)) degrees, and under \(tenths(CrossBearing.minimumCrossingDegrees)) a small error moves the crossing far"
        case .behind(let camera): "the bearings cross behind camera '\(camera)'"
        case .divergent: "the bearings run apart and do not cross"
        case .tooFar(let metres): "the bearings cross \(kilometres(metres)) km away, farther than a camera sees"
        case .disagree(let chiSquare, let limit, let worst):
            "the bearings disagree by more than their errors allow (chi-square \(tenths(chiSquare)), limit \(tenths(limit))); camera '\(worst)' fits worst"
        case .aboveHorizon: "the point lies above the horizon, where no ground is"
        case .belowGround(let ground): "the camera stands below the ground, which is at \(tenths(ground)) m there"
        case .beyondModel(let metres):
            "the line of sight leaves the elevation model after \(kilometres(metres)) km without meeting the ground"
        case .unknownGround(let metres):
            "the line of sight meets the ground where the elevation model holds no data, \(kilometres(metres)) km away"
        case .undetermined(let near):
            "the line of sight is so flat that its error reaches the horizon: the range is \(kilometres(near)) km or more"
        }
    }

    public var remedy: String {
        switch self {
        case .tooFewBearings, .onePlace, .aboveHorizon, .undetermined: "Add a bearing from another camera"
        case .unusable: "Check the camera's pose and the point"
        case .narrow: "Add a bearing from a camera that sees it from the side"
        case .behind, .divergent, .tooFar:
            "Check that the cameras look at the same smoke, and their poses with 'lookout calibrate'"
        case .disagree: "Check that all look at the same smoke; then check that camera's pose with 'lookout calibrate'"
        case .belowGround: "Give 'heightMetres' of the pose above sea level, not above the ground"
        case .beyondModel: "Use an elevation model that covers all that the camera sees"
        case .unknownGround: "Fill the gaps of the elevation model, or add a bearing from another camera"
        }
    }
}

/// One digit after the point.
func tenths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let scaled = Int64((value * 10).rounded())
    return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / 10).\(scaled.magnitude % 10)"
}

private func kilometres(_ metres: Double) -> String { tenths(metres / 1000) }
