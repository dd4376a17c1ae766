import Domain

/// What can be wrong with a view, the plainest first: of several that hold, the first is told.
enum TamperCondition: CaseIterable {
    case black, overExposed, covered, moved, defocused, frozen

    var kind: IncidentKind {
        switch self {
        case .black: .pictureBlack
        case .overExposed: .overExposed
        case .covered: .cameraCovered
        case .moved: .cameraMoved
        case .defocused: .cameraDefocused
        case .frozen: .pictureFrozen
        }
    }

    /// Whether the camera may be meant to stay so: its new view is learned after a while.
    var isAccepted: Bool { self == .moved || self == .defocused }

    /// Whether the picture is of this condition.
    ///
    /// - Parameter isOn: whether it held before: it ends at other values than it begins with.
    func holds(_ now: TamperMeasures, against view: TamperReference, isOn: Bool) -> Bool {
        let slack = isOn ? 0.15 : 0
        switch self {
        case .black: return now.dark >= 0.97 - slack && view.dark < 0.6
        case .overExposed:
            return now.bright >= 0.5 - slack && view.bright < 0.2 && (!now.hasTexture || now.lost >= 0.3 - slack)
        case .covered:
            // Fog keeps what is near, a lamp that goes out keeps the pattern: a cover keeps neither. Paint on the lens lets
            // a last trace of the pattern through, with hardly any contrast.
            let isPainted = now.texture <= 0.12 + slack && now.contrast < 0.2 + slack && now.lost >= 0.95 - slack
            return now.hasTexture && now.lost >= 0.8 - slack && now.texture <= 0.4 + slack
                && now.pattern < (isPainted ? 0.7 : 0.5) + slack
                && (now.contrast < 0.6 + slack || now.shading < 0.6 + slack)
        case .moved:
            guard now.hasTexture, now.texture > 0.35 - slack else { return false }
            // Another view has edges and shades elsewhere. A lamp adds to both, and takes no edge away.
            if now.pattern < 0.4 + slack, now.shading < 0.65 + slack, now.lost >= 0.25 - slack { return true }
            guard let shift = now.shift else { return false }
            return now.pattern < 0.6 + slack && shift.fit >= 0.6 - slack && shift.fit > now.pattern + 0.15 - slack
        case .defocused:
            // Brightness stays where it was; the edges are gone everywhere, and more of them than of the contrast.
            return now.hasTexture && now.lost >= 0.55 - slack && now.kept < 0.33 + slack / 2
                && now.shading >= 0.85 - slack && now.contrast >= 0.75 - slack
        case .frozen: return false
        }
    }

    /// The values that it was held by.
    func measurements(_ now: TamperMeasures) -> [Measurement] {
        switch self {
        case .black: [Measurement(name: "darkFraction", value: now.dark, threshold: 0.97)]
        case .overExposed: [Measurement(name: "brightFraction", value: now.bright, threshold: 0.5)]
        case .covered:
            [
                Measurement(name: "edgesLostFraction", value: now.lost, threshold: 0.8),
                Measurement(name: "edgePatternCorrelation", value: now.pattern, threshold: 0.5),
                Measurement(name: "contrastRatio", value: now.contrast, threshold: 0.6),
            ]
        case .moved:
            [
                Measurement(name: "edgePatternCorrelation", value: now.pattern, threshold: 0.6),
                Measurement(name: "shadingCorrelation", value: now.shading, threshold: 0.65),
            ]
                + (now.shift.map {
                    [
                        Measurement(name: "shiftAcrossFraction", value: $0.x),
                        Measurement(name: "shiftDownFraction", value: $0.y),
                        Measurement(name: "shiftCorrelation", value: $0.fit, threshold: 0.6),
                    ]
                } ?? [])
        case .defocused:
            [
                Measurement(name: "edgesLostFraction", value: now.lost, threshold: 0.55),
                Measurement(name: "edgesKeptMedian", value: now.kept, threshold: 0.33),
                Measurement(name: "shadingCorrelation", value: now.shading, threshold: 0.85),
            ]
        case .frozen: []
        }
    }
}
