import Domain
import Foundation
import Geolocation
import Testing

struct CalibrationTests {
    private let truth: CameraPose
    private var start: CameraPose

    init() throws {
        truth = CameraPose(
            position: try place(10.3291, 103.9812), heightMetres: 310, azimuthDegrees: 351.3, tiltDegrees: -2.4,
            rollDegrees: 0, fieldOfViewDegrees: 57.8, sigmaDegrees: 2)
        start = truth
        start.azimuthDegrees = 90
        start.tiltDegrees = 0
        start.fieldOfViewDegrees = 30
    }

    private func landmarks(
        _ count: Int, of pose: CameraPose, noise: Double = 0, _ random: inout SeededGenerator
    ) throws -> [PoseCalibration.Landmark] {
        try (0..<count).map { index in
            let share = count == 1 ? 0.5 : Double(index) / Double(count - 1)
            let picture = PicturePoint(x: 0.1 + 0.8 * share, y: .random(in: 0.35...0.6, using: &random))
            let line = try #require(pose.sightLine(to: picture))
            let range = Double.random(in: 2_000...15_000, using: &random)
            let place = try #require(
                Geodesic.point(from: pose.position, azimuthDegrees: line.azimuthDegrees, distanceMetres: range))
            // The height at which the line of sight passes there.
            let height =
                pose.heightMetres + tan(line.elevationDegrees * .pi / 180) * range + 0.87 * range * range
                / (2 * 6_337_000)
            return PoseCalibration.Landmark(
                picture: PicturePoint(
                    x: picture.x + random.normal(sigma: noise), y: picture.y + random.normal(sigma: noise) * 16 / 9),
                place: place, heightMetres: height)
        }
    }

    @Test(arguments: [2, 3, 6])
    func exactLandmarksGiveThePoseWhateverTheStart(count: Int) throws {
        var random = SeededGenerator(state: UInt64(count))
        let result = try PoseCalibration.solve(start, landmarks: landmarks(count, of: truth, &random))
        #expect(abs((result.pose.azimuthDegrees - truth.azimuthDegrees).wrappedTo180) < 0.01)
        #expect(abs(result.pose.tiltDegrees - truth.tiltDegrees) < 0.01)
        #expect(abs(result.pose.fieldOfViewDegrees - truth.fieldOfViewDegrees) < 0.02)
        #expect(result.rootMeanSquareDegrees < 0.01 && result.residuals.count == count)
    }

    @Test func rollIsFoundToo() throws {
        var random = SeededGenerator(state: 9)
        var rolled = truth
        rolled.rollDegrees = 3.5
        let result = try PoseCalibration.solve(start, landmarks: landmarks(5, of: rolled, &random), findsRoll: true)
        #expect(abs(result.pose.rollDegrees - 3.5) < 0.02)
        #expect(result.rollSigmaDegrees > 0)
        var few = SeededGenerator(state: 9)
        let two = try landmarks(2, of: rolled, &few)
        #expect(throws: GeographyError.self) { try PoseCalibration.solve(start, landmarks: two, findsRoll: true) }
    }

    /// Errors of the result are what its standard errors say.
    @Test func standardErrorsAreThoseOfNoisyLandmarks() throws {
        var random = SeededGenerator(state: 21)
        var squared = (azimuth: 0.0, tilt: 0.0, field: 0.0)
        let count = 60
        for _ in 0..<count {
            let noisy = try landmarks(5, of: truth, noise: CameraPose.usualPointSigmaFraction, &random)
            let result = try PoseCalibration.solve(start, landmarks: noisy)
            squared.azimuth += pow(
                (result.pose.azimuthDegrees - truth.azimuthDegrees).wrappedTo180 / result.azimuthSigmaDegrees, 2)
            squared.tilt += pow((result.pose.tiltDegrees - truth.tiltDegrees) / result.tiltSigmaDegrees, 2)
            squared.field += pow(
                (result.pose.fieldOfViewDegrees - truth.fieldOfViewDegrees) / result.fieldOfViewSigmaDegrees, 2)
        }
        // Chi-square of 60 lies between 35 and 92 in 99 of 100 cases; the errors are stated a little too large.
        for value in [squared.azimuth, squared.tilt, squared.field] { #expect((20...95).contains(value)) }
    }

    @Test func aWrongLandmarkShowsInTheResiduals() throws {
        var random = SeededGenerator(state: 4)
        var marks = try landmarks(6, of: truth, &random)
        marks[2].picture.x += 0.05
        let result = try PoseCalibration.solve(start, landmarks: marks)
        let sizes = result.residuals.map { abs($0.rightDegrees) }
        #expect(sizes.max() == sizes[2] && sizes[2] > 1)
        #expect(result.pose.sigmaDegrees > 0.2)
    }

    @Test func landmarksThatSayNothingAreRefused() throws {
        var random = SeededGenerator(state: 2)
        let marks = try landmarks(3, of: truth, &random)
        func fault(_ marks: [PoseCalibration.Landmark]) -> String {
            do {
                return "\(try PoseCalibration.solve(start, landmarks: marks))"
            } catch {
                return error.description
            }
        }
        #expect(fault([]).contains("needs 2 landmarks"))
        #expect(fault([marks[0], marks[0]]).contains("pose"))
        var odd = marks
        odd[1].picture.x = .nan
        #expect(fault(odd).contains("landmark 2 lies outside the picture"))
        odd = marks
        odd[2].place = truth.position
        #expect(fault(odd).contains("landmark 3 lies where the camera stands"))
        odd[2].place = try place(103.9 - 90, 10.3)
        #expect(fault(odd).contains("exchanged"))
        odd = marks
        odd[0].heightMetres = .infinity
        #expect(fault(odd).contains("landmark 1"))
        // Two that lie on opposite sides can't be in one picture.
        odd = marks
        odd[0].place = try #require(
            Geodesic.point(from: truth.position, azimuthDegrees: 170, distanceMetres: 5_000))
        #expect(fault(odd).contains("do not fit any pose") || fault(odd).contains("rootMeanSquare"))
    }
}
