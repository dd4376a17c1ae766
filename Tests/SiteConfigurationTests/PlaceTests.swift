import Domain
import SiteConfiguration
import Testing

struct PlaceTests {
    @Test func aPoseIsReadWithItsDefaults() throws {
        let text = camera(
            "pose: {latitude: 10.3291, longitude: 103.9812, heightMetres: 310, azimuthDegrees: 48.5, tiltDegrees: -1.2, "
                + "rollDegrees: 0, fieldOfViewDegrees: 54.2, sigmaDegrees: 0.5}")
        let position = try #require(GeoPoint(latitudeDegrees: 10.3291, longitudeDegrees: 103.9812))
        #expect(
            try load(text).cameras[0].pose
                == CameraPose(
                    position: position, heightMetres: 310, azimuthDegrees: 48.5, tiltDegrees: -1.2, rollDegrees: 0,
                    fieldOfViewDegrees: 54.2, sigmaDegrees: 0.5, aspectRatio: 16.0 / 9))
        #expect(try load(camera()).cameras[0].pose == nil)
    }

    @Test func aPoseThatLacksSomethingIsAFault() {
        let found = faults(
            in: camera("pose: {latitude: 91, longitude: 103.9812, azimutDegrees: 3, fieldOfViewDegrees: .nan}"))
        #expect(found.contains { $0.hasPrefix("4:") && $0.contains("'latitude' must be a number from -90 to 90") })
        #expect(found.contains { $0.contains("did you mean 'azimuthDegrees'?") })
        #expect(found.contains { $0.contains("'heightMetres' is missing in this pose") })
        #expect(found.contains { $0.contains("'fieldOfViewDegrees' must be") })
    }

    @Test func mapsLieBesideTheFile() throws {
        let text = "geography: {elevationModel: maps/e.asc, places: [/srv/a.geojson, b.geojson]}\n" + camera()
        let site = try SiteSettings.parse(text, file: "/etc/lookout/streams.yaml", environment: [:])
        #expect(site.geography.elevationModel == "/etc/lookout/maps/e.asc")
        #expect(site.geography.places == ["/srv/a.geojson", "/etc/lookout/b.geojson"])
    }

    @Test func theTableOfTheFireDangerRises() throws {
        let found = faults(in: "fireDanger: {highestP: [1000, 1000, 5000, 10000]}\n" + camera())
        #expect(found.count == 1 && found[0].hasPrefix("1:24: the limits of 'highestP' do not rise"))
        #expect(try load(camera()).fireDanger.highestP == [1_000, 2_500, 5_000, 10_000])
    }
}
