import Detection
import Domain
import Foundation
import SmokeModels
import Watch

/// Scores the smoke detector on rendered places with exact truth.
@main
enum ScoreSmoke {
    private static let usage = """
        usage: score-smoke quiet|distractors|composites|faults|cost near|fine|tower AMOUNT [SEED [PICTURES]]
        AMOUNT: hours a weather for 'quiet', hours a kind for 'distractors', plumes for 'composites' and 'faults' (the
        same plumes clean and under each fault of a camera; needs ffmpeg), steps for 'cost'.
        fine: near, pictures doubled before they are looked at.
        PICTURES: a folder for the picture of each false alarm.
        """

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count >= 3, let regime = words[1] == "fine" ? .near : SmokeSettings.Regime(rawValue: words[1]),
            let amount = Double(words[2]),
            amount > 0, let seed = words.count > 3 ? UInt64(words[3]) : 1
        else {
            FileHandle.standardError.write(Data((usage + "\n").utf8))
            exit(2)
        }
        // Places and plumes are only as varied as the numbers that they are drawn from.
        precondition(Random.isEven, "the random numbers are not even: nothing would be scored as it is said to be")
        let pictures = words.count > 4 ? AlarmPictures(folder: URL(fileURLWithPath: words[4])) : nil
        let course = Course(
            regime: regime, detail: words[1] == "fine" ? .fine : .usual, seed: seed, pictures: pictures)
        switch words[0] {
        case "quiet": course.quiet(hours: amount)
        case "distractors": course.distractors(hours: amount)
        case "composites": course.composites(count: Int(amount))
        case "faults":
            do {
                try course.faults(count: Int(amount))
            } catch {
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                exit(1)
            }
        case "cost": course.cost(steps: Int(amount))
        default:
            FileHandle.standardError.write(Data((usage + "\n").utf8))
            exit(2)
        }
    }
}

/// Runs the detector over rendered places in one regime.
struct Course {
    /// Steps of one place: after them another one is drawn.
    private static let stepsOfPlace = 240

    let regime: SmokeSettings.Regime
    let detail: SmokeSettings.Detail
    let seed: UInt64
    let pictures: AlarmPictures?
    var regimeName: String { detail == .fine ? detail.rawValue : regime.rawValue }
    var stepSeconds: Double { SmokeSettings(regime: regime).stepSeconds }
    var size: (width: Int, height: Int) { regime == .near ? (480, 272) : (640, 480) }

    init(
        regime: SmokeSettings.Regime, detail: SmokeSettings.Detail = .usual, seed: UInt64,
        pictures: AlarmPictures? = nil
    ) {
        self.regime = regime
        self.detail = detail
        self.seed = seed
        self.pictures = pictures
    }

    func detector() -> SmokeDetector {
        SmokeDetector(
            settings: SmokeSettings(regime: regime, detail: detail), model: SmokeModelLibrary.model(for: regime).model)
    }

    func place(_ weather: Weather, _ number: UInt64, of size: (width: Int, height: Int)? = nil) -> Place {
        let size = size ?? self.size
        return Place(
            width: size.width, height: size.height, weather: weather, secondsPerPicture: Float(stepSeconds),
            random: Random(seed: seed &* 1_000_003 &+ number))
    }

    /// Alarms of one place: an alarm in the same track counts once. `draw` adds what happens.
    private func watch(
        _ place: Place, steps: Int, noise: Float, number: UInt64,
        draw: (Int, inout Canvas) -> Void, report: (Int, Exposure, [Observation]) -> Void
    ) {
        var place = place
        var detector = detector()
        var exposure = Exposure(sigma: noise, random: Random(seed: number &* 77 &+ 5))
        for step in 0..<steps {
            var canvas = place.draw(step)
            draw(step, &canvas)
            exposure.take(canvas)
            let time = MediaTime(seconds: Double(step) * stepSeconds)
            let observations = exposure.withView(width: size.width, height: size.height) {
                detector.analyse($0, at: time).observations
            }
            report(step, exposure, observations)
        }
    }

