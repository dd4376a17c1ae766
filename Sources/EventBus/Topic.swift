/// What the bus carries. The raw values are the subjects under which a bus between machines carries the same.
public enum Topic: String, Sendable, CaseIterable {
    /// Incident revisions: each delivered to every subscriber, in order, from wherever it stopped.
    case incidents = "lookout.incidents"
    /// What each camera is doing: only the newest value counts.
    case cameras = "lookout.cameras"

    public enum Delivery: Sendable {
        case everyRecordInOrder
        case latestValue
    }

    public var delivery: Delivery {
        switch self {
        case .incidents: .everyRecordInOrder
        case .cameras: .latestValue
        }
    }
}
