import Domain
import Synchronization

/// The orders that stand, where every camera's judge looks them up.
final class OrderBoard: Sendable {
    private let held: Mutex<StandingOrders>

    init(_ orders: StandingOrders) { held = Mutex(orders) }

    var standing: StandingOrders { held.withLock { $0 } }

    func replace(with orders: StandingOrders) { held.withLock { $0 = orders } }
}

/// Runs one thing after the other.
actor OrderQueue {
    private var last: Task<Void, Never>?

    func run<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        let before = last
        let task = Task {
            await before?.value
            return try await work()
        }
        last = Task { _ = try? await task.value }
        return try await task.value
    }
}
