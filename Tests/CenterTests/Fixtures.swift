import Center
import Domain
import Foundation
import Hummingbird
import Logging

/// 2026-03-01T19:12:07.250Z, 02:12 the next day in Phú Quốc.
let night = MediaTime(microseconds: 1_772_392_327_250_000)

let gate = CameraID("gate")
let tower = CameraID("tower-3")
let token = "correct-horse-battery-staple"
let otherToken = "another-token-of-enough-length"

/// The machine's own clocks, for what runs over real sockets.
struct RealClock: HostClock {
    func wall() -> MediaTime { MediaTime(seconds: Date().timeIntervalSince1970) }
    func monotonic() -> Duration { .nanoseconds(Int64(DispatchTime.now().uptimeNanoseconds)) }
}

/// A journal with `count` incidents, a minute apart, kinds and cameras in turn, every third one over.
func populatedBackend(incidents count: Int = 12) -> TestBackend {
    let backend = TestBackend()
    let kinds: [IncidentKind] = [.intrusion, .smoke, .motion, .cameraCovered]
    for index in 0..<count {
        backend.store(makeIncident(index, kind: kinds[index % kinds.count]), .opened)
        if index % 3 == 0 {
            var closed = makeIncident(index, kind: kinds[index % kinds.count])
            closed.state = .closed
            closed.lastSeen = closed.start + .seconds(20)
            backend.store(closed, .closed)
        }
    }
    var status = CameraStatus(camera: gate, name: "Cổng <script>alert(1)</script>", state: .watching, since: night)
    status.width = 640
    status.height = 360
    status.codec = "h264"
    status.counters.framesDecoded = 1234
    status.counters.framesPerSecond = .nan
    var blind = CameraStatus(camera: tower, name: "Tháp 3", state: .blind, since: night)
    blind.cause = "No packet for 12 s. Check the camera's cable."
    backend.change { state in
        state.cameras = [status, blind]
        state.decisions = (0..<5).reversed().map { StoredDecision(id: Int64($0), decision: makeDecision($0)) }
        var shares = CoverageShares()
        (shares.watched, shares.unrecorded) = (CoverageMinute.microseconds, CoverageMinute.microseconds / 2)
        state.coverage = [
            CoverageRun(
                camera: gate, first: CoverageMinute(containing: night), count: 5, shares: shares, fault: nil,
                recordingFault: .diskFull)
        ]
        state.recordings = (0..<3).map(makeRecording)
        state.pictures[gate] = CameraPicture(jpeg: [0xFF, 0xD8, 1, 2, 3, 0xFF, 0xD9], time: night)
        state.files["2026-03-01/gate-motion-1/snapshot.jpg"] = EvidenceFile(
            bytes: Array(0..<100), mediaType: "image/jpeg")
        let clip = EvidenceFile(bytes: [UInt8](repeating: 7, count: 500), mediaType: "video/mp4")
        state.files["2026-03-01/gate-motion-1/clip-1.mp4"] = clip
        state.files["2026-03-01/gate-motion-1/clip-2.mp4"] = clip
        state.copies[String(repeating: "d", count: 64)] = EvidenceFile(
            byteCount: 3, mediaType: "video/mp4", derivedFrom: String(repeating: "d", count: 64)
        ) { Array([1, 2, 3][$0]) }
        state.files["2026-03-01/gate-motion-1/page.html"] = EvidenceFile(
            bytes: Array("<script>".utf8), mediaType: "text/html")
    }
    return backend
}

func makeIncident(_ index: Int, kind: IncidentKind = .intrusion) -> Incident {
    let camera = index % 2 == 0 ? gate : tower
    var incident = Incident(
        id: IncidentID("\(camera)-\(kind.rawValue)-\(index)"), kind: kind, camera: camera,
        severity: Severity.allCases[index % 3], start: night + .seconds(60 * index),
        startUncertaintyMicroseconds: 40_000,
        confidence: 0.9, box: Box(x: 0.4, y: 0.5, width: 0.1, height: 0.25), rule: "night",
        measurements: [
            Measurement(name: "areaFraction", value: 0.01, threshold: 0.002),
            Measurement(name: "hostile", value: .infinity, threshold: .nan),
        ])
    incident.zones = ["yard"]
    incident.tracks = [index]
    let findings: [ObjectFinding?] = [.recognised("person", confidence: 0.8), nil, .unverified, .unrecognised]
    incident.object = findings[index % findings.count]
    if kind.isAboutMovingObjects {
        let position = GeoPoint(latitudeDegrees: 10.2895, longitudeDegrees: 103.9843)
        incident.ground = GroundFinding(
            xMetres: 4.1, yMetres: 17, position: index % 2 == 0 ? position : nil,
            kilometresPerHour: index % 3 == 0 ? 5.4 : nil)
    }
    incident.evidence = [
        EvidenceItem(
            kind: .snapshot, path: "2026-03-01/\(incident.id)/snapshot.jpg", mediaType: "image/jpeg", bytes: 100,
            sha256: String(repeating: "b", count: 64), time: incident.start)
    ]
    if index == 0 { incident.evidence += [makeClip(1, codec: "h264"), makeClip(2, codec: "hevc")] }
    if kind == .smoke { incident.evidence += makeSmokeEvidence(of: incident) }
    return incident
}

