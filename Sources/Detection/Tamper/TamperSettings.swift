/// How a tampered camera is told from one that sees well. Times in seconds, shares from 0 to 1.
public struct TamperSettings: Sendable, Equatable {
    /// Pictures looked at per second.
    public var framesPerSecond = 1.0
    /// How long pictures are averaged before anything is judged.
    public var learnSeconds = 20.0
    /// Time constant with which the learned view follows slow changes: dawn, fog, a parked car.
    public var followSeconds = 90.0
    /// How long a condition must hold.
    public var confirmSeconds = 8.0
    /// How long a picture must stay the same to the last pixel.
    public var frozenSeconds = 30.0
    /// A camera that was moved or lost its focus is taken for set so after this long, and its view learned anew.
    public var acceptSeconds = 600.0

    public init() {}
}
