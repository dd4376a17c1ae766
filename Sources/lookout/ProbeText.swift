import Domain
import Foundation
import Watch

/// What a probe found, for people.
enum ProbeText {
    static func lines(_ report: ProbeReport) -> [String] {
        let figures = report.figures
        var rows: [(String, String)] = []
        func row(_ name: String, _ value: String?) { if let value { rows.append((name, value)) } }
        guard !figures.codec.isEmpty else { return [] }
        row("transport", figures.transport)
        row("codec", [figures.codec, figures.profile].filter { !$0.isEmpty }.joined(separator: " "))
        row("size", figures.width > 0 ? "\(figures.width)x\(figures.height)" : "unknown")
        row(
            "frame rate",
            figures.framesPerSecond.map { rate in
                let nominal = figures.nominalFramesPerSecond.map { String(format: " (it promises %.1f)", $0) } ?? ""
                return String(format: "%.1f/s over %.1f s", rate, figures.measuredSeconds) + nominal
            })
        row(
            "keyframe",
            figures.keyframeIntervalSeconds.map { String(format: "each %.1f s", $0) } ?? "fewer than two seen")
        row("bitrate", figures.bitsPerSecond.map { String(format: "%.0f kbit/s", $0 / 1_000) })
        row(
            "sound",
            figures.soundCodec.map { codec in
                figures.isSoundKept == true
                    ? "\(codec); kept with 'audio: true'" : "\(codec), which cannot be kept: set it to AAC or G.711"
            })
        row("jitter", figures.jitterSeconds.map { String(format: "%.1f ms", $0 * 1_000) })
        row("RTP loss", figures.packetsLost.map { "\($0) packets" } ?? "unknown")
        row(
            "clock",
            figures.clockOffsetSeconds.map { String(format: "%+.1f s from this machine's", $0) }
                ?? "the camera does not tell its clock")
        row("broken", "\(figures.decodeErrors) of \(figures.packets) packets")
        row("first picture", figures.firstPictureSeconds.map { String(format: "after %.1f s", $0) })
        return rows.map { "  " + $0.0.padding(toLength: 14, withPad: " ", startingAt: 0) + $0.1 }
    }

    /// A camera's entry in `streams.yaml`. What was hidden in the address is named as an environment variable.
    static func yaml(id: String, source: SourceAddress, sub: SourceAddress?, transport: String?) -> [String] {
        let prefix = id.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }.joined()
        let name = prefix.first?.isLetter == true ? prefix : "CAMERA_" + prefix
        var lines = ["  - id: \(id)", "    source: \(quoted(address(source, name)))"]
        if let sub { lines.append("    detectSource: \(quoted(address(sub, name)))") }
        if let transport, transport != "tcp" { lines.append("    transport: \(transport)") }
        lines.append("    detect: [motion]")
        return lines
    }

    private static func address(_ source: SourceAddress, _ name: String) -> String {
        var text = source.redacted
        if let user = text.range(of: "://***@") {
            text.replaceSubrange(user, with: "://${\(name)_USER}:${\(name)_PASSWORD}@")
        }
        while let hidden = text.range(of: "***") {
            text.replaceSubrange(hidden, with: "${\(name)_SECRET}")
        }
        return text
    }

    private static func quoted(_ text: String) -> String {
        // Plain where YAML takes it as it stands.
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/:.-_@${}".contains($0)) }
        return isPlain ? text : "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
