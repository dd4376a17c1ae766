import Domain
public import Foundation
import FoundationXML

extension CAPMessage {
    static let namespace = "urn:oasis:names:tc:emergency:cap:1.2"

    /// The message as an XML document in UTF-8, its elements in the order of the schema.
    public var xml: Data {
        let alert = XMLElement(name: "alert")
        if let namespace = XMLNode.namespace(withName: "", stringValue: Self.namespace) as? XMLNode {
            alert.addNamespace(namespace)
        }
        alert.add("identifier", reference.identifier)
        alert.add("sender", reference.sender)
        alert.add("sent", reference.sent)
        alert.add("status", status.rawValue)
        alert.add("msgType", kind.rawValue)
        alert.add("scope", "Restricted")
        alert.add("restriction", "For the duty desks of this site only.")
        alert.add("note", note)
        if !references.isEmpty {
            alert.add(
                "references",
                references.map { "\($0.sender),\($0.identifier),\($0.sent)" }.joined(separator: " "))
        }
        alert.add("incidents", incident)
        for text in texts { alert.addChild(info(text)) }
        let document = XMLDocument(rootElement: alert)
        document.version = "1.0"
        document.characterEncoding = "UTF-8"
        return document.xmlData(options: .nodePrettyPrint)
    }

    private func info(_ text: Text) -> XMLElement {
        let info = XMLElement(name: "info")
        info.add("language", text.language == .vi ? "vi-VN" : "en")
        info.add("category", "Fire")
        info.add("event", text.event)
        info.add("responseType", kind == .cancel ? "AllClear" : "Assess")
        info.add("urgency", urgency.rawValue)
        info.add("severity", severity.rawValue)
        info.add("certainty", certainty.rawValue)
        info.add("onset", onset)
        info.add("expires", expires)
        info.add("senderName", text.senderName)
        info.add("headline", text.headline)
        info.add("description", text.description)
        info.add("instruction", text.instruction)
        info.add("web", web)
        for parameter in parameters {
            let element = XMLElement(name: "parameter")
            element.add("valueName", parameter.name)
            element.add("value", parameter.value)
            info.addChild(element)
        }
        info.addChild(areaElement(text.areaDescription))
        return info
    }

    private func areaElement(_ description: String) -> XMLElement {
        let element = XMLElement(name: "area")
        element.add("areaDesc", description)
        guard let area else { return element }
        if area.polygon.count >= 4 {
            element.add("polygon", area.polygon.map(Self.pair).joined(separator: " "))
        }
        if let circle = area.circle {
            element.add("circle", "\(Self.pair(circle.center)) \(String(format: "%.3f", circle.radiusMetres / 1000))")
        }
        return element
    }

    private static func pair(_ point: GeoPoint) -> String {
        String(format: "%.5f,%.5f", point.latitudeDegrees, point.longitudeDegrees)
    }
}

extension XMLElement {
    /// Adds an element with a text; nothing where there is none.
    fileprivate func add(_ name: String, _ text: String?) {
        guard let text else { return }
        addChild(XMLElement(name: name, stringValue: text.forXML))
    }
}

extension String {
    /// Without the characters that no XML document may hold (XML 1.0, production 2).
    var forXML: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.filter { scalar in
                    switch scalar.value {
                    case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
                    default: false
                    }
                }))
    }

    /// As an identifier or a sender of CAP: without spaces, commas, `<` and `&`.
    var forCAPIdentifier: String {
        let plain = forXML.map { $0.isWhitespace || ",<&".contains($0) ? "-" : $0 }
        return plain.isEmpty ? "-" : String(plain)
    }
}
