import Domain
import Synchronization

/// What one camera's stream is doing, why, and since when. A state changes only through here.
///
/// Two tell it: who watches the stream that detectors see, and, where clips are made from another one, who reads that. A
/// camera that is watched without its main stream is degraded.
final class CameraHealth: Sendable {
    private struct Condition {
        var state = CameraStatus.State.connecting
        var fault: CameraFault?
        var cause: String?
    }

    private struct Told {
        var status: CameraStatus
        /// Of the stream that detectors see.
        var watched = Condition()
        /// Why there is nothing to make clips from; `nil` while there is.
        var evidenceLoss: String?

        var effective: Condition {
            guard let evidenceLoss, [.watching, .learning].contains(watched.state) else { return watched }
            return Condition(state: .degraded, fault: .evidenceStreamLost, cause: evidenceLoss)
        }
    }

    private let told: Mutex<Told>
    private let meter: StreamMeter
    private let clock: any HostClock
    private let changed: @Sendable (CameraStatus) -> Void

    /// - Parameter changed: called on each change of state or cause, on the thread that caused it; must not block.
    init(
        camera: CameraID, name: String, meter: StreamMeter, clock: any HostClock,
        changed: @escaping @Sendable (CameraStatus) -> Void
    ) {
        told = Mutex(Told(status: CameraStatus(camera: camera, name: name, state: .connecting, since: clock.wall())))
        self.meter = meter
        self.clock = clock
        self.changed = changed
    }

    func snapshot() -> CameraStatus {
        let counters = meter.snapshot()
        let now = clock.wall()
        return told.withLock { told in
            told.status.counters = counters
            told.status.updated = now
            return told.status
        }
    }

    /// - Parameter cause: the particulars; the fault's own words where there are none.
    func became(_ state: CameraStatus.State, because fault: CameraFault? = nil, _ cause: String? = nil) {
        let cause = cause ?? fault.map { $0.title(in: .en) + "." }
        change { $0.watched = Condition(state: state, fault: fault, cause: cause) }
    }

    /// Nothing comes that clips could be made from, although detectors see pictures.
    ///
    /// - Parameter particulars: for who mends it, in English.
    func evidenceIsLost(because particulars: String) {
        change { $0.evidenceLoss = "Its main stream is lost: \(particulars)" }
    }

    func evidenceIsBack() { change { $0.evidenceLoss = nil } }

    private func change(_ body: (inout Told) -> Void) {
        let now = clock.wall()
        let isNews = told.withLock { told in
            body(&told)
            let (next, before) = (told.effective, told.status)
            guard before.state != next.state || before.fault != next.fault || before.cause != next.cause else {
                return false
            }
            if before.state != next.state { told.status.since = now }
            told.status.state = next.state
            told.status.fault = next.fault
            told.status.cause = next.cause
            return true
        }
        if isNews { changed(snapshot()) }
    }

    func carries(codec: String, width: Int, height: Int) {
        told.withLock { told in
            told.status.codec = codec
            told.status.width = width
            told.status.height = height
        }
    }
}
