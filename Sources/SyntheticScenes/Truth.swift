public import Domain

/// What a rendered thing is.
public enum ObjectKind: String, Sendable, Codable, CaseIterable {
    case person, car, smoke
}

/// One thing of a picture that is to be detected.
public struct ObjectTruth: Sendable, Equatable {
    /// 1 to 255, unique within a loop of the scene; the value in `TruthMask.ids`.
    public var id: Int
    public var kind: ObjectKind
    /// Around what can be seen of it: pixels covered by half at least; for smoke, of 5 % opacity at least.
    /// `nil` where not one pixel is covered that much.
    public var box: Box?
    /// The part of the thing that is inside the picture and not hidden, 0 to 1, by area (for smoke by opacity).
    public var visibleFraction: Double
    /// What can be seen of it, in pixels; partly covered ones count in part.
    public var visibleArea: Double
}

/// Which thing each pixel shows. Shadows belong to nothing.
public struct TruthMask: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// The `id` of the thing that covers most of the pixel; 0 where none covers any.
    public var ids: [UInt8]
    /// How much of the pixel that thing covers, 0 to 255; for smoke its opacity.
    public var coverage: [UInt8]

    public init(width: Int, height: Int) {
        precondition(width > 0 && height > 0)
        self.width = width
        self.height = height
        ids = [UInt8](repeating: 0, count: width * height)
        coverage = [UInt8](repeating: 0, count: width * height)
    }
}
