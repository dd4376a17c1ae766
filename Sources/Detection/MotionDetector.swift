public import Domain
public import PixelKernels

/// Finds moving objects on the pictures of one camera.
///
/// Deterministic: the same pictures with the same capture times, from the same start, give the same reports. It looks
/// at capture time only. Memory is allocated when the first picture, or one of another size, arrives.
public struct MotionDetector: ~Copyable, Sendable {
    /// A change of the light counts as a switch beyond this, up or down, within about two seconds.
    private static let lightStep = 0.25
    /// After a change of the whole scene nothing new is confirmed for this long.
    private static let settlingSeconds = 1.0
    /// What is found this soon after a reconnect is blamed on the time away.
    private static let reconnectSeconds = 2.0

    /// Less foreground than this is a quiet scene.
    private static let quietFraction = 0.05
    /// What has not moved for this part of the time after which it becomes background has come to rest.
    private static let restingShare = 0.6

    private let settings: MotionSettings
    /// Which pictures it wants to see.
    public private(set) var schedule: AnalysisSchedule
    private var model: BackgroundModel
    private var shadows: ShadowTest
    private var tracker: MotionTracker
    private var distant: DistantMovers
    private var stationary = StationaryObjects()
    /// The scene as it was when hardly anything moved.
    private var quietScene: SceneSignature
    private var knowsQuietScene = false
    /// As it was when it was looked at last.
    private var seenScene: SceneSignature
    /// Regions of the picture at hand, without their shadows.
    private var regions: [MaskComponent] = []
    /// Pictures running whose colours came or went.
    private var recolouredPictures = 0
    private var picturesSinceLook = 0
    private var rhythm: LearningRhythm
    private var learning: MotionReport.Learning? = .start
    private var secondsPerPicture: Double
    /// The light lately, as a gain in 256ths.
    private var usualGain = Double(BrightnessGain.unity)
    private var changedPictures = 0
    private var litPictures = 0
    private var reconnected = false
    private var reconnectedAt: MediaTime?
    private var hasPicture = false

    public init(settings: MotionSettings) {
        let bounded = settings.bounded
        self.settings = bounded
        schedule = AnalysisSchedule(framesPerSecond: bounded.framesPerSecond)
        secondsPerPicture = 1 / bounded.framesPerSecond
        let geometry = WorkingGeometry.none
        quietScene = SceneSignature(geometry: geometry)
        seenScene = quietScene
        model = BackgroundModel(geometry: geometry, settings: bounded)
        shadows = ShadowTest(geometry: geometry)
        tracker = MotionTracker(settings: bounded, width: geometry.width, height: geometry.height)
        distant = DistantMovers(
            width: geometry.width, height: geometry.height, areaFraction: bounded.distantAreaFraction)
        rhythm = LearningRhythm(learnSeconds: bounded.learnSeconds)
    }

    /// Whether a picture taken at that time is to be analysed, so that the rate asked for is kept on average.
    public func isDue(at time: MediaTime) -> Bool { schedule.isDue(at: time) }

    /// Size of the mask in pixels; (0, 0) before the first picture.
    public var maskSize: (width: Int, height: Int) {
        hasPicture ? (model.geometry.width, model.geometry.height) : (0, 0)
    }

    /// Source pixels per mask pixel, in either direction.
    public var maskFactor: Int { model.geometry.factor }

    /// The stream was away and is back: the background is kept, and what changed meanwhile raises no alarm.
    public mutating func streamRestarted() {
        schedule.interrupted()
        reconnected = true
    }

