import Yams

/// Text to `YAMLNode`s, on any text whatever, with a position for each fault.
///
/// The YAML library stops at the first repeated key, expands aliases by value, hashes expanded aliases that serve as keys
/// (so that nine lines can keep it busy for years) and gives no position for a repetition. So aliases and repeated keys
/// are hidden from it: `*` and the letters of a repeated key are replaced by private-use characters before it parses, one
/// for one, so that columns stay right, and are put back afterwards. Aliases are then resolved here, within limits.
struct YAMLReader {
    /// A thousand cameras take about half of it.
    static let mostBytes = 2_097_152
    /// That all aliases together may stand for.
    static let mostNodes = 250_000
    /// The schema needs eight.
    static let deepest = 32
    /// After so many repeated keys the file is not worth more passes.
    static let mostRepetitions = 20

    private let marks: PrivateMarks
    private var anchors: [String: YAMLNode] = [:]
    /// Values that aliases stand for, all of them together.
    private var repeated = 0
    private var faults: FaultList

    /// - Returns: the file's one document, or `nil` with at least one fault.
    static func read(_ text: String, into faults: inout FaultList) -> YAMLNode? {
        guard text.utf8.count <= mostBytes else {
            faults.add(
                .start,
                "the file has \(text.utf8.count) bytes, more than the \(mostBytes) that a configuration may have",
                remedy:
                    "Check that this is a configuration; else share what cameras have in common by anchors and aliases")
            return nil
        }
        let source = SourceText(text)
        if let (position, scalar) = source.firstForbidden {
            faults.add(
                position, "the character U+\(String(scalar.value, radix: 16, uppercase: true)) may not stand in YAML",
                remedy: "Delete it, or write it as an escape in double quotes")
            return nil
        }
        guard let marks = PrivateMarks(unusedIn: source) else {
            faults.add(
                .start, "the file uses all of Unicode's private-use characters", remedy: "Remove some of them")
            return nil
        }
        var reader = YAMLReader(marks: marks, faults: faults)
        let node = reader.compose(marks.hidingAliases(in: source))
        faults = reader.faults
        return node
    }

    private init(marks: PrivateMarks, faults: FaultList) {
        self.marks = marks
        self.faults = faults
    }

