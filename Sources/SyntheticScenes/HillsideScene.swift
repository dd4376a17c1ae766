/// Forest ridges under a moving sky, trees that sway in front, and a plume of smoke that rises and fades.
struct HillsideScene: Scene {
    let settings: SceneSettings
    private let backdrop: Backdrop
    private let sky: MovingSky
    private let plume: SmokePlume
    private let trees: [SwayingSprite]
    private let clouds: LatticeNoise
    private let drift: LoopWave
    private var compositor: Compositor

    /// The smoke's id in the truth.
    static let smokeID = 1
    /// Between the third ridge and the nearest.
    private static let smokeDepth: Float = 20

    init(_ settings: SceneSettings) {
        self.settings = settings
        compositor = Compositor(settings)
        let view = HillsideView(settings)
        backdrop = Backdrop(
            width: compositor.canvas.width, height: compositor.canvas.height, occluderDepths: HillsideView.depths,
            hasLamp: false, shader: view.sample)
        let margin = Float(settings.margin)
        let unit = Float(settings.height)
        sky = MovingSky(settings, backdrop: backdrop, horizon: margin + 0.42 * unit)
        let fireplace = view.fireplace
        plume = SmokePlume(settings, x: margin + unit * fireplace.x, y: margin + unit * fireplace.y)
        let width = Float(settings.width)
        let places: [(x: Float, y: Float, radius: Float)] = [(0.05, 1.02, 0.25), (0.20, 1.12, 0.2), (0.95, 0.98, 0.3)]
        let canvas = (width: backdrop.width, height: backdrop.height)
        trees = places.enumerated().map { index, place in
            let radius = place.radius * unit
            let crown = Stamp.crown(
                center: ScreenPoint(x: margin + place.x * width, y: margin + place.y * unit), radiusX: radius,
                radiusY: 0.85 * radius, clumps: 5000, color: SceneColor(0.17, 0.29, 0.11), seed: settings.seed,
                index: 1 + index)
            return SwayingSprite(
                crown, settings: settings, canvas: canvas, index: 1 + index, leanPixels: 0.07 * radius,
                flutterPixels: 0.02 * radius)
        }
        clouds = LatticeNoise(seed: settings.seed, thing: .cloud, index: 3)
        drift = LoopWave(hertz: 1 / Float(settings.loopSeconds), loopSeconds: Float(settings.loopSeconds), phase: 0.2)
    }

    mutating func render(frame: Int, into picture: inout YUVFrame, truth: inout TruthMask) -> [ObjectTruth] {
        let inLoop = frame % settings.frameCount
        let progress = Float(inLoop) / Float(settings.frameCount)
        let seconds = Float(inLoop) / Float(settings.framesPerSecond)
        var light = LightField(width: backdrop.width, height: backdrop.height)
        light.fill { x, y in sunlight(x, y, progress: progress) }
        var objects = trees.enumerated().map { index, tree in
            SceneObject(
                identity: nil, depth: 5 + Float(index), picture: tree.stamp(progress: progress, light: 0.95),
                shadow: nil)
        }
        if let smoke = plume.stamp(at: seconds, light: 0.94 + 0.06 * drift(progress)) {
            objects.append(
                SceneObject(
                    identity: (HillsideScene.smokeID, .smoke), depth: HillsideScene.smokeDepth, picture: smoke,
                    shadow: nil))
        }
        return compositor.compose(
            frame: frame, backdrop: backdrop, lightField: light, sky: { sky.draw(progress, on: &$0) },
            objects: objects, into: &picture, truth: &truth)
    }

    /// The sun's strength at a point given in fractions of the canvas: shadows of the clouds pass over the slopes.
    private func sunlight(_ x: Float, _ y: Float, progress: Float) -> Float {
        let cloud = clouds.fractal(2 * x + 4 * progress, 5 * y, octaves: 3, period: 4)
        return (1 + 0.04 * drift(progress)) * (1 - 0.5 * smoothstep(0.46, 0.66, cloud))
    }
}
