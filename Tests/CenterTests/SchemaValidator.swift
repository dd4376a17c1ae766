import Foundation

/// Checks JSON against the part of JSON Schema (2020-12) that the OpenAPI file uses. A keyword it does not know is a
/// fault, so that no schema promises what nobody checks.
struct SchemaValidator {
    let document: [String: Any]

    /// - Returns: one line for each fault, with the place in the JSON; empty where it conforms.
    func faults(of value: Any, against schema: Any, at place: String = "$") -> [String] {
        guard let schema = schema as? [String: Any] else { return ["\(place): the schema is no object"] }
        if let reference = schema["$ref"] as? String {
            guard let target = resolve(reference) else { return ["\(place): nothing at \(reference)"] }
            return faults(of: value, against: target, at: place)
        }
        let known: Set<String> = [
            "type", "description", "properties", "required", "additionalProperties", "items", "enum", "pattern",
            "format",
            "minimum", "maximum", "minItems", "maxItems", "maxLength", "default",
        ]
        var found = schema.keys.filter { !known.contains($0) }.map { "\(place): unknown keyword \($0)" }
        if let type = schema["type"] as? String, !Self.isOf(type, value) { return found + ["\(place): no \(type)"] }
        if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
            found.append("\(place): '\(value)' is none of \(choices)")
        }
        switch value {
        case let object as [String: Any]: found += faults(ofObject: object, schema, place)
        case let array as [Any]: found += faults(ofArray: array, schema, place)
        case let text as String: found += faults(ofText: text, schema, place)
        case let number as NSNumber:
            if let minimum = schema["minimum"] as? Double, number.doubleValue < minimum {
                found.append("\(place): \(number) is under \(minimum)")
            }
            if let maximum = schema["maximum"] as? Double, number.doubleValue > maximum {
                found.append("\(place): \(number) is over \(maximum)")
            }
        default: break
        }
        return found
    }

    private func faults(ofObject object: [String: Any], _ schema: [String: Any], _ place: String) -> [String] {
        var found: [String] = []
        let properties = schema["properties"] as? [String: Any] ?? [:]
        for name in schema["required"] as? [String] ?? [] where object[name] == nil {
            found.append("\(place): '\(name)' is missing")
        }
        for (name, value) in object {
            if let property = properties[name] {
                found += faults(of: value, against: property, at: "\(place).\(name)")
            } else if let rest = schema["additionalProperties"] as? [String: Any] {
                found += faults(of: value, against: rest, at: "\(place).\(name)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place): '\(name)' is not documented")
            }
        }
        return found
    }

    private func faults(ofArray array: [Any], _ schema: [String: Any], _ place: String) -> [String] {
        var found: [String] = []
        if let minimum = schema["minItems"] as? Int, array.count < minimum { found.append("\(place): too few items") }
        if let maximum = schema["maxItems"] as? Int, array.count > maximum { found.append("\(place): too many items") }
        guard let items = schema["items"] else { return found }
        for (index, item) in array.enumerated() { found += faults(of: item, against: items, at: "\(place)[\(index)]") }
        return found
    }

    private func faults(ofText text: String, _ schema: [String: Any], _ place: String) -> [String] {
        var found: [String] = []
        if let pattern = schema["pattern"] as? String,
            (try? Regex(pattern).firstMatch(in: text)) ?? nil == nil
        {
            found.append("\(place): '\(text)' does not match \(pattern)")
        }
        if let maximum = schema["maxLength"] as? Int, text.count > maximum { found.append("\(place): too long") }
        return found
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        let isBoolean = (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
        switch type {
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "string": return value is String
        case "boolean": return isBoolean
        case "number": return value is NSNumber && !isBoolean
        case "integer":
            guard let number = value as? NSNumber, !isBoolean else { return false }
            return number.doubleValue == number.doubleValue.rounded()
        default: return false
        }
    }

    func resolve(_ reference: String) -> Any? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(document as Any?) { place, name in
            (place as? [String: Any])?[String(name)]
        }
    }
}
