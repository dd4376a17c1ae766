import AllocationCounter
import Detection
import Domain
import Glibc
import PixelKernels
import SyntheticScenes

/// Renders pictures into a file, and runs the motion detector over such a file: what the benchmarks beside other
/// programs and the check of equal results on every instruction set are made of.
@main
enum MeasureDetector {
    private static let usage = """
        usage: measure-detector render SCENE WIDTH HEIGHT COUNT FILE
               measure-detector measure WIDTH HEIGHT FILE [RATE [CAMERAS]]
               measure-detector tamper WIDTH HEIGHT FILE
        FILE holds pictures in planar YUV 4:2:0, one after the other. `measure` prints one line of JSON. With several
        CAMERAS each has a detector of its own and they take turns, so that none finds its memory in the cache.
        """

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            if words.count == 6, words[0] == "render", let scene = SceneName(rawValue: words[1]) {
                try render(
                    scene, width: number(words[2]), height: number(words[3]), count: number(words[4]), to: words[5])
            } else if (4...6).contains(words.count), words[0] == "measure" {
                let rate = words.count > 4 ? try number(words[4]) : 10
                let cameras = words.count > 5 ? try number(words[5]) : 1
                let pictures = try RawPictures(path: words[3], width: number(words[1]), height: number(words[2]))
                print(measure(pictures, framesPerSecond: Double(rate), cameras: cameras))
            } else if words.count == 4, words[0] == "tamper" {
                print(
                    measureTamper(try RawPictures(path: words[3], width: number(words[1]), height: number(words[2]))))
            } else {
                throw MeasureError(problem: "these are no arguments", remedy: usage)
            }
        } catch let fault as any ActionableError {
            print("measure-detector: \(fault.problem). \(fault.remedy)")
            exit(2)
        } catch {
            print("measure-detector: \(error)")
            exit(2)
        }
    }

    private static func number(_ word: String) throws(MeasureError) -> Int {
        guard let number = Int(word), (1...10_000).contains(number) else {
            throw MeasureError(problem: "'\(word)' is no number from 1 to 10000", remedy: usage)
        }
        return number
    }

    /// From the ninth second of the scene on, so that people are on most pictures.
    private static func render(_ name: SceneName, width: Int, height: Int, count: Int, to path: String) throws {
        let settings = SceneSettings(
            width: width, height: height, framesPerSecond: 10, seconds: max(name.naturalSeconds, Double(count) / 10))
        var scene = try name.makeScene(settings)
        var picture = scene.makePicture()
        var truth = scene.makeTruthMask()
        let file = try OutputPictures(path: path)
        for frame in 90..<90 + count {
            _ = scene.render(frame: frame, into: &picture, truth: &truth)
            for plane in [picture.y, picture.u, picture.v] { try file.write(plane) }
        }
        try file.close()
    }

    /// - Returns: a line of JSON. Times are processor time of the pictures after the background is known; the memory is
    ///   what the first picture made the detector ask for.
    private static func measure(_ pictures: RawPictures, framesPerSecond: Double, cameras: Int) -> String {
        let detectors = (0..<cameras).map { _ in Camera(framesPerSecond: framesPerSecond) }
        var milliseconds: [Double] = []
        var allocations: [UInt] = []
        var mostQuiet: UInt = 0
        milliseconds.reserveCapacity(pictures.count * cameras)
        allocations.reserveCapacity(pictures.count * cameras)
        var masks = Fingerprint()
        var reports = Fingerprint()
        var memory: UInt = 0
        for number in 0..<pictures.count {
            let time = MediaTime(seconds: Double(number) / framesPerSecond)
            for (place, camera) in detectors.enumerated() {
                pictures.withPicture(number) { picture in
                    let before = allocation_count()
                    let bytesBefore = allocated_bytes()
                    let start = processorSeconds()
                    let report = camera.detector.analyse(picture, at: time)
                    let seconds = processorSeconds() - start
                    if number == 0, place == 0 { memory = allocated_bytes() - bytesBefore }
                    if !report.isLearning {
                        let count = allocation_count() - before
                        milliseconds.append(seconds * 1000)
                        allocations.append(count)
                        if report.isQuiet { mostQuiet = max(mostQuiet, count) }
                    }
                    if place == 0 { reports.add("\(report)") }
                }
            }
            detectors[0].detector.withMask { masks.add($0) }
        }
        milliseconds.sort()
        allocations.sort()
        guard !milliseconds.isEmpty else { return "{\"pictures\":0}" }
        let middle = milliseconds.count / 2
        let mask = detectors[0].detector.maskSize
        return """
            {"pictures":\(pictures.count),"analysed":\(milliseconds.count),"milliseconds":\(milliseconds[middle]),\
            "fastestMilliseconds":\(milliseconds[0]),"allocations":\(allocations[middle]),\
            "mostAllocations":\(allocations[allocations.count - 1]),"mostAllocationsOfQuietPictures":\(mostQuiet),\
            "bytesPerWorkingPixel":\(Double(memory) / Double(mask.width * mask.height)),\
            "maskHash":"\(masks.text)","reportHash":"\(reports.text)"}
            """
    }

    /// What the detector of tampering takes for a picture once the view is known, as a line of JSON.
    private static func measureTamper(_ pictures: RawPictures) -> String {
        let rate = TamperSettings().framesPerSecond
        var detector = TamperDetector()
        var milliseconds: [Double] = []
        for number in 0..<pictures.count {
            let time = MediaTime(seconds: Double(number) / rate)
            pictures.withPicture(number) { picture in
                let start = processorSeconds()
                let report = detector.analyse(picture, at: time)
                if !report.isLearning { milliseconds.append((processorSeconds() - start) * 1000) }
            }
        }
        milliseconds.sort()
        guard !milliseconds.isEmpty else { return "{\"pictures\":0}" }
        return """
            {"pictures":\(pictures.count),"analysed":\(milliseconds.count),\
            "picturesPerSecond":\(rate),\
            "milliseconds":\(milliseconds[milliseconds.count / 2]),"fastestMilliseconds":\(milliseconds[0])}
            """
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// A detector that several of stand in a list.
private final class Camera {
    var detector: MotionDetector

    init(framesPerSecond: Double) {
        detector = MotionDetector(settings: MotionSettings(framesPerSecond: framesPerSecond))
    }
}

/// What is wrong with the arguments or the file.
struct MeasureError: ActionableError {
    let problem: String
    let remedy: String
}

extension MotionReport {
    /// Whether it has nothing to tell.
    fileprivate var isQuiet: Bool { candidates.isEmpty && observations.isEmpty && unconfirmed.isEmpty }
}

/// FNV-1a over all that is added: equal masks, or equal reports, on every picture give equal text.
private struct Fingerprint {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    var text: String { String(state, radix: 16) }

    mutating func add(_ mask: PlaneView) {
        for y in 0..<mask.height {
            let row = mask.row(y)
            for x in 0..<mask.width { add(row[x]) }
        }
    }

    mutating func add(_ text: String) { for byte in text.utf8 { add(byte) } }

    private mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
