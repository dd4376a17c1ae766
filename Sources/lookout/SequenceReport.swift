import Center
import Domain
import Foundation
import Media
import SiteConfiguration
import Watch

/// A page about scored sequences, with pictures of what was missed and of what was reported wrongly.
struct SequenceReport: ~Copyable {
    /// A picture that belongs on the page.
    private struct Wanted {
        var seconds: Double
        var text: String
        var box: Box?
        /// Whether the labels say where the smoke is on it.
        var isLabelled = false
    }

    /// What a place looked like so many seconds before something was reported there wrongly: near by, and from a tower.
    private static let before = (near: 10.0, tower: 600.0)
    private static let widest = 1_280

    private let folder: String
    private let labels: SequenceLabels
    private let plumes: LabelledPlumes
    private var writer: JPEGWriter
    private var rows: [String] = []
    private var sections: [String] = []
    private var count = 0

    /// - Parameter folder: is made where it is not there.
    init(folder: String, labels: SequenceLabels) throws {
        let plumes = try LabelledPlumes(folder: labels.folder)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure(.problemFound, "'\(folder)' cannot be made. Give --report a path in a writable directory.")
        }
        self.folder = folder
        self.labels = labels
        self.plumes = plumes
        writer = JPEGWriter(quality: 85)
    }

    /// Takes in what became of a sequence; decodes it once more where pictures are wanted.
    mutating func add(_ sequence: SequenceLabels.Sequence, _ row: SequenceScore.Row) throws {
        let isGood = !row.delays.contains(nil) && row.falseAlarms.isEmpty
        rows.append(
            "<tr class=\"\(isGood ? "good" : "bad")\"><td>\(HTMLText.escaped(sequence.file))</td>"
                + "<td>\(HTMLText.escaped(row.text))</td></tr>")
        for (event, delay) in zip(sequence.expect, row.delays) where delay == nil {
            try add(misses(of: event, in: sequence, row), titled: "Missed: \(event.kind.rawValue)", sequence)
        }
        for alarm in row.falseAlarms {
            try add(pictures(of: alarm, in: sequence), titled: "False alarm: \(alarm.kind.rawValue)", sequence)
        }
    }

    private func misses(
        of event: SequenceLabels.Expectation, in sequence: SequenceLabels.Sequence, _ row: SequenceScore.Row
    ) -> [Wanted] {
        // Its end may lie behind the end of the footage.
        let span = max(0, min(event.to, row.seconds) - event.from)
        return [(0.0, "as it begins"), (0.5, "half-way"), (0.9, "near its end")].map { part, text in
            Wanted(
                seconds: event.from + part * span, text: text, box: event.kind == .smoke ? sequence.smokeBox : nil,
                isLabelled: event.kind == .smoke)
        }
    }

    private func pictures(of alarm: Incident, in sequence: SequenceLabels.Sequence) -> [Wanted] {
        let isTower = sequence.rate.map { 1 / $0 >= 5 } ?? false
        let start = alarm.start.seconds
        let measured = alarm.measurements.map { measurement in
            String(format: "%@ %.2f", measurement.name, measurement.value)
                + (measurement.threshold.map { String(format: " (bar %.2f)", $0) } ?? "")
        }
        return [
            Wanted(
                seconds: max(0, start - (isTower ? Self.before.tower : Self.before.near)), text: "before",
                box: alarm.box),
            Wanted(
                seconds: start,
                text: String(format: "reported, confidence %.2f; ", alarm.confidence)
                    + measured.joined(separator: ", "), box: alarm.box),
        ]
    }

    private mutating func add(
        _ wanted: [Wanted], titled title: String, _ sequence: SequenceLabels.Sequence
    ) throws {
        var figures = ""
        for (picture, jpeg) in try decoded(wanted, of: sequence) {
            count += 1
            let name = String(format: "%03d.jpg", count)
            try Data(jpeg).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
            figures +=
                "<figure><img src=\"\(name)\" alt=\"\"><figcaption>"
                + String(format: "%.1f s: ", picture.seconds)
                + "\(HTMLText.escaped(picture.text))</figcaption></figure>\n"
        }
        sections.append(
            "<h2>\(HTMLText.escaped(title)), \(HTMLText.escaped(sequence.file))</h2>\n<div>\n\(figures)</div>")
    }

    /// The first picture at each time; none where the footage ends before.
    private mutating func decoded(
        _ wanted: [Wanted], of sequence: SequenceLabels.Sequence
    ) throws -> [(Wanted, [UInt8])] {
        var demuxer = try Demuxer(
            opening: SourceAddress("\(labels.folder)/\(sequence.file)"),
            options: StreamOptions(stillsPerSecond: sequence.rate), stop: StopFlag(), clock: SystemClock())
        var decoder = try Decoder(demuxer.info.parameters)
        var rest = wanted.sorted { $0.seconds < $1.seconds }[...]
        var done: [(Wanted, [UInt8])] = []
        var first: MediaTime?
        func see(_ frame: borrowing VideoFrame) throws {
            let start = first ?? frame.captureTime.time
            first = start
            let seconds = (frame.captureTime.time - start).inSeconds
            while var picture = rest.first, seconds >= picture.seconds - 0.001 {
                rest.removeFirst()
                if picture.isLabelled, let rate = sequence.rate {
                    let number = Int((seconds * rate).rounded())
                    let known = plumes.box(of: sequence.file, picture: number, width: frame.width, height: frame.height)
                    picture.box = known ?? picture.box
                }
                picture.seconds = seconds
                done.append((picture, try writer.write(frame, maximumWidth: Self.widest, box: picture.box)))
            }
        }
        while !rest.isEmpty, let packet = try demuxer.read() { try decoder.decode(packet, see) }
        if !rest.isEmpty { try decoder.flush(see) }
        return done
    }

    /// - Returns: the page's path.
    consuming func write(summary: [String]) throws -> String {
        let page = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Lookout: labelled sequences</title>
            <style>
            body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; max-width: 1400px }
            td { padding: .2em 1em .2em 0 } .bad td { font-weight: 600 } pre { background: #eee; padding: 1em }
            div { display: flex; flex-wrap: wrap; gap: 1em } figure { margin: 0; flex: 1 1 400px; max-width: 640px }
            img { width: 100% }
            </style>
            <h1>Labelled sequences</h1>
            <pre>\(HTMLText.escaped(summary.joined(separator: "\n")))</pre>
            <table>
            \(rows.joined(separator: "\n"))
            </table>
            \(sections.joined(separator: "\n"))
            </html>

            """
        let path = folder + "/index.html"
        try Data(page.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