/// Its place before and now, and a time-lapse of an hour.
private func makeSmokeEvidence(of incident: Incident) -> [EvidenceItem] {
    let begin = incident.start - .seconds(1800)
    let film = ClipDetails(
        part: 1, durationMicroseconds: 12_000_000, codec: "h264", width: 640, height: 360, isWebReady: true,
        timelapse: TimelapseDetails(pictures: 61, first: begin, last: begin + .seconds(3600)))
    return [EvidenceItem.Kind.cropThen, .cropNow, .timelapse].map { kind in
        EvidenceItem(
            kind: kind, path: "2026-03-01/\(incident.id)/\(kind.rawValue).\(kind.fileExtension)",
            mediaType: kind == .timelapse ? "video/mp4" : "image/jpeg", bytes: 100,
            sha256: String(repeating: "e", count: 64), time: kind == .cropNow ? incident.start : begin,
            clip: kind == .timelapse ? film : nil)
    }
}

/// A minute of the gate's recording.
func makeRecording(_ minute: Int) -> RecordedSegment {
    RecordedSegment(
        camera: gate, start: night + .seconds(60 * minute), durationMicroseconds: 59_900_000,
        path: "2026-03-01/gate/\(minute).mp4", bytes: 1_000, codec: minute == 2 ? "hevc" : "h264", width: 640,
        height: 360, isWebReady: minute < 2, isTruncated: minute == 1)
}

func makeDecision(_ index: Int) -> Decision {
    Decision(
        camera: index % 2 == 0 ? gate : tower, rule: "night", kind: .intrusion,
        outcome: index == 0 ? .confirmed : .suppressed, reason: Decision.Reason.allCases[index], start: night,
        end: night + .seconds(3), track: index, box: Box(x: 0.4, y: 0.5, width: 0.1, height: 0.25), confidence: 0.7,
        measurements: [Measurement(name: "confidence", value: 0.7, threshold: 0.9)],
        incident: index == 0 ? IncidentID("gate-intrusion-0") : nil, configuration: String(repeating: "c", count: 64),
        detector: "motion-1")
}

/// A clip of the first incident.
private func makeClip(_ part: Int, codec: String) -> EvidenceItem {
    EvidenceItem(
        kind: .clip, path: "2026-03-01/gate-motion-1/clip-\(part).mp4", mediaType: "video/mp4", bytes: 500,
        sha256: String(repeating: part == 1 ? "c" : "d", count: 64), time: night,
        clip: ClipDetails(
            part: part, durationMicroseconds: 9_900_000, codec: codec, width: 640, height: 360,
            isWebReady: codec == "h264", truncation: part == 2 ? .maximumSeconds : nil))
}

func makeSettings(host: String = "127.0.0.1", withTokens: Bool = true) -> CenterSettings {
    CenterSettings(
        host: host, port: 0,
        tokens: withTokens
            ? [.init(name: "an", secret: Secret(token)), .init(name: "bình", secret: Secret(otherToken))] : [],
        siteName: "Phú Quốc", timeZone: "Asia/Ho_Chi_Minh")
}

/// A logger that says nothing, so that the tests of refusals leave the test log readable.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

func makeServer(
    _ backend: TestBackend, settings: CenterSettings = makeSettings(),
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) throws -> CenterServer {
    try CenterServer(
        settings: settings, backend: backend, clock: RealClock(), logger: quiet, onListening: onListening)
}

/// A JSON answer as dictionaries and arrays.
func json(_ response: TestResponse) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any] ?? [:]
}
