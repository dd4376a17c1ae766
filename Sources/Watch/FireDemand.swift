import Synchronization

/// What the danger of fire asks of the smoke detectors.
public struct FireDemand: Sendable, Equatable {
    /// Evidence that is asked for, as a share of the usual; above 0.
    public var smokeBar: Double
    /// How long smoke must have been followed before it counts.
    public var dwellSeconds: Double
    /// Between pictures that are looked at; `nil`: as the detector wants it.
    public var pictureEverySeconds: Double?

    public init(smokeBar: Double = 1, dwellSeconds: Double = 0, pictureEverySeconds: Double? = nil) {
        self.smokeBar = smokeBar
        self.dwellSeconds = dwellSeconds
        self.pictureEverySeconds = pictureEverySeconds
    }
}

/// The demand that holds, where every camera's smoke detector looks it up.
final class DemandBoard: Sendable {
    private let held = Mutex(FireDemand())

    var current: FireDemand { held.withLock { $0 } }

    func replace(with demand: FireDemand) { held.withLock { $0 = demand } }
}
