public import Domain

/// How a scene is rendered. The same settings give the same bytes on every machine.
public struct SceneSettings: Sendable, Equatable {
    /// Pixels; even, 96 to 4096.
    public var width: Int
    /// Pixels; even, 96 to 4096.
    public var height: Int
    /// Frames a second, 1 to 60.
    public var framesPerSecond: Double
    /// Length of one loop: the picture after the last one is the first one again.
    public var seconds: Double
    /// Another seed gives other people, clouds, leaves and noise, in the same place.
    public var seed: UInt64
    /// Standard deviation of the sensor noise in steps of 8-bit luma at mid grey, 0 to 40.
    public var noiseSigma: Double
    /// Largest shift of the whole picture by camera shake in pixels, 0 to 8; each frame draws its own.
    public var jitterPixels: Double

    public init(
        width: Int = 640, height: Int = 360, framesPerSecond: Double = 10, seconds: Double = 90, seed: UInt64 = 1,
        noiseSigma: Double = 2, jitterPixels: Double = 0
    ) {
        self.width = width
        self.height = height
        self.framesPerSecond = framesPerSecond
        self.seconds = seconds
        self.seed = seed
        self.noiseSigma = noiseSigma
        self.jitterPixels = jitterPixels
    }

    /// Frames in one loop.
    public var frameCount: Int { Int((seconds * framesPerSecond).rounded()) }

    /// Seconds in one loop of whole frames.
    var loopSeconds: Double { Double(frameCount) / framesPerSecond }

    /// Pixels that the canvas has beyond each edge of the picture, so that a shaken picture has no empty border.
    var margin: Int { jitterPixels > 0 ? 2 * Int((jitterPixels / 2).rounded(.up)) + 2 : 0 }

    /// Throws what is wrong with the settings for a scene that needs `minimumSeconds` to play once.
    func validate(minimumSeconds: Double) throws(SceneError) {
        for (name, value) in [("width", width), ("height", height)] where !(96...4096).contains(value) || value % 2 != 0
        {
            throw SceneError(
                problem: "\(name) \(value) cannot be rendered", remedy: "Choose an even number from 96 to 4096")
        }
        guard framesPerSecond >= 1, framesPerSecond <= 60 else {
            throw SceneError(
                problem: "\(framesPerSecond) frames a second cannot be rendered", remedy: "Choose 1 to 60")
        }
        guard seconds >= minimumSeconds, seconds <= 86_400 else {
            throw SceneError(
                problem: "\(seconds) seconds are not enough for this scene, or too many",
                remedy: "Choose \(minimumSeconds) to 86400 seconds")
        }
        guard noiseSigma >= 0, noiseSigma <= 40 else {
            throw SceneError(problem: "noise of sigma \(noiseSigma) cannot be rendered", remedy: "Choose 0 to 40")
        }
        guard jitterPixels >= 0, jitterPixels <= 8 else {
            throw SceneError(
                problem: "a jitter of \(jitterPixels) pixels cannot be rendered", remedy: "Choose 0 to 8 pixels")
        }
    }
}

/// What is wrong with the settings of a scene.
public struct SceneError: ActionableError, Equatable {
    public let problem: String
    public let remedy: String
}
