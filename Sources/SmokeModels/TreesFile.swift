import Detection
import Foundation

/// Trees as `models/train` writes them.
struct TreesFile: Decodable {
    struct Tree: Decodable {
        var f: [Int]
        var t: [Float]
        var l: [Int]
        var r: [Int]
        var v: [Float]
    }

    struct Check: Decodable {
        var x: [Float]
        var logit: Double
    }

    /// How far a check may be off: leaves are written to five digits.
    private static let tolerance = 0.01

    var features: [String]
    var trees: [Tree]
    var sanity: [Check]

    static func read(_ bytes: [UInt8], name: String) throws(SmokeModelError) -> SmokeTrees {
        let file: TreesFile
        do { file = try JSONDecoder().decode(TreesFile.self, from: Data(bytes)) } catch {
            throw SmokeModelError(name, "it cannot be read as trees (\(error))")
        }
        let trees = SmokeTrees(
            file.trees.map {
                SmokeTrees.Tree(feature: $0.f, threshold: $0.t, left: $0.l, right: $0.r, leaf: $0.v)
            }, features: file.features)
        guard let trees else {
            throw SmokeModelError(name, "its trees are not sound, or measure other things than this program does")
        }
        guard !file.sanity.isEmpty else { throw SmokeModelError(name, "it holds no checks of its own") }
        for check in file.sanity {
            guard check.x.count == file.features.count else {
                throw SmokeModelError(name, "a check has too few values")
            }
            let logit = trees.logit(check.x)
            guard abs(logit - check.logit) <= Self.tolerance else {
                throw SmokeModelError(name, "a check gives \(logit) instead of \(check.logit)")
            }
        }
        return trees
    }
}
