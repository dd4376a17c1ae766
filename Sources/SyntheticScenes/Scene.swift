/// A rendered view that loops: pictures as a camera would send them, with the exact truth about what is in them.
///
/// A scene holds scratch memory, so drawing mutates it; a copy draws the same pictures on another thread.
public protocol Scene: Sendable {
    var settings: SceneSettings { get }

    /// Draws one picture.
    ///
    /// - Parameters:
    ///   - frame: 0 or more. From `settings.frameCount` on the scene plays again, with new sensor noise.
    ///   - picture: overwritten; made by `makePicture()`.
    ///   - truth: overwritten; made by `makeTruthMask()`.
    /// - Returns: what is to be detected and at least partly visible, in order of `id`.
    mutating func render(frame: Int, into picture: inout YUVFrame, truth: inout TruthMask) -> [ObjectTruth]
}

extension Scene {
    public var frameCount: Int { settings.frameCount }
    public func makePicture() -> YUVFrame { YUVFrame(width: settings.width, height: settings.height) }
    public func makeTruthMask() -> TruthMask { TruthMask(width: settings.width, height: settings.height) }
}

/// The scenes that can be rendered.
public enum SceneName: String, CaseIterable, Sendable {
    case gate
    case arrivals
    case crowd
    case hillside
    case staticNoise = "static-noise"
    case lightChanges = "light-changes"

    /// One line for a list of the scenes.
    public var summary: String {
        switch self {
        case .gate: "a courtyard with a gate: people walk in and out, a car drives in, a tree sways"
        case .arrivals: "the courtyard, crossed by one person after the other, from either side of the picture"
        case .crowd: "the courtyard, busy: people cross, overtake, walk in groups and behind a kiosk"
        case .hillside: "forest ridges under passing clouds: a smoke plume rises, drifts and fades"
        case .staticNoise: "the courtyard with nobody in it: sensor noise only"
        case .lightChanges: "the empty courtyard: slow drift, a hard cloud shadow, a lamp switched on and off"
        }
    }

    /// The shortest loop in which the scene's events have room.
    public var minimumSeconds: Double {
        switch self {
        case .gate, .arrivals, .crowd: 36
        case .hillside: 60
        case .staticNoise: 1
        case .lightChanges: 30
        }
    }

    /// The loop that shows the scene at its best.
    public var naturalSeconds: Double {
        switch self {
        case .gate, .arrivals, .crowd: 90
        case .hillside: 100
        case .staticNoise, .lightChanges: 60
        }
    }

    /// Prepares the scene: draws its fixed parts once.
    public func makeScene(_ settings: SceneSettings) throws(SceneError) -> any Scene {
        try settings.validate(minimumSeconds: minimumSeconds)
        return switch self {
        case .gate: CourtyardScene(settings, script: .visitors)
        case .arrivals: CourtyardScene(settings, script: .arrivals)
        case .crowd: CourtyardScene(settings, script: .crowd)
        case .hillside: HillsideScene(settings)
        case .staticNoise: CourtyardScene(settings, script: .still)
        case .lightChanges: CourtyardScene(settings, script: .changingLight)
        }
    }
}
