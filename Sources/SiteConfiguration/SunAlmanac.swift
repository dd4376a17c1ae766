import Foundation

/// Where the site is, for what follows the sun.
public struct SitePlace: Sendable, Equatable {
    /// Degrees north, -90 to 90.
    public var latitude: Double
    /// Degrees east, -180 to 180.
    public var longitude: Double

    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }
}

/// Sunrise and sunset by the equations of NOAA's solar calculator, which follow Meeus, "Astronomical Algorithms": good to
/// a minute between the polar circles. The sun counts as risen when its upper rim shows over a flat horizon.
struct SunAlmanac: Sendable {
    /// Centre of the sun when its rim is at the horizon: refraction and half of its width.
    private static let zenithDegrees = 90.833
    /// Half a day, which the sun is up before and after noon where it does not set.
    private static let halfDaySeconds = 43_200.0

    let place: SitePlace

    /// When the sun rises and sets around the solar noon that is nearest to an instant.
    ///
    /// - Parameter instant: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the same.
    func daylight(around instant: Double) -> (sunrise: Double, sunset: Double) {
        let noon = solarNoon(near: solarNoon(near: instant))
        // The sun moves on between noon and the horizon: the second round looks where it is by then.
        var rise = noon - arcSeconds(at: noon)
        var set = noon + arcSeconds(at: noon)
        rise = solarNoon(near: noon, as: rise) - arcSeconds(at: rise)
        set = solarNoon(near: noon, as: set) + arcSeconds(at: set)
        return (rise, set)
    }

    /// - Parameter moment: for which the equation of time is taken; `instant` itself where `nil`.
    private func solarNoon(near instant: Double, as moment: Double? = nil) -> Double {
        let ofDay = instant - (instant / 86_400).rounded(.down) * 86_400
        let noon = 43_200 - place.longitude * 240 - sun(at: moment ?? instant).equationOfTimeSeconds
        var offset = (noon - ofDay).truncatingRemainder(dividingBy: 86_400)
        if offset > 43_200 { offset -= 86_400 }
        if offset < -43_200 { offset += 86_400 }
        return instant + offset
    }

    /// From noon to the horizon; half a day where the sun does not set, 0 where it does not rise.
    private func arcSeconds(at instant: Double) -> Double {
        let declination = sun(at: instant).declination
        let latitude = min(max(place.latitude, -89.999), 89.999).radians
        let cosine =
            cos(Self.zenithDegrees.radians) / (cos(latitude) * cos(declination)) - tan(latitude) * tan(declination)
        return cosine <= -1 ? Self.halfDaySeconds : cosine >= 1 ? 0 : acos(cosine).degrees * 240
    }

    /// Radians, and by how much a sundial is ahead of a clock.
    private func sun(at instant: Double) -> (declination: Double, equationOfTimeSeconds: Double) {
        let century = (instant / 86_400 + 2_440_587.5 - 2_451_545) / 36_525
        let meanLongitude = (280.46646 + century * (36_000.76983 + century * 0.0003032)).radians
        let anomaly = (357.52911 + century * (35_999.05029 - 0.0001537 * century)).radians
        let eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
        let center =
            sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
            + sin(2 * anomaly) * (0.019993 - 0.000101 * century) + sin(3 * anomaly) * 0.000289
        let node = (125.04 - 1_934.136 * century).radians
        let longitude = meanLongitude + (center - 0.00569 - 0.00478 * sin(node)).radians
        let meanObliquity =
            23 + (26 + (21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))) / 60) / 60
        let obliquity = (meanObliquity + 0.00256 * cos(node)).radians
        let half = tan(obliquity / 2) * tan(obliquity / 2)
        let equation =
            half * sin(2 * meanLongitude) - 2 * eccentricity * sin(anomaly)
            + 4 * eccentricity * half * sin(anomaly) * cos(2 * meanLongitude)
            - half * half / 2 * sin(4 * meanLongitude) - 1.25 * eccentricity * eccentricity * sin(2 * anomaly)
        return (asin(sin(obliquity) * sin(longitude)), equation.degrees * 240)
    }
}

extension Double {
    fileprivate var radians: Double { self * .pi / 180 }
    fileprivate var degrees: Double { self * 180 / .pi }
}
