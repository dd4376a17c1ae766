public import Domain
public import PixelKernels

/// Finds smoke on the pictures of one camera, near by or from a tower.
///
/// Each picture is measured against the pictures before it, each window of 24 pixels is judged by boosted trees and small
/// networks, and what they say adds up as evidence while it stays in its place. The step between pictures belongs to the
/// detector: whatever the stream's frame rate, it looks at one picture a step.
///
/// Deterministic: the same pictures with the same capture times, from the same start, give the same reports. Memory is
/// allocated when the first picture, or one of another size, arrives.
public struct SmokeDetector: ~Copyable, Sendable {
    /// After a pause of so many steps the references show another time of day.
    private static let longestPause = 40.0

    private var settings: SmokeSettings
    /// As it was made.
    let usual: SmokeSettings
    private let model: SmokeModel
    /// Which pictures it wants to see.
    public private(set) var schedule: AnalysisSchedule
    private var state: State?
    private(set) var sourceSize = (width: 0, height: 0)
    private(set) var lastTime: MediaTime?
    private var tracks = SmokeTracks()

    /// What there is for pictures of one size.
    private struct State: ~Copyable, Sendable {
        var measure: SmokeMeasure
        var evidence: SmokeEvidence
        var steps = 0
    }

    /// SHA-256 of each file of its model.
    public var modelHashes: [String] { model.hashes }

    public init(settings: SmokeSettings, model: SmokeModel) {
        self.settings = settings
        usual = settings
        self.model = model
        schedule = AnalysisSchedule(framesPerSecond: 1 / max(settings.stepSeconds, 0.001))
    }

    /// No cell ever holds more evidence.
    public var mostEvidence: Double { SmokeEvidence.mostGain / (1 - usual.memory) }

    /// Whether a picture taken then would be looked at.
    public func isDue(at time: MediaTime) -> Bool { schedule.isDue(at: time) }

    /// How far a picture is from the one before, at least its own step; its own step after a pause.
    public func interval(until time: MediaTime) -> Duration {
        let own = Duration.seconds(settings.stepSeconds)
        guard let lastTime, time >= lastTime, (time - lastTime).inSeconds <= longestPauseSeconds else { return own }
        return max(own, time - lastTime)
    }

    /// After a longer pause it learns the scene anew.
    var longestPauseSeconds: Double { Self.longestPause * max(settings.stepSeconds, 60) }

    /// Pictures come from a new connection: what was seen before is kept, for a tower is not blind for ten minutes after
    /// each reconnect.
    public mutating func streamRestarted() { schedule.interrupted() }

    /// Asks for more or less evidence, and looks more or less often, from the next picture on.
    ///
    /// - Parameters:
    ///   - bar: as a share of the evidence that it was made to ask for; above 0.
    ///   - stepSeconds: between pictures; as it was made where `nil`.
    public mutating func demand(bar: Double, stepSeconds: Double?) {
        settings.threshold = usual.threshold * bar
        settings.earlyThreshold = usual.earlyThreshold * bar
        let step = stepSeconds ?? usual.stepSeconds
        guard step != settings.stepSeconds else { return }
        settings.stepSeconds = step
        schedule = AnalysisSchedule(framesPerSecond: 1 / max(step, 0.001))
    }

    /// Analyses one picture.
    ///
    /// - Parameter time: its capture time, later than that of the picture before.
    public mutating func analyse(_ picture: borrowing PictureView, at time: MediaTime) -> SmokeReport {
        schedule.analysed(at: time)
        if let lastTime {
            let pause = (time - lastTime).inSeconds
            if pause < 0 || pause > longestPauseSeconds { state = nil }
        }
        lastTime = time
        prepare(picture)
        guard let analysis = state?.measure.step(picture) else { return SmokeReport(isLearning: true) }
        return judge(analysis, at: time)
    }

    private mutating func prepare(_ picture: borrowing PictureView) {
        guard state == nil || sourceSize != (picture.width, picture.height) else { return }
        sourceSize = (picture.width, picture.height)
        tracks = SmokeTracks(following: tracks)
        state = emptyState(width: picture.width, height: picture.height)
    }

