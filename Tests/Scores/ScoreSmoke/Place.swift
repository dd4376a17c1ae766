import Foundation

/// What the sky and the air do.
enum Weather: String, CaseIterable {
    case clear, clouds, overcast, haze, fog, rain, wind, night
}

/// A view over land, drawn anew for each picture: ridges, sky, trees, weather.
///
/// Nothing here is shared with what the models are trained on (`models/train`), nor with the demo's scenes.
struct Place {
    let width: Int
    let height: Int
    let weather: Weather
    /// Row of pixels at which the land begins, by column.
    let skyline: [Float]
    private let land: [Float]
    private let landU: Float
    private let landV: Float
    private let sky: Canvas.Ink
    private let clouds: Texture
    private let leaves: Texture
    private let cloudCover: Float
    private let cloudSpeed: Float
    private let trees: [Canvas.Blob]
    private var random: Random

    /// - Parameter secondsPerPicture: how fast clouds and light go by.
    init(width: Int, height: Int, weather: Weather, secondsPerPicture: Float, random: Random) {
        var random = random
        self.width = width
        self.height = height
        self.weather = weather
        clouds = Texture(&random)
        leaves = Texture(&random)
        let (base, swing) = (random.uniform(0.25...0.5), random.uniform(0.05...0.2))
        let waves = random.uniform(1...4)
        let ridges = 2 + Int(random.uniform(0...2.99))
        let tall = Float(height)
        let ground = Texture(&random)
        let haze = random.uniform(120...190)
        let dark = random.uniform(40...95)
        var land = [Float](repeating: -1, count: width * height)
        var skyline = [Float](repeating: 0, count: width)
        for column in 0..<width {
            let x = Float(column) / Float(width)
            for ridge in 0..<ridges {
                let near = Float(ridge + 1) / Float(ridges)
                let level = base + 0.5 * (near - 1 / Float(ridges)) * (1 - base)
                let top =
                    tall * (level + swing * (ground.fractal(waves * x + 9, 5 * Float(ridge), octaves: 5) - 0.5))
                if ridge == 0 { skyline[column] = top }
                let grain = 2 + 5 * near
                for row in max(0, Int(top))..<height {
                    let texture =
                        ground.fractal(Float(column) / grain, Float(row) / grain + 40 * near, octaves: 4) - 0.5
                    land[row * width + column] = haze + near * (dark - haze) + 90 * near * texture
                }
            }
        }
        self.land = land
        self.skyline = skyline
        (landU, landV) = (random.uniform(116...128), random.uniform(118...128))
        sky = Canvas.Ink(y: random.uniform(150...215), u: random.uniform(128...145), v: random.uniform(114...128))
        cloudCover = [.clouds: random.uniform(0.4...0.6), .overcast: 0.2, .rain: 0.25][weather] ?? 0.75
        cloudSpeed = (random.uniform(-2...2)) * secondsPerPicture
        let count = weather == .wind ? 6 : 2
        trees = (0..<count).map { _ in
            let radius = random.uniform(0.05...0.2) * tall
            return Canvas.Blob(
                x: random.uniform(0...1) * Float(width), y: random.uniform(0.6...1) * tall, radiusX: radius,
                radiusY: radius, opacity: 1, hardness: 1)
        }
        self.random = random
    }

    /// Draws the place as it is in picture `step`.
    mutating func draw(_ step: Int) -> Canvas {
        var canvas = Canvas(width: width, height: height)
        let time = Float(step)
        let day = 1 + 0.06 * sin(time * 0.011) + (weather == .clouds ? 0.04 * sin(time * 0.13) : 0)
        for column in 0..<width {
            for row in 0..<height {
                let place = row * width + column
                let isLand = Float(row) >= skyline[column] && land[place] >= 0
                canvas.y[place] = (isLand ? land[place] : skyLight(column, row, time)) * day
            }
        }
        colour(&canvas, time)
        for tree in trees { draw(tree, on: &canvas) }
        weatherOver(&canvas, time)
        return canvas
    }

    private func skyLight(_ column: Int, _ row: Int, _ time: Float) -> Float {
        let cover = clouds(column, row, time)
        return sky.y + cover * (weather == .overcast || weather == .rain ? -30 : 235 - sky.y)
    }

    private func clouds(_ column: Int, _ row: Int, _ time: Float) -> Float {
        let x = (Float(column) + cloudSpeed * time) / 60
        let value = clouds.fractal(x, Float(row) / 25 + 0.004 * time, octaves: 4)
        return min(max((value - cloudCover) * 5, 0), 1)
    }

    private func colour(_ canvas: inout Canvas, _ time: Float) {
        for row in 0..<height / 2 {
            for column in 0..<width / 2 {
                let isLand = Float(2 * row) >= skyline[2 * column]
                let cloud = isLand ? 0 : clouds(2 * column, 2 * row, time)
                let place = row * (width / 2) + column
                canvas.u[place] = isLand ? landU : sky.u + cloud * (128 - sky.u)
                canvas.v[place] = isLand ? landV : sky.v + cloud * (128 - sky.v)
            }
        }
    }

    private mutating func draw(_ tree: Canvas.Blob, on canvas: inout Canvas) {
        var leaning = tree
        let gust = weather == .wind ? 0.06 : 0.01
        leaning.x += tree.radiusX * Float(gust) * random.normal()
        let (left, top) = (leaning.x, leaning.y)
        canvas.lay(leaning, Canvas.Ink(y: 60, u: 120, v: 122)) { x, y in
            0.45 + 0.55 * leaves.value((x - left) / 4, (y - top) / 4)
        }
    }

    private mutating func weatherOver(_ canvas: inout Canvas, _ time: Float) {
        switch weather {
        case .haze, .fog:
            let share = (weather == .haze ? 0.25 : 0.55) + 0.1 * sin(time * 0.02)
            for place in canvas.y.indices {
                let depth = 1 - 0.5 * Float(place / width) / Float(height)
                canvas.y[place] += share * depth * (200 - canvas.y[place])
            }
            for place in canvas.u.indices {
                canvas.u[place] += share * (129 - canvas.u[place])
                canvas.v[place] += share * (127 - canvas.v[place])
            }
        case .rain:
            for _ in 0..<Int(random.uniform(20...80)) {
                canvas.lay(
                    Canvas.Blob(
                        x: random.uniform(0...1) * Float(width), y: random.uniform(0...1) * Float(height), radiusX: 1,
                        radiusY: random.uniform(4...14), opacity: 0.35, hardness: 0.5), Canvas.Ink(y: 210))
            }
        case .night:
            for place in canvas.y.indices { canvas.y[place] *= 0.18 }
            for place in canvas.u.indices {
                canvas.u[place] = 128 + 0.3 * (canvas.u[place] - 128)
                canvas.v[place] = 128 + 0.3 * (canvas.v[place] - 128)
            }
        case .clear, .clouds, .overcast, .wind: break
        }
    }
}
