import Domain
import Synchronization

/// The orders that stand, where every camera's judge looks them up.
final class OrderBoard: Sendable {
    private let held: Mutex<StandingOrders>

    init(_ orders: StandingOrders) { held = Mutex(orders) }

    var standing: StandingOrders { held.withLock { $0 } }

    func replace(with orders: StandingOrders) { held.withLock { $0 = orders } }
}
