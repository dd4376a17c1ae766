import ArgumentParser
import Foundation
import SiteConfiguration

/// The configuration argument that most commands share.
struct SettingsFile: ParsableArguments {
    @Argument(help: "The configuration file.")
    var path = "streams.yaml"

    func load() throws -> SiteSettings { try Self.load(path) }

    /// Prints every fault on standard error; exit code 3 where the file cannot be read, 1 where it is wrong.
    static func load(_ path: String) throws -> SiteSettings {
        do {
            return try SiteSettings.load(path: path, environment: ProcessInfo.processInfo.environment)
        } catch {
            for fault in error.faults { printError("\(fault)") }
            throw Failure(error.isUnreadable ? .inputUnreadable : .problemFound)
        }
    }
}
