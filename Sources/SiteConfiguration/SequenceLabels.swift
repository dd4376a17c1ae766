public import Domain
import Foundation

/// What is to be seen on recorded footage, for scoring the detectors.
public struct SequenceLabels: Sendable, Equatable {
    /// What an operator must be told of.
    public struct Expectation: Sendable, Equatable {
        public var kind: IncidentKind
        /// Seconds from the sequence's start in which it is visible.
        public var from: Double
        public var to: Double
    }

    public struct Sequence: Sendable, Equatable {
        /// As it stands in the file, relative to it.
        public var file: String
        /// Stills a second, for a folder of them.
        public var rate: Double?
        /// Empty: nothing to tell.
        public var expect: [Expectation]
        /// Kinds that are neither asked for nor wrong.
        public var ignore: Set<IncidentKind>
        /// Where the smoke is, all the time.
        public var smokeBox: Box?
    }

    /// The folder that the sequences' files are relative to.
    public var folder: String
    public var sequences: [Sequence]

    /// Reads a file of labels: `sequences`, each with `file`, `expect` (a list of `kind`, `from`, `to`), and where needed
    /// `rate`, `ignore` and `smokeBox` (left, top, right and bottom as fractions). Other keys are left alone.
    ///
    /// - Throws: everything that is wrong with it, each with line and column.
    public static func load(path: String) throws(ConfigurationFaults) -> SequenceLabels {
        var faults = FaultList(file: path)
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw ConfigurationFaults(
                file: path,
                faults: [
                    ConfigurationFault(
                        file: path, line: 0, column: 0, problem: "this file cannot be read as UTF-8 text",
                        remedy: "Name a file of labels")
                ])
        }
        guard let document = YAMLReader.read(text, into: &faults) else { throw faults.sorted }
        guard case .list(let items)? = document.child("sequences")?.content, !items.isEmpty else {
            faults.add(
                document.position, "there is no list 'sequences'", remedy: "Write 'sequences:' and items below it")
            throw faults.sorted
        }
        let sequences = items.compactMap { sequence($0, &faults) }
        guard faults.isEmpty else { throw faults.sorted }
        return SequenceLabels(
            folder: URL(fileURLWithPath: path).deletingLastPathComponent().path, sequences: sequences)
    }

    private static func sequence(_ node: YAMLNode, _ faults: inout FaultList) -> Sequence? {
        guard let file = node.child("file")?.text, !file.isEmpty else {
            faults.add(node.position, "a sequence has no 'file'", remedy: "Add 'file: PATH'")
            return nil
        }
        guard let expect = node.child("expect"), case .list(let items) = expect.content else {
            faults.add(node.position, "'\(file)' has no list 'expect'", remedy: "Add it; '[]' where nothing burns")
            return nil
        }
        var rate: Double?
        if let given = node.child("rate") {
            guard let number = given.number, number > 0, number <= 1000 else {
                faults.add(given.position, "'rate' is no number from 0 to 1000", remedy: "Give stills a second")
                return nil
            }
            rate = number
        }
        let expectations = items.compactMap { item -> Expectation? in
            guard let kind = item.child("kind")?.text.flatMap(IncidentKind.init(rawValue:)),
                let from = item.child("from")?.number, let to = item.child("to")?.number, from <= to
            else {
                faults.add(
                    item.position, "an expectation of '\(file)' needs kind, from and to",
                    remedy: "Write {kind: smoke, from: SECONDS, to: SECONDS}")
                return nil
            }
            return Expectation(kind: kind, from: from, to: to)
        }
        var ignore: Set<IncidentKind> = []
        if case .list(let kinds)? = node.child("ignore")?.content {
            for kind in kinds {
                guard let known = kind.text.flatMap(IncidentKind.init(rawValue:)) else {
                    faults.add(kind.position, "'ignore' names an unknown kind", remedy: "Write smoke or flame")
                    continue
                }
                ignore.insert(known)
            }
        }
        return Sequence(
            file: file, rate: rate, expect: expectations, ignore: ignore, smokeBox: smokeBox(of: node, &faults))
    }

    private static func smokeBox(of node: YAMLNode, _ faults: inout FaultList) -> Box? {
        guard let given = node.child("smokeBox") else { return nil }
        var sides: [Double] = []
        if case .list(let items) = given.content { sides = items.compactMap(\.number) }
        guard sides.count == 4, sides[0] <= sides[2], sides[1] <= sides[3],
            sides.allSatisfy({ (0...1).contains($0) })
        else {
            faults.add(
                given.position, "'smokeBox' is no box within the picture",
                remedy: "Write [left, top, right, bottom] as fractions, such as [0.2, 0.4, 0.3, 0.5]")
            return nil
        }
        return Box(x: sides[0], y: sides[1], width: sides[2] - sides[0], height: sides[3] - sides[1])
    }
}

extension YAMLNode {
    fileprivate func child(_ key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    fileprivate var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    fileprivate var number: Double? { text.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }
}
