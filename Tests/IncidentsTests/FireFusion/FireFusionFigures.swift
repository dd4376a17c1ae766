import Domain
import Foundation
import Geolocation
import Incidents
import Testing

/// Simulated fires of known place on an island with five towers, whose poses are wrong by chance.
struct FireFusionFigures {
    private struct Tower {
        var name: String
        var position: GeoPoint
        var azimuthError: Double
        var tiltError: Double
    }

    private static let sigma = 0.4

    private func normal(_ sigma: Double, _ random: inout SeededGenerator) -> Double {
        let radius = (-2 * log(Double.random(in: 1e-300...1, using: &random))).squareRoot()
        return sigma * radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
    }

    private func towers(_ random: inout SeededGenerator) throws -> [Tower] {
        try [(10.40, 103.97), (10.28, 104.06), (10.15, 103.99), (10.24, 103.90), (10.33, 103.88)].enumerated().map {
            Tower(
                name: "t\($0.offset)",
                position: try #require(
                    GeoPoint(latitudeDegrees: $0.element.0, longitudeDegrees: $0.element.1)),
                azimuthError: normal(Self.sigma, &random), tiltError: normal(Self.sigma, &random))
        }
    }

    private func sighting(
        _ tower: Tower, of fire: GeoPoint, number: Int, at seconds: Double, _ random: inout SeededGenerator
    ) throws -> FireSighting {
        let way = try #require(Geodesic.way(from: tower.position, to: fire))
        var stated = CameraPose(
            position: tower.position, heightMetres: 300, azimuthDegrees: way.azimuthDegrees, tiltDegrees: -1,
            fieldOfViewDegrees: 60, sigmaDegrees: Self.sigma)
        var real = stated
        real.azimuthDegrees += tower.azimuthError
        real.tiltDegrees += tower.tiltError
        var seen = try #require(real.point(of: fire, heightMetres: 60))
        // The lowest visible smoke is a little above and beside the fire.
        seen.x += normal(0.004, &random)
        seen.y -= abs(normal(0.01, &random))
        stated.aspectRatio = real.aspectRatio
        return FireSighting(
            incident: IncidentID("\(tower.name)-\(number)"), camera: CameraID(tower.name),
            time: MediaTime(seconds: seconds), pose: stated,
            sightLine: try #require(stated.sightLine(to: seen)))
    }

    @Test func firesAreToldApartAndPlaced() throws {
        var random = SeededGenerator(state: 77)
        var (sightings, wrong, real, found, exact) = (0, 0, 0, 0, 0)
        var errors: [Double] = []
        let scenarios = 40
        for _ in 0..<scenarios {
            let towers = try towers(&random)
            let fires = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
                try #require(
                    GeoPoint(
                        latitudeDegrees: .random(in: 10.17...10.38, using: &random),
                        longitudeDegrees: .random(in: 103.91...104.03, using: &random)))
            }
            let visible = fires.map { _ in towers.filter { _ in Double.random(in: 0..<1, using: &random) < 0.75 } }
            var fusion = FireFusion()
            for minute in 0..<4 {
                for (number, fire) in fires.enumerated() {
                    for tower in visible[number] {
                        _ = try fusion.consider(
                            sighting(
                                tower, of: fire, number: number,
                                at: Double(minute * 60 + number * 10) + .random(in: 0...9, using: &random), &random))
                    }
                }
            }
            let open = fusion.fires.filter(\.isOpen)
            real += visible.count { !$0.isEmpty }
            found += open.count
            if open.count == visible.count(where: { !$0.isEmpty }) { exact += 1 }
            for fire in open {
                let numbers = fire.witnesses.compactMap { Int($0.incident.rawValue.split(separator: "-")[1]) }
                let counts = Dictionary(grouping: numbers, by: \.self).mapValues(\.count)
                let most = try #require(counts.max { ($0.value, $1.key) < ($1.value, $0.key) })
                sightings += numbers.count
                wrong += numbers.count - most.value
                if let fix = fire.fix {
                    errors.append(try #require(Geodesic.way(from: fix.point, to: fires[most.key])).distanceMetres)
                }
            }
        }
        errors.sort()
        let (median, high) = (errors[errors.count / 2], errors[errors.count * 95 / 100])
        print(
            "\(real) fires, \(found) found, \(exact) of \(scenarios) scenes with the right number; "
                + "\(wrong) of \(sightings) camera incidents at the wrong fire; "
                + "position error median \(Int(median)) m, 95th percentile \(Int(high)) m of \(errors.count)")
        #expect(Double(wrong) / Double(sightings) < 0.06)
        #expect(abs(found - real) <= real / 8)
        #expect(median < 200 && high < 1_500)
    }
}
