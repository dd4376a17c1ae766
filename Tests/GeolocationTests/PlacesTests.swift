import Domain
import Foundation
import Testing

@testable import Geolocation

struct PlacesTests {
    private static let map = """
        {"type": "FeatureCollection", "features": [
          {"type": "Feature", "properties": {"tieu_khu": 83, "KHOANH": "5"}, "geometry": {"type": "Polygon",
            "coordinates": [[[104.0, 10.2], [104.1, 10.2], [104.1, 10.3], [104.0, 10.3], [104.0, 10.2]],
                            [[104.04, 10.24], [104.06, 10.24], [104.06, 10.26], [104.04, 10.26], [104.04, 10.24]]]}},
          {"type": "Feature", "properties": {"TK": "84", "ten": "Rừng phòng hộ"}, "geometry": {"type": "MultiPolygon",
            "coordinates": [[[[104.1, 10.2], [104.2, 10.2], [104.2, 10.3], [104.1, 10.3], [104.1, 10.2]]]]}},
          {"type": "Feature", "properties": {"name": "Đường 973"}, "geometry": {"type": "LineString",
            "coordinates": [[103.9, 10.21], [104.3, 10.21]]}},
          {"type": "Feature", "properties": {"name": "Chốt Bãi Thơm"}, "geometry": {"type": "Point",
            "coordinates": [104.02, 10.22, 55.5]}},
          {"type": "Feature", "properties": null, "geometry": null}
        ]}
        """

    private func places(_ text: String = map) throws -> Places {
        var places = Places()
        try places.add(geoJSON: Data(text.utf8))
        return places
    }

    private func fault(_ text: String) -> String {
        do {
            _ = try places(text)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func aPlaceIsNamedByCompartmentRoadAndTower() throws {
        let description = try places().describe(place(10.22, 104.01))
        #expect(description.compartment == .init(tieuKhu: "83", khoanh: "5", name: nil))
        let road = try #require(description.road)
        #expect(road.name == "Đường 973" && abs(road.distanceMetres - 1_106) < 3)
        #expect(abs(road.azimuthDegrees.wrappedTo180) < 1)
        let tower = try #require(description.tower)
        #expect(try abs(tower.distanceMetres - distance(place(10.22, 104.02), place(10.22, 104.01))) < 1)
        #expect(abs(tower.azimuthDegrees - 270) < 1)
        #expect(
            description.title(in: .vi)
                == "tiểu khu 83, khoảnh 5; cách Đường 973 1.1 km về hướng bắc; cách Chốt Bãi Thơm 1.1 km về hướng tây")
        #expect(
            description.title(in: .en)
                == "compartment 83, plot 5; 1.1 km north of Đường 973; 1.1 km west of Chốt Bãi Thơm")
    }

    @Test func holesAndBordersAreOutside() throws {
        let places = try places()
        #expect(try places.describe(place(10.25, 104.05)).compartment == nil)
        #expect(
            try places.describe(place(10.25, 104.15)).compartment?.title(in: .en) == "compartment 84, Rừng phòng hộ")
        #expect(try places.describe(place(10.35, 104.05)).compartment == nil)
        let far = try places.describe(place(48, 2))
        #expect(far == Places.Description() && far.title(in: .vi).isEmpty)
        #expect(try Places().describe(place(-90, 0)).title(in: .en).isEmpty)
    }

    @Test func aCompartmentMayLieAcrossTheDateLine() throws {
        let text = """
            {"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates":
            [[[179.9, -17.1], [-179.9, -17.1], [-179.9, -16.9], [179.9, -16.9], [179.9, -17.1]]]},
            "properties": {"name": "Taveuni"}}]}
            """
        #expect(try places(text).describe(place(-17, 179.95)).compartment?.name == "Taveuni")
        #expect(try places(text).describe(place(-17, -179.95)).compartment?.name == "Taveuni")
        #expect(try places(text).describe(place(-17, 0)).compartment == nil)
    }

    @Test func faultsNameTheFeature() {
        #expect(fault("").contains("no GeoJSON"))
        #expect(fault("[1, 2]").contains("no GeoJSON"))
        #expect(fault(#"{"type": "Feature", "features": []}"#).contains("not a FeatureCollection"))
        #expect(fault(#"{"type": "FeatureCollection"}"#).contains("'features' is missing"))
        func feature(_ geometry: String) -> String {
            fault(#"{"type": "FeatureCollection", "features": [{"properties": {}, "geometry": "# + geometry + "}]}")
        }
        #expect(feature(#"{"type": "Point", "coordinates": [104]}"#).contains("feature 1: a position is not"))
        #expect(feature(#"{"type": "Point", "coordinates": [443286, 1137963]}"#).contains("EPSG:4326"))
        #expect(feature(#"{"type": "Circle", "coordinates": [104, 10]}"#).contains("of type 'Circle'"))
        #expect(feature(#"{"type": "Point"}"#).contains("no coordinates"))
        #expect(feature(#"{"type": "Polygon", "coordinates": [[104, 10]]}"#).contains("feature 1"))
        #expect(feature(#"{"type": "LineString", "coordinates": []}"#).contains("no list"))
        #expect(feature(#"{"type": "Point", "coordinates": [1e999, 0]}"#) != "none")
        #expect(feature(#"{"type": "Polygon", "coordinates": "# + String(repeating: "[", count: 5_000)) != "none")
    }
}
