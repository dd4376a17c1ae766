import Foundation
import Geolocation
import SiteConfiguration

/// What a site knows about its ground, read from the files that its configuration names.
enum SiteMap {
    /// - Throws: `Failure` naming the file that cannot be read or used.
    static func locator(of site: SiteSettings) throws -> Locator {
        let geography = site.geography
        var locator = Locator(
            ground: try ground(of: site),
            nationalGrid: VN2000(centralMeridianDegrees: geography.vn2000MeridianDegrees))
        for path in geography.places {
            var places = locator.places
            locator.places = try use(path) { data throws(GeographyError) in
                try places.add(geoJSON: data)
                return places
            }
        }
        return locator
    }

    /// The elevation model, or a level where there is none.
    ///
    /// - Throws: `Failure` naming the file that cannot be read or used.
    static func ground(of site: SiteSettings) throws -> Ground {
        guard let path = site.geography.elevationModel else { return .level(heightMetres: site.geography.groundMetres) }
        return .model(try use(path) { data throws(GeographyError) in try ElevationGrid(asciiGrid: data) })
    }

    private static func use<T>(_ path: String, _ read: (Data) throws(GeographyError) -> T) throws -> T {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .inputUnreadable,
                "\(path) cannot be read. Check the path in 'geography', and let the user that runs Lookout read it.")
        }
        do throws(GeographyError) {
            return try read(data)
        } catch {
            throw Failure(.inputUnreadable, "\(path): \(error)")
        }
    }
}
