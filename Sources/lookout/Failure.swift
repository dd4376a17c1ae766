import Domain
import Foundation

/// What the process says to the shell.
enum ExitStatus: Int32, Comparable {
    case done = 0
    case problemFound = 1
    case usage = 2
    case inputUnreadable = 3

    static func < (a: ExitStatus, b: ExitStatus) -> Bool { a.rawValue < b.rawValue }
}

/// Ends a command with a message on standard error and an exit code.
struct Failure: Error {
    var code: ExitStatus
    /// Empty where everything was said already.
    var message: String

    init(_ code: ExitStatus, _ message: String = "") {
        self.code = code
        self.message = message
    }

    init(_ code: ExitStatus, _ error: any ActionableError) {
        self.init(code, error.description)
    }
}

func printError(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
