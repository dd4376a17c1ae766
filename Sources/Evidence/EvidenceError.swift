public import Domain

/// What can go wrong with evidence files, each with its remedy.
public struct EvidenceError: ActionableError, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// No space is left. No part of the file was kept.
        case diskFull
        /// The system forbids reading or writing.
        case forbidden
        /// No such file.
        case notFound
        /// The path leads out of the evidence directory, through a symbolic link, or to something that is no file.
        case refused
        /// The request itself makes no sense.
        case invalid
        /// The file's content is not what was stored.
        case altered
        /// The operating system failed to read or write.
        case inputOutput
    }

    public let code: Code
    public let problem: String
    public let remedy: String

    public init(_ code: Code, problem: String, remedy: String) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }
}
