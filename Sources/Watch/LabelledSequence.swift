public import Domain
import Foundation
import Media

/// A folder in CDnet's layout: `input/` with numbered stills, `groundtruth/` with a `gtNNNNNN.png` for some of them, and
/// `temporalROI.txt` with the numbers of the first and the last picture that count.
struct LabelledSequence {
    let input: String
    let truthFolder: String
    /// Numbers of the pictures that count.
    let counted: ClosedRange<Int>
    /// Number of the first still, and from one place on the timeline of the folder's stills to the next.
    let firstInput: Int
    let inputStep: Int
    let firstTruth: Int
    let truthStep: Int

    /// - Throws: what is missing or wrong, and what to do.
    init(folder: String) throws(EvaluationError) {
        input = folder + "/input"
        truthFolder = folder + "/groundtruth"
        (firstInput, inputStep) = try Self.numbers(in: input)
        (firstTruth, truthStep) = try Self.numbers(in: truthFolder)
        let file = folder + "/temporalROI.txt"
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw EvaluationError(
                problem: "\(file) cannot be read", remedy: "Choose a folder in CDnet's layout, with this file in it")
        }
        let words = text.split { $0.isWhitespace }.prefix(2).map { Int($0) }
        guard words.count == 2, let first = words[0], let last = words[1], first >= 0, last >= first else {
            throw EvaluationError(
                problem: "\(file) does not hold the numbers of a first and a last picture",
                remedy: "Write both numbers into it, such as: 470 1700")
        }
        counted = first...last
    }

    /// Whether a folder looks like one.
    static func isOne(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/groundtruth") }

    /// The last run of digits of each still's name counts the stills.
    private static func numbers(in folder: String) throws(EvaluationError) -> (first: Int, step: Int) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw EvaluationError(
                problem: "\(folder) cannot be read",
                remedy: "Choose a folder in CDnet's layout: input/, groundtruth/ and temporalROI.txt")
        }
        let numbers = names.filter { !$0.hasPrefix(".") }.compactMap { name -> Int? in
            let stem = name.prefix { $0 != "." }
            let digits = stem.reversed().prefix { $0.isASCII && $0.isNumber }
            return Int(String(digits.reversed()))
        }.sorted()
        guard let first = numbers.first else {
            throw EvaluationError(
                problem: "\(folder) holds no numbered pictures", remedy: "Put pictures such as in000001.jpg into it")
        }
        var step = 0
        for number in numbers {
            var (a, b) = (step, number - first)
            while b != 0 { (a, b) = (b, a % b) }
            step = a
        }
        return (first, max(step, 1))
    }
}

/// Why footage cannot be scored.
public struct EvaluationError: ActionableError, Equatable {
    public let problem: String
    public let remedy: String

    public init(problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
}
