import Detection
import Domain
import SyntheticScenes

/// What makes motion hard to find or easy to imagine, drawn over a rendered courtyard.
enum Hardship: String, CaseIterable {
    case none
    case lightSteps = "light steps"
    case cloudShadow = "cloud shadow and lamp"
    case clouds = "people under clouds"
    case lamps = "people and lamps"
    case infrared = "switch to infrared"
    case jitter1 = "jitter 1 px"
    case jitter2 = "jitter 2 px"
    case jitter3 = "jitter 3 px"
    case rain
    case snow
    case nightNoise = "night noise"
    case dark = "hardly any light"
    case grey = "flat and without colour"
    case insects = "insects at the lens"
    case ghost = "place of a removed object"
    case slowWalker = "slow walker"
    case distantWalker = "walker of 8 px"

    /// What happened in one scene.
    struct Outcome {
        /// People (or walkers) that came, and how many of them were found.
        var events = 0
        var found = 0
        /// Times that motion was reported where nobody was, ten seconds apart at least.
        var falseEvents = 0
        /// For how long such a report would have counted: about what people and their shadows do it says nothing.
        var seconds = 0.0
        /// Things told of as left or removed.
        var objects = 0
        var sceneChanges = 0
        /// Pictures on which each of them was in view, and those of them on which they were reported.
        var views = 0
        var sightings = 0

        var seenShare: Double { Double(sightings) / Double(max(views, 1)) }
        var falsePerHour: Double { Double(falseEvents) * 3600 / max(seconds, 1) }

        mutating func add(_ other: Outcome) {
            events += other.events
            found += other.found
            falseEvents += other.falseEvents
            seconds += other.seconds
            sceneChanges += other.sceneChanges
            objects += other.objects
            views += other.views
            sightings += other.sightings
        }
    }

    private var sceneName: SceneName {
        switch self {
        case .cloudShadow: .lightChanges
        case .ghost, .slowWalker, .distantWalker: .staticNoise
        default: .arrivals
        }
    }

    private func settings(width: Int, height: Int, seconds: Double, seed: UInt64) -> SceneSettings {
        SceneSettings(
            width: width, height: height, framesPerSecond: 10, seconds: seconds, seed: seed,
            noiseSigma: self == .nightNoise ? 7 : 2,
            jitterPixels: self == .jitter1 ? 1 : self == .jitter2 ? 2 : self == .jitter3 ? 3 : 0)
    }

    /// Analyses the scene with the default settings and holds what is reported against who was there.
    func outcome(width: Int = 640, height: Int = 360, seconds: Double = 72, seed: UInt64 = 1) throws -> Outcome {
        var scene = try sceneName.makeScene(settings(width: width, height: height, seconds: seconds, seed: seed))
        var picture = scene.makePicture()
        var mask = scene.makeTruthMask()
        var detector = MotionDetector(settings: MotionSettings())
        var outcome = Outcome()
        var came: Set<Int> = []
        var found: Set<Int> = []
        // Of pictures with somebody in them, and of observations where nobody is.
        var presence: [Double] = []
        var stationary: Set<Int> = []
        var strange: [Double] = []
        for frame in 0..<scene.frameCount {
            let now = Double(frame) / 10
            var objects = scene.render(frame: frame, into: &picture, truth: &mask)
                .filter { $0.visibleFraction >= 0.5 }.map { ($0.id, $0.box) }
            draw(on: &picture, frame: frame, seconds: now, seed: seed)
            if let walker = walker(at: now, width: width, height: height) {
                Self.paint(&picture, walker, luma: 40)
                objects.append((1, walker))
            }
            let report = picture.withPicture { detector.analyse($0, at: MediaTime(seconds: now)) }
            stationary.formUnion(report.stationary.map(\.id))
            if report.sceneChange != nil { outcome.sceneChanges += 1 }
            came.formUnion(objects.map(\.0))
            outcome.views += objects.count
            outcome.sightings += objects.count { object in
                report.observations.contains { $0.kind == .motion && Self.isNear(object.1, $0.box) }
            }
            for observation in report.observations where observation.kind == .motion {
                let near = objects.filter { Self.isNear($0.1, observation.box) }
                found.formUnion(near.map(\.0))
                if near.isEmpty { strange.append(now) }
            }
            if !objects.isEmpty || mask.ids.contains(where: { $0 != 0 }) { presence.append(now) }
        }
        outcome.objects = stationary.count
        var lastFalse = -100.0
        for time in strange {
            guard isJudged(time, presence) else { continue }
            if time - lastFalse > 10 { outcome.falseEvents += 1 }
            lastFalse = time
        }
        let judged = (0..<scene.frameCount).count { isJudged(Double($0) / 10, presence) }
        (outcome.events, outcome.found, outcome.seconds) = (came.count, found.count, Double(judged) / 10)
        return outcome
    }

    /// Before people come and after they went, their shadows are seen.
    private func isJudged(_ time: Double, _ presence: [Double]) -> Bool {
        sceneName != .arrivals || !presence.contains { abs($0 - time) < 1.5 }
    }

    private static func isNear(_ truth: Box?, _ seen: Box?) -> Bool {
        guard let truth, let seen else { return false }
        let wider = Box(
            x: truth.x - truth.width, y: truth.y - truth.height / 4, width: 3 * truth.width, height: 1.5 * truth.height)
        return wider.intersectionArea(with: seen) > 0
    }