    /// Analyses one picture, whether it is due or not.
    ///
    /// - Parameter time: its capture time, later than that of the picture before (a clock that goes back is taken for a
    ///   new start of the rate, never for motion).
    public mutating func analyse(_ picture: borrowing PictureView, at time: MediaTime) -> MotionReport {
        measureRate(at: time)
        guard adopt(picture) else { return MotionReport(learning: .start) }
        if reconnected {
            reconnected = false
            reconnectedAt = time
            tracker.settle(until: time.seconds + Self.settlingSeconds)
        }
        model.load(picture)
        if let learning { return learn(learning, at: time) }
        model.compare()
        changedPictures = model.foregroundFraction > settings.sceneChangeFraction ? changedPictures + 1 : 0
        if changedPictures >= 2 || hasOtherColours() { return relearn(at: time) }
        model.clean()
        let pixels = Double(model.geometry.width * model.geometry.height)
        model.findRegions(
            without: &shadows, minimumArea: max(1, Int((pixels * settings.minimumAreaFraction / 2).rounded())),
            into: &regions)
        model.update(secondsPerPicture: secondsPerPicture, stillSeconds: settings.stillSeconds)
        var report = MotionReport(
            foregroundFraction: model.foregroundFraction, gain: Double(model.gain) / Double(BrightnessGain.unity))
        if !regions.isEmpty { report.candidates.reserveCapacity(regions.count) }
        for component in regions {
            report.candidates.append(
                component.box(width: Double(model.geometry.width), height: Double(model.geometry.height)))
        }
        if let step = lightStep(at: time) {
            report.sceneChange = .light
            report.observations.append(step)
        }
        if changedPictures == 0 {
            tracker.follow(
                regions, of: model, at: time, into: &report.observations, resting: &report.resting)
            if tracker.isSettled(at: time.seconds) {
                distant.follow(
                    model.components.small, beside: regions, restless: tracker.restless, at: time,
                    into: &report.observations)
            } else {
                distant.forgetAll()
            }
            report.stationary = reviewStationary(at: time)
            for object in report.stationary { report.observations.append(observation(of: object, at: time)) }
        }
        report.unconfirmed = tracker.takeUnconfirmed()
        model.finishMask()
        return report
    }

    /// Whether colours have come or gone, which a scene with little colour shows on few pixels only. Remembers how the
    /// scene looks while it is quiet.
    private mutating func hasOtherColours() -> Bool {
        picturesSinceLook += 1
        let isQuiet = model.foregroundFraction <= Self.quietFraction
        if isQuiet, knowsQuietScene, Double(picturesSinceLook) * secondsPerPicture < 1 { return false }
        picturesSinceLook = 0
        model.measure(&seenScene)
        let isRecoloured = knowsQuietScene && quietScene.isRecoloured(in: seenScene)
        recolouredPictures = isRecoloured ? recolouredPictures + 1 : 0
        if !isRecoloured, isQuiet || !knowsQuietScene {
            // Exchanged rather than copied, which would ask for memory.
            swap(&quietScene, &seenScene)
            knowsQuietScene = true
        }
        return recolouredPictures >= 2
    }

    /// Takes in what came to rest, and looks after what did before.
    private mutating func reviewStationary(at time: MediaTime) -> [StationaryObject] {
        let now = time.seconds
        for track in tracker.takeResting(after: Self.restingShare * settings.stillSeconds, at: now) {
            let region = track.blob
            // What stirs of somebody who stands there, and where he stood, are no things.
            if !track.isConfirmed, tracker.standstills.explain(region, in: model, at: now) { continue }
            stationary.add(
                region, of: track, in: model, since: time - .seconds(now - track.restingSince),
                wentByItself: tracker.hasSetOff(from: region, at: now), at: now)
        }
        for leaving in tracker.standstills.takeLeft(tracker.tracks, in: model, at: now) {
            stationary.add(leaving, track: tracker.takeNumber(), in: model, at: time)
        }
        return stationary.review(tracker.tracks, in: model, at: now)
    }

    private func observation(of object: StationaryObject, at time: MediaTime) -> Observation {
        Observation(
            kind: object.kind, time: time, box: object.box, confidence: object.confidence, track: object.track,
            since: object.since,
            measurements: object.measurements + [
                Measurement(name: "restSeconds", value: (time - object.since).inSeconds)
            ])
    }

    /// The final mask of the picture analysed last at working size: 255 where something moves, else 0.
    public func withMask<R>(_ body: (PlaneView) -> R) -> R { model.withMask(body) }

    private mutating func measureRate(at time: MediaTime) {
        guard let seconds = schedule.analysed(at: time), seconds > 0 else { return }
        secondsPerPicture += (seconds.bounded(0.005, 2) - secondsPerPicture) / 8
    }