    /// `nil` where pictures of that size are too small.
    private func emptyState(width: Int, height: Int) -> State? {
        let fitting = SmokeGeometry(
            sourceWidth: width, sourceHeight: height, widest: settings.widest, enlarges: settings.enlarges)
        guard let fitting else { return nil }
        return State(
            measure: SmokeMeasure(
                geometry: fitting, findsHorizon: settings.regime == .tower || model.trees?.asksForHorizon ?? false,
                registers: settings.registers),
            evidence: SmokeEvidence(columns: fitting.columns, rows: fitting.rows, settings: settings))
    }

    /// Writes what was learned of pictures of the present size.
    ///
    /// - Returns: whether there is anything.
    func write(to writer: inout SmokeStateWriter) -> Bool {
        tracks.write(to: &writer)
        switch state {
        case .none: return false
        case .some(let state):
            writer.put(state.steps)
            for evidence in state.evidence.evidence { writer.put(evidence) }
            state.measure.write(to: &writer)
            return true
        }
    }

    /// Takes up what `write` wrote; changes nothing where it throws.
    mutating func read(
        _ reader: inout SmokeStateReader, width: Int, height: Int, last: MediaTime
    ) throws(SmokeStateError) {
        let tracks = try SmokeTracks(from: &reader)
        guard var read = emptyState(width: width, height: height) else { throw .isCutShort }
        read.steps = try reader.integer(in: 0...(1 << 48))
        try read.evidence.read(&reader)
        try read.measure.read(&reader)
        guard reader.isAtEnd else { throw .isCutShort }
        self.tracks = tracks
        state = consume read
        sourceSize = (width, height)
        lastTime = last
    }

    private mutating func judge(_ analysis: SmokeAnalysis, at time: MediaTime) -> SmokeReport {
        guard var state = state.take() else { return SmokeReport(isLearning: true) }
        let probabilities = model.probabilities(of: analysis, state.measure, for: state.evidence)
        state.evidence.take(probabilities, horizon: analysis.horizon)
        state.steps += 1
        let isLearning = state.steps + SmokeMeasure.first <= settings.warmUp
        let threshold = isLearning ? settings.earlyThreshold : settings.threshold
        let horizon = settings.regime == .tower ? analysis.horizon : nil
        let regions = state.evidence.regions(threshold: threshold, horizon: horizon)
        let geometry = state.measure.geometry
        var report = SmokeReport(isLearning: isLearning, evidence: state.evidence.evidence.max() ?? 0)
        func observation(_ region: SmokeEvidence.Region, isTold: Bool) -> Observation {
            let box = geometry.box(of: region.cells)
            let (track, since) = tracks.follow(box, at: time, isTold: isTold)
            return Observation(
                kind: .smoke, time: time, box: box,
                confidence: SmokeMath.probability(logit: region.evidence - threshold + 1), track: track, since: since,
                measurements: [
                    Measurement(name: "evidence", value: region.evidence, threshold: threshold),
                    Measurement(name: "probability", value: Double(probabilities.values[region.peak])),
                ])
        }
        for region in regions {
            var told = observation(region, isTold: true)
            // What an operator is shown of why: what weighed most where the evidence is strongest.
            if let trees = model.trees {
                told.measurements += SmokeReasons.of(region.peak, in: analysis.features, by: trees)
            }
            report.observations.append(told)
        }
        if report.evidence >= threshold / 2 {
            for miss in state.evidence.nearMisses(threshold: threshold, horizon: horizon, told: regions) {
                var observation = observation(miss.region, isTold: false)
                if miss.reason == .tooSmall {
                    observation.measurements.append(
                        Measurement(
                            name: "cells", value: Double(miss.region.cells.members.count),
                            threshold: Double(settings.fewestCells)))
                }
                report.nearMisses.append(NearMiss(observation, miss.reason))
            }
        }
        tracks.forget(before: time)
        self.state = consume state
        return report
    }
}
