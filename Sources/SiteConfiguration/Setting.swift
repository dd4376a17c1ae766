/// A value that has the form which the schema asks for, with where it stands.
struct Setting: Sendable {
    enum Value: Sendable {
        case text(String)
        case integer(Int)
        case number(Double)
        case boolean(Bool)
        /// Without the items that were faulty.
        case list([Setting])
        case section(SectionSettings)
    }

    var position: Position
    var value: Value
}

/// What was given in one mapping. Reads through typed keys; a key that is left out reads as its default.
struct SectionSettings: Sendable {
    var position: Position
    /// Those that have the right form.
    var given: [String: Setting]
    /// Those that have not, or are missing: a fault says so already.
    var faulty: Set<String>

    /// Nothing given: all defaults.
    static func empty(at position: Position) -> SectionSettings {
        SectionSettings(position: position, given: [:], faulty: [])
    }

    /// `nil` where it is faulty or left out.
    subscript<Value>(_ key: Key<Value>) -> Value? { given[key.name].flatMap(Value.init) }

    /// The value; its default where it is left out, and also where it is faulty: a fault stops the whole file anyway.
    subscript<Value>(_ key: DefaultedKey<Value>) -> Value { given[key.name].flatMap(Value.init) ?? key.fallback }

    /// A section; where it is left out, one with all defaults.
    subscript(_ key: Key<SectionSettings>) -> SectionSettings {
        given[key.name].flatMap(SectionSettings.init) ?? .empty(at: position)
    }

    func isFaulty<Value>(_ key: Key<Value>) -> Bool { faulty.contains(key.name) }

    func isFaulty<Value>(_ key: DefaultedKey<Value>) -> Bool { faulty.contains(key.name) }

    /// Where the key's value stands; the section itself where it is left out.
    func position<Value>(of key: Key<Value>) -> Position { given[key.name]?.position ?? position }

    func position<Value>(of key: DefaultedKey<Value>) -> Position { given[key.name]?.position ?? position }

    /// Where each item of a list stands.
    func itemPositions<Value>(of key: DefaultedKey<[Value]>) -> [Position] {
        guard case .list(let items) = given[key.name]?.value else { return [] }
        return items.map(\.position)
    }
}

/// A Swift type that a setting can be read as.
protocol SettingValue: Sendable {
    init?(_ setting: Setting)
    /// The same as JSON, for the published schema; `nil` where it has no such form.
    var json: JSONValue? { get }
}

extension String: SettingValue {
    init?(_ setting: Setting) {
        guard case .text(let text) = setting.value else { return nil }
        self = text
    }

    var json: JSONValue? { .string(self) }
}

extension Int: SettingValue {
    init?(_ setting: Setting) {
        guard case .integer(let value) = setting.value else { return nil }
        self = value
    }

    var json: JSONValue? { .integer(self) }
}

extension Double: SettingValue {
    init?(_ setting: Setting) {
        guard case .number(let value) = setting.value else { return nil }
        self = value
    }

    var json: JSONValue? { .number(self) }
}

extension Bool: SettingValue {
    init?(_ setting: Setting) {
        guard case .boolean(let value) = setting.value else { return nil }
        self = value
    }

    var json: JSONValue? { .boolean(self) }
}

extension Array: SettingValue where Element: SettingValue {
    /// A single value reads as a list of one.
    init?(_ setting: Setting) {
        if case .list(let items) = setting.value {
            self = items.compactMap(Element.init)
        } else {
            guard let only = Element(setting) else { return nil }
            self = [only]
        }
    }

    var json: JSONValue? { .array(compactMap(\.json)) }
}

extension SectionSettings: SettingValue {
    init?(_ setting: Setting) {
        guard case .section(let section) = setting.value else { return nil }
        self = section
    }

    var json: JSONValue? { nil }
}

/// A word of a `ChoiceForm` that is a case of an enumeration.
protocol ChoiceValue: SettingValue, RawRepresentable<String>, CaseIterable {}

extension ChoiceValue {
    init?(_ setting: Setting) {
        guard case .text(let word) = setting.value else { return nil }
        self.init(rawValue: word)
    }

    var json: JSONValue? { .string(rawValue) }
}
