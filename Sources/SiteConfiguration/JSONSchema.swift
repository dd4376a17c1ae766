extension SiteSettings {
    /// The JSON Schema (draft 2020-12) of `streams.yaml`, for editors. What it accepts the loader can still refuse, since
    /// no schema says that a zone must exist or a variable be set; what it refuses the loader refuses too.
    public static var jsonSchema: String { JSONSchema.document.pretty() + "\n" }
}

/// Renders the schema of the configuration as JSON Schema.
enum JSONSchema {
    static var document: JSONValue {
        var members: [JSONValue.Member] = [
            .init(key: "$schema", value: .string("https://json-schema.org/draft/2020-12/schema")),
            .init(key: "title", value: .string("Lookout: streams.yaml")),
        ]
        if case .object(let more) = object(SiteSchema.root) { members += more }
        return .object(members)
    }

    private static func object(_ section: Section) -> JSONValue {
        let required = section.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        return .members([
            "description": .string(section.summary), "type": .string("object"),
            "properties": .object(section.keys.map { .init(key: $0.name, value: property($0)) }),
            "required": required.isEmpty ? nil : .array(required),
            "additionalProperties": .boolean(false),
        ])
    }

    private static func property(_ key: AnyKey) -> JSONValue {
        guard case .object(let members) = value(key.form) else { return value(key.form) }
        let summary = JSONValue.Member(key: "description", value: .string(description(of: key)))
        let fallback = key.fallback.map { JSONValue.Member(key: "default", value: $0) }
        return .object([summary] + members.filter { $0.key != "description" } + [fallback].compactMap { $0 })
    }

    private static func description(of key: AnyKey) -> String {
        guard case .choice(let form) = key.form else { return key.summary }
        return key.summary + " " + form.choices.map { "\($0.word): \($0.meaning)." }.joined(separator: " ")
    }

    private static func value(_ form: Form) -> JSONValue {
        switch form {
        case .text(let form):
            .members([
                "type": .string("string"), "minLength": .integer(form.length.lowerBound),
                "maxLength": .integer(form.length.upperBound), "pattern": .string(form.pattern),
            ])
        case .integer(let range):
            .members([
                "type": .string("integer"), "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ])
        case .number(let range):
            .members([
                "type": .string("number"), "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
            ])
        case .boolean: .members(["type": .string("boolean")])
        case .choice(let form): .members(["enum": .array(form.words.map { .string($0) })])
        case .list(let item, let count):
            .members([
                "type": .string("array"), "items": value(item),
                "minItems": count.lowerBound > 0 ? .integer(count.lowerBound) : nil,
                "maxItems": .integer(count.upperBound),
            ])
        case .oneOrMore(let item, let most):
            .members(["oneOf": .array([value(item), value(.list(item, count: 1...most))])])
        case .section(let section): object(section)
        }
    }
}
