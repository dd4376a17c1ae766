import Domain
import Foundation
import Testing

@testable import Geolocation

/// Held against values that PROJ 9.5 gives for the same points.
struct GeodesyTests {
    @Test(arguments: [
        ((10.3291, 103.9812), (10.21, 104.05), 150.2190960435589, 150.2313616675901, 15177.233514105767),
        ((10.0, 104.0), (10.4, 103.8), 333.6679524065532, 333.63253520672083, 49373.43152457702),
        ((-16.8, 179.9), (-17.1, -179.8), 136.1395631737583, 136.05210157079577, 46079.812135971864),
        ((85.0, 10.0), (86.0, -120.0), 337.9018576571748, 208.03582509017824, 912101.1365502067),
        ((0.0, 0.0), (0.0, 1.0), 90.0, 90.0, 111319.49079327357),
        ((48.8, 2.3), (-33.9, 151.2), 68.32063539470337, 132.4312336063054, 16965121.497557163),
        ((89.9, 0.0), (89.9, 180.0), 0.0, 180.0, 22338.795682520195),
    ])
    func wayIsThatOfPROJ(
        from: (Double, Double), to: (Double, Double), azimuth: Double, arrival: Double, metres: Double
    ) throws {
        let way = try #require(Geodesic.way(from: place(from.0, from.1), to: place(to.0, to.1)))
        #expect(abs(way.distanceMetres - metres) < 0.001)
        #expect(abs((way.azimuthDegrees - azimuth).wrappedTo180) < 1e-8)
        #expect(abs((way.arrivalAzimuthDegrees - arrival).wrappedTo180) < 1e-8)
    }

    @Test(arguments: [
        ((10.3291, 103.9812), 48.5, 23456.7, (10.469579012043914, 104.14167028715723)),
        ((-16.9, 179.95), 80, 40000, (-16.836902904662875, -179.68038800181358)),
        ((89.95, 0.0), 30, 20000, (89.8619579185331, 139.5659473932905)),
        ((10.0, 104.0), 0, 0, (10.0, 104.0)),
    ])
    func arrivalIsThatOfPROJ(
        from: (Double, Double), azimuth: Double, metres: Double, expected: (Double, Double)
    ) throws {
        let start = try place(from.0, from.1)
        let arrived = try #require(Geodesic.point(from: start, azimuthDegrees: azimuth, distanceMetres: metres))
        #expect(try distance(arrived, place(expected.0, expected.1)) < 0.001)
    }

    @Test func nearlyOppositePointsHaveNoOneWay() throws {
        #expect(try Geodesic.way(from: place(0, 0), to: place(0.1, 179.9)) == nil)
        #expect(try Geodesic.way(from: place(5, 5), to: place(5, 5))?.distanceMetres == 0)
    }

    @Test func cartesianCoordinatesComeBack() throws {
        var random = SeededGenerator(state: 1)
        for _ in 0..<500 {
            let point = try place(.random(in: -90...90, using: &random), .random(in: -180..<180, using: &random))
            let height = Double.random(in: -100...9_000, using: &random)
            let back = try #require(WGS84.geodetic(WGS84.cartesian(point, heightMetres: height)))
            #expect(abs(back.latitudeDegrees - point.latitudeDegrees) < 1e-9)
            let turn = (back.longitudeDegrees - point.longitudeDegrees).wrappedTo180
            #expect(abs(turn) * cos(point.latitudeDegrees * .pi / 180) < 1e-9)
        }
        #expect(WGS84.geodetic(Vector3(x: 0, y: 0, z: 0)) == nil)
    }

    /// EPSG operation 6960 and projected system 9207.
    @Test(arguments: [
        (10.2899, 103.984, 1137963.2830935656, 443286.1142917875),
        (9.0, 105.2, 995335.8260671303, 576768.7776759911),
        (10.0, 104.5, 1105855.6064046372, 499804.14274971915),
        (21.0285, 105.8542, 2326704.2057662793, 640569.0448067815),
    ])
    func nationalCoordinatesAreThoseOfPROJ(latitude: Double, longitude: Double, north: Double, east: Double) throws {
        let point = try place(latitude, longitude)
        let coordinates = try #require(VN2000().coordinates(of: point))
        #expect(abs(coordinates.xNorthMetres - north) < 0.002)
        #expect(abs(coordinates.yEastMetres - east) < 0.002)
        let back = try #require(VN2000().point(at: coordinates))
        #expect(try distance(back, point) < 0.002)
    }

    @Test func nationalCoordinatesEndFarFromTheZone() throws {
        #expect(try VN2000().coordinates(of: place(10, -75)) == nil)
        #expect(VN2000().point(at: .init(xNorthMetres: .nan, yEastMetres: 0)) == nil)
        #expect(VN2000().point(at: .init(xNorthMetres: 1e12, yEastMetres: 500_000)) == nil)
    }

    @Test func aPlaceIsOnTheEarthOrNone() throws {
        #expect(GeoPoint(latitudeDegrees: 90.1, longitudeDegrees: 0) == nil)
        #expect(GeoPoint(latitudeDegrees: .nan, longitudeDegrees: 0) == nil)
        #expect(GeoPoint(latitudeDegrees: 0, longitudeDegrees: .infinity) == nil)
        #expect(GeoPoint(latitudeDegrees: 0, longitudeDegrees: 361) == nil)
        #expect(try place(0, 180).longitudeDegrees == -180)
        #expect(try place(0, 284).longitudeDegrees == -76)
        #expect(try place(0, -180.5).longitudeDegrees == 179.5)
        #expect((-180..<180).contains(try place(0, -180.00000000000003).longitudeDegrees))
    }
}
