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

    @Test func whatALevelAsksForIsATable() throws {
        let receivers = "channels: [{id: home, type: mqtt, url: \"mqtt://broker.example\"}]\n"
        let levels = (1...5).map {
            "    - {level: \($0), acknowledgeMinutes: \(12 / $0), smokeBar: 0.8, flameBar: 0.75, flamePictureEverySeconds: 1}\n"
        }.joined()
        let text =
            receivers + "routes: [{channels: home, escalation: [{channels: home}, {channels: home}]}]\n"
            + "fireDanger:\n  channel: home\n  topic: kiemlam/cap\n  levels:\n" + levels + camera()
        let site = try load(text)
        #expect(site.fireDanger.levels.map(\.level) == DangerLevel.allCases)
        #expect(site.fireDanger.levels.allSatisfy { $0.flameBar == 0.75 && $0.flamePictureEverySeconds == 1 })
        #expect(site.fireDanger.input?.channel == "home" && site.fireDanger.input?.topic == "kiemlam/cap")
        #expect(
            site.routes[0].escalation.map(\.afterMinutes) == [[12, 6, 4, 3, 2], [24, 12, 8, 6, 4]],
            "once for the first step, twice for the second")
        // Without the whole table a step must say when.
        let lacking = faults(in: text.replacing("level: 5", with: "level: 4"))
        #expect(lacking.contains { $0.contains("level 4 stands twice") })
        #expect(lacking.contains { $0.contains("nothing says after how long this step is taken") })
        let web = faults(in: text.replacing("type: mqtt, url: \"mqtt", with: "type: http, url: \"https"))
        #expect(web.contains { $0.contains("there is no channel of type 'mqtt' 'home'") })
    }

    @Test func exercisesAreHeldAtTheirTimes() throws {
        let text =
            "channels: [{id: duty, type: http, url: \"https://x.example\"}]\n"
            + "alerts: {drill: {at: [\"mon 09:00\", \"fri-sun,wed 18:30\", \"07:15\"], waitMinutes: 5}}\n" + camera()
        let drill = try #require(try load(text).alerts.drill)
        #expect(drill.moments.map(\.minuteOfDay) == [540, 1_110, 435] && drill.waitMinutes == 5)
        #expect(drill.moments[1].days == [.friday, .saturday, .sunday, .wednesday])
        #expect(drill.moments[2].days.count == 7 && drill.channels.isEmpty)
        #expect(faults(in: text.replacing("mon 09:00", with: "monday")).contains { $0.contains("'at'") })
        let elsewhere = text.replacing("waitMinutes: 5", with: "channels: dusy")
        #expect(faults(in: elsewhere).contains { $0.contains("did you mean 'duty'?") })
    }

    @Test func linksNeedAnAddressAndASecret() throws {
        let text = "alerts: {linkSecret: \"${KEY}\"}\n" + camera()
        let found = faults(in: text, environment: ["KEY": "short"])
        #expect(found.contains { $0.contains("too short") })
        #expect(found.contains { $0.contains("'linkSecret' needs 'webAddress' beside it") })
        #expect(!found.contains { $0.contains("short'") }, "a secret is not quoted")
    }
}
