import Domain

/// What a camera of which whole pictures come counts as.
struct WatchedCondition: Equatable {
    var state: CameraStatus.State
    var fault: CameraFault?

    /// - Parameters:
    ///   - isLearning: the detectors have not yet learned the scene.
    ///   - tampering: what is wrong with the view itself; it goes before all else.
    ///   - impairment: what is wrong with the stream; it shows while the detectors are still learning, too.
    init(isLearning: Bool, tampering: IncidentKind?, impairment: CameraFault?) {
        if let tampering {
            (state, fault) = (tampering.hidesTheView ? .blind : .degraded, .tampered)
        } else if let impairment {
            (state, fault) = (.degraded, impairment)
        } else {
            (state, fault) = (isLearning ? .learning : .watching, nil)
        }
    }
}
