import Domain
import Geolocation
import Incidents
import Testing

struct FireFusionTests {
    private static let towers: [(name: String, latitude: Double, longitude: Double)] = [
        ("north", 10.40, 103.97), ("east", 10.28, 104.06), ("south", 10.15, 103.99), ("west", 10.24, 103.90),
    ]

    private func place(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
        try #require(GeoPoint(latitudeDegrees: latitude, longitudeDegrees: longitude))
    }

    /// What a tower reports of smoke at a place, turned by an error.
    private func sighting(
        _ tower: Int, of fire: GeoPoint, at seconds: Double, incident: String? = nil, error: Double = 0
    ) throws -> FireSighting {
        let (name, latitude, longitude) = Self.towers[tower]
        let position = try place(latitude, longitude)
        let way = try #require(Geodesic.way(from: position, to: fire))
        let pose = CameraPose(
            position: position, heightMetres: 300, azimuthDegrees: way.azimuthDegrees, fieldOfViewDegrees: 60,
            sigmaDegrees: 0.4)
        let seen = try #require(pose.point(of: fire, heightMetres: 50))
        var line = try #require(pose.sightLine(to: seen))
        line.azimuthDegrees += error
        return FireSighting(
            incident: IncidentID(incident ?? "\(name)-smoke-1"), camera: CameraID(name),
            time: MediaTime(seconds: seconds), pose: pose, sightLine: line)
    }

    @Test func oneFireSeenByThreeCamerasIsOneFire() throws {
        let fire = try place(10.27, 103.98)
        var fusion = FireFusion()
        #expect(try fusion.consider(sighting(0, of: fire, at: 0)).map(\.change) == [.opened])
        #expect(fusion.fires[0].fix == nil && !fusion.fires[0].isCorroborated)
        let second = try fusion.consider(sighting(1, of: fire, at: 30, error: 0.3))
        #expect(second.map(\.change) == [.joined(IncidentID("east-smoke-1")), .located])
        _ = try fusion.consider(sighting(2, of: fire, at: 60, error: -0.3))
        for minute in 2..<8 {
            for tower in 0..<3 { _ = try fusion.consider(sighting(tower, of: fire, at: Double(minute) * 60)) }
        }
        #expect(fusion.fires.count == 1 && fusion.fires[0].isCorroborated)
        let fix = try #require(fusion.fires[0].fix)
        #expect(try #require(Geodesic.way(from: fix.point, to: fire)).distanceMetres < 100)
        #expect(fusion.fires[0].id == "fire-19700101T000000000")
    }

    @Test func oneCameraOverTimeIsOneFire() throws {
        let fire = try place(10.27, 103.98)
        var fusion = FireFusion()
        _ = try fusion.consider(sighting(0, of: fire, at: 0))
        // The detector lost it and found it again.
        let again = try fusion.consider(sighting(0, of: fire, at: 300, incident: "north-smoke-2", error: 0.5))
        #expect(again.map(\.change) == [.joined(IncidentID("north-smoke-2"))])
        let elsewhere = try fusion.consider(sighting(0, of: fire, at: 310, incident: "north-smoke-3", error: 12))
        #expect(elsewhere.map(\.change) == [.opened])
        #expect(fusion.fires.count == 2)
    }

    @Test func unlikeFiresStayApart() throws {
        let (one, two) = (try place(10.27, 103.98), try place(10.22, 103.95))
        var fusion = FireFusion()
        for seconds in stride(from: 0.0, to: 600, by: 60) {
            for tower in 0..<4 {
                let name = Self.towers[tower].name
                _ = try fusion.consider(sighting(tower, of: one, at: seconds, incident: "\(name)-a"))
                _ = try fusion.consider(sighting(tower, of: two, at: seconds + 1, incident: "\(name)-b"))
            }
        }
        let open = fusion.fires.filter(\.isOpen)
        #expect(open.count == 2)
        for fire in open { #expect(Set(fire.witnesses.map { $0.incident.rawValue.suffix(1) }).count == 1) }
    }

    @Test func aFireThatTurnsOutToBeAnotherIsMergedAndKeepsItsHistory() throws {
        let fire = try place(10.27, 103.98)
        var fusion = FireFusion()
        _ = try fusion.consider(sighting(0, of: fire, at: 0))
        // So wrong at first that it fits no plume that the first camera can see.
        let first = try fusion.consider(sighting(2, of: fire, at: 10, error: 160))
        #expect(first.map(\.change) == [.opened])
        _ = try fusion.consider(sighting(1, of: fire, at: 20))
        _ = try fusion.consider(sighting(3, of: fire, at: 25))
        var changes: [Fire.Event.Kind] = []
        for step in 0..<60 {
            changes += try fusion.consider(sighting(2, of: fire, at: 30 + Double(step))).map(\.change)
        }
        let open = fusion.fires.filter(\.isOpen)
        #expect(open.count == 1 && open[0].witnesses.count == 4)
        let gone = try #require(fusion.fires.first { !$0.isOpen })
        #expect(gone.history.last?.kind == .merged(into: open[0].id))
        #expect(open[0].history.contains { $0.kind == .absorbed(fire: gone.id) })
        #expect(changes.contains(.merged(into: open[0].id)))
    }

    @Test func aWitnessThatWandersOffIsSplitOff() throws {
        let fire = try place(10.27, 103.98)
        var fusion = FireFusion()
        for tower in 0..<3 { _ = try fusion.consider(sighting(tower, of: fire, at: Double(tower))) }
        #expect(fusion.fires.count == 1)
        // What the third camera follows is a cloud that drifts away.
        for step in 0..<60 {
            _ = try fusion.consider(sighting(2, of: fire, at: 10 + Double(step), error: Double(step)))
        }
        #expect(fusion.fires.count >= 2)
        #expect(Set(fusion.fires[0].witnesses.map(\.camera.rawValue)) == ["north", "east"])
        #expect(fusion.fires[0].history.contains { if case .split = $0.kind { true } else { false } })
    }

    @Test func unseenFiresCloseOnce() throws {
        let fire = try place(10.27, 103.98)
        var fusion = FireFusion()
        _ = try fusion.consider(sighting(0, of: fire, at: 0))
        #expect(fusion.advance(to: MediaTime(seconds: 900)).isEmpty)
        #expect(fusion.advance(to: MediaTime(seconds: 901)).map(\.change) == [.closed])
        #expect(fusion.advance(to: MediaTime(seconds: 9_000)).isEmpty)
        #expect(try fusion.consider(sighting(0, of: fire, at: 9_001)).map(\.change) == [.opened])
        fusion.forgetClosed()
        #expect(fusion.fires.count == 1)
    }

    @Test func oddNumbersAndTimesNeverCrash() throws {
        var random = SeededGenerator(state: 5)
        var fusion = FireFusion()
        let odd = [0.0, 90, 359.9999, -1e9, .nan, .infinity, 1e-300]
        for _ in 0..<400 {
            var sighting = try sighting(
                .random(in: 0..<4, using: &random), of: place(10.27, 103.98),
                at: .random(in: -1e6...1e6, using: &random),
                incident: "i-\(Int.random(in: 0..<9, using: &random))")
            sighting.sightLine.azimuthDegrees = odd.randomElement(using: &random) ?? 0
            sighting.sightLine.elevationSigmaDegrees = odd.randomElement(using: &random) ?? 0
            sighting.sightLine.azimuthSigmaDegrees = odd.randomElement(using: &random) ?? 0
            _ = fusion.consider(sighting)
            fusion.forgetClosed()
        }
    }
}
