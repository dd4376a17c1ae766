import Domain
import Synchronization

/// The fires as they stand, where others look them up.
final class FireBoard: Sendable {
    private let desk = Mutex<FireDesk?>(nil)

    func show(_ desk: FireDesk) { self.desk.withLock { $0 = desk } }

    func outline(of incident: IncidentID) -> FireOutline? { desk.withLock { $0?.outline(of: incident) } }
}
