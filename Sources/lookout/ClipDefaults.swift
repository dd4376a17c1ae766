import SiteConfiguration

extension SiteSettings {
    /// What `analyze` uses without a configuration: one camera with the default of every key.
    static func forClips() throws -> SiteSettings {
        do {
            return try parse(
                "cameras: [{id: clip, source: clip, detect: [motion, smoke, flame]}]", file: "defaults",
                environment: [:])
        } catch {
            throw Failure(.problemFound, error)
        }
    }
}
