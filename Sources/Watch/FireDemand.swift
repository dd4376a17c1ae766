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

    /// What an observation that has not been followed for long enough falls short of; `nil` for any other.
    func shortfall(of observation: Observation, at time: MediaTime) -> Measurement? {
        guard dwellSeconds > 0 else { return nil }
        let stay = (time - (observation.since ?? time)).inSeconds
        guard stay < dwellSeconds else { return nil }
        return Measurement(name: "staySeconds", value: stay, threshold: dwellSeconds)
    }
}

/// The demand that holds, where every camera's detectors look it up.
final class DemandBoard: Sendable {
    private let held = Mutex(FireDemand())

    var current: FireDemand { held.withLock { $0 } }

    func replace(with demand: FireDemand) { held.withLock { $0 = demand } }
}
