import Synchronization

/// A count that many tasks may raise.
public final class Tally: Sendable {
    private let value = Atomic(0)

    public init() {}

    public var count: Int { value.load(ordering: .sequentiallyConsistent) }
    public func add() { value.add(1, ordering: .sequentiallyConsistent) }
}
