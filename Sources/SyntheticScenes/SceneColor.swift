/// A colour as a screen shows it: red, green and blue from 0 to 1, gamma included. Light multiplies it.
struct SceneColor {
    var red: Float
    var green: Float
    var blue: Float

    init(_ red: Float, _ green: Float, _ blue: Float) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    static let black = SceneColor(0, 0, 0)

    static func + (a: SceneColor, b: SceneColor) -> SceneColor {
        SceneColor(a.red + b.red, a.green + b.green, a.blue + b.blue)
    }
    static func * (a: SceneColor, b: SceneColor) -> SceneColor {
        SceneColor(a.red * b.red, a.green * b.green, a.blue * b.blue)
    }
    static func * (a: SceneColor, k: Float) -> SceneColor { SceneColor(a.red * k, a.green * k, a.blue * k) }

    func mixed(with other: SceneColor, _ t: Float) -> SceneColor {
        SceneColor(mix(red, other.red, t), mix(green, other.green, t), mix(blue, other.blue, t))
    }

    /// BT.601 luma, 0 to 1.
    var y: Float { 0.299 * red + 0.587 * green + 0.114 * blue }
    /// BT.601 blue difference, -0.5 to 0.5.
    var u: Float { (blue - y) / 1.772 }
    /// BT.601 red difference, -0.5 to 0.5.
    var v: Float { (red - y) / 1.402 }
}

/// The light outdoors: what the whole sky gives, and what the sun adds where it reaches level ground.
enum Daylight {
    static let ambient = SceneColor(0.42, 0.46, 0.52)
    static let sun = SceneColor(0.58, 0.54, 0.46)
    /// How far the shadow of a point one metre above the ground falls to the right and away, in metres.
    static let shadow: (x: Float, z: Float) = (0.55, 0.6)

    /// The sunlight on a surface with this unit normal (x to the right, y up, z away), as a part of that on the ground.
    static func incidence(_ normal: WorldPoint) -> Float {
        max(0, normal.y - normal.x * shadow.x - normal.z * shadow.z)
    }
}
