/// What a value of the configuration may look like. From forms come the validation, the published JSON schema and the
/// reference documentation.
indirect enum Form: Sendable {
    case text(TextForm)
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case boolean
    /// One of several words.
    case choice(ChoiceForm)
    case list(Form, count: ClosedRange<Int>)
    /// One value, or a list of such values.
    case oneOrMore(Form, most: Int)
    case section(Section)
}

/// A text that matches a pattern.
struct TextForm: Sendable {
    /// An expression that JSON Schema (ECMA 262) and Swift understand alike; held against the whole text.
    var pattern: String
    /// Unicode scalars.
    var length: ClosedRange<Int>
    /// `'id' must be <wanted>`.
    var wanted: String
    /// Whether the text may hold a password, so that no fault quotes it.
    var isSecret = false

    /// One line without control characters.
    static let line = TextForm(pattern: #"^[^\u0000-\u001F\u007F]+$"#, length: 1...100, wanted: "one line of text")
}

/// One of several words.
struct ChoiceForm: Sendable {
    var choices: [(word: String, meaning: String)]
    /// Words of the design that nothing in this version answers to: refused, but not as a slip of the pen.
    var later: [String] = []

    var words: [String] { choices.map(\.word) }
}

/// A mapping with known keys.
struct Section: Sendable {
    /// Names it in faults and titles: `camera`.
    var name: String
    var summary: String
    var keys: [AnyKey]
    /// Keys of the design that nothing in this version answers to.
    var later: [String] = []

    func key(named name: String) -> AnyKey? { keys.first { $0.name == name } }
}

/// A key of the configuration, without the type of its value.
struct AnyKey: Sendable {
    var name: String
    var form: Form
    var isRequired: Bool
    /// The value where the key is left out, if that is a value that could be written.
    var fallback: JSONValue?
    var summary: String
    /// A value as one would write it in the file, other than the default.
    var example: String
}

/// A key of the configuration and the type of its value.
struct Key<Value: SettingValue>: Sendable {
    var name: String
    var form: Form
    var isRequired: Bool
    var summary: String
    var example: String

    /// A key that has no default: it must be given, or leaving it out means something of its own.
    private init(name: String, form: Form, isRequired: Bool, summary: String, example: String) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.summary = summary
        self.example = example
    }

    static func required(_ name: String, _ form: Form, example: String, _ summary: String) -> Key {
        Key(name: name, form: form, isRequired: true, summary: summary, example: example)
    }

    static func optional(_ name: String, _ form: Form, example: String, _ summary: String) -> Key {
        Key(name: name, form: form, isRequired: false, summary: summary, example: example)
    }

    var erased: AnyKey {
        AnyKey(
            name: name, form: form, isRequired: isRequired, fallback: nil, summary: summary, example: example)
    }
}

/// A key that has a default.
struct DefaultedKey<Value: SettingValue>: Sendable {
    var name: String
    var form: Form
    var fallback: Value
    var summary: String
    var example: String

    init(_ name: String, _ form: Form, default fallback: Value, example: String, _ summary: String) {
        self.name = name
        self.form = form
        self.fallback = fallback
        self.summary = summary
        self.example = example
    }

    var erased: AnyKey {
        AnyKey(
            name: name, form: form, isRequired: false, fallback: fallback.json, summary: summary, example: example)
    }
}
