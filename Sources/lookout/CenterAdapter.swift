import Alerting
import Center
import Domain
import EventBus
import Evidence
import Journal
import SiteConfiguration
import Watch

/// Gives the center what it asks for from journal, bus, evidence and cameras.
struct CenterAdapter: CenterBackend {
    let journal: IncidentJournal
    let bus: EmbeddedBus
    let evidence: EvidenceStore
    let coverage: CoverageLog
    let decisions: DecisionLog
    let watch: SiteWatch
    let alerts: AlertService
    let reloader: SiteReloader
    let dangerDesk: DangerDesk
    let answers: AnswerDesk

    func incidents(matching query: IncidentQuery) async throws -> [Incident] {
        try await journal.incidents(matching: query)
    }

    func history(of id: IncidentID) async throws -> [StoredRevision] { try await journal.history(of: id) }

    func acknowledge(_ id: IncidentID, actor: String, note: String?) async throws -> StoredRevision {
        try await bus.acknowledge(id, actor: actor, note: note)
    }

    func handle(_ id: IncidentID, _ step: HandlingStep, actor: String, note: String?) async throws -> StoredRevision {
        do {
            if step == .lock { return try await watch.locks.lock(id, actor: actor, reason: note) }
            return try await journal.handle(id, step, actor: actor, note: note)
        } catch let error as JournalError where error.code == .conflict {
            throw HandlingStep.Refusal(problem: error.problem, remedy: error.remedy)
        }
    }

    func state(of link: AnswerLink) async throws -> AnswerState { try await answers.state(of: link) }

    func acknowledge(by link: AnswerLink) async throws -> AnswerState { try await answers.acknowledge(by: link) }

    func fire(of id: IncidentID) async -> FireOutline? { alerts.fire(of: id) }

    func lastSequence() async throws -> Int64 { try await journal.lastSequence() }

    func revisions(after sequence: Int64) -> any AsyncSequence<StoredRevision, any Error> & Sendable {
        bus.subscribe(after: sequence)
    }

    func coverage(of cameras: [CameraID], since: MediaTime, until: MediaTime) async throws -> [CoverageReport] {
        try await coverage.reports(cameras: cameras, since: since, until: until)
    }

    func cameras() async -> [CameraStatus] { watch.statuses() }

    func zones() async -> [CameraID: [String]] { watch.zones }

    func standingOrders() async -> StandingOrders { watch.standingOrders }

    func give(_ order: ArmingOrder) async throws -> StandingOrders { try await watch.give(order) }

    func reload(actor: String) async throws -> ReloadReport { try await reloader.reload(actor: actor) }

    func danger() async -> DangerStanding { dangerDesk.standing() }

    func giveDanger(_ level: DangerLevel?, hours: Double?, actor: String, note: String?) async throws -> DangerStanding
    {
        try await dangerDesk.give(level, source: .person, actor: actor, hours: hours, note: note)
    }

    func weather() async -> WeatherStanding { dangerDesk.weather() }

    func giveWeather(_ day: WeatherDay, actor: String) async throws -> WeatherStanding {
        try await dangerDesk.give(day, actor: actor)
    }

    func decisions(matching query: DecisionQuery) async throws -> [StoredDecision] {
        try await decisions.decisions(matching: query)
    }

    func latestPicture(of camera: CameraID) async throws -> CameraPicture? {
        await watch.latestPicture(of: camera).map { CameraPicture(jpeg: $0.jpeg, time: $0.capturedAt) }
    }

    func evidence(at path: String) async throws -> EvidenceFile? {
        do {
            let file = try await evidence.open(path)
            return EvidenceFile(byteCount: file.byteCount, mediaType: Self.mediaType(of: path)) { range in
                try await file.read(range)
            }
        } catch  where error.code == .notFound {
            return nil
        }
    }

    func playableCopy(of clip: EvidenceItem) async throws -> EvidenceFile? {
        guard let file = try await watch.playableCopy(of: clip) else { return nil }
        return EvidenceFile(byteCount: file.byteCount, mediaType: "video/mp4", derivedFrom: clip.sha256) { range in
            try await file.read(range)
        }
    }

    func recordings(of camera: CameraID, since: MediaTime, until: MediaTime, limit: Int) async throws
        -> [RecordedSegment]
    {
        try await watch.recordings.segments(of: camera, since: since, until: until, limit: limit)
    }

    func recording(of camera: CameraID, since: MediaTime, until: MediaTime, isOriginal: Bool) async throws
        -> CameraRecording?
    {
        let cut = try await watch.recordings.cut(of: camera, since: since, until: until, isOriginal: isOriginal)
        return cut.map { cut in
            CameraRecording(
                file: EvidenceFile(byteCount: cut.file.byteCount, mediaType: "video/mp4") { range in
                    try await cut.file.read(range)
                }, start: cut.start, end: cut.end, isDerived: cut.isDerived)
        }
    }

