/// Holds what stands in a file against the schema.
struct SettingReader {
    private(set) var faults: FaultList

    init(faults: FaultList) { self.faults = faults }

    /// `nil` where the node has not the form; a fault then says so.
    ///
    /// - Parameter name: the key, for faults.
    mutating func read(_ node: YAMLNode, as form: Form, name: String) -> Setting? {
        switch form {
        case .text(let form): readText(node, form, name: name)
        case .integer(let range): readInteger(node, range, name: name)
        case .number(let range): readNumber(node, range, name: name)
        case .boolean: readBoolean(node, name: name)
        case .choice(let form): readChoice(node, form, name: name)
        case .list(let item, let count): readList(node, of: item, count: count, name: name)
        case .oneOrMore(let item, let most):
            if case .list = node.content {
                readList(node, of: item, count: 1...most, name: name)
            } else {
                read(node, as: item, name: name)
            }
        case .section(let section): readSection(node, section, name: name)
        }
    }

    private mutating func readText(_ node: YAMLNode, _ form: TextForm, name: String) -> Setting? {
        guard case .scalar(let text, let isPlain) = node.content else {
            return refuse(node, name, wants: form.wanted, isSecret: form.isSecret)
        }
        if isPlain, PlainScalar(text) == .null { return refuse(node, name, wants: form.wanted) }
        if isPlain, PlainScalar(text) != .text {
            faults.add(
                node.position, value: form.isSecret ? nil : Wording.shown(text),
                "'\(name)' must be text, but without quotes \(form.isSecret ? "this" : text) is a \(PlainScalar(text).title)",
                remedy: "Put it in quotes\(form.isSecret ? "" : ": \"\(text)\"")")
            return nil
        }
        guard form.length.contains(text.unicodeScalars.count) else {
            let wants = "\(form.wanted), \(form.length.lowerBound) to \(form.length.upperBound) characters long"
            return refuse(node, name, wants: wants, isSecret: form.isSecret)
        }
        guard Pattern.matches(text, form.pattern) else {
            return refuse(node, name, wants: form.wanted, isSecret: form.isSecret)
        }
        return Setting(position: node.position, value: .text(text))
    }

    private mutating func readInteger(_ node: YAMLNode, _ range: ClosedRange<Int>, name: String) -> Setting? {
        guard case .scalar(let text, true) = node.content, let value = PlainScalar.integer(text), range.contains(value)
        else { return refuse(node, name, wants: "a whole number from \(range.lowerBound) to \(range.upperBound)") }
        return Setting(position: node.position, value: .integer(value))
    }

    private mutating func readNumber(_ node: YAMLNode, _ range: ClosedRange<Double>, name: String) -> Setting? {
        guard case .scalar(let text, true) = node.content, let value = PlainScalar.number(text), range.contains(value)
        else {
            return refuse(
                node, name,
                wants: "a number from \(JSONValue.number(range.lowerBound)) to \(JSONValue.number(range.upperBound))")
        }
        return Setting(position: node.position, value: .number(value))
    }

    private mutating func readBoolean(_ node: YAMLNode, name: String) -> Setting? {
        guard case .scalar(let text, true) = node.content, PlainScalar(text) == .boolean else {
            return refuse(node, name, wants: "true or false")
        }
        return Setting(position: node.position, value: .boolean(text.lowercased() == "true"))
    }

    private mutating func readChoice(_ node: YAMLNode, _ form: ChoiceForm, name: String) -> Setting? {
        guard case .scalar(let word, _) = node.content, !word.isEmpty else {
            return refuse(node, name, wants: Wording.choices(form.words))
        }
        if form.words.contains(word) { return Setting(position: node.position, value: .text(word)) }
        if form.later.contains(word) {
            faults.add(
                node.position, value: word, "'\(word)' is not supported by this version in '\(name)'",
                remedy: "Remove it, or use \(Wording.choices(form.words))")
            return nil
        }
        let near = Wording.nearest(to: word, of: form.words).map { ", did you mean '\($0)'?" } ?? ""
        faults.add(
            node.position, value: Wording.shown(word), "unknown value \(Wording.quoted(word)) for '\(name)'\(near)",
            remedy: "'\(name)' is \(Wording.choices(form.words))")
        return nil
    }

