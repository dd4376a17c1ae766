public import Domain

extension WeatherDay {
    /// What the air of 13:00 lacks to saturation, in hectopascals.
    ///
    /// Source: the Magnus formula over water with the coefficients of WMO-No. 8 (Guide to Instruments and Methods of
    /// Observation, annex 4.B): `6.112 exp(17.62 t / (243.12 + t))`.
    public var saturationDeficitHectopascals: Double {
        let t = temperatureCelsius
        return 6.112 * exponential(17.62 * t / (243.12 + t)) * (1 - relativeHumidityPercent / 100)
    }
}

/// The index P of forest fire danger, as Vietnam reckons it.
///
/// `P = K Σ t₁₃ d₁₃` over the days since the last rain that counted: temperature in °C by saturation deficit in hPa at
/// 13:00, K = 0 on a day with 5 mm of rain or more and 1 otherwise. Source: Phạm Ngọc Hưng, "Phòng cháy, chữa cháy rừng"
/// (1994, 2001), after V. G. Nesterov (1939). Days at or below 0 °C add nothing.
public struct DangerIndex: Equatable, Sendable {
    /// °C·hPa; 0 or above.
    public private(set) var p: Double
    public let table: DangerTable

    /// - Parameter p: the index of the day before the first one, where it is known.
    public init(table: DangerTable = .national, p: Double = 0) {
        self.table = table
        self.p = p.isFinite ? max(p, 0) : 0
    }

    public var level: DangerLevel { table.level(p: p) }

    /// Takes the next day.
    public mutating func add(_ day: WeatherDay) {
        guard day.rainMillimetres < table.resetRainMillimetres else {
            p = 0
            return
        }
        p += max(day.temperatureCelsius, 0) * max(day.saturationDeficitHectopascals, 0)
    }
}

/// e to the power of a number between about -700 and 700, to a few units of the last place.
///
/// This module needs nothing but the language, whose library has no such function: Taylor's series after the powers of
/// two are taken out.
func exponential(_ x: Double) -> Double {
    let log2 = 0.693_147_180_559_945_309_417
    let power = (x / log2).rounded()
    let rest = x - power * log2
    // 0.35 to the 15th by 15 factorial is below the last place.
    let sum = (1...15).reversed().reduce(1.0) { 1 + $0 * rest / Double($1) }
    return Double(sign: .plus, exponent: Int(power), significand: sum)
}