    /// Parses, and where a key is repeated hides its first occurrence and parses again.
    private mutating func compose(_ hidden: SourceText) -> YAMLNode? {
        var source = hidden
        for _ in 0...Self.mostRepetitions {
            do {
                let parser = try Parser(yaml: source.text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else { return noDocument() }
                // The nodes hold their anchors weakly, the parser holds them.
                return withExtendedLifetime(parser) { build(root, depth: 1) }
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                let position = Position(line: context.mark.line, column: context.mark.column)
                guard let next = marks.hidingKey(at: position, in: source) else {
                    faults.add(position, "this key stands twice in its mapping", remedy: "Remove one of the two")
                    return nil
                }
                source = next
            } catch let error as YamlError {
                YAMLSyntax.add(error, source: source, to: &faults)
                return nil
            } catch {
                faults.add(.start, "the file is not YAML", remedy: "Check it with an editor that knows YAML")
                return nil
            }
        }
        faults.add(
            .start, "more than \(Self.mostRepetitions) keys stand twice in their mapping",
            remedy: "Remove the repetitions; a list of things starts each with '- '")
        return nil
    }

    private mutating func noDocument() -> YAMLNode? {
        faults.add(.start, "the file is empty", remedy: "Begin with 'cameras:' and a list of cameras")
        return nil
    }

    private mutating func build(_ node: Node, depth: Int) -> YAMLNode {
        let position = Position(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        let built: YAMLNode
        if depth > Self.deepest {
            tooDeep(position)
            built = YAMLNode(position: position, content: .scalar("", isPlain: false))
        } else {
            switch node {
            case .scalar(let scalar):
                if let alias = marks.aliasName(scalar.string), scalar.style == .plain {
                    return resolve(alias, at: position, depth: depth)
                }
                built = YAMLNode(
                    position: position, content: .scalar(text(of: scalar, at: position), isPlain: isPlain(scalar)))
            case .sequence(let sequence):
                checkTag(sequence.tag, at: position, usual: "seq")
                var items: [YAMLNode] = []
                for item in sequence { items.append(build(item, depth: depth + 1)) }
                built = YAMLNode(position: position, content: .list(items))
            case .mapping(let mapping):
                checkTag(mapping.tag, at: position, usual: "map")
                built = YAMLNode(position: position, content: .mapping(entries(of: mapping, depth: depth)))
            case .alias:
                // The parser resolves aliases itself and never makes this one.
                built = YAMLNode(position: position, content: .scalar("", isPlain: false))
            }
        }
        if let anchor = node.anchor { anchors[anchor.rawValue] = built }
        return built
    }

    private func isPlain(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && scalar.tag.rawValue != "tag:yaml.org,2002:str"
    }

    private mutating func text(of scalar: Node.Scalar, at position: Position) -> String {
        checkTag(scalar.tag, at: position, usual: "str")
        if scalar.style == .plain, marks.beginsWithAlias(scalar.string) {
            faults.add(
                position, "a value that begins with '*' is the alias of an anchor, and this is none",
                remedy: "Put the value in quotes")
        }
        return marks.restored(scalar.string)
    }

    private mutating func checkTag(_ tag: Tag, at position: Position, usual: String) {
        // "" is no tag, "!" is the one that says: as it stands.
        let name = tag.rawValue
        guard !name.isEmpty, name != "!", name != "tag:yaml.org,2002:\(usual)" else { return }
        faults.add(
            position, value: Wording.shown(marks.restored(name)),
            "YAML tags such as \(Wording.quoted(marks.restored(name))) mean nothing here",
            remedy: "Remove the tag")
    }

    private mutating func resolve(_ name: String, at position: Position, depth: Int) -> YAMLNode {
        let empty = YAMLNode(position: position, content: .scalar("", isPlain: false))
        guard let target = anchors[name] else {
            let near = Wording.nearest(to: name, of: anchors.keys.sorted()).map { ", did you mean '*\($0)'?" }
            faults.add(
                position, value: "*\(name)", "no anchor '&\(name)' stands before this alias\(near ?? "")",
                remedy: "An alias repeats a value that is marked further up with '&\(name)'")
            return empty
        }
        guard depth + target.depth <= Self.deepest else {
            tooDeep(position)
            return empty
        }
        guard target.size <= Self.mostNodes - repeated else {
            repeated = Self.mostNodes
            faults.add(
                position, "from here on the aliases stand for more than \(Self.mostNodes) values",
                remedy: "Use fewer aliases, or aliases of less")
            return empty
        }
        repeated += target.size
        return target
    }

    private mutating func tooDeep(_ position: Position) {
        faults.add(
            position, "this is nested more than \(Self.deepest) levels deep",
            remedy: "No part of a configuration needs that")
    }

    /// Keys in the order of the file; what `<<` merges in comes after, since keys of the mapping itself go first.
    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var places: [String: Position] = [:]
        var merges: [YAMLNode] = []
        for (keyNode, valueNode) in mapping {
            let position = Position(line: keyNode.mark?.line ?? 1, column: keyNode.mark?.column ?? 1)
            let value = build(valueNode, depth: depth + 1)
            guard case .scalar(let scalar) = keyNode else {
                faults.add(
                    position, "a list or mapping cannot be a key", remedy: "Write 'key: value' with a word as key")
                continue
            }
            guard !marks.beginsWithAlias(scalar.string) || scalar.style != .plain else {
                faults.add(position, "an alias cannot be a key", remedy: "Write the key itself")
                continue
            }
            let key = marks.restored(scalar.string)
            if key == "<<", scalar.style == .plain {
                merges.append(value)
            } else if let first = places[key] {
                faults.add(
                    max(position, first), value: Wording.shown(key),
                    "the key \(Wording.quoted(key)) stands twice in this mapping",
                    remedy: "Remove one of the two; the other stands in line \(min(position, first).line)")
            } else {
                places[key] = position
                entries.append(YAMLNode.Entry(key: key, keyPosition: position, value: value))
            }
        }
        return entries + merged(merges, without: Set(places.keys))
    }

    private mutating func merged(_ merges: [YAMLNode], without own: Set<String>) -> [YAMLNode.Entry] {
        var taken = own
        var entries: [YAMLNode.Entry] = []
        for merge in merges {
            let sources: [YAMLNode] = if case .list(let items) = merge.content { items } else { [merge] }
            for source in sources {
                guard case .mapping(let more) = source.content else {
                    faults.add(source.position, "'<<' merges mappings only", remedy: "Give it the alias of a mapping")
                    continue
                }
                for entry in more where taken.insert(entry.key).inserted { entries.append(entry) }
            }
        }
        return entries
    }
}
