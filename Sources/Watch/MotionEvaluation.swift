public import Domain
import Media
import PixelKernels
public import SiteConfiguration

/// Scores motion masks against labelled footage in CDnet's layout.
public enum MotionEvaluation {
    /// The sequences of a folder: the folder itself, or the ones in it, by name.
    public static func sequences(in folder: String, names: [String]) -> [String] {
        if LabelledSequence.isOne(folder) { return [folder] }
        return names.sorted().map { folder + "/" + $0 }.filter { LabelledSequence.isOne($0) }
    }

    /// Analyses the stills of one sequence as a camera with these settings and holds the mask of each counted picture
    /// that was analysed against its truth. Blocks; to be called on a thread of its own.
    ///
    /// - Parameters:
    ///   - video: is analysed in place of the stills, whose pictures it holds, the first of them first.
    ///   - progress: called after each picture.
    /// - Throws: `EvaluationError` where the folder is not in CDnet's layout or pictures and truth do not fit;
    ///   `MediaError` where the stills cannot be read.
    public static func score(
        folder: String, video: SourceAddress? = nil, settings: CameraSettings, site: SiteSettings,
        clock: any HostClock, progress: (ClipAnalysis.Progress) -> Void = { _ in }
    ) throws -> MaskScore {
        let sequence = try LabelledSequence(folder: folder)
        let truth = try TruthReader(sequence, clock: clock)
        let rate = settings.stillsPerSecond
        var score = MaskScore()
        var failure: (any Error)?
        _ = try ClipAnalysis(settings: settings, site: site).run(
            file: video ?? SourceAddress(sequence.input), stop: StopFlag(), clock: clock,
            masks: { mask, place in
                let number =
                    sequence.firstInput + Int((place.seconds * rate).rounded()) * sequence.inputStep
                guard failure == nil, place.isAnalysed, sequence.counted.contains(number) else { return }
                do {
                    try truth.hold(against: mask, place, number: number, score: &score)
                } catch {
                    failure = error
                }
            }, progress: progress)
        if let failure { throw failure }
        guard score.frames > 0 else {
            throw EvaluationError(
                problem: "\(folder): none of the pictures \(sequence.counted) has truth",
                remedy: "Look at the numbers in temporalROI.txt and of the files in groundtruth")
        }
        return score
    }
}

/// Goes through the truth of a sequence beside its pictures.
private final class TruthReader {
    private let sequence: LabelledSequence
    private var demuxer: Demuxer
    private var decoder: Decoder
    private var isAtEnd = false
    /// The truth that was read last.
    private var number = -1
    private var width = 0
    private var height = 0
    private var labels: [UInt8] = []

    init(_ sequence: LabelledSequence, clock: any HostClock) throws(MediaError) {
        self.sequence = sequence
        var options = StreamOptions()
        options.stillsPerSecond = 1
        demuxer = try Demuxer(
            opening: SourceAddress(sequence.truthFolder), options: options, stop: StopFlag(), clock: clock)
        decoder = try Decoder(demuxer.info.parameters)
    }

    func hold(
        against mask: borrowing PlaneView, _ place: ClipAnalysis.MaskPlace, number wanted: Int, score: inout MaskScore
    ) throws {
        while number < wanted, !isAtEnd { try readNext() }
        guard number == wanted else { return }
        guard width == place.width, height == place.height else {
            throw EvaluationError(
                problem:
                    "picture \(wanted) is \(place.width)x\(place.height), but its truth \(width)x\(height) pixels large",
                remedy: "Give both the same size")
        }
        var enlarged = [UInt8](repeating: 0, count: width * height)
        var pixels = enlarged.mutableSpan
        enlargeMask(mask, factor: place.factor, width: width, height: height, into: &pixels)
        let labels = labels
        score.add(
            mask: PlaneView(pixels: enlarged.span, width: width, height: height, stride: width),
            truth: PlaneView(pixels: labels.span, width: width, height: height, stride: width))
    }

    private func readNext() throws(MediaError) {
        guard let packet = try demuxer.read() else {
            isAtEnd = true
            decoder.flush { frame in keep(frame) }
            return
        }
        decoder.decode(packet) { frame in keep(frame) }
    }

    private func keep(_ frame: borrowing VideoFrame) {
        number = sequence.firstTruth + Int(frame.captureTime.time.seconds.rounded()) * sequence.truthStep
        (width, height) = (frame.width, frame.height)
        labels.removeAll(keepingCapacity: true)
        labels.reserveCapacity(width * height)
        frame.withPicture { picture in
            for y in 0..<picture.height {
                let row = picture.luma.row(y)
                for x in 0..<picture.width { labels.append(row[x]) }
            }
        }
    }
}
