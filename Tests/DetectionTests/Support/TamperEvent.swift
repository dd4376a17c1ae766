import Detection
import Domain
import PixelKernels
import SyntheticScenes

/// What is done to a camera, or only happens before it, drawn over a rendered scene from second 30 to second 60.
enum TamperEvent: String, CaseIterable, Sendable {
    // What must be told.
    case cloth = "dark cloth over the lens"
    case hand = "hand before the lens"
    case spray = "lens sprayed white"
    case defocus = "focus turned away"
    case nudged = "moved by 8 % of the picture"
    case turned = "turned to another view"
    case frozen
    case black
    case glare = "torch into the lens"
    // What must not.
    case nothing
    case crowd = "people crossing"
    case clouds = "hillside under clouds"
    case lampOn = "lights switched on"
    case lampOff = "lights switched off"
    case lamps = "drift, cloud shadow, lamp on and off"
    case infrared = "switch to infrared"
    case dawn
    case fog
    case rain
    case snow
    case night = "noise of the night"
    case insects
    case shake = "wind shakes the mast"
    case truck = "truck parks over a third of the picture"

    var expected: IncidentKind? {
        switch self {
        case .cloth, .hand, .spray: .cameraCovered
        case .defocus: .cameraDefocused
        case .nudged, .turned: .cameraMoved
        case .frozen: .pictureFrozen
        case .black: .pictureBlack
        case .glare: .overExposed
        default: nil
        }
    }

    static var attacks: [TamperEvent] { allCases.filter { $0.expected != nil } }
    static var innocent: [TamperEvent] { allCases.filter { $0.expected == nil } }

    /// What a detector said: kind and second, one for each time it began to say so, and what it said last.
    struct Outcome {
        var told: [(kind: IncidentKind, second: Double)] = []
        var last: IncidentKind?
    }

    private var sceneName: SceneName {
        switch self {
        case .crowd: .crowd
        case .clouds: .hillside
        case .lamps: .lightChanges
        case .nothing: .gate
        default: .staticNoise
        }
    }

    private var hardship: Hardship {
        switch self {
        case .rain: .rain
        case .snow: .snow
        case .night: .nightNoise
        case .insects: .insects
        default: .none
        }
    }

    /// How long slow changes take, in seconds.
    private var length: Double { self == .fog || self == .dawn ? 150 : 60 }

    func outcome(seed: UInt64 = 1) throws -> Outcome {
        let settings = SceneSettings(
            width: 480, height: 272, framesPerSecond: 2, seconds: max(60, sceneName.minimumSeconds), seed: seed,
            noiseSigma: self == .night ? 7 : 2, jitterPixels: self == .shake ? 3 : 0)
        var scene = try sceneName.makeScene(settings)
        var picture = scene.makePicture()
        var mask = scene.makeTruthMask()
        var detector = TamperDetector()
        var outcome = Outcome()
        for frame in 0..<Int((length + 30) * 2) {
            let now = Double(frame) / 2
            let isFrozen = self == .frozen && now >= 20 && now < 60
            if !isFrozen {
                _ = scene.render(frame: frame, into: &picture, truth: &mask)
                hardship.draw(on: &picture, frame: frame * 5, seconds: now)
                draw(on: &picture, frame: frame, seconds: now)
            }
            guard detector.isDue(at: MediaTime(seconds: now)) else { continue }
            let report = picture.withPicture { detector.analyse($0, at: MediaTime(seconds: now)) }
            let kind = report.observations.first?.kind
            if let kind, kind != outcome.last { outcome.told.append((kind, now)) }
            outcome.last = kind
        }
        return outcome
    }

    private func draw(on picture: inout YUVFrame, frame: Int, seconds: Double) {
        let isOn = seconds >= 30 && seconds < 60
        var random = SmallRandom(state: UInt64(frame) &* 77_711 &+ 5)
        func noisy(_ value: Double) -> UInt8 {
            UInt8(min(max(value + Double(random.next() % 5) - 2, 16), 235))
        }
        switch self {
        case .cloth where isOn: Self.each(&picture) { _, x, _ in noisy(38 + Double(x) / 60) }
        case .hand where isOn: Self.each(&picture) { _, x, y in noisy(105 + Double(x) / 12 - Double(y) / 9) }
        case .spray where isOn: Self.each(&picture) { old, _, _ in noisy(150 + (Double(old) - 110) * 0.06) }
        case .defocus where isOn: for _ in 0..<3 { Self.blur(&picture, radius: 8) }
        case .nudged where isOn: Self.shift(&picture, x: picture.width / 12, y: picture.height / 14)
        case .turned where isOn: Self.shift(&picture, x: picture.width * 2 / 5, y: -picture.height / 3)
        case .black where isOn: Self.each(&picture) { _, _, _ in 16 }
        case .glare where isOn:
            Self.each(&picture) { old, x, y in
                let far = Double((x - 240) * (x - 240) + (y - 136) * (y - 136)).squareRoot()
                return noisy(Double(old) * 1.5 + max(0, 330 - far))
            }
        case .lampOn: if seconds < 30 { Self.gain(&picture, 0.3) }
        case .lampOff: if isOn { Self.gain(&picture, 0.25) }
        case .infrared where isOn:
            Self.each(&picture) { old, _, _ in noisy(16 + (Double(old) - 16) * 0.7) }
            for i in picture.u.indices { (picture.u[i], picture.v[i]) = (128, 128) }
        case .dawn: Self.gain(&picture, min(1, 0.12 + max(0, seconds - 30) / 130))
        case .fog:
            let share = min(0.8, max(0, seconds - 30) / 140)
            Self.each(&picture) { old, _, _ in noisy(Double(old) * (1 - share) + 180 * share) }
        case .truck where isOn:
            Self.each(&picture) { old, x, y in x > 150 && x < 330 && y > 60 ? noisy(90 + Double(y % 40) / 4) : old }
        default: break
        }
    }

    private static func each(_ picture: inout YUVFrame, _ value: (UInt8, Int, Int) -> UInt8) {
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                picture.y[y * picture.width + x] = value(picture.y[y * picture.width + x], x, y)
            }
        }
    }

    private static func gain(_ picture: inout YUVFrame, _ gain: Double) {
        each(&picture) { old, _, _ in UInt8(min(max(16 + (Double(old) - 16) * gain, 16), 235)) }
    }

    /// The view moves; what was beyond the edge is the other side of the picture.
    private static func shift(_ picture: inout YUVFrame, x: Int, y: Int) {
        let old = picture.y
        let (width, height) = (picture.width, picture.height)
        each(&picture) { _, column, row in
            old[(row + y + height) % height * width + (column + x + width) % width]
        }
    }

    /// A box filter in both directions.
    private static func blur(_ picture: inout YUVFrame, radius: Int) {
        let (width, height) = (picture.width, picture.height)
        var sums = [Int](repeating: 0, count: max(width, height) + 1)
        func pass(_ count: Int, _ at: (Int) -> Int) {
            for i in 0..<count { sums[i + 1] = sums[i] + Int(picture.y[at(i)]) }
            for i in 0..<count {
                let (low, high) = (max(0, i - radius), min(count, i + radius + 1))
                picture.y[at(i)] = UInt8((sums[high] - sums[low]) / (high - low))
            }
        }
        for y in 0..<height { pass(width) { y * width + $0 } }
        for x in 0..<width { pass(height) { $0 * width + x } }
    }
}

/// Xorshift (Marsaglia, 2003).
private struct SmallRandom {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
