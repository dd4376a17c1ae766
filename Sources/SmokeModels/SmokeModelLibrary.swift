import CSmokeModels
public import Detection
import Domain
import Evidence
import Foundation

/// The models that are built into the program, each held against its hash and its own checks before it is used.
public struct SmokeModelLibrary: Sendable {
    /// A model, and what of it had to be left out.
    public struct Loaded: Sendable {
        public var model: SmokeModel
        public var faults: [SmokeModelError]
    }

    private static let sumsName = "SHA256SUMS"

    /// Those that the program was built with.
    public static let builtIn = SmokeModelLibrary(files: embeddedFiles())
    private static let near = builtIn.read(.near)
    private static let tower = builtIn.read(.tower)

    private let files: [String: [UInt8]]

    /// - Parameter files: by name; `SHA256SUMS` lists the hashes of the others.
    public init(files: [String: [UInt8]]) { self.files = files }

    /// The built-in model of a regime, read once.
    public static func model(for regime: SmokeSettings.Regime) -> Loaded { regime == .near ? near : tower }

    /// Reads the files of a regime that the list of hashes names. What is missing, changed or does not give the values
    /// that it should is left out and named.
    public func read(_ regime: SmokeSettings.Regime) -> Loaded {
        var faults: [SmokeModelError] = []
        var hashes: [String] = []
        func part<T>(_ name: String, _ make: ([UInt8]) throws(SmokeModelError) -> T) -> T? {
            do throws(SmokeModelError) {
                let (bytes, hash) = try verified(name)
                let made = try make(bytes)
                hashes.append(hash)
                return made
            } catch {
                faults.append(error)
                return nil
            }
        }
        let prefix = "smoke-\(regime.rawValue)-"
        var trees: SmokeTrees?
        var networks: [SmokeNetwork] = []
        for name in sums.keys.sorted() where name.hasPrefix(prefix) {
            if name.hasSuffix("trees.json") {
                trees = part(name) { bytes throws(SmokeModelError) in try TreesFile.read(bytes, name: name) }
            } else {
                let network = part(name) { bytes throws(SmokeModelError) in try NetworkFile.read(bytes, name: name) }
                networks += [network].compactMap { $0 }
            }
        }
        let model = SmokeModel(trees: trees, networks: networks, hashes: hashes)
        if model.isEmpty { faults.append(SmokeModelError("\(prefix)*", "nothing is left to find smoke with")) }
        return Loaded(model: model, faults: faults)
    }

    private func verified(_ name: String) throws(SmokeModelError) -> (bytes: [UInt8], hash: String) {
        guard let bytes = files[name] else { throw SmokeModelError(name, "the file is missing") }
        let hash = ContentHash.sha256Hexadecimal(bytes)
        guard let expected = sums[name] else { throw SmokeModelError(name, "\(Self.sumsName) does not list it") }
        guard hash == expected else {
            throw SmokeModelError(name, "its SHA-256 is \(hash), but \(Self.sumsName) says \(expected)")
        }
        return (bytes, hash)
    }

    /// Lines of `sha256sum`: hash, two spaces, name.
    private var sums: [String: String] {
        let text = String(decoding: files[Self.sumsName] ?? [], as: UTF8.self)
        var sums: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", omittingEmptySubsequences: true)
            if parts.count == 2 { sums[String(parts[1])] = String(parts[0]) }
        }
        return sums
    }

    static func embeddedFiles() -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for index in 0..<lookout_model_file_count() {
            let file = unsafe lookout_model_file_at(index)
            guard let name = unsafe file.name, let bytes = unsafe file.bytes else { continue }
            unsafe files[String(cString: name)] = Array(UnsafeBufferPointer(start: bytes, count: file.count))
        }
        return files
    }
}
