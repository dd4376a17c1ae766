import ArgumentParser
import Domain
import Foundation
import SiteConfiguration
import Watch

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validates the configuration and names every fault with its place and its remedy.")

    @OptionGroup var settings: SettingsFile
    @Flag(help: "Print the faults as JSON.") var json = false

    func run() throws {
        do {
            let site = try SiteSettings.load(path: settings.path, environment: ProcessInfo.processInfo.environment)
            // The maps that it names are held to what they must be, too.
            _ = try SiteMap.locator(of: site)
            let faults = classifierFaults(site)
            guard faults.isEmpty else { throw ConfigurationFaults(file: settings.path, faults: faults) }
            if json {
                print("[]")
            } else {
                let enabled = site.cameras.filter(\.isEnabled).count
                print("\(settings.path): good. \(site.cameras.count) cameras, \(enabled) of them enabled.")
            }
        } catch let error as ConfigurationFaults {
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
                print(String(decoding: try encoder.encode(error.faults), as: UTF8.self))
            } else {
                for fault in error.faults { printError("\(fault)") }
                if !error.isUnreadable { printError("\(settings.path): \(error.faults.count) faults.") }
            }
            throw Failure(error.isUnreadable ? .inputUnreadable : .problemFound)
        }
    }

    /// Loads each model that a camera names, as watching it would.
    private func classifierFaults(_ site: SiteSettings) -> [ConfigurationFault] {
        var tried: [ClassifyOptions] = []
        var faults: [ConfigurationFault] = []
        for camera in site.cameras where camera.isEnabled {
            for options in camera.classifiers
            where !tried.contains(where: { $0.model == options.model && $0.labels == options.labels }) {
                tried.append(options)
                do {
                    _ = try ObjectModel(options)
                } catch {
                    let cause: any ActionableError = error
                    faults.append(
                        ConfigurationFault(
                            file: settings.path, line: options.line, column: options.column, value: options.model,
                            problem: cause.problem, remedy: cause.remedy))
                }
            }
        }
        return faults
    }
}