    /// Makes the model fit the picture's size. `false` where it is too small to show anything.
    private mutating func adopt(_ picture: borrowing PictureView) -> Bool {
        if hasPicture, model.geometry.sourceWidth == picture.width, model.geometry.sourceHeight == picture.height {
            return true
        }
        let fitting = WorkingGeometry(
            sourceWidth: picture.width, sourceHeight: picture.height, workingHeight: settings.workingHeight)
        guard let fitting else { return false }
        hasPicture = true
        model = BackgroundModel(geometry: fitting, settings: settings)
        shadows = ShadowTest(geometry: fitting)
        tracker = MotionTracker(
            settings: settings, width: fitting.width, height: fitting.height, nextID: tracker.followingID)
        distant.adopt(width: fitting.width, height: fitting.height)
        stationary.forgetAll()
        quietScene = SceneSignature(geometry: fitting)
        seenScene = SceneSignature(geometry: fitting)
        knowsQuietScene = false
        startLearning(.start)
        return true
    }

    private mutating func startLearning(_ cause: MotionReport.Learning) {
        learning = cause
        changedPictures = 0
        recolouredPictures = 0
        litPictures = 0
        usualGain = Double(BrightnessGain.unity)
        rhythm = LearningRhythm(learnSeconds: settings.learnSeconds)
    }

    private mutating func learn(_ cause: MotionReport.Learning, at time: MediaTime) -> MotionReport {
        if rhythm.takes(at: time, samples: model.sampleCount) { model.learn() }
        if model.isKnown {
            learning = nil
            tracker.settle(until: -Double.infinity)
        }
        return MotionReport(learning: cause, gain: Double(model.gain) / Double(BrightnessGain.unity))
    }

    /// The scene is another one: says so (unless the stream was away meanwhile) and learns it from the next picture on,
    /// since the gain that this one was loaded with belongs to the old scene.
    private mutating func relearn(at time: MediaTime) -> MotionReport {
        let fraction = model.foregroundFraction
        tracker.settle(until: .infinity)
        distant.forgetAll()
        let cause: MotionReport.Learning = isFreshlyReconnected(at: time) ? .streamRestart : .sceneChange
        model.measure(&seenScene)
        let kind = knowsQuietScene ? quietScene.change(to: seenScene) : nil
        knowsQuietScene = false
        stationary.forgetAll()
        tracker.standstills.forgetAll()
        model.restart()
        startLearning(cause)
        var report = MotionReport(learning: cause, foregroundFraction: fraction)
        report.unconfirmed = tracker.takeUnconfirmed()
        if cause == .sceneChange {
            let change = kind?.change ?? .other
            report.sceneChange = change
            var values = [
                Measurement(name: "foregroundFraction", value: fraction, threshold: settings.sceneChangeFraction)
            ]
            if let kind { values.append(Measurement(name: kind.name, value: kind.value, threshold: kind.threshold)) }
            report.observations = [
                Observation(
                    kind: .sceneChange, time: time, confidence: min(1, fraction + 0.2), measurements: values,
                    sceneChange: change)
            ]
        }
        return report
    }

    private func isFreshlyReconnected(at time: MediaTime) -> Bool {
        guard let reconnectedAt else { return false }
        return (time - reconnectedAt).inSeconds.magnitude <= Self.reconnectSeconds
    }

    /// A light that was switched, and that the gain undoes: worth saying, but no reason to learn anew.
    private mutating func lightStep(at time: MediaTime) -> Observation? {
        let gain = Double(model.gain)
        let change = max(gain / usualGain, usualGain / gain) - 1
        guard change > Self.lightStep else {
            litPictures = 0
            usualGain += (gain - usualGain) * (secondsPerPicture / 2).bounded(0, 1)
            return nil
        }
        litPictures += 1
        tracker.settle(until: time.seconds + Self.settlingSeconds)
        guard litPictures >= 2 else { return nil }
        litPictures = 0
        usualGain = gain
        guard !isFreshlyReconnected(at: time) else { return nil }
        return Observation(
            kind: .sceneChange, time: time, confidence: min(1, 0.5 + change),
            measurements: [Measurement(name: "lightChange", value: change, threshold: Self.lightStep)],
            sceneChange: .light)
    }
}

/// Spreads the 16 first samples over the time for learning, where pictures come faster than that.
struct LearningRhythm {
    private static let steps = 15.0

    let learnSeconds: Double
    private var start: MediaTime?

    init(learnSeconds: Double) { self.learnSeconds = learnSeconds }

    mutating func takes(at time: MediaTime, samples: Int) -> Bool {
        guard let start, time >= start else {
            self.start = time
            return true
        }
        // A tenth of a step early is in time.
        return (time - start).inSeconds >= (Double(samples) - 0.1) * learnSeconds / Self.steps
    }
}
