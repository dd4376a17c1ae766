/// How far apart light and dark lie in a scene, and how much colour it has: by that much an object can differ from what is
/// behind it, so that at night, in fog and in infrared less of a difference must tell.
struct SceneContrast: Equatable {
    /// Grey levels between the tenth of the background's points that is darkest and the one that is brightest; 0 to 255.
    var spread: Int
    /// Mean of |U - 128| + |V - 128|.
    var colorfulness: Double

    /// Of what nothing is known yet.
    static let full = SceneContrast(spread: 255, colorfulness: 255)

    /// Distances |dY| + |dU| + |dV| up to which a sample explains a pixel: in a scene of full contrast and colour, and the
    /// least, which is above the noise that a pixel's blinking does not tell.
    private static let radius = 16.0
    private static let leastRadius = 6.0
    /// Up to the first spread the least holds, from the second one on the most.
    private static let flat = 30.0
    private static let rich = 80.0
    /// The share that is left where there is no colour: luma differs alone.
    private static let greyShare = 0.65
    /// Colourfulness of a picture without colour, and of one with.
    private static let grey = 0.5
    private static let colored = 2.5

    /// The radius in the picture's own values.
    ///
    /// - Parameter rangeScale: what those of limited range are squeezed by.
    func radius(rangeScale: Double) -> UInt8 {
        let colour = ((colorfulness - Self.grey) / (Self.colored - Self.grey)).bounded(0, 1)
        let most = Self.radius * (Self.greyShare + (1 - Self.greyShare) * colour)
        let richness = ((Double(spread) / rangeScale - Self.flat) / (Self.rich - Self.flat)).bounded(0, 1)
        return UInt8((Self.leastRadius + (most - Self.leastRadius) * richness) * rangeScale)
    }
}
