/// What a camera's motion detector is asked for. All times are seconds and all sizes fractions, so that they mean the
/// same at every frame rate and resolution.
public struct MotionSettings: Sendable, Equatable {
    /// Lines at which pictures are analysed, about: the source is divided by the whole number that comes nearest, and
    /// never enlarged. 64 to 2160.
    public var workingHeight: Int
    /// Pictures analysed per second, at most. 0.2 to 120.
    public var framesPerSecond: Double
    /// Smaller connected regions are dropped: fraction of the picture's area, 0 to 1.
    public var minimumAreaFraction: Double
    /// Regions down to this fraction of the picture's area are followed as well, where `minimumAreaFraction` is no more
    /// than usual: walkers far away, which are reported once they have kept their way for three seconds. 0 to 1.
    public var distantAreaFraction = 0.00006
    /// How long an object must have been seen before it is reported. 0 or more.
    public var confirmSeconds: Double
    /// How far an object must have come before it is reported: fraction of the picture's height, 0 to 1. Half of the
    /// object's shorter side is asked for where that is more.
    public var minimumTravelFraction: Double
    /// For how long an object that nothing was seen of is still looked for. 0 or more.
    public var missSeconds: Double
    /// After this long without a change, what came to rest becomes background. 0.5 to 8.
    public var stillSeconds: Double
    /// Fraction of the picture that must have changed, on two pictures running, for the scene to count as another one.
    public var sceneChangeFraction: Double
    /// Time over which the 16 first samples of a scene are gathered (at rates that allow it; else 16 pictures). 0 or
    /// more.
    public var learnSeconds: Double
    /// The same seed and the same pictures give the same results.
    public var seed: UInt64

    /// Cameras that have the same seed share their random numbers' memory where it is this one.
    public static let usualSeed: UInt64 = 7

    /// Who asks for larger regions than this wants no distant ones.
    public static let usualMinimumAreaFraction = 0.001

    public init(
        workingHeight: Int = 360, framesPerSecond: Double = 10,
        minimumAreaFraction: Double = Self.usualMinimumAreaFraction,
        confirmSeconds: Double = 0.3, minimumTravelFraction: Double = 8.0 / 360, missSeconds: Double = 0.5,
        stillSeconds: Double = 3, sceneChangeFraction: Double = 0.4, learnSeconds: Double = 1.5,
        seed: UInt64 = Self.usualSeed
    ) {
        self.workingHeight = workingHeight
        self.framesPerSecond = framesPerSecond
        self.minimumAreaFraction = minimumAreaFraction
        self.confirmSeconds = confirmSeconds
        self.minimumTravelFraction = minimumTravelFraction
        self.missSeconds = missSeconds
        self.stillSeconds = stillSeconds
        self.sceneChangeFraction = sceneChangeFraction
        self.learnSeconds = learnSeconds
        self.seed = seed
    }

    /// The same with every value brought into its range.
    var bounded: MotionSettings {
        var copy = self
        copy.workingHeight = min(max(workingHeight, 64), 2160)
        copy.framesPerSecond = framesPerSecond.bounded(0.2, 120)
        copy.minimumAreaFraction = minimumAreaFraction.bounded(0, 1)
        copy.distantAreaFraction =
            copy.minimumAreaFraction > Self.usualMinimumAreaFraction ? 1 : distantAreaFraction.bounded(0, 1)
        copy.confirmSeconds = confirmSeconds.bounded(0, 3600)
        copy.minimumTravelFraction = minimumTravelFraction.bounded(0, 1)
        copy.missSeconds = missSeconds.bounded(0, 3600)
        copy.stillSeconds = stillSeconds.bounded(0.5, 8)
        copy.sceneChangeFraction = sceneChangeFraction.bounded(0.05, 1)
        copy.learnSeconds = learnSeconds.bounded(0, 60)
        return copy
    }
}

extension Double {
    /// The nearest number from `low` to `high`; `low` for what is no number.
    func bounded(_ low: Double, _ high: Double) -> Double { self >= low ? Swift.min(self, high) : low }
}
