import Foundation
import SiteConfiguration
import Testing

/// The sample with random damage: it parses or gives faults with a place, and never stops the process.
struct MutationTests {
    @Test func damagedFilesParseOrGiveFaultsWithAPlace() throws {
        let sample = try String(contentsOf: packageRoot.appendingPathComponent("streams.yaml"), encoding: .utf8)
        var random = SeededGenerator(state: 20_260_201)
        var parsed = 0
        var faulty = 0
        for _ in 0..<2_000 {
            let text = Self.damaged(sample, by: &random)
            let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.count
            do throws(ConfigurationFaults) {
                _ = try SiteSettings.parse(text, file: "streams.yaml", environment: [:])
                parsed += 1
            } catch {
                faulty += 1
                #expect(!error.faults.isEmpty)
                for fault in error.faults {
                    let isPlaced = (1...lines).contains(fault.line) && fault.column >= 1
                    #expect(isPlaced && !fault.problem.isEmpty && !fault.remedy.isEmpty, "\(fault)")
                }
            }
        }
        // Damage of both sorts must occur, or the test tests nothing.
        #expect(parsed > 50 && faulty > 500, "\(parsed) parsed, \(faulty) faulty")
    }

    private static let pieces = [
        "*", "&a ", "*a", "<<: ", "{", "}", "[", "]", ":", ": ", "- ", "? ", "\"", "'", "#", "|", ">", "%", "@", "`",
        "!!x ",
        "\t", "\n", "\r", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{E000}", "\u{F0069}", "\u{10FFFF}", "${X}",
        "${",
        "file:", "null", "1e999", "---\n", "...\n", "  ", "ệ", "👩‍🚒", "id: x\n", "\\", "\\u0000",
    ]

    private static func damaged(_ text: String, by random: inout SeededGenerator) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0..<scalars.count, using: &random)
            let end = min(scalars.count, at + Int.random(in: 1...20, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: scalars.removeSubrange(at..<end)
            case 1:
                scalars.insert(
                    contentsOf: Self.pieces.randomElement(using: &random)?.unicodeScalars ?? "x".unicodeScalars, at: at)
            case 2: scalars.insert(contentsOf: scalars[at..<end], at: Int.random(in: 0..<scalars.count, using: &random))
            case 3: scalars[at] = Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &random)) ?? "x"
            default: scalars.removeSubrange(at..<min(scalars.count, at + 200))
            }
            if scalars.isEmpty { scalars = ["x"] }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
