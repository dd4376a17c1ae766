public import Domain
import Synchronization

/// What the danger of fire asks of the detectors of smoke and flame.
public struct FireDemand: Sendable, Equatable {
    /// The danger itself; `nil` where nobody knows it.
    public var level: DangerLevel?
    /// Evidence of smoke that is asked for, as a share of the usual; above 0.
    public var smokeBar: Double
    /// The same of flame.
    public var flameBar: Double
    /// How long smoke or flame must have been followed before it counts.
    public var dwellSeconds: Double
    /// Between pictures that are looked at for smoke; `nil`: as the detector wants it.
    public var pictureEverySeconds: Double?
    /// The same for flame.
    public var flamePictureEverySeconds: Double?

    public init(
        level: DangerLevel? = nil, smokeBar: Double = 1, flameBar: Double = 1, dwellSeconds: Double = 0,
        pictureEverySeconds: Double? = nil, flamePictureEverySeconds: Double? = nil
    ) {
        self.level = level
        self.smokeBar = smokeBar
        self.flameBar = flameBar
        self.dwellSeconds = dwellSeconds
        self.pictureEverySeconds = pictureEverySeconds
        self.flamePictureEverySeconds = flamePictureEverySeconds
    }

    /// What has been followed for long enough.
    func admitted(_ observations: [Observation], at time: MediaTime) -> [Observation] {
        guard dwellSeconds > 0 else { return observations }
        return observations.filter { (time - ($0.since ?? time)).inSeconds >= dwellSeconds }
    }
}

/// The demand that holds, where every camera's detectors look it up.
final class DemandBoard: Sendable {
    private let held = Mutex(FireDemand())

    var current: FireDemand { held.withLock { $0 } }

    func replace(with demand: FireDemand) { held.withLock { $0 = demand } }
}
