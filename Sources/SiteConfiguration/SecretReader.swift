import Foundation

/// What is wrong with a value, before it is known where it stands.
struct Trouble: Error, Equatable {
    var problem: String
    var remedy: String
}

/// Fetches what a configuration may not hold itself: environment variables and files.
struct SecretReader {
    /// A secret is a line; a file that is larger is another one.
    private static let mostBytes = 65_536

    let environment: [String: String]
    /// Folder of the configuration file, from which relative paths are taken.
    let folder: String

    /// - Parameter reference: `NAME` or `file:PATH`, from within `${…}`.
    func value(of reference: String) throws(Trouble) -> String {
        if reference.hasPrefix("file:") { return try file(String(reference.dropFirst(5))) }
        guard Pattern.matches(reference, "^[A-Za-z_][A-Za-z0-9_]*$") else {
            throw Trouble(
                problem: "\(Wording.quoted("${\(reference)}")) names no environment variable",
                remedy: "Write ${NAME} with letters, digits and '_', or ${file:PATH}")
        }
        guard let value = environment[reference] else {
            throw Trouble(
                problem: "the environment variable \(reference) is not set",
                remedy: "Set it where Lookout is started, for example 'export \(reference)=…'")
        }
        return value
    }

    /// A file's one line.
    func file(_ path: String) throws(Trouble) -> String {
        let place = SitePath.absolute(path, in: folder)
        let shown = Wording.quoted(place)
        let target = URL(fileURLWithPath: place).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else {
            throw Trouble(
                problem: "the secret file \(shown) cannot be found",
                remedy: "Create it, or correct the path; a relative path starts at the folder of the configuration")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw Trouble(problem: "\(shown) is no file", remedy: "Name a file that holds the secret and nothing else")
        }
        guard let size = attributes[.size] as? Int, size <= Self.mostBytes else {
            throw Trouble(
                problem: "the secret file \(shown) is larger than \(Self.mostBytes) bytes",
                remedy: "Name a file that holds the secret and nothing else")
        }
        guard let data = FileManager.default.contents(atPath: target) else {
            throw Trouble(
                problem: "the secret file \(shown) cannot be read", remedy: "Let the user that runs Lookout read it")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Trouble(problem: "the secret file \(shown) is not UTF-8 text", remedy: "Save it as UTF-8 text")
        }
        // Editors and `echo` end a file with a line break that is no part of the secret.
        let line = text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !line.isEmpty, !line.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw Trouble(
                problem: "the secret file \(shown) holds \(line.isEmpty ? "nothing" : "more than one line")",
                remedy: "Let it hold the secret on one line and nothing else")
        }
        return line
    }
}

/// Paths in a configuration: relative ones are taken from the folder of the file.
enum SitePath {
    static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
    }

    /// What stands before the last `/`; empty for a file in the working directory.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
