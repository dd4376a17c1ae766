import Domain
import Synchronization

/// The newest status of every camera, each with the version at which it was written.
final class StatusBoard: Sendable {
    private struct State {
        var version: Int64 = 0
        var entries: [CameraID: (status: CameraStatus, version: Int64)] = [:]
    }

    private let state = Mutex(State())
    let wakeups = Wakeups()

    func post(_ status: CameraStatus) {
        let version = state.withLock { state in
            state.version += 1
            state.entries[status.camera] = (status, state.version)
            return state.version
        }
        wakeups.advance(to: version)
    }

    /// What changed after `version`, by camera, and the version that this covers.
    func changes(after version: Int64) -> ([CameraStatus], Int64) {
        let (changed, covered) = state.withLock { state in
            (state.entries.values.filter { $0.version > version }.map(\.status), state.version)
        }
        return (changed.sorted { $0.camera < $1.camera }, covered)
    }

    /// - Returns: `false` where no change will come any more.
    func waitForChange(after version: Int64) async -> Bool {
        await wakeups.wait(past: version)
        return wakeups.position > version || !wakeups.isFinished
    }
}
