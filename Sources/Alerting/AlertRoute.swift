public import Domain

/// Who gets what: the channels that are told of incidents which fit.
public struct AlertRoute: Sendable, Equatable {
    public var channels: [String]
    /// Empty: all kinds.
    public var kinds: Set<IncidentKind>
    /// Empty: all cameras.
    public var cameras: Set<CameraID>
    /// Empty: everywhere. Otherwise the incident has touched one of them.
    public var zones: Set<String>
    public var leastSeverity: Severity
    /// Where the fire danger is known, it must be so high.
    public var leastDangerLevel: Int
    /// Held against the time at which the incident began, so that all its steps go the same way.
    public var schedule: WeeklySchedule
    public var changes: Set<IncidentRevision.Change>
    /// Who is told when nobody acknowledges, one after the other.
    public var escalation: [Step]

    /// One more try to reach somebody.
    public struct Step: Sendable, Equatable {
        /// From the alert on, for the danger levels I to V.
        public var deadlines: [Duration]
        public var channels: [String]

        /// - Parameter deadlines: one for all danger levels, or five.
        public init(deadlines: [Duration], channels: [String]) {
            self.deadlines = deadlines
            self.channels = channels
        }

        /// The shortest where nobody knows the level.
        func deadline(dangerLevel: Int?) -> Duration {
            guard let dangerLevel, deadlines.count == 5 else { return deadlines.min() ?? .zero }
            return deadlines[min(max(dangerLevel, 1), 5) - 1]
        }
    }

    public static let usualChanges: Set<IncidentRevision.Change> = [
        .opened, .closed, .acknowledged, .confirmed, .dismissed, .assigned, .reported,
    ]

    public init(
        channels: [String], kinds: Set<IncidentKind> = [], cameras: Set<CameraID> = [], zones: Set<String> = [],
        leastSeverity: Severity = .info, leastDangerLevel: Int = 1, schedule: WeeklySchedule = .always,
        changes: Set<IncidentRevision.Change> = AlertRoute.usualChanges,
        escalation: [Step] = []
    ) {
        self.channels = channels
        self.kinds = kinds
        self.cameras = cameras
        self.zones = zones
        self.leastSeverity = leastSeverity
        self.leastDangerLevel = leastDangerLevel
        self.schedule = schedule
        self.changes = changes
        self.escalation = escalation
    }

    /// - Parameters:
    ///   - start: the site's clock when the incident began.
    ///   - dangerLevel: 1 to 5; `nil` where nobody knows it: then it holds nothing back.
    public func fits(_ revision: IncidentRevision, start: LocalTime, dangerLevel: Int?) -> Bool {
        changes.contains(revision.change) && concerns(revision.incident, start: start, dangerLevel: dangerLevel)
    }

    /// As `fits`, for any step.
    func concerns(_ incident: Incident, start: LocalTime, dangerLevel: Int?) -> Bool {
        (kinds.isEmpty || kinds.contains(incident.kind))
            && (cameras.isEmpty || cameras.contains(incident.camera))
            && (zones.isEmpty || incident.zones.contains(where: zones.contains))
            && incident.severity >= leastSeverity && dangerLevel.map { $0 >= leastDangerLevel } ?? true
            && schedule.contains(start)
    }
}

extension [AlertRoute] {
    /// The channels of all routes that fit, each once, in the order of the routes.
    ///
    /// - Parameter change: what the step counts as.
    func channels(
        for revision: IncidentRevision, as change: IncidentRevision.Change, start: LocalTime, dangerLevel: Int?
    ) -> [String] {
        var revision = revision
        revision.change = change
        var channels: [String] = []
        for route in self where route.fits(revision, start: start, dangerLevel: dangerLevel) {
            for channel in route.channels where !channels.contains(channel) { channels.append(channel) }
        }
        return channels
    }
}
