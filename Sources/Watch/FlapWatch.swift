import Domain

/// Tells cameras that are lost again and again, each time too short for anybody to be called, from steady ones. Pure: it
/// reads no clock.
struct FlapWatch {
    /// How far back it looks.
    static let window = Duration.seconds(600)
    /// A camera is unstable that was away for this share of the window, over several losses …
    static let mostAwayFraction = 0.2
    static let fewestLosses = 3
    /// … or was lost so often, however short each time.
    static let mostLosses = 10
    /// Steady again after so long without a loss.
    static let steadyAfter = Duration.seconds(300)
    /// Losses remembered of one camera: more than are needed to call it unstable.
    private static let mostKept = 300

    /// What is known of a camera over the window.
    struct Figures: Equatable {
        var losses = 0
        var awayFraction = 0.0

        var isUnstable: Bool {
            losses >= mostLosses || losses >= fewestLosses && awayFraction >= mostAwayFraction
        }
    }

    /// Monotonic; `end` is `nil` while it lasts.
    private struct Loss {
        var begin: Duration
        var end: Duration?
    }

    private var losses: [CameraID: [Loss]] = [:]

    /// Takes in whether a camera gives pictures; to be called every few seconds.
    ///
    /// - Parameter now: monotonic.
    mutating func note(_ camera: CameraID, isAway: Bool, at now: Duration) {
        var known = losses[camera] ?? []
        if let last = known.last, last.end == nil {
            if !isAway { known[known.count - 1].end = now }
        } else if isAway {
            known.append(Loss(begin: now, end: nil))
        }
        let horizon = now - Self.window
        known.removeAll { $0.end.map { $0 <= horizon } ?? false }
        losses[camera] = known.isEmpty ? nil : Array(known.suffix(Self.mostKept))
    }

    mutating func forget(_ camera: CameraID) { losses[camera] = nil }

    func figures(of camera: CameraID, at now: Duration) -> Figures {
        let known = losses[camera] ?? []
        let horizon = now - Self.window
        let away = known.reduce(Duration.zero) { $0 + (($1.end ?? now) - max($1.begin, horizon)) }
        return Figures(losses: known.count, awayFraction: away.inSeconds / Self.window.inSeconds)
    }

    /// Whether it has given pictures for long enough that its flapping counts as over.
    func isSteady(_ camera: CameraID, at now: Duration) -> Bool {
        guard let last = losses[camera]?.last else { return true }
        return last.end.map { now - $0 >= Self.steadyAfter } ?? false
    }
}
