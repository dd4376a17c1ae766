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
    static let trackMemory = Duration.seconds(60)
    /// Decisions that nobody took are kept up to this many.
    private static let mostDecisions = 1_000

    private let camera: CameraID
    private let localTime: @Sendable (MediaTime) -> LocalTime
    private let standingOrders: @Sendable () -> StandingOrders
    private let masks: [PictureMask]
    private var scene = Scene()
    private var decisions: [Decision] = []
    private var overflow = 0
    private var unconfirmed: UnconfirmedLedger
    private var states: [RuleState]
    private var naming = IncidentNaming()
    /// Where each track was seen lately, by any rule or by none.
    private var paths: [Int: TrackPath] = [:]
    private var now: MediaTime?
    private var blindSince: MediaTime?
    /// Whether a rule about a zone was armed at the last picture: by its schedule, and by what people ordered.
    public private(set) var hasArmedZone = false

    /// - Parameters:
    ///   - zones: all zones of the camera: an incident names those that it touches, whichever its rule is about.
    ///   - masks: parts of the picture in which nothing counts: an object is ignored that lies half in them.
    ///   - ground: what places and speeds in metres are told from.
    ///   - standingOrders: who has disarmed what, asked at every picture.
    ///   - localTime: what the site's wall clock shows at an instant, asked only where a rule has a schedule.
    public init(
        camera: CameraID, zones: [Zone] = [], rules: [IncidentRule], masks: [PictureMask] = [],
        ground: GroundView? = nil, standingOrders: @escaping @Sendable () -> StandingOrders = { StandingOrders() },
        localTime: @escaping @Sendable (MediaTime) -> LocalTime
    ) {
        self.camera = camera
        self.localTime = localTime
        self.standingOrders = standingOrders
        self.masks = masks
        unconfirmed = UnconfirmedLedger(camera: camera)
        scene.ground = ground
        states = rules.map { RuleState(rule: $0, camera: camera, zones: zones) }
    }

    /// The incidents that are open now.
    public var openIncidents: [Incident] { states.compactMap { $0.incident } }

    /// Where open incidents were seen on the last picture.
    public var sightings: [IncidentSighting] {
        guard let now else { return [] }
        return states.compactMap { $0.sighting(at: now) }
    }

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
        var sightings = observations.compactMap { Sighting($0, at: instant, paths: paths, masks: masks) }
        remember(sightings, at: instant)
        if scene.ground != nil { sightings = sightings.map { $0.placed(by: paths) } }
        let orders = standingOrders()
        var wallClock: LocalTime?
        hasArmedZone = false
        for index in states.indices {
            let gate = gate(of: states[index].rule, at: instant, orders, &wallClock)
            if case .open = gate, states[index].rule.zone != nil { hasArmedZone = true }
            revisions += states[index].consider(
                sightings, paths: paths, in: scene, gate: gate,
                at: CaptureTime(time: instant, uncertainty: time.uncertainty), naming: &naming)
            keepDecisions(of: index)
        }
        return revisions
    }

    /// The picture's width over its height, for directions and speeds; what is no such number changes nothing.
    public mutating func pictures(haveAspectRatio ratio: Double) {
        if ratio.isFinite, ratio > 0 { scene.aspectRatio = ratio }
    }

    /// What incidents of a kind that open from now on are found by: version and hashes of models.
    public mutating func incidents(of kind: IncidentKind, areFoundBy detector: String) {
        scene.detectors[kind] = detector
    }

    /// How far apart pictures are, from now on, on which the detector looks for a kind: what it does not see in between is
    /// not gone.
    public mutating func incidents(of kind: IncidentKind, areLookedForEvery step: Duration) {
        scene.steps[kind] = step
    }

    /// The forest fire danger that incidents of smoke and flame open at from now on; `nil` where nobody knows it.
    public mutating func fireDanger(is level: DangerLevel?) { scene.fireDanger = level }

    /// What became of candidates since the last call, and how many more there were than are followed.
    public mutating func takeDecisions() -> (decisions: [Decision], dropped: Int) {
        defer {
            decisions = []
            overflow = 0
        }
        return (decisions, overflow)
    }

    /// Takes in what the detector followed and let go of, which no rule is asked about; at most 30 of them a minute become
    /// decisions.
    public mutating func note(_ tracks: [UnconfirmedTrack], at time: MediaTime) {
        unconfirmed.consider(tracks, at: time)
        keepUnconfirmed()
    }

    private mutating func settleUnconfirmed() {
        unconfirmed.settle()
        keepUnconfirmed()
    }

    private mutating func keepUnconfirmed() {
        let (fresh, dropped) = unconfirmed.take()
        keep(fresh, dropped: dropped)
    }

    private func gate(
        of rule: IncidentRule, at instant: MediaTime, _ orders: StandingOrders, _ wallClock: inout LocalTime?
    ) -> Gate {
        if !rule.schedule.windows.isEmpty {
            let local = wallClock ?? localTime(instant)
            wallClock = local
            guard rule.schedule.contains(local) else { return .offSchedule }
        }
        let order = orders.silencing(camera: camera, zone: rule.zone?.id, kind: rule.kind, at: instant)
        return order.map { .silenced($0.action) } ?? .open
    }

    private mutating func keepDecisions(of index: Int) {
        let (fresh, dropped) = states[index].takeDecisions()
        keep(fresh, dropped: dropped)
    }

    private mutating func keep(_ fresh: [Decision], dropped: Int) {
        overflow += dropped
        let room = Self.mostDecisions - decisions.count
        decisions += fresh.prefix(max(0, room))
        overflow += max(0, fresh.count - room)
    }

    /// Closes what is open: at the end of a clip, or (`interrupted`) because Lookout stops watching.
    public mutating func close(at time: MediaTime, interrupted: Bool) -> [IncidentRevision] {
        let instant = max(now ?? time, time)
        let revisions = states.indices.compactMap { states[$0].close(at: instant, interrupted: interrupted) }
        settleUnconfirmed()
        for index in states.indices {
            states[index].forgetCandidates()
            keepDecisions(of: index)
        }
        return revisions
    }

    /// No picture comes any more. What is open stays open for a while: a scene that nobody sees is not quiet.
    public mutating func streamLost(at time: MediaTime) {
        guard blindSince == nil else { return }
        blindSince = max(now ?? time, time)
        settleUnconfirmed()
        for index in states.indices {
            states[index].forgetCandidates()
            keepDecisions(of: index)
        }
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
            guard let track = sighting.observation.track, let box = sighting.observation.box else { continue }
            if paths[track] == nil { paths[track] = TrackPath(box, at: instant) }
            paths[track]?.add(box, at: instant, in: scene)
        }
        // Looked through only when it has grown, so that the cost per picture stays constant.
        if paths.count > 256 { paths = paths.filter { instant - $0.value.last < Self.trackMemory } }
    }

    private mutating func restartTimeline() {
        now = nil
        paths = [:]
        for index in states.indices {
            states[index].restartTimeline()
            keepDecisions(of: index)
        }
    }
}
