import Domain
import Foundation

extension SiteSettings {
    /// Reads and checks a configuration file, and fetches the secrets that it names.
    ///
    /// Blocks while it reads: call it before the work begins, not on a task that others wait for.
    ///
    /// - Parameters:
    ///   - path: the file; relative paths in it are taken from its folder.
    ///   - environment: where `${NAME}` comes from.
    /// - Throws: everything that is wrong with it, at once, each with line and column.
    public static func load(
        path: String, environment: [String: String]
    ) throws(ConfigurationFaults) -> SiteSettings {
        let text: String
        do throws(Trouble) {
            text = try readFile(path)
        } catch {
            let fault = ConfigurationFault(
                file: path, line: 0, column: 0, problem: error.problem, remedy: error.remedy)
            throw ConfigurationFaults(file: path, faults: [fault])
        }
        return try parse(text, file: path, environment: environment)
    }

    /// Checks the text of a configuration file.
    ///
    /// - Parameters:
    ///   - file: names the text in faults; relative paths in it are taken from this file's folder.
    ///   - environment: where `${NAME}` comes from.
    /// - Throws: everything that is wrong with it, at once, each with line and column.
    public static func parse(
        _ text: String, file: String, environment: [String: String]
    ) throws(ConfigurationFaults) -> SiteSettings {
        var faults = FaultList(file: file)
        guard let document = YAMLReader.read(text, into: &faults) else { throw faults.sorted }
        var reader = SettingReader(faults: faults)
        let root = reader.readSection(document, SiteSchema.root, name: "the configuration")
        let secrets = SecretReader(environment: environment, folder: SitePath.folder(of: file))
        var builder = SiteBuilder(faults: reader.faults, secrets: secrets)
        guard let section = root.flatMap(SectionSettings.init), let settings = builder.build(section) else {
            throw builder.faults.sorted
        }
        return settings
    }

    private static func readFile(_ path: String) throws(Trouble) -> String {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else {
            throw Trouble(
                problem: "this file does not exist",
                remedy: "Name the configuration on the command line, or start where streams.yaml lies")
        }
        guard attributes[.type] as? FileAttributeType != .typeDirectory else {
            throw Trouble(problem: "this is a folder", remedy: "Name the file in it")
        }
        if attributes[.type] as? FileAttributeType == .typeRegular, let size = attributes[.size] as? Int,
            size > 8 * YAMLReader.mostBytes
        {
            throw Trouble(
                problem: "this file has \(size) bytes, far more than a configuration may have",
                remedy: "Check that this is the configuration")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Trouble(problem: "this file cannot be read", remedy: "Let the user that runs Lookout read it")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Trouble(problem: "this file is not UTF-8 text", remedy: "Save it as UTF-8")
        }
        return text
    }
}
