import Domain
import Foundation
import Geolocation
import Testing

struct CrossBearingTests {
    private func bearing(
        _ name: String, from: (Double, Double), to target: (Double, Double), error: Double = 0, sigma: Double = 0.5
    ) throws -> Bearing {
        let origin = try place(from.0, from.1)
        let exact = Bearing(camera: CameraID(name), origin: origin, azimuthDegrees: 0, sigmaDegrees: sigma)
        let azimuth = exact.turn(to: try place(target.0, target.1))
        return Bearing(camera: CameraID(name), origin: origin, azimuthDegrees: azimuth + error, sigmaDegrees: sigma)
    }

    @Test(arguments: [
        ((10.3, 104.0), (10.25, 104.2), (10.4, 104.15)),
        ((-17.0, 179.9), (-17.2, -179.85), (-17.3, 179.95)),
        ((89.95, 20.0), (89.9, 110.0), (89.92, -60.0)),
        ((-89.99, 0.0), (-89.8, 90.0), (-89.9, 45.0)),
        ((0.1, 0.1), (-0.1, 0.4), (0.2, 0.5)),
    ])
    func exactBearingsCrossWhereTheyPoint(
        first: (Double, Double), second: (Double, Double), target: (Double, Double)
    ) throws {
        let fix = try CrossBearing.fix([
            bearing("a", from: first, to: target), bearing("b", from: second, to: target),
        ])
        #expect(try distance(fix.point, place(target.0, target.1)) < 0.05)
        #expect(fix.chiSquare < 1e-6 && fix.degreesOfFreedom == 0)
    }

    /// Two bearings at right angles, each 10 km from the target: axes of range times standard error.
    @Test func theEllipseIsThatOfTheRanges() throws {
        let target = try place(10.3, 104)
        func from(_ azimuth: Double, _ metres: Double) throws -> Bearing {
            let origin = try #require(Geodesic.point(from: target, azimuthDegrees: azimuth, distanceMetres: metres))
            return try bearing(
                "from\(azimuth)", from: (origin.latitudeDegrees, origin.longitudeDegrees), to: (10.3, 104))
        }
        let fix = try CrossBearing.fix([from(200, 10_000), from(290, 20_000)])
        let unit = 0.5 * Double.pi / 180 * ErrorEllipse.chiSquare95.squareRoot()
        #expect(abs(fix.ellipse.semiMinorMetres - 10_000 * unit) < 2)
        #expect(abs(fix.ellipse.semiMajorMetres - 20_000 * unit) < 4)
        // The far camera's bearing is loose across its own direction, which is along that of the near one.
        #expect(abs(fix.ellipse.orientationDegrees - 20) < 0.2)
        #expect(abs(fix.crossingDegrees - 90) < 0.1)
        let outline = fix.ellipse.outline(around: fix.point)
        #expect(outline.first == outline.last && outline.count == 25)
        for point in outline { #expect(abs(fix.squaredDeviation(of: point) / ErrorEllipse.chiSquare95 - 1) < 0.01) }
    }

    @Test func whatDoesNotCrossIsRefusedWithTheReason() throws {
        let target = (10.4, 104.15)
        let a = try bearing("a", from: (10.3, 104.0), to: target)
        let b = try bearing("b", from: (10.25, 104.2), to: target)
        #expect(refusal { try CrossBearing.fix([]) } == "too-few-bearings")
        #expect(refusal { try CrossBearing.fix([a]) } == "too-few-bearings")
        #expect(refusal { try CrossBearing.fix([a, a]) } == "one-place")
        var turned = b
        turned.azimuthDegrees += 180
        #expect(refusal { try CrossBearing.fix([a, turned]) } == "behind-camera")
        var other = a
        other.azimuthDegrees += 180
        #expect(refusal { try CrossBearing.fix([other, turned]) } == "divergent")
        let near = try bearing("c", from: (10.295, 103.998), to: target)
        #expect(refusal { try CrossBearing.fix([a, near]) } == "narrow-crossing")
        let far = try [bearing("a", from: (10, 104), to: (12, 105)), bearing("b", from: (10, 104.8), to: (12, 105))]
        #expect(refusal { try CrossBearing.fix(far) } == "too-far")
        for value in [Double.nan, .infinity] {
            var odd = b
            odd.azimuthDegrees = value
            #expect(refusal { try CrossBearing.fix([a, odd]) } == "unusable")
            odd = b
            odd.sigmaDegrees = value
            #expect(refusal { try CrossBearing.fix([a, odd]) } == "unusable")
        }
        var exact = b
        exact.sigmaDegrees = 0
        #expect(try CrossBearing.fix([a, exact]).ellipse.semiMinorMetres > 0)
    }

    @Test func bearingsThatDisagreeAreRefused() throws {
        let target = (10.4, 104.15)
        var bearings = try [
            bearing("a", from: (10.3, 104.0), to: target), bearing("b", from: (10.25, 104.2), to: target),
            bearing("c", from: (10.5, 104.0), to: target, error: 8),
        ]
        #expect(refusal { try CrossBearing.fix(bearings) } == "disagree")
        // With a fourth, the one that is wrong stands alone.
        bearings.append(try bearing("d", from: (10.42, 104.3), to: target, error: 0.1))
        let fix = try CrossBearing.fix(bearings)
        #expect(fix.leftOut == [CameraID("c")])
        #expect(try distance(fix.point, place(target.0, target.1)) < 300)
        // Two and two: nobody knows which.
        bearings[3].azimuthDegrees += 25
        #expect(refusal { try CrossBearing.fix(bearings) } != nil)
    }

    @Test func everyRefusalSaysWhatToDo() {
        let all: [LocationRefusal] = [
            .tooFewBearings(count: 1), .unusable(camera: CameraID("a")), .onePlace, .narrow(crossingDegrees: 3.21),
            .behind(camera: CameraID("a")), .divergent, .tooFar(metres: 123_456),
            .disagree(chiSquare: 20, limit: 10.8, worst: CameraID("a")), .aboveHorizon, .belowGround(groundMetres: 12),
            .beyondModel(metres: 1), .unknownGround(metres: .nan), .undetermined(nearMetres: 1e300),
        ]
        #expect(Set(all.map(\.code)).count == all.count)
        for refusal in all {
            #expect(!refusal.problem.isEmpty && !refusal.remedy.isEmpty && !refusal.problem.hasSuffix("."))
        }
        #expect(LocationRefusal.narrow(crossingDegrees: 3.21).problem.contains("3.2 degrees"))
    }

    @Test func hostileBearingsNeverCrash() throws {
        var random = SeededGenerator(state: 11)
        let odd = [0.0, -0.0, 90, 180, 360, -1e9, 1e300, .nan, .infinity, .ulpOfOne]
        for _ in 0..<2_000 {
            let bearings = try (0..<Int.random(in: 0...5, using: &random)).map { index in
                Bearing(
                    camera: CameraID("c\(index)"),
                    origin: try place(
                        [-90, 90, 0, .random(in: -90...90, using: &random)].randomElement(using: &random) ?? 0,
                        [-180, 180, 0, .random(in: -180...180, using: &random)].randomElement(using: &random) ?? 0),
                    azimuthDegrees: odd.randomElement(using: &random) ?? 0,
                    sigmaDegrees: odd.randomElement(using: &random) ?? 0)
            }
            guard let fix = try? CrossBearing.fix(bearings) else { continue }
            #expect(fix.ellipse.semiMajorMetres.isFinite && fix.point.latitudeDegrees.isFinite)
        }
    }
}