    /// Hours in which nothing burns, by weather.
    func quiet(hours: Double) {
        var all = 0
        for (index, weather) in Weather.allCases.enumerated() {
            let alarms = alarms(
                hours: hours, from: UInt64(index) * 10_000, name: weather.rawValue, weather: { _ in weather },
                distractor: nil)
            all += alarms
            Self.tell("quiet \(regimeName) \(weather.rawValue)", alarms: alarms, hours: hours)
        }
        Self.tell("quiet \(regimeName) all", alarms: all, hours: hours * Double(Weather.allCases.count))
    }

    /// Hours in which something is taken for smoke that is none, by kind.
    func distractors(hours: Double) {
        let weathers: [Weather] = [.clear, .clouds, .overcast, .wind]
        for (index, kind) in Distractor.allCases.enumerated() {
            let alarms = alarms(
                hours: hours, from: 500_000 + UInt64(index) * 10_000, name: kind.rawValue,
                weather: { weathers[Int($0) % weathers.count] }, distractor: kind)
            Self.tell("distractor \(regimeName) \(kind.rawValue)", alarms: alarms, hours: hours)
        }
    }

    private func alarms(
        hours: Double, from first: UInt64, name: String, weather: (UInt64) -> Weather, distractor: Distractor?
    ) -> Int {
        let steps = max(1, Int((hours * 3600 / stepSeconds).rounded()))
        var alarms = 0
        var done = 0
        var number = first
        while done < steps {
            let place = place(weather(number), number)
            let now = min(Self.stepsOfPlace, steps - done)
            var tracks: Set<Int> = []
            var course = distractor.map { Distractor.Course($0, place, random: Random(seed: number &+ 99)) }
            watch(place, steps: now, noise: 1.5, number: number) { step, canvas in
                // Another one comes every 60 steps.
                if step % 60 == 20, let distractor {
                    course = Distractor.Course(distractor, place, random: Random(seed: number &+ UInt64(step) &* 7919))
                }
                course?.draw(step < 20 ? -1 : (step - 20) % 60, on: &canvas)
            } report: { step, exposure, observations in
                let new = observations.filter { $0.track.map { tracks.insert($0).inserted } ?? false }
                guard !new.isEmpty else { return }
                pictures?.write(
                    exposure, width: size.width, height: size.height, boxes: new.compactMap(\.box),
                    name: "\(name)-\(number)-\(step)")
            }
            alarms += tracks.count
            done += now
            number += 1
        }
        return alarms
    }

    private static func tell(_ name: String, alarms: Int, hours: Double) {
        let interval = ConfidenceInterval.garwood(count: alarms)
        print(
            String(
                format: "%@: %d alarms in %.2f h, an hour %.2f (%.2f to %.2f)", name, alarms, hours,
                Double(alarms) / hours, interval.low / hours, interval.high / hours))
    }

    /// Processor time of a step, pictures drawn beforehand, of the sizes that cameras send.
    func cost(steps: Int) {
        for weather in [Weather.clear, .wind] { cost(steps: steps, in: weather) }
    }

    private func cost(steps: Int, in weather: Weather) {
        let size = regime == .near ? (width: 960, height: 540) : (width: 640, height: 480)
        var place = place(weather, 7, of: size)
        var exposure = Exposure(sigma: 1.5, random: Random(seed: 7))
        var detector = detector()
        var milliseconds: [Double] = []
        for step in 0..<max(steps, 1) + 31 {
            exposure.take(place.draw(step))
            let time = MediaTime(seconds: Double(step) * stepSeconds)
            exposure.withView(width: size.width, height: size.height) { picture in
                let start = clock()
                _ = detector.analyse(picture, at: time)
                if step > 30 { milliseconds.append(Double(clock() - start) * 1000 / Double(CLOCKS_PER_SEC)) }
            }
        }
        milliseconds.sort()
        print(
            String(
                format: "cost %@ at %dx%d, %@: %.2f ms of processor time a step (median of %d)", regimeName,
                size.width, size.height, weather.rawValue, milliseconds[milliseconds.count / 2], milliseconds.count))
    }
}
