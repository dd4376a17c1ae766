import Dispatch
import Domain
import Evidence
import Foundation
import Logging

/// Smoke that people confirmed or dismissed, kept with its footage to train on: `labels.yaml`, `boxes.csv`, and a clip or
/// a folder of stills for each, in the form that `make train LABELS=…` reads.
///
/// It lies beside the evidence, so that retention leaves it alone; above its own bound the oldest examples go. All work is
/// done on a queue of its own.
final class TrainingFolder: Sendable {
    private static let head = """
        # Smoke that people at this site confirmed or dismissed. Written by Lookout: make train LABELS=this-file.
        # From a tower: stills, with the smoke of each in boxes.csv (pixels). Near by: a clip, with smokeBox (fractions).
        sequences:

        """

    let directory: String
    private let mostBytes: Int
    private let evidence: EvidenceStore
    private let logger: Logger
    private let queue = DispatchQueue(label: "lookout.training", qos: .utility)

    /// - Parameters:
    ///   - directory: made with the first example.
    ///   - mostBytes: of all examples together; 0: none are kept.
    init(directory: String, mostBytes: Int, evidence: EvidenceStore, logger: Logger) {
        self.directory = directory
        self.mostBytes = mostBytes
        self.evidence = evidence
        self.logger = logger
    }

    /// Keeps an incident that is over and judged, once its footage is there; labels it anew where people have changed
    /// their minds. Never waits.
    func keep(_ incident: Incident) {
        guard mostBytes > 0, incident.kind == .smoke, incident.state == .closed, let handling = incident.handling,
            handling.isDismissed || handling.isConfirmed
        else { return }
        let film = incident.evidence.first { $0.kind == .timelapse } ?? incident.evidence.first { $0.kind == .clip }
        guard let film else { return }
        queue.async { [self] in
            do {
                try keep(incident, shownBy: film, isSmoke: handling.isConfirmed)
            } catch {
                logger.error("\(incident.id) is not kept to train on. \(error)")
            }
        }
    }

    /// Returns once all that was to be kept is.
    func finish() async {
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    // MARK: - On the queue

    private func keep(_ incident: Incident, shownBy film: EvidenceItem, isSmoke: Bool) throws {
        var examples = examples()
        let old = examples.firstIndex { $0.incident == incident.id }
        if let old, examples[old].source == film.sha256 {
            guard examples[old].isSmoke != isSmoke else { return }
            examples[old].isSmoke = isSmoke
        } else {
            let source = "\(evidence.directory)/\(film.path)"
            // Removed by retention meanwhile: there is nothing to train on any more.
            guard FileManager.default.fileExists(atPath: source) else { return }
            let maker = TrainingMaker(folder: directory, evidence: evidence.directory)
            let made = try maker.make(of: incident, shownBy: film, isSmoke: isSmoke)
            if let old {
                // A tower's clip comes before its time-lapse.
                if examples[old].file != made.file { remove(file: examples[old].file) }
                examples[old] = made
            } else {
                examples.append(made)
            }
        }
        examples.sort { ($0.start, $0.incident.rawValue) < ($1.start, $1.incident.rawValue) }
        var bytes = examples.reduce(0) { $0 + $1.bytes }
        while bytes > mostBytes, let oldest = examples.first {
            bytes -= oldest.bytes
            remove(oldest)
            examples.removeFirst()
        }
        try write(examples)
    }

    /// What was kept before.
    private func examples() -> [TrainingExample] {
        guard let data = FileManager.default.contents(atPath: "\(directory)/examples.json") else { return [] }
        do {
            return try JSONDecoder().decode([TrainingExample].self, from: data)
        } catch {
            logger.error("'\(directory)/examples.json' cannot be read (\(error)): its examples are listed no more")
            return []
        }
    }

    private func remove(_ example: TrainingExample) {
        remove(file: example.file)
        for crop in TrainingMaker.crops(of: example.incident) { remove(file: crop) }
    }

    private func remove(file: String) { try? FileManager.default.removeItem(atPath: "\(directory)/\(file)") }

    /// Each file is replaced as a whole; the list of examples last, which the others follow from.
    private func write(_ examples: [TrainingExample]) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let labels = examples.map(\.label).joined(separator: "\n")
        try put(Data((Self.head + (labels.isEmpty ? "  []" : labels) + "\n").utf8), "labels.yaml")
        let boxes = ["file,frame,x1,y1,x2,y2"] + examples.flatMap(\.boxes)
        try put(Data((boxes.joined(separator: "\n") + "\n").utf8), "boxes.csv")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try put(try encoder.encode(examples), "examples.json")
    }

    private func put(_ data: Data, _ name: String) throws {
        try data.write(to: URL(filePath: "\(directory)/\(name)"), options: .atomic)
    }
}
