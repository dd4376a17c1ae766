public import Domain
import Journal
public import SiteConfiguration
import Synchronization

extension SiteWatch {
    /// Takes over a changed list of cameras: those that are gone or changed are stopped, their incidents and clips are
    /// closed, then the new and the changed ones are started. The others are not touched.
    ///
    /// - Parameter cameras: at least one; ids are unique.
    /// - Returns: what was done, without what waits for a restart.
    /// - Throws: `WatchEnded` while Lookout stops.
    public func apply(_ cameras: [CameraSettings]) async throws -> ReloadReport {
        try await changing.run { [self] in
            let (change, leaving) = try fleet.withLock { fleet in
                guard !fleet.isEnding else { throw WatchEnded() }
                let change = FleetChange(from: fleet.settings, to: cameras)
                return (change, (change.removed + change.changed).compactMap { fleet.watchers[$0] })
            }
            await stop(leaving)
            let started = Set(change.added + change.changed)
            let uplinks = fleet.withLock { fleet in
                fleet.settings = cameras
                for id in change.removed + change.changed {
                    fleet.watchers[id] = nil
                    fleet.offSince[id] = nil
                }
                return fleet.uplinks
            }
            let now = clock.wall()
            record(lossWatch.withLock { $0.regroup(uplinks, cameras: cameras.map(\.id), wall: now) })
            coverage.change(
                cameras: cameras.map(\.id), begun: Array(started), off: cameras.filter { !$0.isEnabled }.map(\.id))
            start(cameras.filter { started.contains($0.id) })
            await publishStatuses()
            // After the new states are stored, so that the journal never tells of no camera at all.
            try? await journal.forgetStatuses(except: Set(cameras.map(\.id)))
            return ReloadReport(
                added: change.added, removed: change.removed, changed: change.changed, unchanged: change.unchanged)
        }
    }

    /// Starts those that are switched on.
    func start(_ cameras: [CameraSettings]) {
        let now = clock.wall()
        for settings in cameras {
            guard settings.isEnabled else {
                fleet.withLock { $0.offSince[settings.id] = now }
                continue
            }
            let watcher = makeWatcher(settings)
            fleet.withLock { $0.watchers[settings.id] = watcher }
            watcher.start()
        }
    }

    /// Stops cameras side by side and returns once all that they had open is handed to the recorder.
    func stop(_ watchers: [CameraWatcher]) async {
        await withDiscardingTaskGroup { group in
            for watcher in watchers { group.addTask { await watcher.stop() } }
        }
    }
}

/// A change came while Lookout stops.
public struct WatchEnded: ActionableError {
    public let problem = "Lookout is stopping"
    public let remedy = "Start it again: it reads the changed configuration then"
}
