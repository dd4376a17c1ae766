import Foundation

/// A rendered night as a camera sees it that has no colour: dark ground with its lamps, noise, and one thing that happens.
struct NightScene {
    /// What happens, from 40 seconds on.
    enum Event: String, CaseIterable {
        /// A fire that grows over some minutes: behind trees, so that only its glow is seen.
        case fire
        case nothing
        /// A lamp that is switched on, and one that needs minutes to become bright.
        case lamp, sodiumLamp
        /// A car that passes, and one that comes straight on for two minutes.
        case passingCar, comingCar
        /// A line of cars on a road that winds towards the camera.
        case traffic
        case welding
        /// A light that blinks, and a sign that changes every few seconds.
        case beacon, sign
        case moonrise, dawn
        /// A lamp behind leaves that move.
        case lampBehindLeaves
        /// Someone with a torch walks towards the camera.
        case torch
    }

    static let width = 320
    static let height = 180
    static let stepSeconds = 0.5
    static let begin = 40.0

    let event: Event
    private let seed: UInt64
    private var random: UInt64
    private var flicker = 0.0
    private var gust = 0.0
    private var arc = (isOn: false, until: 0.0)
    private let ground: [Double]
    /// Where it happens, in pixels.
    let place: (x: Double, y: Double)
    private let pace: Double

    init(_ event: Event, seed: UInt64) {
        self.event = event
        self.seed = seed
        random = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
        var draw = SplitMix(state: random)
        place = (60 + 200 * draw.next(), 70 + 60 * draw.next())
        pace = 0.7 + 0.6 * draw.next()
        var ground = [Double](repeating: 0, count: Self.width * Self.height)
        let hills = 6 * draw.next() + 6
        for y in 0..<Self.height {
            for x in 0..<Self.width {
                let skyline = 50 + hills * sin(Double(x) / 40) + 4 * sin(Double(x) / 13)
                ground[y * Self.width + x] =
                    Double(y) < skyline ? 26 + Double(y) / 10 : 16 + 6 * sin(Double(x * 7 + y * 13) / 9)
            }
        }
        for _ in 0..<3 {
            let lamp = (x: 320 * draw.next(), y: 80 + 90 * draw.next())
            Self.add(&ground, lamp.x, lamp.y, radius: 4, 190)
        }
        self.ground = ground
        random = draw.state
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((z ^ (z >> 31)) >> 11) / Double(1 << 53)
        }
    }

    /// Of a sensor, sigma about 2: sums of three even numbers.
    private static let noise: [Double] = {
        var draw = SplitMix(state: 77)
        return (0..<65536).map { _ in 4 * (draw.next() + draw.next() + draw.next() - 1.5) }
    }()

    private mutating func chance() -> Double {
        var draw = SplitMix(state: random)
        defer { random = draw.state }
        return draw.next()
    }

    private static func add(_ light: inout [Double], _ x: Double, _ y: Double, radius: Double, _ level: Double) {
        let reach = Int(3 * radius) + 1
        func extent(_ middle: Double, _ length: Int) -> Range<Int> {
            let first = min(max(0, Int(middle) - reach), length)
            return first..<max(first, min(length, Int(middle) + reach + 1))
        }
        for row in extent(y, height) {
            for column in extent(x, width) {
                let (dx, dy) = (Double(column) - x, Double(row) - y)
                light[row * width + column] += level * exp(-(dx * dx + dy * dy) / (2 * radius * radius))
            }
        }
    }

    /// The luma of the next picture, full range.
    mutating func picture(_ step: Int) -> [UInt8] {
        var light = ground
        let seconds = Double(step) * Self.stepSeconds - Self.begin
        flicker = 0.5 * flicker + (chance() - 0.5) * 0.5
        gust = 0.98 * gust + (chance() - 0.5) * 0.1
        if seconds > 0 || event == .dawn { draw(on: &light, seconds) }
        let start = Int(chance() * Double(Self.noise.count))
        return light.indices.map { pixel in
            UInt8(min(max(light[pixel] + Self.noise[(start + pixel) & (Self.noise.count - 1)], 0), 255))
        }
    }

    private mutating func draw(on light: inout [Double], _ seconds: Double) {
        switch event {
        case .nothing: break
        case .fire:
            let size = min(1, seconds / (200 * pace))
            let level = (30 + 230 * size) * max(0.3, 1 + 0.35 * flicker + 0.3 * gust)
            Self.add(&light, place.x, place.y - 6 * size, radius: 5 + 9 * size, level)
        case .lamp: Self.add(&light, place.x, place.y, radius: 8, 200)
        case .sodiumLamp:
            let level = 220 * (1 - exp(-seconds / (70 * pace)))
            Self.add(&light, place.x, place.y, radius: 7 + 4 * level / 220, level)
        case .passingCar:
            let x = -20 + 14 * pace * seconds.truncatingRemainder(dividingBy: 60)
            for beam in [0.0, 7] { Self.add(&light, x + beam, place.y, radius: 4, 230) }
        case .comingCar: drawCar(on: &light, seconds, length: 120)
        case .traffic:
            for car in 0..<6 {
                let along = (seconds * 0.02 * pace + Double(car) / 6).truncatingRemainder(dividingBy: 1)
                let level = 40 + 200 * along * along
                Self.add(
                    &light, place.x + 40 * sin(6 * along), 55 + 80 * along, radius: 2 + 5 * along,
                    level * (0.9 + 0.2 * chance()))
            }
        case .welding: drawWelding(on: &light, seconds)
        case .beacon:
            if seconds.truncatingRemainder(dividingBy: 1.5) < 0.5 { Self.add(&light, place.x, place.y, radius: 6, 220) }
        case .sign:
            let level = 120 + 80 * sin(seconds * pace)
            Self.add(&light, place.x, place.y, radius: 9, level)
        case .moonrise:
            let y = 58 - seconds * 0.05
            Self.add(&light, place.x + seconds * 0.02, y, radius: 6, min(1, seconds / 100) * 220)
        case .dawn: for pixel in light.indices { light[pixel] += max(0, seconds) * 0.12 }
        case .lampBehindLeaves:
            Self.add(&light, place.x, place.y, radius: 8, 200 * max(0.2, min(1, 0.6 + gust + 0.3 * flicker)))
        case .torch:
            let near = min(1, seconds / (150 * pace))
            Self.add(
                &light, place.x + 50 * near + 6 * sin(3 * seconds), place.y + 30 * near, radius: 2 + 5 * near,
                200 * (0.6 + 0.4 * abs(sin(2.1 * seconds))))
        }
    }

    /// Comes from afar: the brightness goes with the square of the distance.
    private mutating func drawCar(on light: inout [Double], _ seconds: Double, length: Double) {
        let way = seconds.truncatingRemainder(dividingBy: length * pace + 20)
        let distance = 1 - way / (length * pace)
        guard distance > 0.02 else { return }
        let level = min(240, 12 / (distance * distance)) * (0.9 + 0.2 * chance())
        for side in [-1.0, 1] {
            Self.add(&light, place.x + side / distance, place.y + 2 / distance, radius: 2 + 0.6 / distance, level)
        }
    }

    private mutating func drawWelding(on light: inout [Double], _ seconds: Double) {
        if seconds > arc.until { arc = (!arc.isOn, seconds + (arc.isOn ? 3 : 6) + 6 * chance()) }
        guard arc.isOn else { return }
        let level = 255 * (0.3 + 0.7 * chance())
        Self.add(&light, place.x, place.y, radius: 6 + 6 * chance(), level)
    }
}
