public import Domain

/// A change of the bar for smoke in one tile of the picture and one hour of the day.
public struct BarChange: Sendable, Equatable {
    public enum Cause: String, Sendable {
        case seenAgain, dismissed, confirmed, takenBack, forgotten
    }

    /// As fractions of the picture.
    public var tile: Box
    /// 0 to 23, on the site's clock.
    public var hour: Int
    /// Shares of the usual bar.
    public var before: Double
    public var after: Double
    public var cause: Cause
    /// The incident that people judged.
    public var incident: IncidentID?

    /// How it stands in the ledger of decisions.
    ///
    /// - Parameter time: when it was made.
    public func decision(of camera: CameraID, at time: MediaTime) -> Decision {
        Decision(
            camera: camera, rule: IncidentKind.smoke.usualRuleName(zone: nil), kind: .smoke, outcome: .adjusted,
            reason: reason, start: time, end: time, box: tile, confidence: 0,
            measurements: [
                Measurement(name: "smokeBarShare", value: after),
                Measurement(name: "smokeBarShareBefore", value: before),
                Measurement(name: "hourOfDay", value: Double(hour)),
            ], incident: incident)
    }

    private var reason: Decision.Reason {
        switch cause {
        case .seenAgain: .habitSeenAgain
        case .dismissed: .habitDismissed
        case .confirmed: .habitConfirmed
        case .takenBack: .habitTakenBack
        case .forgotten: .habitForgotten
        }
    }
}
