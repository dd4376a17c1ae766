public import Domain

/// What the motion detector makes of one picture.
public struct MotionReport: Sendable, Equatable {
    /// Why the background is being learnt, and so nothing is reported yet.
    public enum Learning: Sendable, Equatable {
        /// The first pictures, or the first ones of another size.
        case start
        /// The scene became another one: light switched, infrared switched, camera turned.
        case sceneChange
        /// The scene had become another one while the stream was away.
        case streamRestart
    }

    /// `nil` once the background is known.
    public var learning: Learning?
    public var isLearning: Bool { learning != nil }
    /// Kind `.motion`: each confirmed moving object seen on this picture. Kind `.sceneChange`, without a box: the
    /// picture as a whole has changed, `sceneChange` says how. Kinds `.objectLeft` and `.objectRemoved`: each of
    /// `stationary`, for as long as it stays so.
    public var observations: [Observation]
    /// Kind `.motion`: each confirmed object that stands somewhere, so that nothing of it is seen to move on this picture,
    /// for as long as its place looks other than it did without it. `restingSince` is set.
    public var resting: [Observation] = []
    /// In which way the scene became another one with this picture; `nil` where it did not.
    public var sceneChange: SceneChange?
    /// What came to rest or is missing, in order of its coming to rest.
    public var stationary: [StationaryObject]
    /// Pixels that differ from the background, of all pixels, before anything is cleaned up. 0 to 1.
    public var foregroundFraction: Double
    /// Connected regions that are large enough, without their shadows, whether an object is confirmed there or not.
    public var candidates: [Box]
    /// What was followed for more than a picture and is let go of without having been confirmed, or goes on like that for
    /// long: each once, and again every half a minute.
    public var unconfirmed: [UnconfirmedTrack] = []
    /// What the luma was multiplied by to undo a change of the light. 0.5 to 2.
    public var gain: Double

    public init(
        learning: Learning? = nil, observations: [Observation] = [], foregroundFraction: Double = 0,
        candidates: [Box] = [], gain: Double = 1, sceneChange: SceneChange? = nil,
        stationary: [StationaryObject] = []
    ) {
        self.learning = learning
        self.observations = observations
        self.foregroundFraction = foregroundFraction
        self.candidates = candidates
        self.gain = gain
        self.sceneChange = sceneChange
        self.stationary = stationary
    }
}
