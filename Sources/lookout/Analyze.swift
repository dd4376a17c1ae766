import ArgumentParser
import Domain
import Foundation
import Media
import SiteConfiguration
import Watch

struct Analyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs recorded clips through the detectors and rules of a camera, faster than real time.",
        discussion: """
            A clip is a video file of any kind that FFmpeg knows, or a folder of numbered stills. It does not tell its hour: \
            rules are tried on it whatever their `when` says.
            """)

    @Argument(help: "The clips.") var files: [String]
    @Option(help: "Take the camera's settings from this configuration.") var config: String?
    @Option(help: "The camera of the configuration whose settings apply; its first one by default.")
    var camera: String?
    @Option(
        defaultAsFlag: "-", parsing: .next,
        help: "Write incidents and a summary, one JSON object per line; standard output where no file is named.")
    var json: String? = nil
    @Option(
        help: """
            Write the motion mask of each picture as NNNNNN.png, at the picture's own size, into this directory (with \
            several clips: a folder for each). Every picture is then analysed, unless --analysis-rate or --decode says \
            otherwise.
            """)
    var masks: String?
    @Option(help: "Pictures a second of a folder of stills.") var rate = 25.0
    @Option(help: "Pictures a second that are analysed at most, instead of the camera's setting.")
    var analysisRate: Double?
    @Option(help: "Only these of the camera's detectors: motion, smoke, flame, separated by commas.")
    var detect: DetectorChoice?
    @Option(help: "Pictures that are decoded: all, reference or keyframes, instead of the camera's setting.")
    var decode: DecodeChoice?
    @Flag(help: "Leave out the deblocking filter when decoding.") var skipLoopFilter = false
    @Option(help: "Clips side by side.") var jobs = 1

    func validate() throws {
        guard rate > 0, rate <= 1000 else { throw ValidationError("--rate takes more than 0 and at most 1000.") }
        if let analysisRate, !(analysisRate > 0 && analysisRate <= 1000) {
            throw ValidationError("--analysis-rate takes more than 0 and at most 1000.")
        }
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes 1 to 64.") }
        guard camera == nil || config != nil else { throw ValidationError("--camera needs --config.") }
    }

    func run() async throws {
        let (site, settings) = try cameraSettings()
        let output = try ReportWriter(path: json)
        let progress = TerminalProgress()
        var results = [Result<ClipAnalysis.Report, Failure>?](repeating: nil, count: files.count)
        var written = 0
        var worst = ExitStatus.done
        try await withThrowingTaskGroup(of: (Int, Result<ClipAnalysis.Report, Failure>).self) { group in
            var started = 0
            func startNext() {
                guard started < files.count else { return }
                let index = started
                started += 1
                group.addTask { (index, await analyse(index, settings, site, progress)) }
            }
            for _ in 0..<jobs { startNext() }
            for try await (index, result) in group {
                startNext()
                results[index] = result
                // In the order of the command line, whichever clip is done first.
                while written < files.count, let result = results[written] {
                    switch result {
                    case .success(let report):
                        try output.write(report, file: shown(files[written]), camera: settings.id, progress)
                    case .failure(let failure):
                        worst = max(worst, failure.code)
                        progress.note("lookout: \(failure.message)")
                    }
                    written += 1
                }
            }
        }
        progress.finish()
        if worst != .done { throw Failure(worst) }
    }

    /// The camera whose settings apply.
    private func cameraSettings() throws -> (SiteSettings, CameraSettings) {
        var (site, settings) = try ClipSettings.load(config: config, camera: camera)
        settings.stillsPerSecond = rate
        if let decode { settings.decode = decode.pictures }
        if skipLoopFilter { settings.skipsLoopFilter = true }
        if let wanted = analysisRate ?? (masks == nil ? nil : 1000) {
            settings.motion.framesPerSecond = wanted
            settings.motion.quietFramesPerSecond = wanted
        }
        if let detect { settings.detect = try detect.chosen(from: settings) }
        site.cameras = [settings]
        return (site, settings)
    }

    /// What may be printed and written of a clip's address: it may hold a password.
    private func shown(_ file: String) -> String { SourceAddress(file).description }

    private func analyse(
        _ index: Int, _ settings: CameraSettings, _ site: SiteSettings, _ progress: TerminalProgress
    ) async -> Result<ClipAnalysis.Report, Failure> {
        let file = files[index]
        let maskFolder = masks.map {
            files.count == 1 ? $0 : "\($0)/\(index + 1)-\((shown(file) as NSString).lastPathComponent)"
        }
        return await onOwnThread {
            do {
                let masks = try maskFolder.map { try MaskFolder(path: $0) }
                let objects = try settings.classify.map { try ObjectModel($0) }
                let ground = try settings.pose.map { _ in try SiteMap.ground(of: site) }
                let report = try ClipAnalysis(settings: settings, site: site, ground: ground, objects: objects).run(
                    file: SourceAddress(file), stop: StopFlag(), clock: SystemClock(),
                    masks: masks.map { folder in { folder.write($0, $1) } },
                    progress: { progress.update(clip: index, name: shown(file), $0) })
                if let failure = masks?.failure { return .failure(failure) }
                return .success(report)
            } catch let failure as Failure {
                return .failure(failure)
            } catch let error as any ActionableError {
                return .failure(Failure(.inputUnreadable, error))
            } catch {
                return .failure(Failure(.problemFound, "\(file): \(error)"))
            }
        }
    }
}
