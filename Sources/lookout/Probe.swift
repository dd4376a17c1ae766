import ArgumentParser
import Domain
import Foundation
import Media
import SiteConfiguration
import Watch

struct Probe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connects to a camera, measures it for some seconds and says what is wrong, or that all is well.",
        discussion: "Exit code 0 where all is well, 1 where a problem was found.")

    @Argument(help: "An address such as rtsp://user:password@10.0.0.5/main, or a camera of the configuration.")
    var target: String
    @Option(name: .customLong("config"), help: "The configuration file, for a camera's name.")
    var path = "streams.yaml"
    @Option(help: "How long to measure, 1 to 60.") var seconds = 6.0
    @Option(help: "tcp, udp or automatic; the camera's own where it is configured.", transform: parseTransport)
    var transport: StreamOptions.Transport?
    @Option(help: "Address of the camera's smaller stream; guessed for some makers where left out.") var sub: String?
    @Flag(help: "One JSON object.") var json = false

    func validate() throws {
        guard (1...60).contains(seconds) else { throw ValidationError("--seconds takes 1 to 60.") }
    }

    private struct Document: Encodable {
        struct Sub: Encodable {
            var report: ProbeReport
            var wouldDo: Bool
            var objection: String?
        }
        var camera: String?
        var report: ProbeReport
        var sub: Sub?
        var yaml: String
    }

    func run() async throws {
        let camera = try configured()
        let source = camera?.source ?? SourceAddress(target)
        var options = StreamOptions(openTimeout: .seconds(10), readTimeout: .seconds(6))
        options.transport = transport ?? configuredTransport(camera) ?? .tcp
        let probe = StreamProbe(seconds: seconds, options: options, clock: SystemClock())
        let motion = camera?.motion ?? CameraSettings(id: CameraID("camera"), source: source).motion
        let candidates =
            (camera?.detectSource).map { [$0] } ?? sub.map { [SourceAddress($0)] } ?? SubStream.candidates(for: source)
        let isNamed = camera?.detectSource != nil || sub != nil
        let (report, smaller) = await onOwnThread { () -> (ProbeReport, (SourceAddress, ProbeReport)?) in
            let stop = StopFlag()
            let report = probe.run(source, stop: stop)
            guard report.isHealthy else { return (report, nil) }
            for candidate in candidates {
                let found = probe.run(candidate, stop: stop)
                // A guess that is wrong is nobody's problem.
                if found.isHealthy || isNamed { return (report, (candidate, found)) }
            }
            return (report, nil)
        }
        let objection = smaller.flatMap {
            SubStream.objection(
                to: $0.1, inPlaceOf: report, rows: motion.workingHeight, framesPerSecond: motion.framesPerSecond)
        }
        let yaml = ProbeText.yaml(
            id: camera?.id.rawValue ?? "camera", source: source, sub: objection == nil ? smaller?.0 : nil,
            transport: report.figures.transport)
        if json {
            let document = Document(
                camera: camera?.id.rawValue, report: report,
                sub: smaller.map { .init(report: $0.1, wouldDo: objection == nil, objection: objection) },
                yaml: yaml.joined(separator: "\n") + "\n")
            print(try JSONText.line(document))
        } else {
            show(report, smaller?.1, objection, yaml)
        }
        let isWell = report.isHealthy && (!isNamed || smaller?.1.isHealthy ?? true)
        if !isWell { throw Failure(.problemFound) }
    }

    private func configuredTransport(_ camera: CameraSettings?) -> StreamOptions.Transport? {
        camera.flatMap { StreamOptions.Transport(rawValue: $0.transport.rawValue) }
    }

    private func show(_ report: ProbeReport, _ smaller: ProbeReport?, _ objection: String?, _ yaml: [String]) {
        print(report.sentence)
        for remark in report.remarks { print("  note: \(remark)") }
        for line in ProbeText.lines(report) { print(line) }
        if let smaller {
            print("  sub-stream    \(objection.map { "would not do: \($0)" } ?? "would do: \(smaller.sentence)")")
        } else if report.isHealthy {
            print("  sub-stream    none known; name it with --sub")
        }
        guard report.isHealthy else { return }
        print("cameras:")
        for line in yaml { print(line) }
    }

    /// The camera of that name; `nil` where the target is an address.
    private func configured() throws -> CameraSettings? {
        guard !target.contains("/"), !target.contains("://"), CameraID(target).isValid else { return nil }
        let site = try SettingsFile.load(path)
        if let camera = site.cameras.first(where: { $0.id.rawValue == target }) { return camera }
        if FileManager.default.fileExists(atPath: target) { return nil }
        throw Failure(
            .usage,
            "\(path) has no camera '\(target)'. It has \(site.cameras.map(\.id.rawValue).joined(separator: ", ")).")
    }
}

func parseTransport(_ text: String) throws -> StreamOptions.Transport {
    guard let transport = StreamOptions.Transport(rawValue: text) else {
        throw ValidationError("'\(text)' is no transport. Use tcp, udp or automatic.")
    }
    return transport
}
