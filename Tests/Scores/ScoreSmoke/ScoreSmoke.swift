import Detection
import Domain
import Foundation
import SmokeModels
import Watch

/// Scores the smoke detector on rendered places with exact truth.
@main
enum ScoreSmoke {
    private static let usage = """
        usage: score-smoke quiet|distractors|composites|cost near|fine|tower AMOUNT [SEED [PICTURES]]
        AMOUNT: hours a weather for 'quiet', hours a kind for 'distractors', plumes for 'composites', steps for 'cost'.
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
    private var regimeName: String { detail == .fine ? detail.rawValue : regime.rawValue }
    private var stepSeconds: Double { SmokeSettings(regime: regime).stepSeconds }
    private var size: (width: Int, height: Int) { regime == .near ? (480, 272) : (640, 480) }

    init(
        regime: SmokeSettings.Regime, detail: SmokeSettings.Detail = .usual, seed: UInt64,
        pictures: AlarmPictures? = nil
    ) {
        self.regime = regime
        self.detail = detail
        self.seed = seed
        self.pictures = pictures
    }

    private func detector() -> SmokeDetector {
        SmokeDetector(
            settings: SmokeSettings(regime: regime, detail: detail), model: SmokeModelLibrary.model(for: regime).model)
    }

    private func place(_ weather: Weather, _ number: UInt64, of size: (width: Int, height: Int)? = nil) -> Place {
        let size = size ?? self.size
        return Place(
            width: size.width, height: size.height, weather: weather, secondsPerPicture: Float(stepSeconds),
            random: Random(seed: seed &* 1_000_003 &+ number))
    }

    /// Alarms of one place: an alarm in the same track counts once. `draw` adds what happens.
    private func watch(
        _ place: Place, steps: Int, noise: Float, number: UInt64,
        draw: (Int, inout Canvas) -> Void, report: (Int, Canvas, Exposure, [Observation]) -> Void
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
            report(step, canvas, exposure, observations)
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
            } report: { step, _, exposure, observations in
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

    /// Plumes with exact truth: found within 60 steps, by height and contrast; an alarm before the onset is a false one.
    func composites(count: Int) {
        let onset = regime == .near ? 124 : 40
        let weathers: [Weather] = [.clear, .clouds, .overcast, .haze, .wind]
        var results: [(tall: Float, opacity: Float, delay: Int?)] = []
        var early = 0
        for number in 0..<UInt64(max(count, 1)) {
            var random = Random(seed: seed &* 31 &+ number)
            let place = place(weathers[Int(number) % weathers.count], 900_000 + number)
            let tall = random.scale(8...Float(size.height) / 2)
            var plume = Plume(
                place, onset: onset, tall: tall, opacity: random.uniform(0.15...0.8),
                random: Random(seed: number &+ 4242))
            var delay: Int?
            var isEarly = false
            watch(place, steps: onset + 61, noise: 1.5, number: number) { step, canvas in
                plume.draw(step, on: &canvas)
            } report: { step, canvas, _, observations in
                guard !observations.isEmpty, delay == nil else { return }
                if step < onset { isEarly = true }
                if step >= onset, let truth = canvas.smokeBox(), observations.contains(where: { overlaps($0, truth) }) {
                    delay = step - onset
                }
            }
            early += isEarly ? 1 : 0
            results.append((tall, plume.opacity, delay))
        }
        tell(results, early: early)
    }

    private func overlaps(_ observation: Observation, _ truth: (left: Int, top: Int, right: Int, bottom: Int)) -> Bool {
        guard let box = observation.box else { return false }
        let (width, height) = (Double(size.width), Double(size.height))
        return box.x * width < Double(truth.right) && (box.x + box.width) * width > Double(truth.left)
            && box.y * height < Double(truth.bottom) && (box.y + box.height) * height > Double(truth.top)
    }

    private func tell(_ results: [(tall: Float, opacity: Float, delay: Int?)], early: Int) {
        func line(_ name: String, _ chosen: [(tall: Float, opacity: Float, delay: Int?)]) {
            let delays = chosen.compactMap(\.delay).sorted()
            let interval = ConfidenceInterval.wilson(hits: delays.count, of: chosen.count)
            let median = delays.isEmpty ? "none" : "\(delays[delays.count / 2])"
            print(
                String(
                    format: "composites %@ %@: found %d of %d (%.2f to %.2f), median steps %@", regimeName, name,
                    delays.count, chosen.count, interval.low, interval.high, median))
        }
        line("all", results)
        for (low, high) in [(8, 16), (16, 32), (32, 64), (64, 1000)] as [(Float, Float)] {
            line("\(Int(low)) px and higher", results.filter { $0.tall >= low && $0.tall < high })
        }
        for (low, high) in [(0.15, 0.35), (0.35, 0.55), (0.55, 0.81)] as [(Float, Float)] {
            line("opacity \(low) to \(high)", results.filter { $0.opacity >= low && $0.opacity < high })
        }
        print("composites \(regimeName): \(early) of \(results.count) with an alarm before the onset")
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
