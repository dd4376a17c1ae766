import Center
import Domain
import Foundation
import Watch

/// The JSON lines of `analyze`, as DESIGN names them. They hold nothing that differs between two runs.
struct ReportWriter {
    private let file: FileHandle?

    /// - Parameter path: `-` is standard output; `nil`: incidents are told as text.
    init(path: String?) throws {
        guard let path else {
            file = nil
            return
        }
        if path == "-" {
            file = .standardOutput
            return
        }
        guard !Self.holdsSomethingElse(path) else {
            throw Failure(
                .usage, "'\(path)' exists and holds no report. Give --json another file, or remove that one first.")
        }
        // Opened, not created anew by name: that would put a plain file in the place of /dev/null or a pipe.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(.problemFound, "'\(path)' cannot be written. Give --json a path in a writable directory.")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// `analyze --json a.mp4 b.mp4` must not put a report in the place of a clip.
    private static func holdsSomethingElse(_ path: String) -> Bool {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        guard attributes?[.type] as? FileAttributeType == .typeRegular, attributes?[.size] as? Int != 0,
            let old = FileHandle(forReadingAtPath: path)
        else { return false }
        return (try? old.read(upToCount: 1)) != Data("{".utf8)
    }

    func write(
        _ report: ClipAnalysis.Report, file name: String, camera: CameraID, _ progress: TerminalProgress
    ) throws {
        progress.clear()
        guard let file else { return tell(report, name) }
        var lines = ""
        for incident in report.incidents { lines += try JSONText.line(IncidentLine(incident)) + "\n" }
        lines += try JSONText.line(SummaryLine(report, file: name)) + "\n"
        try file.write(contentsOf: Data(lines.utf8))
    }

    private func tell(_ report: ClipAnalysis.Report, _ name: String) {
        for incident in report.incidents {
            print(
                String(
                    format: "%@: %@ from %.1f s to %.1f s, confidence %.2f%@%@", name, incident.kind.title(in: .en),
                    incident.start.seconds, incident.lastSeen.seconds, incident.confidence,
                    (incident.sceneChange?.title(in: .en) ?? incident.object?.title(in: .en)).map { ", \($0)" } ?? "",
                    incident.ground.map { ", \($0.text)" } ?? ""))
        }
        print(
            String(
                format: "%@: %d incidents in %.1f s (%d pictures, %d analysed, %d decode errors)", name,
                report.incidents.count, report.seconds, report.frames, report.framesAnalysed, report.decodeErrors))
    }
}

private struct IncidentLine: Encodable {
    var type = "incident"
    var kind: IncidentKind
    var camera: CameraID
    var start: Double
    var end: Double
    var confidence: Double
    var box: [Double]?
    var zones: [String]
    var object: ObjectFinding?
    var sceneChange: SceneChange?
    var ground: GroundDocument?
    var frames: Int
    /// Name of the rule that made it.
    var rule: String
    var tracks: [Int]
    /// Measured values beside their thresholds when it opened.
    var measurements: [Domain.Measurement]

    init(_ incident: Incident) {
        kind = incident.kind
        camera = incident.camera
        start = rounded(incident.start.seconds, 3)
        end = rounded(incident.lastSeen.seconds, 3)
        confidence = rounded(incident.confidence, 3)
        box = incident.box.map { [$0.x, $0.y, $0.width, $0.height].map { rounded($0, 4) } }
        zones = incident.zones
        object = incident.object
        sceneChange = incident.sceneChange
        ground = incident.ground.map(GroundDocument.init)
        frames = incident.frames
        rule = incident.rule
        tracks = incident.tracks
        measurements = incident.measurements.map {
            Domain.Measurement(
                name: $0.name, value: rounded($0.value, 4), threshold: $0.threshold.map { rounded($0, 4) })
        }
    }
}

private struct SummaryLine: Encodable {
    var type = "summary"
    var file: String
    var frames: Int
    var framesAnalysed: Int
    var seconds: Double
    var incidents: Int
    var decodeErrors: Int

    init(_ report: ClipAnalysis.Report, file: String) {
        self.file = file
        frames = report.frames
        framesAnalysed = report.framesAnalysed
        seconds = rounded(report.seconds, 3)
        incidents = report.incidents.count
        decodeErrors = report.decodeErrors
    }
}

private func rounded(_ value: Double, _ digits: Int) -> Double {
    let scale = pow(10, Double(digits))
    return (value * scale).rounded() / scale
}
