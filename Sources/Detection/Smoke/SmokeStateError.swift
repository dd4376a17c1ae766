public import Domain

/// Why what a detector had learned cannot be taken up again. It learns the scene anew.
public struct SmokeStateError: Error, ActionableError, Equatable {
    public let problem: String
    public let remedy: String

    init(_ problem: String) {
        self.problem = "what the smoke detector had learned is left: \(problem)"
        remedy = "Nothing need be done: it learns the scene anew, which takes about ten pictures"
    }

    static var isCutShort: SmokeStateError { SmokeStateError("the file is cut short or changed") }
}
