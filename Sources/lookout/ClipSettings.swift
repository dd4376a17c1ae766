import Domain
import SiteConfiguration

/// The settings that recorded footage is analysed with.
enum ClipSettings {
    /// - Parameters:
    ///   - config: a configuration; where `nil`, every detector with its defaults.
    ///   - camera: which of its cameras; the first one where `nil`.
    static func load(config: String?, camera: String?) throws -> (SiteSettings, CameraSettings) {
        let site = try config.map { try SettingsFile.load($0) } ?? SiteSettings.forClips()
        guard let settings = site.cameras.first(where: { camera == nil || $0.id.rawValue == camera }) else {
            let known = site.cameras.map(\.id.rawValue).joined(separator: ", ")
            throw Failure(.usage, "no camera '\(camera ?? "")' in the configuration. It has: \(known).")
        }
        return (site, settings)
    }
}

extension SiteSettings {
    /// What footage is analysed by without a configuration: one camera that looks for everything.
    fileprivate static func forClips() throws -> SiteSettings {
        do {
            return try parse(
                "cameras: [{id: clip, source: clip, detect: [motion, smoke, flame]}]", file: "defaults",
                environment: [:])
        } catch {
            throw Failure(.problemFound, error)
        }
    }
}
