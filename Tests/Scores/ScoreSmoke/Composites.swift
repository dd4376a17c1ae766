import Detection
import Domain
import Foundation
import Watch

/// A plume over a place: each picture as it falls on the sensor, and where the plume is on it.
struct Composite {
    typealias Truth = (left: Int, top: Int, right: Int, bottom: Int)

    let number: UInt64
    /// The picture on which the smoke begins.
    let onset: Int
    /// Height that the plume reaches, in pixels.
    let tall: Float
    let opacity: Float
    private(set) var pictures: [(canvas: Canvas, truth: Truth?)] = []

    /// So many pictures after the onset are drawn.
    private static let after = 61

    init(_ place: Place, number: UInt64, onset: Int, plume: Plume) {
        self.number = number
        self.onset = onset
        tall = plume.tall
        opacity = plume.opacity
        var (place, plume) = (place, plume)
        for step in 0..<onset + Self.after {
            var canvas = place.draw(step)
            plume.draw(step, on: &canvas)
            let truth = step >= onset ? canvas.smokeBox() : nil
            // Known now, and as large as a picture.
            canvas.smoke = []
            pictures.append((canvas, truth))
        }
    }
}

extension Course {
    /// What became of one plume.
    struct Outcome {
        var tall: Float
        var opacity: Float
        /// Steps from the onset to an alarm that touches the plume; `nil` where there was none within 60.
        var delay: Int?
        /// Whether an alarm came before the onset.
        var isEarly = false
    }

    /// Plumes with exact truth: found within 60 steps, by height and contrast; an alarm before the onset is a false one.
    func composites(count: Int) {
        tell((0..<UInt64(max(count, 1))).map { watch(composite($0)) { canvas, _ in canvas } })
    }

    /// The plume of that number.
    func composite(_ number: UInt64) -> Composite {
        let weathers: [Weather] = [.clear, .clouds, .overcast, .haze, .wind]
        var random = Random(seed: seed &* 31 &+ number)
        let place = place(weathers[Int(number) % weathers.count], 900_000 + number)
        let onset = regime == .near ? 124 : 40
        let tall = random.scale(8...Float(size.height) / 2)
        let plume = Plume(
            place, onset: onset, tall: tall, opacity: random.uniform(0.15...0.8), random: Random(seed: number &+ 4242))
        return Composite(place, number: number, onset: onset, plume: plume)
    }

    /// - Parameter alter: what becomes of a picture before it falls on the sensor, by its number.
    func watch(_ composite: Composite, noise: Float = 1.5, alter: (Canvas, Int) -> Canvas) -> Outcome {
        var exposure = Exposure(sigma: noise, random: Random(seed: composite.number &* 77 &+ 5))
        return judge(composite) { step in
            exposure.take(alter(composite.pictures[step].canvas, step))
            return exposure
        }
    }

    /// - Parameter exposure: the picture of that number as the detector is given it.
    func judge(_ composite: Composite, exposure: (Int) -> Exposure) -> Outcome {
        var outcome = Outcome(tall: composite.tall, opacity: composite.opacity)
        var detector = detector()
        for step in composite.pictures.indices {
            let time = MediaTime(seconds: Double(step) * stepSeconds)
            let observations = exposure(step).withView(width: size.width, height: size.height) {
                detector.analyse($0, at: time).observations
            }
            guard !observations.isEmpty, outcome.delay == nil else { continue }
            if step < composite.onset { outcome.isEarly = true }
            if let truth = composite.pictures[step].truth, observations.contains(where: { overlaps($0, truth) }) {
                outcome.delay = step - composite.onset
            }
        }
        return outcome
    }

    private func overlaps(_ observation: Observation, _ truth: Composite.Truth) -> Bool {
        guard let box = observation.box else { return false }
        let (width, height) = (Double(size.width), Double(size.height))
        return box.x * width < Double(truth.right) && (box.x + box.width) * width > Double(truth.left)
            && box.y * height < Double(truth.bottom) && (box.y + box.height) * height > Double(truth.top)
    }

    private func tell(_ results: [Outcome]) {
        func line(_ name: String, _ chosen: [Outcome]) {
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
        let early = results.count { $0.isEarly }
        print("composites \(regimeName): \(early) of \(results.count) with an alarm before the onset")
    }
}
