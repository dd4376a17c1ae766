import Domain
import Foundation
import Geolocation
import Testing

/// How far off positions are, on simulated cameras whose poses and picture points are wrong by chance.
struct LocationFigures {
    private struct Trial {
        var errorMetres: Double
        var isInside: Bool
    }

    /// Cameras around a fire, the first two crossing under the given angle, each 4 to 20 km away.
    private func trial(
        crossing: Double, cameras count: Int, sigma: Double, _ random: inout SeededGenerator
    ) throws -> Trial? {
        let fire = try place(.random(in: 9.9...10.5, using: &random), .random(in: 103.8...104.1, using: &random))
        let fireHeight = Double.random(in: 0...400, using: &random)
        let base = Double.random(in: 0..<360, using: &random)
        let bearings = try (0..<count).map { index in
            let around = index < 2 ? Double(index) * crossing : .random(in: 0..<360, using: &random)
            let range = Double.random(in: 4_000...20_000, using: &random)
            let position = try #require(
                Geodesic.point(from: fire, azimuthDegrees: base + around, distanceMetres: range))
            let back = try #require(Geodesic.way(from: position, to: fire))
            let stated = CameraPose(
                position: position, heightMetres: .random(in: 50...600, using: &random),
                azimuthDegrees: back.azimuthDegrees + .random(in: -25...25, using: &random),
                tiltDegrees: .random(in: -4...2, using: &random), rollDegrees: .random(in: -3...3, using: &random),
                fieldOfViewDegrees: 65, sigmaDegrees: sigma)
            var real = stated
            real.azimuthDegrees += random.normal(sigma: sigma)
            real.tiltDegrees += random.normal(sigma: sigma)
            real.rollDegrees += random.normal(sigma: sigma)
            var seen = try #require(real.point(of: fire, heightMetres: fireHeight))
            seen.x += random.normal(sigma: CameraPose.usualPointSigmaFraction)
            seen.y += random.normal(sigma: CameraPose.usualPointSigmaFraction) * stated.aspectRatio
            let line = try #require(stated.sightLine(to: seen))
            return Bearing(camera: CameraID("c\(index)"), pose: stated, sightLine: line)
        }
        guard let fix = try? CrossBearing.fix(bearings) else { return nil }
        return Trial(
            errorMetres: try distance(fix.point, fire),
            isInside: fix.squaredDeviation(of: fire) <= ErrorEllipse.chiSquare95)
    }

    @Test func positionsAreAsGoodAsTheyClaim() throws {
        var random = SeededGenerator(state: 2026)
        print("crossing  pose error  cameras  positions  median m  95th percentile m  inside the 95 % ellipse")
        var all: [Trial] = []
        for crossing in [15.0, 30, 60, 90] {
            var ofAngle: [Trial] = []
            for sigma in [0.1, 0.3, 0.5, 1.0] {
                for cameras in [2, 3] {
                    let count = 250
                    let trials = try (0..<count).compactMap { _ in
                        try trial(crossing: crossing, cameras: cameras, sigma: sigma, &random)
                    }
                    let errors = trials.map(\.errorMetres).sorted()
                    let (median, high) = (errors[errors.count / 2], errors[errors.count * 95 / 100])
                    print(
                        "\(crossing)  \(sigma)  \(cameras)  \(trials.count)  \(Int(median))  \(Int(high))  \(share(trials))"
                    )
                    // Right angles at 12 km: about range times standard error.
                    if crossing == 90, cameras == 2 { #expect(median < 12_000 * (sigma + 0.1) * .pi / 180 * 2) }
                    #expect(trials.count > count * (crossing == 15 ? 85 : 98) / 100)
                    ofAngle += trials
                }
            }
            #expect((0.93...0.97).contains(share(ofAngle)), "crossing under \(crossing) degrees")
            all += ofAngle
        }
        print("all: \(all.count) positions, \(share(all)) inside the 95 % ellipse")
        #expect((0.93...0.97).contains(share(all)))
    }

    private func share(_ trials: [Trial]) -> Double {
        (Double(trials.count(where: \.isInside)) / Double(trials.count) * 1000).rounded() / 1000
    }
}
