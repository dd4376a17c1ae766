/// Where something stands in a configuration file.
struct Position: Hashable, Comparable, Sendable {
    /// From 1.
    var line: Int
    /// Unicode scalars from 1.
    var column: Int

    static let start = Position(line: 1, column: 1)

    static func < (a: Position, b: Position) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// Collects what is wrong in one file.
struct FaultList: Sendable {
    /// A broken file is a few mistakes a thousand times over; more than these help nobody.
    static let most = 200

    let file: String
    private(set) var faults: [ConfigurationFault] = []

    init(file: String) { self.file = file }

    var isEmpty: Bool { faults.isEmpty }
    /// Whether further faults would not be kept.
    var isFull: Bool { faults.count >= Self.most }

    mutating func add(_ position: Position, value: String? = nil, _ problem: String, remedy: String) {
        let fault = ConfigurationFault(
            file: file, line: position.line, column: position.column, value: value, problem: problem, remedy: remedy)
        // A node that several aliases repeat is wrong once.
        guard !isFull, !faults.contains(fault) else { return }
        faults.append(fault)
    }

    /// In the order of the file.
    var sorted: ConfigurationFaults {
        let ordered = faults.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
        }
        return ConfigurationFaults(file: file, faults: ordered.map(\.element))
    }
}
