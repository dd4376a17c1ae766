/// How smoke is looked for.
public struct SmokeSettings: Sendable, Equatable {
    /// What the pictures are like.
    public enum Regime: String, Sendable, CaseIterable {
        /// A camera near by: two pictures a second.
        case near
        /// A lookout over land: a picture each 10 to 60 seconds.
        case tower
    }

    /// How finely the pictures of a near camera are looked at.
    public enum Detail: String, Sendable, CaseIterable {
        case usual
        /// At up to twice the size: plumes are found that are half as large, for three to four times the processor time.
        case fine
    }

    public var regime: Regime
    /// Seconds between pictures that are looked at, at least.
    public var stepSeconds: Double
    /// Pictures are made smaller by a whole number until they are at most this wide.
    public var widest: Int
    /// Whether a picture is doubled that is then no wider than that.
    public var enlarges = false
    /// Whether pictures of a camera that trembles are brought back to one place before they are compared.
    public var registers = false
    /// Pictures after which the detector is sure of its references; before, the bar is higher.
    public var warmUp: Int
    /// Evidence at which something is reported.
    public var threshold: Double
    /// Evidence at which something is reported before the end of the warm-up.
    public var earlyThreshold: Double
    /// Evidence that remains from one picture to the next, 0 to 1.
    public var memory: Double
    /// Log-odds that a cell must exceed to add evidence.
    public var bias: Double
    /// A region of fewer cells is not reported.
    public var fewestCells: Int
    /// A region whose lower edge is more cells above the horizon is a cloud.
    public var highestAboveHorizon: Int
    /// Where more than this part of the picture looks like smoke, none of it counts.
    public var mostOfPicture: Double
    /// Where more than this part of the sky looks like smoke, clouds go by and no window of the sky counts.
    public var mostOfSky: Double
    /// Where more than this part of the sky elsewhere looks like smoke, a window of the sky must be surer by as much as
    /// the odds of that are higher.
    public var usualOfSky: Double
    /// Columns of cells to either side of a window that are not elsewhere: what its own plume may fill.
    public var ownColumns: Int

    /// The settings that the models were trained and scored with.
    ///
    /// - Parameter detail: of towers there is one only.
    public init(regime: Regime, detail: Detail = .usual) {
        self.regime = regime
        memory = 0.85
        fewestCells = 4
        highestAboveHorizon = 6
        mostOfPicture = 0.3
        mostOfSky = 0.35
        usualOfSky = 0.01
        ownColumns = 10
        switch regime {
        case .near:
            stepSeconds = 0.5
            registers = true
            widest = detail == .fine ? 1296 : 648
            enlarges = detail == .fine
            warmUp = 8
            threshold = 7
            earlyThreshold = 9
            bias = 0.5
        case .tower:
            stepSeconds = 30
            widest = 1008
            warmUp = 10
            threshold = 3.5
            earlyThreshold = 5.5
            bias = 0.5
        }
    }
}