    private func walker(at now: Double, width: Int, height: Int) -> Box? {
        guard now > 8 else { return nil }
        let (w, h, speed): (Double, Double, Double)
        switch self {
        case .slowWalker: (w, h, speed) = (18, 46, 6)
        case .distantWalker: (w, h, speed) = (4, 8, 10)
        default: return nil
        }
        // Pixels of a picture of 640 x 360, which he leaves in the end.
        let left = 220 + speed * (now - 8)
        guard left + w < 640 else { return nil }
        return Box(x: left / 640, y: 250.0 / 360, width: w / 640, height: h / 360)
    }

    private static func paint(_ picture: inout YUVFrame, _ box: Box, luma: UInt8) {
        let left = Int(box.x * Double(picture.width))
        let top = Int(box.y * Double(picture.height))
        for y in top..<min(picture.height, top + max(1, Int(box.height * Double(picture.height)))) {
            for x in left..<min(picture.width, left + max(1, Int(box.width * Double(picture.width)))) {
                picture.y[y * picture.width + x] = luma
            }
        }
    }

    func draw(on picture: inout YUVFrame, frame: Int, seconds: Double, seed: UInt64 = 1) {
        // With the first seed as it was before there were others.
        var random = Xorshift(state: (UInt64(frame + 1) &* 0x9E37_79B9_7F4A_7C15) ^ ((seed - 1) << 20))
        switch self {
        case .lightSteps:
            // A lamp of the neighbour's: on at 5 s, off at 20 s, on again at 30 s.
            let gain = seconds < 5 ? 256 : seconds < 20 ? 150 : seconds < 30 ? 256 : 340
            Self.scale(&picture, gain)
        case .clouds, .lamps:
            var light = PassingLight(width: picture.width, height: picture.height)
            if self == .clouds {
                light.addClouds(seconds: Float(seconds), seed: seed)
            } else {
                light.addLamps(seconds: Float(seconds), seed: seed)
            }
            light.draw(on: &picture)
        case .infrared where seconds >= 5:
            for i in picture.u.indices { (picture.u[i], picture.v[i]) = (128, 128) }
        case .nightNoise: Self.scale(&picture, 80)
        case .dark:
            Self.scale(&picture, 36)
            for i in picture.u.indices {
                picture.u[i] = UInt8(128 + (Int(picture.u[i]) - 128) / 4)
                picture.v[i] = UInt8(128 + (Int(picture.v[i]) - 128) / 4)
            }
            Self.stir(&picture, &random)
        case .grey:
            for i in picture.u.indices { (picture.u[i], picture.v[i]) = (128, 128) }
            Self.scale(&picture, 70)
            for i in picture.y.indices { picture.y[i] += 90 }
            Self.stir(&picture, &random)
        case .rain:
            for _ in 0..<120 {
                let x = Int(random.next() % UInt64(picture.width))
                let y = Int(random.next() % UInt64(picture.height))
                for step in 0..<picture.height / 24 {
                    Self.lighten(&picture, x: x + step / 6, y: y + step, by: 45)
                }
            }
        case .snow:
            for _ in 0..<90 {
                let x = Int(random.next() % UInt64(picture.width))
                let y = Int(random.next() % UInt64(picture.height))
                let radius = Int(random.next() % 4)
                for dy in -radius...radius {
                    for dx in -radius...radius { Self.lighten(&picture, x: x + dx, y: y + dy, by: 70) }
                }
            }
        case .insects:
            // One every four seconds, for half a second, on a curve of its own.
            let round = frame / 40
            let step = frame % 40
            guard step < 5 else { return }
            var own = Xorshift(state: UInt64(round + 3 + 100 * Int(seed - 1)) &* 0xD1B5_4A32_D192_ED03)
            for _ in 0..<8 { _ = own.next() }
            let startX = Int(own.next() % UInt64(picture.width))
            let startY = Int(own.next() % UInt64(picture.height))
            let slant = Int(own.next() % 5) - 2
            let radius = picture.height / 14
            let x = startX + (step - 2) * picture.width / 7
            let y = startY + slant * (step - 2) * picture.height / 12 + step * step
            for dy in -radius...radius {
                for dx in -radius...radius where dx * dx + dy * dy < radius * radius {
                    let far = Double(dx * dx + dy * dy).squareRoot() / Double(radius)
                    Self.lighten(&picture, x: x + dx, y: y + dy, by: Int(90 * (1 - far)))
                }
            }
        case .ghost where seconds < 12:
            Self.paint(&picture, Box(x: 0.45, y: 0.7, width: 0.09, height: 0.11), luma: 190)
        default: break
        }
    }

    private static func scale(_ picture: inout YUVFrame, _ gain: Int) {
        for i in picture.y.indices {
            picture.y[i] = UInt8(min(235, 16 + (max(16, Int(picture.y[i])) - 16) * gain / 256))
        }
    }

    /// What the sensor adds where it has little light: up to three grey levels either way.
    private static func stir(_ picture: inout YUVFrame, _ random: inout Xorshift) {
        for i in picture.y.indices { picture.y[i] = picture.y[i] &+ UInt8(random.next() >> 40 % 7) &- 3 }
    }

    private static func lighten(_ picture: inout YUVFrame, x: Int, y: Int, by amount: Int) {
        guard x >= 0, y >= 0, x < picture.width, y < picture.height else { return }
        let at = y * picture.width + x
        picture.y[at] = UInt8(min(235, Int(picture.y[at]) + amount))
    }
}
