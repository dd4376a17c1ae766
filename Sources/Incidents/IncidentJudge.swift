public import Domain

/// Turns what a camera's detectors see into incidents, by that camera's rules. A pure state machine: capture times in,
/// revisions out; the same observations give the same revisions.
///
/// One cause gives one incident: everything that a rule sees without a pause of its quiet time belongs to the incident
/// that is open, however many objects that are. While it lasts a revision is written when an object or a zone joins or the
/// confidence grows notably, at most once a second, and every ten seconds otherwise.
public struct IncidentJudge: Sendable {
    /// Revisions of one incident are at least this far apart, opening and closing aside.
    public static let shortestUpdateInterval = Duration.seconds(1)
    /// While it is seen, an incident is written again after this time even if nothing new joined.
    public static let longestUpdateInterval = Duration.seconds(10)
    /// A stream may be away this long before the incidents that it left open are closed as interrupted.
    public static let longestBlindTime = Duration.seconds(60)
    /// A track is taken for the same object when it is seen again within this time.
    private static let trackMemory = Duration.seconds(60)

    private let camera: CameraID
    private let localTime: @Sendable (MediaTime) -> LocalTime
    private var states: [RuleState]
    private var naming = IncidentNaming()
    /// When each track was last seen, by any rule or by none.
    private var tracks: [Int: MediaTime] = [:]
    private var now: MediaTime?
    private var blindSince: MediaTime?

    /// - Parameters:
    ///   - zones: all zones of the camera: an incident names those that it touches, whichever its rule is about.
    ///   - localTime: what the site's wall clock shows at an instant, asked only where a rule has a schedule.
    public init(
        camera: CameraID, zones: [Zone] = [], rules: [IncidentRule],
        localTime: @escaping @Sendable (MediaTime) -> LocalTime
    ) {
        self.camera = camera
        self.localTime = localTime
        states = rules.map { RuleState(rule: $0, camera: camera, zones: zones) }
    }

    /// The incidents that are open now.
    public var openIncidents: [Incident] { states.compactMap { $0.incident } }

    /// Takes in one analysed picture; to be called for each, also when nothing was seen on it.
    ///
    /// Times that repeat or step back a little count as the latest time so far; a step back of more than a minute is taken
    /// for a new timeline, and what was open is closed as interrupted.
    ///
    /// - Returns: what this picture causes, in the order in which it is to be stored.
    public mutating func consider(_ observations: [Observation], at time: CaptureTime) -> [IncidentRevision] {
        var revisions: [IncidentRevision] = []
        if blindSince != nil { revisions += streamReturned(at: time.time) }
        if let now, time.time < now - Self.longestBlindTime {
            revisions += close(at: now, interrupted: true)
            restartTimeline()
        }
        let instant = max(now ?? time.time, time.time)
        now = instant
        let sightings = observations.compactMap { Sighting($0, at: instant, knownTracks: tracks) }
        var wallClock: LocalTime?
        for index in states.indices {
            let rule = states[index].rule
            var isWatching = true
            if !rule.schedule.windows.isEmpty {
                let local = wallClock ?? localTime(instant)
                wallClock = local
                isWatching = rule.schedule.contains(local)
            }
            revisions += states[index].consider(
                isWatching ? sightings : [], at: CaptureTime(time: instant, uncertainty: time.uncertainty),
                naming: &naming)
        }
        remember(sightings, at: instant)
        return revisions
    }

    /// Closes what is open: at the end of a clip, or (`interrupted`) because Lookout stops watching.
    public mutating func close(at time: MediaTime, interrupted: Bool) -> [IncidentRevision] {
        let instant = max(now ?? time, time)
        return states.indices.compactMap { states[$0].close(at: instant, interrupted: interrupted) }
    }

    /// No picture comes any more. What is open stays open for a while: a scene that nobody sees is not quiet.
    public mutating func streamLost(at time: MediaTime) {
        guard blindSince == nil else { return }
        blindSince = max(now ?? time, time)
        for index in states.indices { states[index].forgetCandidates() }
    }

    /// To be called now and then while the stream is away, so that its incidents do not stay open for ever.
    public mutating func streamStillLost(at time: MediaTime) -> [IncidentRevision] {
        guard let blindSince, time - blindSince >= Self.longestBlindTime else { return [] }
        return close(at: time, interrupted: true)
    }

    /// Pictures come again. An incident that the gap left open has its whole quiet time from here to be seen again.
    public mutating func streamReturned(at time: MediaTime) -> [IncidentRevision] {
        guard blindSince != nil else { return [] }
        let revisions = streamStillLost(at: time)
        blindSince = nil
        let instant = max(now ?? time, time)
        for index in states.indices { states[index].streamReturned(at: instant) }
        return revisions
    }

    private mutating func remember(_ sightings: [Sighting], at instant: MediaTime) {
        for sighting in sightings {
            if let track = sighting.observation.track { tracks[track] = instant }
        }
        // Looked through only when it has grown, so that the cost per picture stays constant.
        if tracks.count > 256 { tracks = tracks.filter { instant - $0.value < Self.trackMemory } }
    }

    private mutating func restartTimeline() {
        now = nil
        tracks = [:]
        for index in states.indices { states[index].restartTimeline() }
    }
}
