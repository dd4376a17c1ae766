/// A thing that is drawn over the fixed parts of a scene in one frame.
struct SceneObject {
    /// What the truth says about it; `nil` for things that are not to be detected, like a swaying tree.
    var identity: (id: Int, kind: ObjectKind)?
    /// Distance from the camera in the scene's units: the nearer one hides the farther one.
    var depth: Float
    var picture: Stamp
    /// Taken from the sunlight before anything is laid over.
    var shadow: Stamp?
}

/// Draws a frame's things in the right order and works out what can be seen of each.
struct Compositor {
    private(set) var canvas: Canvas
    private var sensor: SensorModel
    private var light: LightField
    private var survey: TruthSurvey

    init(_ settings: SceneSettings) {
        let width = settings.width + 2 * settings.margin
        let height = settings.height + 2 * settings.margin
        canvas = Canvas(width: width, height: height)
        sensor = SensorModel(settings)
        light = LightField(width: width, height: height)
        survey = TruthSurvey(settings, canvas: (width, height))
    }

    /// Draws everything of one frame.
    ///
    /// - Parameters:
    ///   - lightField: this frame's sunlight.
    ///   - sky: draws what moves behind everything else.
    ///   - objects: in any order.
    mutating func compose(
        frame: Int, backdrop: Backdrop, lightField: LightField, lamp: Float = 0, sky: (inout Planes) -> Void = { _ in },
        objects: [SceneObject], into picture: inout YUVFrame, truth: inout TruthMask
    ) -> [ObjectTruth] {
        light = lightField
        canvas.illuminate(backdrop, by: &light, lamp: lamp)
        canvas.draw(sky)
        var ordered = objects.sorted { $0.depth > $1.depth }
        let wholeAreas = ordered.map(\.picture.area)
        for i in ordered.indices {
            for occluder in backdrop.occluders where occluder.depth < ordered[i].depth {
                ordered[i].picture.hide(behind: occluder.coverage, canvas: (canvas.width, canvas.height))
                ordered[i].shadow?.hide(behind: occluder.coverage, canvas: (canvas.width, canvas.height))
            }
            if let shadow = ordered[i].shadow { canvas.shade(shadow, of: backdrop) }
        }
        for object in ordered { canvas.lay(object.picture) }
        sensor.expose(canvas.planes, frame: frame, into: &picture)
        return survey.survey(ordered, wholeAreas: wholeAreas, origin: sensor.origin(frame: frame), into: &truth)
    }
}
