import ArgumentParser
import Domain
import Geolocation
import SiteConfiguration

struct Locate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bearings and position of picture points, with the error ellipse.",
        discussion: """
            Points of several cameras must show the same thing: their bearings are crossed. A single point is taken to be \
            the foot of a plume, which stands on the ground. Exit code 1 where several bearings give no position.
            """)

    @Argument(help: "CAMERA:X,Y for each sighting; X and Y are fractions of the picture from its upper left corner.")
    var sightings: [String]
    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let wanted = try sightings.map(SightingText.init)
        let site = try SettingsFile.load(path)
        let points = try wanted.map { sighting in
            PointSighting(
                camera: CameraID(sighting.camera), pose: try Self.pose(of: sighting.camera, in: site),
                point: sighting.point)
        }
        let locator = try SiteMap.locator(of: site)
        let location: Location
        do throws(LocationRefusal) {
            location = try locator.locate(points)
        } catch {
            throw Failure(.problemFound, error)
        }
        if json {
            print(try JSONText.line(LocationDocument(location, meridianDegrees: site.geography.vn2000MeridianDegrees)))
        } else {
            LocationText(site: site).lines(location).forEach { print($0) }
        }
        // Of a single sighting the bearing is an answer in itself.
        if location.refusal != nil, points.count > 1 { throw Failure(.problemFound) }
    }

    static func pose(of camera: String, in site: SiteSettings) throws -> CameraPose {
        guard let settings = site.cameras.first(where: { $0.id.rawValue == camera }) else {
            let known = site.cameras.map(\.id.rawValue).joined(separator: ", ")
            throw Failure(.usage, "no camera '\(camera)' in the configuration. It has: \(known).")
        }
        guard let pose = settings.pose else {
            throw Failure(
                .problemFound,
                "camera '\(camera)' has no pose. Add 'pose' with latitude, longitude, heightMetres, azimuthDegrees and fieldOfViewDegrees to it in the configuration."
            )
        }
        return pose
    }
}

/// `CAMERA:X,Y`.
private struct SightingText {
    var camera: String
    var point: PicturePoint

    init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { throw Self.fault(text) }
        camera = String(text[..<colon])
        let numbers = text[text.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 2, let x = Double(numbers[0]), let y = Double(numbers[1]) else { throw Self.fault(text) }
        guard (0...1).contains(x), (0...1).contains(y) else {
            throw ValidationError("'\(text)' lies outside the picture: X and Y are fractions from 0 to 1.")
        }
        point = PicturePoint(x: x, y: y)
    }

    private static func fault(_ text: String) -> ValidationError {
        ValidationError("'\(text)' is no sighting. Write CAMERA:X,Y, such as tower-3:0.41,0.52.")
    }
}

/// A location as programs read it. What is not known is left out.
struct LocationDocument: Encodable {
    struct BearingDocument: Encodable {
        var camera: String
        var azimuthDegrees: Double
        var sigmaDegrees: Double
        var elevationDegrees: Double
        var elevationSigmaDegrees: Double
        var rangeMetres: Double?
    }

    struct RefusalDocument: Encodable {
        var code: String
        var problem: String
        var remedy: String
    }

    struct GridDocument: Encodable {
        var xNorthMetres: Double
        var yEastMetres: Double
        var centralMeridianDegrees: Double
    }

    struct PlaceDocument: Encodable {
        var en: String
        var vi: String
        var tieuKhu: String?
        var khoanh: String?
    }

    struct RangeDocument: Encodable {
        var nearMetres: Double
        var farMetres: Double
        var groundMetres: Double
        var passedUnknownGround: Bool
    }

    var latitude: Double?
    var longitude: Double?
    var semiMajorMetres: Double?
    var semiMinorMetres: Double?
    var orientationDegrees: Double?
    var method: String?
    var crossingDegrees: Double?
    var chiSquare: Double?
    var leftOut: [String]?
    var bearings: [BearingDocument]
    var range: RangeDocument?
    var refusal: RefusalDocument?
    var vn2000: GridDocument?
    var place: PlaceDocument?

    init(_ location: Location, meridianDegrees: Double) {
        bearings = location.lines.map {
            BearingDocument(
                camera: $0.camera.rawValue, azimuthDegrees: $0.sightLine.azimuthDegrees,
                sigmaDegrees: $0.sightLine.azimuthSigmaDegrees, elevationDegrees: $0.sightLine.elevationDegrees,
                elevationSigmaDegrees: $0.sightLine.elevationSigmaDegrees, rangeMetres: $0.rangeMetres)
        }
        if let fix = location.fix {
            latitude = fix.point.latitudeDegrees
            longitude = fix.point.longitudeDegrees
            semiMajorMetres = fix.ellipse.semiMajorMetres
            semiMinorMetres = fix.ellipse.semiMinorMetres
            orientationDegrees = fix.ellipse.orientationDegrees
            method = fix.method.rawValue
            if fix.method == .crossBearing {
                crossingDegrees = fix.crossingDegrees
                chiSquare = fix.chiSquare
                leftOut = fix.leftOut.isEmpty ? nil : fix.leftOut.map(\.rawValue)
            }
        }
        range = location.contact.map {
            RangeDocument(
                nearMetres: $0.nearMetres, farMetres: $0.farMetres, groundMetres: $0.heightMetres,
                passedUnknownGround: $0.passedUnknownGround)
        }
        refusal = location.refusal.map { RefusalDocument(code: $0.code, problem: $0.problem, remedy: $0.remedy) }
        vn2000 = location.coordinates.map {
            GridDocument(
                xNorthMetres: $0.xNorthMetres, yEastMetres: $0.yEastMetres, centralMeridianDegrees: meridianDegrees)
        }
        if let found = location.places, !found.isEmpty {
            place = PlaceDocument(
                en: found.title(in: .en), vi: found.title(in: .vi), tieuKhu: found.compartment?.tieuKhu,
                khoanh: found.compartment?.khoanh)
        }
    }
}
