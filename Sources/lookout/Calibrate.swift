import ArgumentParser
import Domain
import Foundation
import Geolocation
import SiteConfiguration

struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds a camera's azimuth, tilt and field of view from landmarks.",
        discussion: """
            Position and height are taken from the camera's pose in the configuration; its angles do not matter. Two \
            landmarks are needed, three for the roll; choose them far apart in the picture.
            """)

    @Argument(help: "The camera's id.") var camera: String
    @Argument(
        help: """
            X,Y=LATITUDE,LONGITUDE[,HEIGHT] for each landmark: its point in fractions of the picture, its place, and its \
            height in metres above sea level. Without a height it stands on the ground of the elevation model.
            """)
    var landmarks: [String]
    @Flag(help: "Find the roll too.") var roll = false
    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let site = try SettingsFile.load(path)
        let pose = try Locate.pose(of: camera, in: site)
        let locator = try SiteMap.locator(of: site)
        let marks = try landmarks.map { try landmark($0, locator) }
        let result: PoseCalibration.Result
        do throws(GeographyError) {
            result = try PoseCalibration.solve(pose, landmarks: marks, findsRoll: roll)
        } catch {
            throw Failure(.problemFound, "camera '\(camera)': \(error)")
        }
        if json {
            print(try JSONText.line(Document(camera: camera, result)))
        } else {
            show(result, marks)
        }
    }

    private func landmark(_ text: String, _ locator: Locator) throws -> PoseCalibration.Landmark {
        let fault = ValidationError(
            "'\(text)' is no landmark. Write X,Y=LATITUDE,LONGITUDE[,HEIGHT], such as 0.12,0.45=10.3012,104.0231,85.")
        let sides = text.split(separator: "=", omittingEmptySubsequences: false).map { side in
            side.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
        }
        guard sides.count == 2, sides[0].count == 2, (2...3).contains(sides[1].count),
            (sides[0] + sides[1]).allSatisfy(\.isFinite)
        else { throw fault }
        guard let place = GeoPoint(latitudeDegrees: sides[1][0], longitudeDegrees: sides[1][1]) else {
            throw ValidationError("'\(text)': latitude \(sides[1][0]), longitude \(sides[1][1]) is not on the earth.")
        }
        guard let height = sides[1].count == 3 ? sides[1][2] : locator.groundHeightMetres(at: place) else {
            throw Failure(
                .problemFound, "'\(text)': the elevation model has no height there. Give the height as a third number.")
        }
        return PoseCalibration.Landmark(
            picture: PicturePoint(x: sides[0][0], y: sides[0][1]), place: place, heightMetres: height)
    }

    private func show(_ result: PoseCalibration.Result, _ marks: [PoseCalibration.Landmark]) {
        let pose = result.pose
        print(
            String(
                format:
                    "pose: {latitude: %.6f, longitude: %.6f, heightMetres: %g, azimuthDegrees: %.2f, tiltDegrees: %.2f, rollDegrees: %.2f, fieldOfViewDegrees: %.2f, sigmaDegrees: %.2f}",
                pose.position.latitudeDegrees, pose.position.longitudeDegrees, pose.heightMetres, pose.azimuthDegrees,
                pose.tiltDegrees, pose.rollDegrees, pose.fieldOfViewDegrees, pose.sigmaDegrees))
        print(
            String(
                format: "standard errors: azimuth %.3f°, tilt %.3f°, field of view %.3f°", result.azimuthSigmaDegrees,
                result.tiltSigmaDegrees, result.fieldOfViewSigmaDegrees)
                + (roll ? String(format: ", roll %.3f°", result.rollSigmaDegrees) : ""))
        for (index, (mark, residual)) in zip(marks, result.residuals).enumerated() {
            print(
                String(
                    format: "landmark %d at %.3f,%.3f (height %.0f m): %+.3f° right, %+.3f° up", index + 1,
                    mark.picture.x,
                    mark.picture.y, mark.heightMetres, residual.rightDegrees, residual.upDegrees))
        }
        print(String(format: "root mean square %.3f°", result.rootMeanSquareDegrees))
    }

    private struct Document: Encodable {
        struct ResidualDocument: Encodable {
            var rightDegrees: Double
            var upDegrees: Double
        }

        var camera: String
        var azimuthDegrees: Double
        var tiltDegrees: Double
        var rollDegrees: Double
        var fieldOfViewDegrees: Double
        var sigmaDegrees: Double
        var azimuthSigmaDegrees: Double
        var tiltSigmaDegrees: Double
        var fieldOfViewSigmaDegrees: Double
        var residuals: [ResidualDocument]
        var rootMeanSquareDegrees: Double

        init(camera: String, _ result: PoseCalibration.Result) {
            self.camera = camera
            azimuthDegrees = result.pose.azimuthDegrees
            tiltDegrees = result.pose.tiltDegrees
            rollDegrees = result.pose.rollDegrees
            fieldOfViewDegrees = result.pose.fieldOfViewDegrees
            sigmaDegrees = result.pose.sigmaDegrees
            azimuthSigmaDegrees = result.azimuthSigmaDegrees
            tiltSigmaDegrees = result.tiltSigmaDegrees
            fieldOfViewSigmaDegrees = result.fieldOfViewSigmaDegrees
            residuals = result.residuals.map {
                ResidualDocument(rightDegrees: $0.rightDegrees, upDegrees: $0.upDegrees)
            }
            rootMeanSquareDegrees = result.rootMeanSquareDegrees
        }
    }
}
