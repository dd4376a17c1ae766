import Foundation

/// A new empty directory, removed with its last reference.
public final class TemporaryDirectory: Sendable {
    /// Without symbolic links.
    public let path: String

    public init() throws {
        let made = FileManager.default.temporaryDirectory.appendingPathComponent("lookout-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        path = made.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func file(_ name: String) -> String { path + "/" + name }
}
