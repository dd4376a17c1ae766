/// Runs one thing after the other, in the order of the calls.
public actor Turns {
    private var last: Task<Void, Never>?

    public init() {}

    /// Returns or throws what the work does, once all that was asked for before has ended.
    public func run<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        let before = last
        let task = Task {
            await before?.value
            return try await work()
        }
        last = Task { _ = try? await task.value }
        return try await task.value
    }
}
