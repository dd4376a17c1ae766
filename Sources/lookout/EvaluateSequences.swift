import ArgumentParser
import Domain
import Foundation
import Media
import SiteConfiguration
import Watch

struct EvaluateSequences: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequences",
        abstract: "Scores smoke and flame on labelled sequences: found, how soon, and false alarms.",
        discussion: """
            The labels are YAML: 'sequences', each with 'file', 'expect' ([{kind: smoke, from: SECONDS, to: SECONDS}], [] \
            where nothing burns) and, for a folder of stills, 'rate'. An incident counts for an event where it starts within \
            its span, or up to a second before. Of a tower's stills each picture is counted as well: negative before the \
            ignition, positive after it, an alarm holding to the end.
            """)

    @Argument(help: "The labels.") var labels: String
    @Option(help: "Take the camera's settings from this configuration.") var config: String?
    @Option(help: "The camera of the configuration whose settings apply; its first one by default.") var camera: String?
    @Option(help: "Write the JSON lines of each sequence into this directory, as 'analyze --json' writes them.")
    var results: String?
    @Option(
        help: "Write a page with pictures of each miss and each false alarm into this directory: index.html.")
    var report: String?
    @Option(help: "Sequences side by side.") var jobs = 1

    func validate() throws {
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes 1 to 64.") }
        guard camera == nil || config != nil else { throw ValidationError("--camera needs --config.") }
    }

    func run() async throws {
        let labels: SequenceLabels
        do {
            labels = try SequenceLabels.load(path: self.labels)
        } catch {
            throw Failure(error.isUnreadable ? .inputUnreadable : .problemFound, error)
        }
        let (site, settings) = try ClipSettings.load(config: config, camera: camera)
        if let results { try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true) }
        let page = try report.map { try SequenceReport(folder: $0, labels: labels) }
        let progress = TerminalProgress()
        var outcomes = [Result<ClipAnalysis.Report, Failure>?](repeating: nil, count: labels.sequences.count)
        await withTaskGroup(of: (Int, Result<ClipAnalysis.Report, Failure>).self) { group in
            var started = 0
            func startNext() {
                guard started < labels.sequences.count else { return }
                let index = started
                started += 1
                group.addTask { (index, await analyse(labels, index, settings, site, progress)) }
            }
            for _ in 0..<jobs { startNext() }
            for await (index, outcome) in group {
                startNext()
                outcomes[index] = outcome
            }
        }
        progress.finish()
        try tell(labels, outcomes, camera: settings.id, page)
    }

    private func analyse(
        _ labels: SequenceLabels, _ index: Int, _ settings: CameraSettings, _ site: SiteSettings,
        _ progress: TerminalProgress
    ) async -> Result<ClipAnalysis.Report, Failure> {
        let sequence = labels.sequences[index]
        var adapted = settings
        if let rate = sequence.rate { adapted.stillsPerSecond = rate }
        let chosen = adapted
        return await onOwnThread {
            do throws(MediaError) {
                return .success(
                    try ClipAnalysis(settings: chosen, site: site).run(
                        file: SourceAddress("\(labels.folder)/\(sequence.file)"), stop: StopFlag(),
                        clock: SystemClock(),
                        progress: { progress.update(clip: index, name: sequence.file, $0) }))
            } catch {
                return .failure(Failure(.inputUnreadable, error))
            }
        }
    }

    private func tell(
        _ labels: SequenceLabels, _ outcomes: [Result<ClipAnalysis.Report, Failure>?], camera: CameraID,
        _ page: consuming SequenceReport?
    ) throws {
        var score = SequenceScore()
        var page = page
        var unreadable = 0
        for (sequence, outcome) in zip(labels.sequences, outcomes) {
            switch outcome {
            case .success(let report):
                score.add(sequence, incidents: report.incidents, seconds: report.seconds)
                let name = sequence.file.padding(toLength: max(34, sequence.file.count), withPad: " ", startingAt: 0)
                print("\(name) \(score.rows.last?.text ?? "")")
                if let row = score.rows.last { try page?.add(sequence, row) }
                if let results {
                    let file = sequence.file.replacingOccurrences(of: "/", with: "_")
                    let writer = try ReportWriter(path: "\(results)/\(file).jsonl")
                    try writer.write(report, file: sequence.file, camera: camera, TerminalProgress())
                }
            case .failure(let failure):
                unreadable += 1
                print("\(sequence.file) UNREADABLE \(failure.message)")
            case nil: unreadable += 1
            }
        }
        let summary = summary(score, unreadable: unreadable)
        for line in summary { print(line) }
        if let path = try page?.write(summary: summary) { print("report: \(path)") }
        if unreadable > 0 { throw Failure(.inputUnreadable) }
    }

    private func summary(_ score: SequenceScore, unreadable: Int) -> [String] {
        let hours = score.hours
        let recall = ConfidenceInterval.wilson(hits: score.found, of: score.expected)
        let alarms = ConfidenceInterval.garwood(count: score.falseAlarms)
        let delay = score.medianDelaySeconds.map { String(format: "%.1f", $0) } ?? "none"
        let perHour = hours > 0 ? String(format: "%.1f", Double(score.falseAlarms) / hours) : "none"
        var lines = [
            "found=\(score.found)/\(score.expected) falseAlarms=\(score.falseAlarms) perHour=\(perHour) "
                + "medianDelaySeconds=\(delay) "
                + String(format: "footageSeconds=%.0f ", hours * 3600) + "unreadable=\(unreadable)",
            String(format: "recall 95%%: %.2f to %.2f", recall.low, recall.high),
        ]
        if hours > 0 {
            lines.append(
                String(format: "false alarms an hour 95%%: %.2f to %.2f", alarms.low / hours, alarms.high / hours))
        }
        if let precision = score.precision { lines.append(String(format: "precision: %.2f", precision)) }
        if let frames = score.frames {
            func text(_ share: Double?) -> String { share.map { String(format: "%.3f", $0) } ?? "none" }
            lines.append(
                "tower pictures: accuracy=\(text(frames.accuracy)) precision=\(text(frames.precision)) "
                    + "recall=\(text(frames.recall)) f1=\(text(frames.f1))")
        }
        return lines
    }
}
