/// Name and size of a network's input or output: 32-bit floating point numbers, the last dimension closest together.
public struct TensorForm: Sendable, Equatable, CustomStringConvertible {
    public var name: String
    /// Such as 1, 3, 416, 416; all at least 1.
    public var shape: [Int]

    public init(name: String, shape: [Int]) {
        self.name = name
        self.shape = shape
    }

    /// How many numbers it holds.
    public var count: Int { shape.reduce(1, *) }

    /// `images 1x3x416x416`.
    public var description: String { "\(name) \(shape.map(String.init).joined(separator: "x"))" }
}
