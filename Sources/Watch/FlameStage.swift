import Detection
import Domain
import PixelKernels

/// The flame detector of one camera, which asks for what the danger of fire asks for.
struct FlameStage: ~Copyable {
    private var detector: FlameDetector
    private let demand: @Sendable () -> FireDemand

    /// - Parameter demand: looked up for each picture.
    init(
        _ settings: FlameSettings = FlameSettings(), demand: @escaping @Sendable () -> FireDemand = { FireDemand() }
    ) {
        detector = FlameDetector(settings: settings)
        self.demand = demand
    }

    func isDue(at time: MediaTime) -> Bool { detector.isDue(at: time) }

    var schedule: AnalysisSchedule { detector.schedule }

    mutating func streamRestarted() { detector.streamRestarted() }

    mutating func analyse(_ picture: borrowing PictureView, at time: MediaTime) -> [Observation] {
        let demand = demand()
        detector.demand(bar: demand.flameBar, stepSeconds: demand.flamePictureEverySeconds)
        return detector.analyse(picture, at: time).filter { demand.shortfall(of: $0, at: time) == nil }
    }
}
