import Foundation

@testable import SiteConfiguration

/// Holds a document against a JSON Schema: the part of draft 2020-12 that ours uses, written from the specification and
/// knowing nothing of the loader. A keyword that it does not know makes it refuse everything.
struct SchemaValidator {
    private let schema: JSONValue

    init(_ schema: JSONValue) { self.schema = schema }

    func accepts(_ node: YAMLNode) -> Bool { accepts(node, schema) }

    private func accepts(_ node: YAMLNode, _ schema: JSONValue) -> Bool {
        guard case .object(let members) = schema else { return false }
        let properties = members.first { $0.key == "properties" }?.value
        return members.allSatisfy { holds($0.key, $0.value, node, properties) }
    }

    private func holds(_ keyword: String, _ value: JSONValue, _ node: YAMLNode, _ properties: JSONValue?) -> Bool {
        switch keyword {
        case "$schema", "title", "description", "default": return true
        case "type": return typeNames(node).contains { .string($0) == value }
        case "enum":
            guard case .array(let words) = value, let text = text(node) else { return false }
            return words.contains(.string(text))
        case "oneOf":
            guard case .array(let schemas) = value else { return false }
            return schemas.filter { accepts(node, $0) }.count == 1
        case "minimum", "maximum":
            guard typeNames(node).contains("number") else { return true }
            // Hexadecimal digits, infinity and what is no number: no editor agrees with the next on them.
            guard let number = number(node) else { return false }
            return keyword == "minimum" ? number >= limit(value) : number <= limit(value)
        case "minLength": return text(node).map { Double($0.unicodeScalars.count) >= limit(value) } ?? true
        case "maxLength": return text(node).map { Double($0.unicodeScalars.count) <= limit(value) } ?? true
        case "pattern":
            guard case .string(let pattern) = value, let text = text(node) else { return true }
            // Foundation's expressions, so that the loader's are not held against themselves.
            return text.range(of: pattern, options: .regularExpression) != nil
        case "items", "minItems", "maxItems":
            guard case .list(let items) = node.content else { return true }
            if keyword == "items" { return items.allSatisfy { accepts($0, value) } }
            return keyword == "minItems" ? Double(items.count) >= limit(value) : Double(items.count) <= limit(value)
        case "properties", "required", "additionalProperties":
            guard case .mapping(let entries) = node.content else { return true }
            return holdsMapping(keyword, value, entries, properties)
        default: return false
        }
    }

    private func holdsMapping(
        _ keyword: String, _ value: JSONValue, _ entries: [YAMLNode.Entry], _ properties: JSONValue?
    ) -> Bool {
        switch (keyword, value) {
        case ("required", .array(let names)):
            return names.allSatisfy { name in entries.contains { .string($0.key) == name } }
        case ("properties", .object(let known)):
            return entries.allSatisfy { entry in
                known.first { $0.key == entry.key }.map { accepts(entry.value, $0.value) } ?? true
            }
        default:
            guard case .object(let known)? = properties, value == .boolean(false) else { return false }
            return entries.allSatisfy { entry in known.contains { $0.key == entry.key } }
        }
    }

    private func limit(_ value: JSONValue) -> Double {
        switch value {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: .nan
        }
    }

    private func typeNames(_ node: YAMLNode) -> [String] {
        switch node.content {
        case .list: ["array"]
        case .mapping: ["object"]
        case .scalar(let text, let isPlain):
            switch isPlain ? PlainScalar(text) : .text {
            case .null: ["null"]
            case .boolean: ["boolean"]
            case .text: ["string"]
            case .number: PlainScalar.integer(text) != nil ? ["number", "integer"] : ["number"]
            }
        }
    }

    private func text(_ node: YAMLNode) -> String? {
        guard case .scalar(let text, _) = node.content, typeNames(node) == ["string"] else { return nil }
        return text
    }

    private func number(_ node: YAMLNode) -> Double? {
        guard case .scalar(let text, _) = node.content else { return nil }
        return PlainScalar.number(text)
    }
}
