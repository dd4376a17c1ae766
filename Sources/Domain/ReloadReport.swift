/// What a changed configuration did to the running site.
public struct ReloadReport: Sendable, Equatable, Codable {
    /// Watched from now on, in the order of the configuration.
    public var added: [CameraID]
    /// Not watched any more; their open incidents and clips are closed.
    public var removed: [CameraID]
    /// Started again with their new settings, after their open incidents and clips were closed.
    public var changed: [CameraID]
    /// Watched on without losing a picture.
    public var unchanged: [CameraID]
    /// Parts of the configuration that changed, but are read at a start only: they hold as they were.
    public var waitingForRestart: [String]

    public init(
        added: [CameraID] = [], removed: [CameraID] = [], changed: [CameraID] = [], unchanged: [CameraID] = [],
        waitingForRestart: [String] = []
    ) {
        self.added = added
        self.removed = removed
        self.changed = changed
        self.unchanged = unchanged
        self.waitingForRestart = waitingForRestart
    }
}
