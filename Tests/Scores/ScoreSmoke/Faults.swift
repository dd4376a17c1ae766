import Detection
import Foundation
import Watch

/// What a camera and its link do to pictures of which nothing is wrong.
enum Fault: String, CaseIterable {
    /// H.264 at 500 kb/s.
    case encoded
    /// A sensor as noisy as by dusk.
    case noise
    /// A mast that trembles by up to a pixel.
    case jitter
    /// Exposure that is set anew each ten pictures.
    case gain

    /// Of the sensor, in grey levels; a clean picture has 1.5.
    var noiseSigma: Float { self == .noise ? 4 : 1.5 }

    /// Draws what the fault does to the picture of that number.
    func alter(_ canvas: Canvas, _ step: Int, seed: UInt64) -> Canvas {
        switch self {
        case .encoded, .noise: return canvas
        case .jitter:
            var random = Random(seed: seed &* 131 &+ UInt64(step))
            return canvas.shifted(by: (random.uniform(-1...1), random.uniform(-1...1)))
        case .gain:
            var random = Random(seed: seed &* 137 &+ UInt64(step / 10))
            let factor = random.uniform(0.85...1.15)
            var brighter = canvas
            for place in brighter.y.indices { brighter.y[place] *= factor }
            return brighter
        }
    }
}

extension Canvas {
    /// The picture moved by less than two pixels; at its edge the nearest pixel stands.
    func shifted(by offset: (x: Float, y: Float)) -> Canvas {
        var moved = self
        moved.y = Self.shifted(y, width, height, offset)
        let half = (x: offset.x / 2, y: offset.y / 2)
        moved.u = Self.shifted(u, width / 2, height / 2, half)
        moved.v = Self.shifted(v, width / 2, height / 2, half)
        return moved
    }

    private static func shifted(_ plane: [Float], _ width: Int, _ height: Int, _ by: (x: Float, y: Float)) -> [Float] {
        func places(_ count: Int, _ by: Float) -> [(first: Int, second: Int, share: Float)] {
            (0..<count).map { place in
                let from = min(max(Float(place) - by, 0), Float(count - 1))
                return (Int(from), min(Int(from) + 1, count - 1), from - Float(Int(from)))
            }
        }
        let (across, down) = (places(width, by.x), places(height, by.y))
        var result = plane
        for (row, vertical) in down.enumerated() {
            let (high, low) = (vertical.first * width, vertical.second * width)
            for (column, part) in across.enumerated() {
                let above =
                    plane[high + part.first] + part.share * (plane[high + part.second] - plane[high + part.first])
                let below = plane[low + part.first] + part.share * (plane[low + part.second] - plane[low + part.first])
                result[row * width + column] = above + vertical.share * (below - above)
            }
        }
        return result
    }
}

extension Course {
    /// The same plumes clean and under each fault: what it costs.
    func faults(count: Int) throws {
        var clean: [Outcome] = []
        var faulty: [Fault: [Outcome]] = [:]
        for number in 0..<UInt64(max(count, 1)) {
            let composite = composite(number)
            clean.append(watch(composite) { canvas, _ in canvas })
            for fault in Fault.allCases { faulty[fault, default: []].append(try watch(composite, under: fault)) }
        }
        tell("clean", clean, beside: clean)
        for fault in Fault.allCases { tell(fault.rawValue, faulty[fault] ?? [], beside: clean) }
    }

    private func watch(_ composite: Composite, under fault: Fault) throws -> Outcome {
        guard fault == .encoded else {
            return watch(composite, noise: fault.noiseSigma) { canvas, step in
                fault.alter(canvas, step, seed: composite.number)
            }
        }
        var exposure = Exposure(sigma: fault.noiseSigma, random: Random(seed: composite.number &* 77 &+ 5))
        let repeats = regime == .near ? Int(CameraLink.picturesPerSecond * stepSeconds) : 1
        let link = CameraLink(width: size.width, height: size.height)
        let received = try link.carry(composite.pictures.count * repeats, keeping: repeats) { number in
            exposure.take(composite.pictures[number / repeats].canvas)
            return exposure
        }
        return judge(composite) { received[$0] }
    }

    private func tell(_ name: String, _ outcomes: [Outcome], beside clean: [Outcome]) {
        let found = outcomes.count { $0.delay != nil }
        let interval = ConfidenceInterval.wilson(hits: found, of: outcomes.count)
        let delays = outcomes.compactMap(\.delay).sorted()
        let pairs = zip(clean, outcomes)
        print(
            String(
                format: "faults %@ %@: found %d of %d (%.2f to %.2f), lost %d, gained %d, median steps %@, "
                    + "an alarm before the onset %d", regimeName, name, found, outcomes.count, interval.low,
                interval.high,
                pairs.count { $0.delay != nil && $1.delay == nil }, pairs.count { $0.delay == nil && $1.delay != nil },
                delays.isEmpty ? "none" : "\(delays[delays.count / 2])", outcomes.count { $0.isEarly }))
    }
}
