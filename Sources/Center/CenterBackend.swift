public import Domain

/// What the center needs from the rest of Lookout: the journal, the bus and the cameras, as it sees them.
///
/// The protocol belongs to the center; the `lookout` executable adapts the other modules to it, and tests bring their
/// own. No call may block the thread it runs on. An `ActionableError` that a call throws is shown to the caller with
/// its remedy; any other error is logged and answered with status 500.
public protocol CenterBackend: Sendable {
    /// Incidents as they stand now, newest first, at most `query.limit` of them.
    func incidents(matching query: IncidentQuery) async throws -> [Incident]

    /// Every revision of one incident, oldest first; empty where there is no such incident.
    func history(of id: IncidentID) async throws -> [StoredRevision]

    /// Takes an incident in `actor`'s name and returns the revision that stands after it. Where somebody else took it
    /// before, that first acknowledgement stays and is returned.
    func acknowledge(_ id: IncidentID, actor: String, note: String?) async throws -> StoredRevision

    /// Notes what a person did with an incident and returns the revision that stands after it.
    ///
    /// - Throws: `HandlingStep.Refusal` where the step contradicts what people did before.
    func handle(_ id: IncidentID, _ step: HandlingStep, actor: String, note: String?) async throws -> StoredRevision

    /// What a link in an alert stands for; changes nothing.
    ///
    /// - Throws: `AnswerState.Refusal` where it does not work.
    func state(of link: AnswerLink) async throws -> AnswerState

    /// Takes the incident in the name of the link's contact; the link is used up by then.
    ///
    /// - Throws: `AnswerState.Refusal` where it does not work.
    func acknowledge(by link: AnswerLink) async throws -> AnswerState

    /// The fire that an incident belongs to, with what other cameras see of it; `nil` for what is no fire.
    func fire(of id: IncidentID) async -> FireOutline?

    /// The newest position in the journal; 0 while it is empty.
    func lastSequence() async throws -> Int64

    /// Every revision after `sequence`, in order and without gaps, first the stored ones, then each new one as it
    /// is stored. It is pulled: a reader that stops asking costs no memory. It ends when Lookout stops.
    func revisions(after sequence: Int64) -> any AsyncSequence<StoredRevision, any Error> & Sendable

    /// Every configured camera, in the order of the configuration.
    func cameras() async -> [CameraStatus]

    /// The zones of every configured camera, by their ids.
    func zones() async -> [CameraID: [String]]

    /// Who has disarmed what.
    func standingOrders() async -> StandingOrders

    /// Takes in what a person ordered and returns the orders that stand after it. They are durable by then.
    func give(_ order: ArmingOrder) async throws -> StandingOrders

    /// Reads the configuration again and takes over its cameras.
    ///
    /// - Throws: `ConfigurationRefused` for a faulty one, which changes nothing.
    func reload(actor: String) async throws -> ReloadReport

    /// Which forest fire danger holds.
    func danger() async -> DangerStanding

    /// Takes in which danger holds, or, with no level, that none is given by hand any more. It is durable by then.
    ///
    /// - Parameter hours: how long it holds; as the configuration says where `nil`.
    func giveDanger(_ level: DangerLevel?, hours: Double?, actor: String, note: String?) async throws -> DangerStanding

    /// The days of weather that are known, and what they say of the fire danger.
    func weather() async -> WeatherStanding

    /// Takes in the weather of one day, or a correction of it. It is durable by then.
    ///
    /// - Throws: `WeatherDay.Fault` for a day that has not come yet.
    func giveWeather(_ day: WeatherDay, actor: String) async throws -> WeatherStanding

    /// What became of candidates, the latest first, at most `query.limit` of them.
    func decisions(matching query: DecisionQuery) async throws -> [StoredDecision]

    /// Whether these cameras were watched from one instant to another, in their order, minute by minute.
    func coverage(of cameras: [CameraID], since: MediaTime, until: MediaTime) async throws -> [CoverageReport]

    /// The newest picture of a camera; `nil` while there is none.
    func latestPicture(of camera: CameraID) async throws -> CameraPicture?

    /// A file of the evidence store; `nil` where there is none. The path was checked: it has no `..`, starts with no
    /// `/`, and holds only letters, digits, `-`, `_`, `.` and `/`.
    func evidence(at path: String) async throws -> EvidenceFile?

    /// A copy of a clip that browsers play, made when it is first asked for; `nil` where the clip has been removed.
    func playableCopy(of clip: EvidenceItem) async throws -> EvidenceFile?

    /// Segments of a camera's continuous recording of which any part lies in a time, oldest first, at most `limit`.
    func recordings(of camera: CameraID, since: MediaTime, until: MediaTime, limit: Int) async throws
        -> [RecordedSegment]

    /// One file of what was recorded of a camera from the keyframe before `since` on; `nil` where nothing was. It ends at
    /// `until`, or sooner where the recording has a gap.
    func recording(of camera: CameraID, since: MediaTime, until: MediaTime, isOriginal: Bool) async throws
        -> CameraRecording?

    /// What is wrong with Lookout as a whole, cameras aside.
    func health() async -> SystemHealth

    /// Measurements beyond those of cameras and center: journal, evidence, deliveries.
    func metrics() async -> [MetricFamily]
}

/// One picture of a camera, encoded.
public struct CameraPicture: Sendable, Equatable {
    public var jpeg: [UInt8]
    /// Capture time on the host's timeline.
    public var time: MediaTime

    public init(jpeg: [UInt8], time: MediaTime) {
        self.jpeg = jpeg
        self.time = time
    }
}

/// A changed configuration is faulty; nothing was changed.
public struct ConfigurationRefused: ActionableError {
    /// Every fault, a line each.
    public var problem: String
    public var remedy: String

    public init(problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
}

/// What is wrong with Lookout as a whole.
public struct SystemHealth: Sendable, Equatable {
    /// One thing that is wrong and what to do about it.
    public struct Fault: Sendable, Equatable, Codable {
        /// `journal`, `evidence`, …
        public var component: String
        public var problem: String
        public var remedy: String
        /// Whether incidents may be missed or lost because of it.
        public var isFatal: Bool

        public init(component: String, problem: String, remedy: String, isFatal: Bool) {
            self.component = component
            self.problem = problem
            self.remedy = remedy
            self.isFatal = isFatal
        }
    }

    public var faults: [Fault]

    public init(faults: [Fault] = []) { self.faults = faults }
}
