import Domain
import SiteConfiguration

/// The cameras of a site as they are watched now.
struct Fleet {
    /// As configured, in their order, those that are switched off among them.
    var settings: [CameraSettings]
    /// Of the cameras that are switched on.
    var watchers: [CameraID: CameraWatcher]
    /// Since when the cameras that are switched off are.
    var offSince: [CameraID: MediaTime]
    /// Lookout stops: nothing is started any more.
    var isEnding = false

    var cameras: [CameraID] { settings.map(\.id) }

    var off: [CameraID] { settings.filter { !$0.isEnabled }.map(\.id) }

    /// Cameras that share a switch, a link or a mast.
    var uplinks: [CameraID: String] {
        Dictionary(uniqueKeysWithValues: settings.compactMap { camera in camera.uplink.map { (camera.id, $0) } })
    }

    /// What every camera is doing, in the order of the configuration.
    func statuses(at now: MediaTime) -> [CameraStatus] {
        settings.map { camera in
            if let watcher = watchers[camera.id] { return watcher.status() }
            var status = CameraStatus(
                camera: camera.id, name: camera.name, state: camera.isEnabled ? .connecting : .off,
                since: offSince[camera.id] ?? now)
            status.updated = now
            return status
        }
    }
}

/// How one list of cameras becomes another.
struct FleetChange: Equatable {
    var added: [CameraID] = []
    var removed: [CameraID] = []
    var changed: [CameraID] = []
    var unchanged: [CameraID] = []

    /// - Parameters:
    ///   - old: ids are unique.
    ///   - new: ids are unique.
    init(from old: [CameraSettings], to new: [CameraSettings]) {
        let before = Dictionary(uniqueKeysWithValues: old.map { ($0.id, $0) })
        let after = Set(new.map(\.id))
        removed = old.map(\.id).filter { !after.contains($0) }
        for camera in new {
            switch before[camera.id] {
            case nil: added.append(camera.id)
            case camera: unchanged.append(camera.id)
            default: changed.append(camera.id)
            }
        }
    }
}
