import Domain
import SiteConfiguration

/// Which camera's settings recorded footage is analysed with.
enum CameraChoice {
    /// The named camera of a configuration, or its first one; without a configuration, the defaults of every key.
    static func settings(config: String?, camera: String?) throws -> (SiteSettings, CameraSettings) {
        let site = if let config { try SettingsFile.load(config) } else { try SiteSettings.forClips() }
        guard let settings = site.cameras.first(where: { camera == nil || $0.id.rawValue == camera }) else {
            let known = site.cameras.map(\.id.rawValue).joined(separator: ", ")
            throw Failure(.usage, "no camera '\(camera ?? "")' in the configuration. It has: \(known).")
        }
        return (site, settings)
    }
}
