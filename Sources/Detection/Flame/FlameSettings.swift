/// How flame is looked for. The colour rule follows Celik and Demirel, "Fire detection in video sequences using a generic
/// color model" (2009): in flame Y > Cb and Cr is well above Cb.
public struct FlameSettings: Sendable, Equatable {
    /// Seconds between pictures that are looked at, at least.
    public var stepSeconds: Double
    /// Pictures are made smaller by a whole number until they are at most this wide.
    public var widest: Int
    /// Cr less Cb of a pixel of flame, at least, beyond the median over the picture (brick and evening sun are warm
    /// everywhere). Full range.
    public var redness: Int
    /// Luma of a pixel of flame, at least. Full range.
    public var darkest: Int
    /// A flame has a core at least this bright within a cell. Full range.
    public var core: Int
    /// Part of a window that must have the colour of flame: one cell of its nine.
    public var share: Float
    /// Mean change of luma from one picture to the next in a window, at least: flame is never still.
    public var flicker: Float
    /// Pictures that must speak for a flame before it is reported, more or less: one that does not takes 0.7 of one away.
    public var threshold: Double
    /// Where more than this part of the picture changes like a flame, the camera moves and none of it counts.
    public var mostOfPicture: Double
    /// A region of fewer cells is not reported.
    public var fewestCells: Int

    public init(
        stepSeconds: Double = 0.5, widest: Int = 648, redness: Int = 40, darkest: Int = 90, core: Int = 210,
        share: Float = 1.0 / 9, flicker: Float = 12, threshold: Double = 4, mostOfPicture: Double = 0.3,
        fewestCells: Int = 2
    ) {
        self.stepSeconds = stepSeconds
        self.widest = widest
        self.redness = redness
        self.darkest = darkest
        self.core = core
        self.share = share
        self.flicker = flicker
        self.threshold = threshold
        self.mostOfPicture = mostOfPicture
        self.fewestCells = fewestCells
    }
}
