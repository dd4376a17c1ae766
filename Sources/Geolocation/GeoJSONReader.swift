import Domain
import Foundation

/// Reads the features of a GeoJSON file (RFC 7946).
enum GeoJSONReader {
    struct Feature {
        enum Shape {
            case points([GeoPoint])
            case lines([[GeoPoint]])
            /// Each with its outer ring first.
            case polygons([[[GeoPoint]]])
        }

        var shape: Shape
        /// By lower-case name without underscores.
        var properties: [String: String]
        var number: Int

        var name: String? { text("name", "ten") }
        var fallbackName: String { "#\(number)" }

        func text(_ names: String...) -> String? { names.lazy.compactMap { properties[$0] }.first { !$0.isEmpty } }
    }

    static func features(_ data: Data) throws(GeographyError) -> [Feature] {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: data)
        } catch {
            throw GeographyError(
                "this is no GeoJSON feature collection: \(reason(error))",
                remedy: "Export the map layer as GeoJSON in WGS 84 (RFC 7946)")
        }
        guard file.type == "FeatureCollection" else {
            throw GeographyError(
                "this is a GeoJSON '\(file.type.prefix(40))', not a FeatureCollection",
                remedy: "Export the map layer as a feature collection")
        }
        var features: [Feature] = []
        for (index, item) in file.features.enumerated() {
            // A feature without geometry is allowed and says nothing about places.
            guard let geometry = item.geometry else { continue }
            let shape = try shape(geometry, number: index + 1)
            let properties = (item.properties ?? [:]).compactMapValues(\.text)
            features.append(
                Feature(
                    shape: shape,
                    properties: Dictionary(
                        properties.map { ($0.key.lowercased().replacing("_", with: ""), $0.value) },
                        uniquingKeysWith: { first, _ in first }), number: index + 1))
        }
        return features
    }

    private static func shape(_ geometry: Geometry, number: Int) throws(GeographyError) -> Feature.Shape {
        guard let coordinates = geometry.coordinates else {
            throw fault(number, "its geometry of type '\(geometry.type.prefix(40))' has no coordinates")
        }
        switch geometry.type {
        case "Point": return .points([try point(coordinates, number)])
        case "MultiPoint": return .points(try points(coordinates, number))
        case "LineString": return .lines([try points(coordinates, number)])
        case "MultiLineString": return .lines(try lists(coordinates, number))
        case "Polygon": return .polygons([try lists(coordinates, number)])
        case "MultiPolygon":
            guard case .list(let items) = coordinates else { throw fault(number, "its coordinates are no list") }
            var polygons: [[[GeoPoint]]] = []
            for item in items { polygons.append(try lists(item, number)) }
            return .polygons(polygons)
        default: throw fault(number, "its geometry is of type '\(geometry.type.prefix(40))'")
        }
    }

    private static func lists(_ value: Coordinates, _ number: Int) throws(GeographyError) -> [[GeoPoint]] {
        guard case .list(let items) = value else { throw fault(number, "its coordinates are no list") }
        var lists: [[GeoPoint]] = []
        for item in items { lists.append(try points(item, number)) }
        return lists
    }

    private static func points(_ value: Coordinates, _ number: Int) throws(GeographyError) -> [GeoPoint] {
        guard case .list(let items) = value, !items.isEmpty else { throw fault(number, "its coordinates are no list") }
        var points: [GeoPoint] = []
        for item in items { points.append(try point(item, number)) }
        return points
    }

    private static func point(_ value: Coordinates, _ number: Int) throws(GeographyError) -> GeoPoint {
        guard case .list(let items) = value, items.count >= 2, case .number(let longitude) = items[0],
            case .number(let latitude) = items[1]
        else { throw fault(number, "a position is not [longitude, latitude]") }
        guard let point = GeoPoint(latitudeDegrees: latitude, longitudeDegrees: longitude) else {
            throw GeographyError(
                "feature \(number): longitude \(longitude), latitude \(latitude) is not on the earth",
                remedy: "Export the map in WGS 84 (EPSG:4326), longitude first; coordinates in metres are not GeoJSON")
        }
        return point
    }

    private static func fault(_ number: Int, _ problem: String) -> GeographyError {
        GeographyError(
            "feature \(number): \(problem)",
            remedy: "Use points (towers), lines (roads) and polygons (compartments), as RFC 7946 writes them")
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it cannot be read" }
        switch error {
        case .keyNotFound(let key, _): return "'\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong type"
        default: return "it is no JSON"
        }
    }

    private struct File: Decodable {
        var type: String
        var features: [Item]
    }

    private struct Item: Decodable {
        var geometry: Geometry?
        var properties: [String: Property]?
    }

    private struct Geometry: Decodable {
        var type: String
        var coordinates: Coordinates?
    }

    private enum Coordinates: Decodable {
        case number(Double)
        indirect case list([Coordinates])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else {
                self = .list(try value.decode([Coordinates].self))
            }
        }
    }

    /// A text or a number; anything else names nothing.
    private struct Property: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self.text = text.trimmingCharacters(in: .whitespacesAndNewlines)
            } else if let number = try? value.decode(Double.self) {
                text = number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
            }
        }
    }
}