    private mutating func readList(
        _ node: YAMLNode, of item: Form, count: ClosedRange<Int>, name: String
    ) -> Setting? {
        guard case .list(let nodes) = node.content else { return refuse(node, name, wants: "a list") }
        guard count.contains(nodes.count) else {
            let wants =
                count.lowerBound == count.upperBound
                ? "a list of \(count.lowerBound) values" : "a list of \(count.lowerBound) to \(count.upperBound) items"
            faults.add(
                node.position, "'\(name)' must be \(wants), not of \(nodes.count)",
                remedy: nodes.count < count.lowerBound ? "Add what is missing" : "Remove what is too much")
            return nil
        }
        var items: [Setting] = []
        for node in nodes {
            if let setting = read(node, as: item, name: name) { items.append(setting) }
        }
        return Setting(position: node.position, value: .list(items))
    }

    mutating func readSection(_ node: YAMLNode, _ section: Section, name: String) -> Setting? {
        guard case .mapping(let entries) = node.content else {
            return refuse(
                node, name, wants: "a mapping with the keys \(section.keys.map(\.name).joined(separator: ", "))")
        }
        var settings = SectionSettings.empty(at: node.position)
        for entry in entries {
            guard let key = section.key(named: entry.key) else {
                // What was meant by it is not missing, nor is what refers to it wrong.
                if let meant = refuseKey(entry, in: section) { settings.faulty.insert(meant) }
                continue
            }
            if let setting = read(entry.value, as: key.form, name: key.name) {
                settings.given[key.name] = setting
            } else {
                settings.faulty.insert(key.name)
            }
        }
        for key in section.keys where key.isRequired && settings.given[key.name] == nil {
            guard settings.faulty.insert(key.name).inserted else { continue }
            faults.add(
                node.position, "'\(key.name)' is missing in this \(section.name)",
                remedy: "Add for example '\(key.name): \(key.example)'")
        }
        return Setting(position: node.position, value: .section(settings))
    }

    /// - Returns: the key that was probably meant.
    private mutating func refuseKey(_ entry: YAMLNode.Entry, in section: Section) -> String? {
        // Looking for what was meant takes time, which a file of nothing but unknown keys must not cost.
        guard !faults.isFull else { return nil }
        if section.later.contains(entry.key) {
            faults.add(
                entry.keyPosition, value: entry.key, "'\(entry.key)' is not supported by this version",
                remedy: "Remove it: nothing would come of it")
            return nil
        }
        let names = section.keys.map(\.name)
        let meant = Wording.nearest(to: entry.key, of: names)
        let near = meant.map { ", did you mean '\($0)'?" } ?? ""
        faults.add(
            entry.keyPosition, value: Wording.shown(entry.key), "unknown key \(Wording.quoted(entry.key))\(near)",
            remedy: "The keys of a \(section.name) are \(names.joined(separator: ", "))")
        return meant
    }

    private mutating func refuse(_ node: YAMLNode, _ name: String, wants: String, isSecret: Bool = false) -> Setting? {
        switch node.content {
        case .scalar(let text, let isPlain):
            if isPlain, PlainScalar(text) == .null {
                faults.add(
                    node.position, "'\(name)' has no value", remedy: "Give it \(wants), or remove the key")
            } else {
                let isQuotedWord = !isPlain && PlainScalar(text) != .text
                faults.add(
                    node.position, value: isSecret ? nil : Wording.shown(text),
                    "'\(name)' must be \(wants)\(isSecret ? "" : ", not \(Wording.quoted(text))")",
                    remedy: isQuotedWord ? "Remove the quotes, or change the value" : "Change the value")
            }
        case .list:
            faults.add(node.position, "'\(name)' must be \(wants), not a list", remedy: "Change the value")
        case .mapping:
            faults.add(
                node.position, "'\(name)' must be \(wants), not a mapping",
                remedy: isSecret ? "Put a value with ${…} inside brackets or braces in quotes" : "Change the value")
        }
        return nil
    }
}
