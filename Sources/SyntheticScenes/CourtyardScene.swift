/// The courtyard with whatever its script lets happen in it.
struct CourtyardScene: Scene {
    let settings: SceneSettings
    private let script: CourtyardScript
    private let camera: GroundCamera
    private let backdrop: Backdrop
    private let crown: SwayingSprite?
    private let stillCrown: Stamp
    private let clouds: LatticeNoise
    private let actors: [Actor]
    private let drift: LoopWave
    private var compositor: Compositor

    init(_ settings: SceneSettings, script: CourtyardScript) {
        self.settings = settings
        self.script = script
        camera = GroundCamera(settings, horizon: 0.2, focal: 0.85, heightMetres: 3.8)
        let view = CourtyardView(camera: camera, seed: settings.seed, hasKiosk: script == .crowd)
        compositor = Compositor(settings)
        backdrop = Backdrop(
            width: compositor.canvas.width, height: compositor.canvas.height,
            occluderDepths: CourtyardView.occluderDepths, hasLamp: script == .changingLight,
            shader: view.sample)
        var middle = camera.project(CourtyardView.tree)
        middle.radius = camera.scale(at: CourtyardView.tree.z) * CourtyardView.crownMetres
        stillCrown = Stamp.crown(
            center: middle, radiusX: middle.radius, radiusY: 0.9 * middle.radius, clumps: 4500,
            color: SceneColor(0.24, 0.36, 0.15), seed: settings.seed, index: 0)
        crown =
            script == .still
            ? nil
            : SwayingSprite(
                stillCrown, settings: settings, canvas: (backdrop.width, backdrop.height), index: 0,
                leanPixels: 0.06 * middle.radius,
                flutterPixels: 0.02 * middle.radius)
        clouds = LatticeNoise(seed: settings.seed, thing: .cloud)
        actors =
            switch script {
            case .visitors: CourtyardSchedule.actors(settings)
            case .arrivals: CourtyardSchedule.crossings(settings)
            case .crowd: CrowdSchedule.actors(settings)
            case .still, .changingLight: []
            }
        drift = LoopWave(hertz: 1 / Float(settings.loopSeconds), loopSeconds: Float(settings.loopSeconds), phase: 0)
    }

    mutating func render(frame: Int, into picture: inout YUVFrame, truth: inout TruthMask) -> [ObjectTruth] {
        let inLoop = frame % settings.frameCount
        let progress = Float(inLoop) / Float(settings.frameCount)
        let seconds = Float(inLoop) / Float(settings.framesPerSecond)
        var light = LightField(width: backdrop.width, height: backdrop.height)
        light.fill { x, y in sunlight(x, y, progress: progress) }
        let average = light.value(x: 0.3 * Float(backdrop.width), y: 0.3 * Float(backdrop.height))
        var objects = [
            SceneObject(
                identity: nil, depth: CourtyardView.tree.z,
                picture: crown?.stamp(progress: progress, light: 0.5 + 0.5 * average) ?? stillCrown, shadow: nil)
        ]
        for actor in actors {
            let object = actor.object(at: seconds, camera: camera) { foot in
                light.value(x: foot.x, y: foot.y) * sunlit(at: foot)
            }
            if let object { objects.append(object) }
        }
        return compositor.compose(
            frame: frame, backdrop: backdrop, lightField: light, lamp: script.lamp(progress: progress),
            objects: objects, into: &picture, truth: &truth)
    }

    /// The sun's strength at a point given in fractions of the canvas.
    private func sunlight(_ x: Float, _ y: Float, progress: Float) -> Float {
        switch script {
        case .still: 1
        case .visitors, .arrivals, .crowd:
            // Thin clouds drift over once a loop.
            (1 + 0.05 * drift(progress)) * (1 - 0.16 * cloud(x * 1.5 + 4 * progress, y * 1.5, period: 4))
        case .changingLight:
            (1 + 0.22 * drift(progress)) * (1 - 0.62 * hardShadow(x, y, progress: progress))
        }
    }

    private func cloud(_ x: Float, _ y: Float, period: Int) -> Float {
        smoothstep(0.42, 0.68, clouds.fractal(x, y, octaves: 3, period: period))
    }

    /// One dense cloud whose shadow crosses the yard from left to right in the first half of the loop.
    private func hardShadow(_ x: Float, _ y: Float, progress: Float) -> Float {
        let middle = -1.2 + 6.8 * progress
        let ragged = 0.35 * (clouds.fractal(x * 4 - middle * 4, y * 4, octaves: 2) - 0.5)
        return smoothstep(0.62, 0.48, abs(x - middle + 0.25 * y) + ragged)
    }

    /// Whether a fixed shadow lies on a point of the canvas.
    private func sunlit(at point: ScreenPoint) -> Float {
        let x = min(max(0, Int(clamp(point.x / 2, 0, 1e6))), backdrop.width / 2 - 1)
        let y = min(max(0, Int(clamp(point.y / 2, 0, 1e6))), backdrop.height / 2 - 1)
        return backdrop.sunlit[y * (backdrop.width / 2) + x]
    }
}

/// What happens in the courtyard.
enum CourtyardScript {
    case visitors, arrivals, crowd, still, changingLight

    /// The lamp is switched on, at once, at 60 % of the loop and off again at 85 %.
    func lamp(progress: Float) -> Float {
        self == .changingLight && progress >= 0.6 && progress < 0.85 ? 1 : 0
    }
}
