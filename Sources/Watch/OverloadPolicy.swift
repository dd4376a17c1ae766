import Domain

/// Who goes short, and by how much, where the pictures of all cameras take more time than the processors have. Pure: the
/// clock and all figures come from outside.
///
/// Each rank of cameras has a ceiling: processor time that one camera may take. A camera that takes less is left alone; one
/// that would take more is looked at half as often, and where that is not enough, given fewer pictures to decode
/// (`DecodeBudget`). So like cameras lose alike, and one whose pictures cost much goes short first.
///
/// The ceiling of the usual cameras falls first, down to keyframes alone; only then that of the urgent ones, which look for
/// fire or have an armed zone. It rises again in the opposite order. Nobody knows how much time there is, since other
/// programs take some: a ceiling falls while pictures wait too long and no thread is ever idle, and rises a step at a
/// time while threads are.
struct OverloadPolicy {
    enum Rank: Int, CaseIterable {
        case usual, urgent
    }

    /// What one camera has to say.
    struct Report {
        var rank: Rank
        /// For how long its packets wait for the decoder.
        var lag: Duration
        /// Processor time that it takes, in seconds a second, or would take if nothing held it back.
        var wanted: Double
    }

    /// One core would look at thousands of cameras: for all that matters, keyframes alone.
    static let floor = 0.002
    /// Ceilings are set anew so often.
    static let period = Duration.seconds(1)
    private static let late = Duration.milliseconds(600)
    private static let veryLate = Duration.milliseconds(1_200)
    /// Of the threads' time, what they are idle: with less, they are all busy; with more, there is something to give.
    private static let busy = 0.04
    private static let calm = 0.08
    /// A rank of which nobody has reported for so long has no cameras.
    private static let silence = Duration.seconds(15)
    /// What was changed must show before the same ceiling is changed again.
    private static let settling = Duration.seconds(2)
    /// How near to what was too much a ceiling rises without patience.
    private static let safe = 0.9
    private static let shortestPatience = Duration.seconds(2)
    private static let longestPatience = Duration.seconds(20)

    private struct Level {
        /// `nil`: as much as a camera likes.
        var ceiling: Double?
        /// What was too much the last time.
        var failed = Double.infinity
        var lowered: Duration?
        /// The longest since the ceilings were last looked at.
        var lag: Duration?
        var lagBefore = Duration.zero
        /// What the camera that wants most wants: of this period and of the one before.
        var wanted = 0.0
        var wantedBefore = 0.0
        var lastReport: Duration?

        var mostWanted: Double { max(wanted, wantedBefore) }
    }

    private var levels = [Level](repeating: Level(), count: Rank.allCases.count)
    private var lookedAt: (now: Duration, idle: Duration)?
    /// Share of the threads' time, the mean of the last seconds: a keyframe of all cameras at once is no load.
    private var meanIdle = 0.0
    private var calmSince: Duration?
    /// How long there must be something to give before a ceiling rises: long where a rise was too much, short where it went well.
    private var patience = shortestPatience
    private var roseLast = false

    /// - Parameters:
    ///   - idle: for how long a thread of the pool had nothing to do, since its start; the mean of all threads.
    ///   - now: monotonic.
    /// - Returns: processor time that the camera may take, in seconds a second; `nil` for as much as it likes.
    mutating func take(_ report: Report, idle: Duration, at now: Duration) -> Double? {
        let index = report.rank.rawValue
        levels[index].lag = max(levels[index].lag ?? .zero, report.lag)
        levels[index].wanted = max(levels[index].wanted, report.wanted)
        levels[index].lastReport = now
        if let lookedAt {
            let elapsed = now - lookedAt.now
            if elapsed >= Self.period {
                setCeilings(idleShare: (idle - lookedAt.idle).inSeconds / elapsed.inSeconds, at: now)
                self.lookedAt = (now, idle)
            }
        } else {
            lookedAt = (now, idle)
        }
        return levels[index].ceiling
    }

    private mutating func setCeilings(idleShare: Double, at now: Duration) {
        let isBusy = idleShare < Self.busy
        meanIdle += (idleShare - meanIdle) / 4
        let urgentIsLate = isBusy && isLate(.urgent)
        let usual = levels[Rank.usual.rawValue]
        let usualCanGive = isThere(.usual, at: now) && min(usual.ceiling ?? .infinity, usual.mostWanted) > Self.floor
        if urgentIsLate && !usualCanGive { lower(.urgent, at: now) }
        if urgentIsLate && usualCanGive || isBusy && isLate(.usual) { lower(.usual, at: now) }
        if meanIdle > Self.calm {
            let since = calmSince ?? now
            calmSince = since
            // What is taken grows with the ceiling at most.
            if now - since >= Self.settling {
                rise(by: min(2, 0.97 / (1 - min(meanIdle, 0.9))), waited: now - since, at: now)
            }
        } else {
            calmSince = nil
        }
        for index in levels.indices {
            levels[index].lagBefore = levels[index].lag ?? levels[index].lagBefore
            levels[index].lag = nil
            levels[index].wantedBefore = levels[index].wanted
            levels[index].wanted = 0
        }
    }

    /// Whether pictures wait too long, and not less long than before.
    private func isLate(_ rank: Rank) -> Bool {
        let level = levels[rank.rawValue]
        guard let lag = level.lag, lag > Self.late else { return false }
        return lag > level.lagBefore - .milliseconds(100)
    }

    private func isThere(_ rank: Rank, at now: Duration) -> Bool {
        levels[rank.rawValue].lastReport.map { now - $0 < Self.silence } ?? false
    }

    private mutating func lower(_ rank: Rank, at now: Duration) {
        let level = levels[rank.rawValue]
        if let lowered = level.lowered, now - lowered < Self.settling { return }
        let before = min(level.ceiling ?? .infinity, level.mostWanted)
        guard before > Self.floor else { return }
        let factor = (level.lag ?? .zero) > Self.veryLate ? 0.7 : 0.85
        levels[rank.rawValue].ceiling = max(Self.floor, before * factor)
        levels[rank.rawValue].lowered = now
        if roseLast {
            patience = min(patience * 4, Self.longestPatience)
            levels[rank.rawValue].failed = before
        }
        roseLast = false
    }

    /// A little more for whoever is held back: the urgent ones first.
    ///
    /// - Parameter waited: for how long there was something to give.
    private mutating func rise(by factor: Double, waited: Duration, at now: Duration) {
        for rank in [Rank.urgent, .usual] {
            guard let ceiling = levels[rank.rawValue].ceiling else { continue }
            let level = levels[rank.rawValue]
            let safe = max(ceiling, level.failed * Self.safe)
            var next = min(ceiling * factor, safe)
            let isBold = next < ceiling * 1.01
            if isBold {
                guard waited >= patience else { return }
                next = safe * 1.1
                if roseLast { patience = max(patience / 2, Self.shortestPatience) }
            }
            levels[rank.rawValue].ceiling = next > level.mostWanted * 1.2 ? nil : next
            levels[rank.rawValue].failed = max(level.failed, next)
            calmSince = now
            roseLast = true
            return
        }
    }
}
