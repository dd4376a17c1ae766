import Foundation

/// Smoke of a fire: puffs that leave one spot, rise, lean with the wind, grow and thin out.
struct Plume {
    let onset: Int
    private let x: Float
    private let y: Float
    /// Height that it reaches, in pixels.
    let tall: Float
    let opacity: Float
    private let wind: Float
    private let light: Float
    private let growth: Float
    private let texture: Texture
    private var random: Random

    init(_ place: Place, onset: Int, tall: Float, opacity: Float, random: Random) {
        var random = random
        self.onset = onset
        self.tall = tall
        self.opacity = opacity
        x = random.uniform(0.1...0.9) * Float(place.width)
        let skyline = place.skyline[Int(x)]
        y = skyline + random.uniform(0.02...0.5) * (Float(place.height) - skyline)
        wind = random.uniform(-0.9...0.9)
        light = random.uniform(0...1) < 0.85 ? random.uniform(140...225) : random.uniform(30...70)
        growth = random.uniform(3...15)
        texture = Texture(&random)
        self.random = random
    }

    mutating func draw(_ step: Int, on canvas: inout Canvas) {
        let age = Float(step - onset)
        guard age >= 0 else { return }
        let height = tall * min(1, 0.25 + age / growth)
        let puffs = 14
        for puff in 0..<puffs {
            let part = (Float(puff) + random.uniform(0...1)) / Float(puffs)
            let radius = max(1.2, tall * (0.06 + 0.16 * part))
            let blob = Canvas.Blob(
                x: x + wind * height * part * part + 0.3 * radius * random.normal(), y: y - height * part,
                radiusX: radius, radiusY: radius, opacity: opacity * (1 - 0.6 * part) * min(1, 0.4 + age / growth))
            let drift = 0.7 * age
            let scale = max(2, tall / 8)
            canvas.lay(blob, Canvas.Ink(y: canvas.y[Int(y) * canvas.width] < 40 ? light * 0.35 : light), isSmoke: true)
            {
                [texture] px, py in 0.3 + 1.2 * texture.fractal(px / scale, py / scale + drift, octaves: 3)
            }
        }
    }
}

/// What is taken for smoke. Each comes and goes.
enum Distractor: String, CaseIterable {
    case walker, vehicle, cloudShadow, fogBank, dust, steam, lamp, insects, contrail, exposure

    /// How one of them goes by: drawn once, from a seed.
    struct Course {
        var kind: Distractor
        var x: Float
        var y: Float
        var size: Float
        var speed: Float
        var light: Float
        var texture: Texture
        var random: Random

        init(_ kind: Distractor, _ place: Place, random: Random) {
            var random = random
            self.kind = kind
            x = random.uniform(0.1...0.9) * Float(place.width)
            let skyline = place.skyline[Int(x)]
            y = skyline + random.uniform(0.05...0.9) * (Float(place.height) - skyline)
            if kind == .contrail { y = random.uniform(0.1...0.9) * skyline }
            size = Float(place.height) * random.scale(0.03...0.2)
            speed = random.uniform(0.3...3) * (random.uniform(0...1) < 0.5 ? -1 : 1)
            light = random.uniform(30...230)
            texture = Texture(&random)
            self.random = random
        }

        /// - Parameter age: pictures since it came.
        mutating func draw(_ age: Int, on canvas: inout Canvas) {
            guard age >= 0 else { return }
            let time = Float(age)
            let at = x + speed * time
            func blob(_ x: Float, _ y: Float, _ wide: Float, _ tall: Float, _ opacity: Float, _ hard: Float)
                -> Canvas.Blob
            {
                Canvas.Blob(x: x, y: y, radiusX: wide, radiusY: tall, opacity: opacity, hardness: hard)
            }
            switch kind {
            case .walker: canvas.lay(blob(at, y, 0.3 * size, size, 1, 1), Canvas.Ink(y: light, u: 122, v: 134))
            case .vehicle: canvas.lay(blob(x + 6 * speed * time, y, 2 * size, size, 1, 1), Canvas.Ink(y: light))
            case .cloudShadow:
                canvas.light(blob(x + 3 * speed * time, y, 8 * size, 2 * size, 1, 0.3), by: 0.65)
            case .fogBank:
                let share = 0.5 * min(1, time / 25)
                canvas.lay(blob(at, y, 9 * size, size, share, 0), Canvas.Ink(y: 205)) { [texture] px, py in
                    0.5 + texture.fractal(px / 40 + 0.01 * time, py / 12)
                }
            case .dust:
                for puff in 0..<10 where age > puff {
                    let old = Float(puff)
                    canvas.lay(
                        blob(
                            x + 5 * speed * (time - old), y - 0.2 * old, size * (0.3 + 0.12 * old), size * 0.4,
                            0.5 * exp(-old / 5), 0),
                        Canvas.Ink(y: 165, u: 120, v: 132))
                }
            case .steam:
                // Puffs that are gone a few heights above their vent, now and then.
                guard age % 20 < 6 else { return }
                let rise = Float(age % 20)
                canvas.lay(
                    blob(
                        x + speed * rise, y - 2 * rise, size * (0.3 + 0.1 * rise), size * (0.3 + 0.1 * rise),
                        0.7 * (1 - rise / 6), 0),
                    Canvas.Ink(y: 230))
            case .lamp: if age % 30 < 15 { canvas.light(blob(x, y, 3 * size, 2 * size, 1, 0), by: 1.8) }
            case .insects:
                for _ in 0..<6 {
                    canvas.lay(
                        blob(
                            random.uniform(0...1) * Float(canvas.width), random.uniform(0...1) * Float(canvas.height),
                            random.uniform(2...9), random.uniform(2...9), 0.7, 0.6),
                        Canvas.Ink(y: 215))
                }
            case .contrail:
                for part in 0..<min(age, 40) {
                    canvas.lay(blob(x + 4 * speed * Float(part), y, 4, 1.5 + 0.03 * time, 0.5, 0), Canvas.Ink(y: 240))
                }
            case .exposure:
                let factor: Float = age % 24 < 12 ? 1.12 : 0.94
                for place in canvas.y.indices { canvas.y[place] *= factor }
            }
        }
    }
}
