import Domain
import Synchronization

/// What one camera's stream is doing, why, and since when. A state changes only through here.
final class CameraHealth: Sendable {
    private let status: Mutex<CameraStatus>
    private let meter: StreamMeter
    private let clock: any HostClock
    private let changed: @Sendable (CameraStatus) -> Void

    /// - Parameter changed: called on each change of state or cause, on the thread that caused it; must not block.
    init(
        camera: CameraID, name: String, meter: StreamMeter, clock: any HostClock,
        changed: @escaping @Sendable (CameraStatus) -> Void
    ) {
        status = Mutex(CameraStatus(camera: camera, name: name, state: .connecting, since: clock.wall()))
        self.meter = meter
        self.clock = clock
        self.changed = changed
    }

    func snapshot() -> CameraStatus {
        let counters = meter.snapshot()
        let now = clock.wall()
        return status.withLock { status in
            status.counters = counters
            status.updated = now
            return status
        }
    }

    /// - Parameter cause: the particulars; the fault's own words where there are none.
    func became(_ state: CameraStatus.State, because fault: CameraFault? = nil, _ cause: String? = nil) {
        let now = clock.wall()
        let cause = cause ?? fault.map { $0.title(in: .en) + "." }
        let isNews = status.withLock { status in
            guard status.state != state || status.fault != fault || status.cause != cause else { return false }
            if status.state != state { status.since = now }
            status.state = state
            status.fault = fault
            status.cause = cause
            return true
        }
        if isNews { changed(snapshot()) }
    }

    func carries(codec: String, width: Int, height: Int) {
        status.withLock { status in
            status.codec = codec
            status.width = width
            status.height = height
        }
    }
}
