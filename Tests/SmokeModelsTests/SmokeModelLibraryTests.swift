import Detection
import Evidence
import Foundation
import Testing

@testable import SmokeModels

@Suite struct SmokeModelLibraryTests {
    private static let network = "smoke-tower-network-2.json"
    private static let trees = "smoke-tower-trees.json"

    /// The files that the program was built with.
    private var files: [String: [UInt8]] { SmokeModelLibrary.embeddedFiles() }

    @Test(arguments: SmokeSettings.Regime.allCases)
    func whatIsBuiltInPassesItsOwnChecks(regime: SmokeSettings.Regime) {
        let loaded = SmokeModelLibrary.builtIn.read(regime)
        #expect(loaded.faults.isEmpty, "\(loaded.faults)")
        #expect(loaded.model.trees != nil)
        #expect(loaded.model.networks.count == (regime == .tower ? 2 : 1))
        #expect(loaded.model.hashes.count == 1 + loaded.model.networks.count)
        #expect(loaded.model.hashes.allSatisfy { $0.count == 64 })
    }

    @Test func aChangedFileIsRefusedAndTheRestIsUsed() throws {
        var files = files
        let bytes = try #require(files[Self.network])
        files[Self.network] = bytes.dropLast() + [UInt8(ascii: " ")]
        let loaded = SmokeModelLibrary(files: files).read(.tower)
        #expect(loaded.model.trees != nil)
        #expect(loaded.model.networks.count == 1, "the other network goes on")
        #expect(loaded.faults.count == 1)
        #expect(loaded.faults[0].problem.contains("its SHA-256 is"), "\(loaded.faults[0])")
        #expect(loaded.faults[0].remedy.contains("make train"))
    }

    @Test func aFileThatFailsItsOwnChecksIsRefusedThoughItsHashIsRight() throws {
        let text = String(decoding: try #require(files[Self.trees]), as: UTF8.self)
        let range = try #require(text.range(of: "\"logit\":"))
        let other = text.replacingCharacters(in: range, with: "\"logit\":7,\"was\":")
        let loaded = SmokeModelLibrary(files: with(Self.trees, Array(other.utf8))).read(.tower)
        #expect(loaded.model.trees == nil)
        #expect(loaded.faults.count == 1)
        #expect(loaded.faults[0].problem.contains("check"), "\(loaded.faults[0])")
        #expect(loaded.model.networks.count == 2, "the networks do not suffer for the trees")
    }

    @Test(arguments: ["", "{}", "[1", "{\"features\":[],\"trees\":[],\"sanity\":[]}"])
    func whatIsNoModelIsRefused(text: String) {
        let loaded = SmokeModelLibrary(files: with(Self.trees, Array(text.utf8))).read(.tower)
        #expect(loaded.model.trees == nil)
        #expect(loaded.faults.count == 1)
    }

    @Test func withoutFilesNothingIsLeftAndThatIsSaid() {
        let loaded = SmokeModelLibrary(files: [:]).read(.near)
        #expect(loaded.model.isEmpty)
        #expect(loaded.faults.count == 1)
    }

    /// The built-in files with another one in the place of `name`, and its hash in the list.
    private func with(_ name: String, _ bytes: [UInt8]) -> [String: [UInt8]] {
        var files = files
        let old = ContentHash.sha256Hexadecimal(files[name] ?? [])
        let sums = String(decoding: files["SHA256SUMS"] ?? [], as: UTF8.self)
        files["SHA256SUMS"] = Array(
            sums.replacing(old + "  " + name, with: ContentHash.sha256Hexadecimal(bytes) + "  " + name).utf8)
        files[name] = bytes
        return files
    }
}