    func health() async -> SystemHealth {
        do {
            _ = try await journal.lastSequence()
            var faults: [SystemHealth.Fault] = []
            if let trouble = watch.storageTrouble {
                faults.append(
                    SystemHealth.Fault(
                        component: "journal", problem: trouble.problem, remedy: trouble.remedy,
                        isFatal: trouble.duration > .seconds(30)))
            }
            if let trouble = watch.evidenceTrouble {
                faults.append(
                    SystemHealth.Fault(
                        component: "evidence", problem: trouble.problem, remedy: trouble.remedy, isFatal: false))
            }
            if let trouble = watch.recordings.trouble {
                faults.append(
                    SystemHealth.Fault(
                        component: "recordings", problem: trouble.problem, remedy: trouble.remedy, isFatal: false))
            }
            let unseen = watch.statuses().filter { $0.fault == .evidenceStreamLost }.map { "'\($0.camera)'" }
            if !unseen.isEmpty {
                faults.append(
                    SystemHealth.Fault(
                        component: "main-streams",
                        problem: "clips and recordings lack the main stream of \(unseen.joined(separator: ", "))",
                        remedy: "Look at the camera's cause, and at the address in its source", isFatal: false))
            }
            if let trouble = watch.lockTrouble {
                faults.append(
                    SystemHealth.Fault(
                        component: "locks", problem: trouble.problem, remedy: trouble.remedy, isFatal: false))
            }
            if let trouble = decisions.trouble {
                faults.append(
                    SystemHealth.Fault(
                        component: "decisions", problem: trouble.problem, remedy: trouble.remedy, isFatal: false))
            }
            return SystemHealth(faults: faults)
        } catch {
            let fault = SystemHealth.Fault(
                component: "journal", problem: error.problem, remedy: error.remedy, isFatal: true)
            return SystemHealth(faults: [fault])
        }
    }

    func metrics() async -> [MetricFamily] {
        let losses = watch.losses
        let decided = watch.decisionCounts
        let own: [MetricFamily] = [
            MetricFamily(
                "lookout_coverage_records_given_up_total", .counter,
                help: "Minutes of a camera's coverage that the disk could not keep up with; they read as blind.",
                samples: [.init(Double(coverage.droppedCount))]),
            MetricFamily(
                "lookout_decisions_written_total", .counter, help: "Decisions on candidates that were stored.",
                samples: [.init(Double(decided.written))]),
            MetricFamily(
                "lookout_decisions_dropped_total", .counter,
                help: "Decisions on candidates that were not stored because there were too many at once.",
                samples: [.init(Double(decided.dropped))]),
            MetricFamily(
                "lookout_incident_requests_waiting", .gauge,
                help: "Steps of incidents that are not yet on disk.", samples: [.init(Double(watch.waitingCount))]),
            MetricFamily(
                "lookout_incident_updates_given_up_total", .counter,
                help: "Updates of open incidents that were not stored because the disk could not keep up.",
                samples: [.init(Double(losses.updates))]),
            MetricFamily(
                "lookout_snapshots_given_up_total", .counter,
                help: "Snapshots of incidents that were not stored.", samples: [.init(Double(losses.snapshots))]),
            MetricFamily(
                "lookout_incident_revisions_refused_total", .counter,
                help: "Steps of incidents that the journal refused for good; a fault of Lookout where above zero.",
                samples: [.init(Double(losses.revisions))]),
        ]
        let level = dangerDesk.standing().current?.level.rawValue
        let dangerLevel = MetricFamily(
            "lookout_fire_danger_level", .gauge, help: "Forest fire danger, 1 to 5; absent while nobody knows it.",
            samples: level.map { [.init(Double($0))] } ?? [])
        return await alerts.metrics() + own + clipMetrics + watch.recordings.metrics + [dangerLevel]
    }

    private var clipMetrics: [MetricFamily] {
        let clips = watch.clipCounts
        let space = watch.freeBytes
        return [
            MetricFamily(
                "lookout_storage_free_bytes", .gauge,
                help: "Bytes that may still be written on the disk of the evidence.",
                samples: space.now == .max ? [] : [.init(Double(space.now))]),
            MetricFamily(
                "lookout_storage_minimum_free_bytes", .gauge,
                help:
                    "Bytes that must stay free there, as configured; with less, old evidence goes, then nothing is written.",
                samples: [.init(Double(space.minimum))]),
            MetricFamily(
                "lookout_clips_total", .counter,
                help:
                    "Clips of incidents: stored; recovered after a crash or a full disk; failed, or not written for want of space.",
                samples: [
                    .init(Double(clips.stored), labels: [.init("outcome", "stored")]),
                    .init(Double(clips.recovered), labels: [.init("outcome", "recovered")]),
                    .init(Double(clips.failed), labels: [.init("outcome", "failed")]),
                ]),
            MetricFamily(
                "lookout_clip_packets_lost_total", .counter,
                help: "Packets that clips lack because the disk did not keep up.",
                samples: [.init(Double(clips.packetsLost))]),
            MetricFamily(
                "lookout_locked_incidents", .gauge, help: "Incidents whose evidence is locked against being given up.",
                samples: [.init(Double(watch.lockedEvidence.incidents))]),
            MetricFamily(
                "lookout_locked_evidence_bytes", .gauge, help: "What the evidence of locked incidents takes.",
                samples: [.init(Double(watch.lockedEvidence.bytes))]),
        ]
    }

    private static func mediaType(of path: String) -> String {
        if path.hasSuffix(".jpg") { return "image/jpeg" }
        if path.hasSuffix(".mp4") { return "video/mp4" }
        return "application/octet-stream"
    }
}

extension CenterSettings {
    init(_ site: SiteSettings) {
        self.init(
            host: site.center.listen.host, port: site.center.listen.port,
            tokens: site.center.tokens.map { AccessToken(name: $0.name, secret: $0.secret) },
            siteName: site.site.name, timeZone: site.site.timeZone.identifier,
            watchesForFire: site.cameras.contains { $0.detect.contains(.smoke) || $0.detect.contains(.flame) })
    }
}
