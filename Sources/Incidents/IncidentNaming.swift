import Domain

/// Gives incidents their names: `<camera>-<kind>-<UTC start, yyyymmddThhmmssmmm>`, with `-<n>` where two would collide.
struct IncidentNaming: Sendable {
    /// Two rules of a kind may open in the same millisecond; hours apart nothing collides.
    private static let remembered = 256

    private var recent: [String] = []

    mutating func name(camera: CameraID, kind: IncidentKind, start: MediaTime) -> IncidentID {
        let base = "\(camera.rawValue)-\(kind.rawValue)-\(CivilTime(start).compact)"
        var name = base
        var number = 2
        while recent.contains(name) {
            name = "\(base)-\(number)"
            number += 1
        }
        recent.append(name)
        if recent.count > Self.remembered { recent.removeFirst() }
        return IncidentID(name)
    }
}
