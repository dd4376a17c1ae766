import ArgumentParser
import Domain
import Foundation
import SiteConfiguration
import Watch

struct EvaluateMotion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motion",
        abstract: "Holds motion masks against ground truth in CDnet's layout and prints the benchmark's metrics.",
        discussion: """
            The folder holds input/, groundtruth/ and temporalROI.txt, or several folders that do. Every picture is \
            analysed, unless --analysis-rate says otherwise.
            """)

    @Argument(help: "A sequence, or a folder of sequences.") var folder: String
    @Option(help: "Take the camera's settings from this configuration.") var config: String?
    @Option(help: "The camera of the configuration whose settings apply; its first one by default.")
    var camera: String?
    @Option(help: "Pictures a second of the footage.") var rate = 25.0
    @Option(help: "Pictures a second that are analysed at most. Only these are scored.") var analysisRate: Double?
    @Option(help: "A video of the sequence's pictures that is analysed in place of them: what does its coding cost?")
    var video: String?
    @Option(help: "Pictures that are decoded: all, reference or keyframes. Only these are scored.")
    var decode: DecodeChoice?
    @Flag(help: "Leave out the deblocking filter when decoding.") var skipLoopFilter = false
    @Flag(help: "Print one JSON object per sequence.") var json = false

    func validate() throws {
        guard rate > 0, rate <= 1000 else { throw ValidationError("--rate takes more than 0 and at most 1000.") }
        if let analysisRate, !(analysisRate > 0 && analysisRate <= 1000) {
            throw ValidationError("--analysis-rate takes more than 0 and at most 1000.")
        }
        guard camera == nil || config != nil else { throw ValidationError("--camera needs --config.") }
    }

    func run() async throws {
        var (site, settings) = try ClipSettings.load(config: config, camera: camera)
        settings.stillsPerSecond = rate
        // Masks show motion alone.
        settings.detect = [.motion]
        // Who looks whether the lens is covered makes no masks.
        settings.tamper = false
        settings.motion.framesPerSecond = analysisRate ?? 1000
        settings.motion.quietFramesPerSecond = settings.motion.framesPerSecond
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let sequences = MotionEvaluation.sequences(in: folder, names: names)
        guard !sequences.isEmpty else {
            throw Failure(
                .inputUnreadable,
                "'\(folder)' holds no labelled sequence. Choose a folder with input/, groundtruth/ and temporalROI.txt."
            )
        }
        guard video == nil || sequences.count == 1 else {
            throw Failure(
                .inputUnreadable, "--video stands for one sequence, but '\(folder)' holds several. Choose one.")
        }
        if let decode { settings.decode = decode.pictures }
        if skipLoopFilter { settings.skipsLoopFilter = true }
        let video = video.map { SourceAddress($0) }
        let progress = TerminalProgress()
        for (index, sequence) in sequences.enumerated() {
            let (site, settings) = (site, settings)
            let result = await onOwnThread { () -> Result<MaskScore, Failure> in
                do {
                    return .success(
                        try MotionEvaluation.score(
                            folder: sequence, video: video, settings: settings, site: site, clock: SystemClock(),
                            progress: { progress.update(clip: index, name: sequence, $0) }))
                } catch let error as any ActionableError {
                    return .failure(Failure(.inputUnreadable, error))
                } catch {
                    return .failure(Failure(.problemFound, "\(sequence): \(error)"))
                }
            }
            progress.clear()
            try tell(try result.get(), of: sequence)
        }
        progress.finish()
    }

    private func tell(_ score: MaskScore, of sequence: String) throws {
        guard !json else {
            print(try JSONText.line(ScoreLine(score, sequence: sequence)))
            return
        }
        let name = (sequence as NSString).lastPathComponent
        print(
            String(
                format: "%@: frames=%d recall=%.4f specificity=%.4f precision=%.4f pwc=%.3f f=%.4f", name,
                score.frames, score.recall, score.specificity, score.precision, score.wrongPercent, score.fMeasure))
    }
}

private struct ScoreLine: Encodable {
    var type = "score"
    var sequence: String
    var frames: Int
    var recall: Double
    var specificity: Double
    var precision: Double
    var pwc: Double
    var f: Double

    init(_ score: MaskScore, sequence: String) {
        self.sequence = sequence
        frames = score.frames
        recall = score.recall
        specificity = score.specificity
        precision = score.precision
        pwc = score.wrongPercent
        f = score.fMeasure
    }
}
