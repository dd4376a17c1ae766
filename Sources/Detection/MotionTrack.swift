/// One object, or what may become one, on its way through the picture. Lengths are working pixels, times seconds.
struct MotionTrack {
    var id: Int
    /// As it was last seen.
    var blob: MaskComponent
    /// Pixels per second.
    var velocityX = 0.0
    var velocityY = 0.0
    var firstX: Double
    var firstY: Double
    /// Farthest that the centre has been from where it was first seen.
    var travel = 0.0
    var firstSeen: Double
    var lastSeen: Double
    var sightings = 1
    var isConfirmed = false
    /// Not seen now, and where it should be stands another object.
    var isHidden = false

    init(id: Int, blob: MaskComponent, at now: Double) {
        self.id = id
        self.blob = blob
        firstX = blob.centerX
        firstY = blob.centerY
        firstSeen = now
        lastSeen = now
    }

    /// Where it should be by constant velocity.
    func center(at time: Double) -> (x: Double, y: Double) {
        let elapsed = time - lastSeen
        return (blob.centerX + velocityX * elapsed, blob.centerY + velocityY * elapsed)
    }

    /// The velocity follows over about three sightings.
    mutating func update(with seen: MaskComponent, at now: Double) {
        let elapsed = max(now - lastSeen, 0.001)
        let share = sightings == 1 ? 1 : 0.35
        velocityX += ((seen.centerX - blob.centerX) / elapsed - velocityX) * share
        velocityY += ((seen.centerY - blob.centerY) / elapsed - velocityY) * share
        blob = seen
        lastSeen = now
        sightings += 1
        let x = seen.centerX - firstX
        let y = seen.centerY - firstY
        travel = max(travel, (x * x + y * y).squareRoot())
    }
}
