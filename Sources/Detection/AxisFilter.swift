/// Where something is along one axis and how fast it goes: a Kalman filter of constant velocity, disturbed by white
/// acceleration (Bar-Shalom, Li and Kirubarajan, "Estimation with applications to tracking and navigation", 2001, 6.2).
struct AxisFilter: Equatable {
    /// Pixels.
    private(set) var position: Double
    /// Pixels per second.
    private(set) var velocity = 0.0
    /// Variance of the position, covariance, variance of the velocity.
    private var p00: Double
    private var p01 = 0.0
    private var p11: Double

    /// - Parameters: the first measured position, its variance, and the variance of velocities to be expected.
    init(at position: Double, variance: Double, velocityVariance: Double) {
        self.position = position
        p00 = variance
        p11 = velocityVariance
    }

    /// How uncertain the position is, one standard deviation in pixels.
    var deviation: Double { p00.squareRoot() }

    /// - Parameter acceleration: spectral density of the acceleration, pixels squared per second cubed.
    mutating func advance(by seconds: Double, acceleration: Double) {
        position += velocity * seconds
        let square = seconds * seconds
        p00 += seconds * (2 * p01 + seconds * p11) + acceleration * square * seconds / 3
        p01 += seconds * p11 + acceleration * square / 2
        p11 += acceleration * seconds
    }

    mutating func correct(to measured: Double, variance: Double) {
        let total = p00 + variance
        let gain0 = p00 / total
        let gain1 = p01 / total
        let off = measured - position
        position += gain0 * off
        velocity += gain1 * off
        p11 -= gain1 * p01
        p01 *= 1 - gain0
        p00 *= 1 - gain0
    }
}
