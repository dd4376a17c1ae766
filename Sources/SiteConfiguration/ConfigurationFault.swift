public import Domain

/// One thing that is wrong in a configuration file, where it stands and what to do about it.
public struct ConfigurationFault: Sendable, Equatable, Encodable, CustomStringConvertible {
    public var file: String
    /// From 1; 0 where the file as a whole is meant (it cannot be read).
    public var line: Int
    /// Characters (Unicode scalars) from 1; 0 where the file as a whole is meant.
    public var column: Int
    /// What stands there, without secrets; `nil` where that is no single value.
    public var value: String?
    /// What is wrong, as a sentence without its full stop.
    public var problem: String
    /// What to do now, as sentences with all but the last full stop.
    public var remedy: String

    public init(file: String, line: Int, column: Int, value: String? = nil, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.column = column
        self.value = value
        self.problem = problem
        self.remedy = remedy
    }

    /// `streams.yaml:12:5: unknown key 'zoness', did you mean 'zones'? A camera has the keys id, name, ….`
    public var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        return "\(place): \(problem)\(problem.hasSuffix("?") ? "" : ".") \(remedy)."
    }
}

/// Everything that is wrong in a configuration file, in the order in which it stands there.
public struct ConfigurationFaults: ActionableError, Equatable {
    public var file: String
    /// At least one.
    public var faults: [ConfigurationFault]

    public init(file: String, faults: [ConfigurationFault]) {
        self.file = file
        self.faults = faults
    }

    /// Whether the file could not be read at all, as against read and found faulty.
    public var isUnreadable: Bool { faults.contains { $0.line == 0 } }

    public var problem: String {
        faults.count == 1 ? "\(file) has a fault" : "\(file) has \(faults.count) faults"
    }

    public var remedy: String { "Correct what is listed and run 'lookout check \(file)'" }

    /// One line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
