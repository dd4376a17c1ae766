import Domain
import Foundation
import Media

/// Makes an example to train on of an incident's evidence. Decodes, encodes and blocks on the disk.
struct TrainingMaker {
    /// As wide as the detector's own pictures, so that a pixel of a still is one of the detector's.
    private static let widest = 1_008
    /// The smoke of a tower may have been there for so long before it was told of: those pictures say nothing.
    private static let uncertainSeconds = 600.0
    /// Later, smoke has drifted and grown beyond the place that is known.
    private static let mostAfterAlarm = 10

    /// Where examples lie, and where the evidence does.
    let folder: String
    let evidence: String

    static func crops(of incident: IncidentID) -> [String] {
        ["crops/\(incident)-then.jpg", "crops/\(incident)-now.jpg"]
    }

    func make(of incident: Incident, shownBy film: EvidenceItem, isSmoke: Bool) throws -> TrainingExample {
        var example =
            try film.kind == .timelapse
            ? stills(of: incident, shownBy: film, isSmoke: isSmoke)
            : clip(of: incident, shownBy: film, isSmoke: isSmoke)
        let kinds: [EvidenceItem.Kind] = [.cropThen, .cropNow]
        for (kind, name) in zip(kinds, Self.crops(of: incident.id)) {
            guard let item = incident.evidence.first(where: { $0.kind == kind }) else { continue }
            example.bytes += try copy(item, to: name)
        }
        return example
    }

    private func clip(
        of incident: Incident, shownBy film: EvidenceItem, isSmoke: Bool
    ) throws -> TrainingExample {
        var example = TrainingExample(
            incident: incident.id, start: incident.start, isSmoke: isSmoke, file: "\(incident.id).mp4",
            source: film.sha256)
        example.to = Double(film.clip?.durationMicroseconds ?? 0) / 1_000_000
        example.smokeBox = incident.box.map { [$0.x, $0.y, $0.maxX, $0.maxY].map { ($0 * 10_000).rounded() / 10_000 } }
        example.bytes = try copy(film, to: example.file)
        return example
    }

    private func copy(_ item: EvidenceItem, to name: String) throws -> Int {
        let target = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(filePath: target).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(atPath: "\(evidence)/\(item.path)", toPath: target)
        return item.bytes
    }

    /// The pictures of a time-lapse from its beginning to some after the alarm; what lies between them is taken as even.
    private func stills(
        of incident: Incident, shownBy film: EvidenceItem, isSmoke: Bool
    ) throws -> TrainingExample {
        var example = TrainingExample(
            incident: incident.id, start: incident.start, isSmoke: isSmoke, file: incident.id.rawValue,
            source: film.sha256)
        let target = "\(folder)/\(example.file)"
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        let shown = film.clip?.timelapse
        let span = shown.map { ($0.last - $0.first).inSeconds } ?? 0
        let step = max(span / Double(max(1, (shown?.pictures ?? 1) - 1)), 0.001)
        // Rounded down: written and read again, stills are never said to come more often than they do.
        example.rate = max((1_000_000 / step).rounded(.down) / 1_000_000, 0.000001)
        let alarm = Int(((incident.start - film.time).inSeconds / step).rounded(.up))
        var writer = JPEGWriter(quality: 92)
        var index = 0
        func write(_ frame: borrowing VideoFrame) throws {
            guard index <= alarm + Self.mostAfterAlarm else { return }
            let factor = max(1, (frame.width + Self.widest - 1) / Self.widest)
            let (width, height) = (frame.width / factor, frame.height / factor)
            let name = String(format: "%05d.jpg", index)
            let jpeg = try writer.write(frame, maximumWidth: width)
            try Data(jpeg).write(to: URL(filePath: "\(target)/\(name)"))
            example.bytes += jpeg.count
            if index >= alarm, let box = incident.box {
                example.plumes.append(
                    TrainingExample.Plume(
                        still: name, frame: index, left: Int(box.x * Double(width)), top: Int(box.y * Double(height)),
                        right: Int((box.maxX * Double(width)).rounded(.up)),
                        bottom: Int((box.maxY * Double(height)).rounded(.up))))
            }
            index += 1
        }
        try Self.decode("\(evidence)/\(film.path)", write)
        example.from = max(0, Double(alarm) * step - Self.uncertainSeconds).rounded()
        example.to = (Double(index) * step).rounded(.up)
        return example
    }

    private static func decode(_ path: String, _ body: (borrowing VideoFrame) throws -> Void) throws {
        var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemClock())
        var decoder = try Decoder(demuxer.info.parameters)
        while let packet = try demuxer.read() { try decoder.decode(packet, body) }
        try decoder.flush(body)
    }
}
