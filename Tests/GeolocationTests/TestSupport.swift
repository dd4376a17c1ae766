import Domain
import Foundation
import Geolocation
import Testing

func place(_ latitude: Double, _ longitude: Double) throws -> GeoPoint {
    try #require(GeoPoint(latitudeDegrees: latitude, longitudeDegrees: longitude))
}

func distance(_ a: GeoPoint, _ b: GeoPoint) throws -> Double {
    try #require(Geodesic.way(from: a, to: b)).distanceMetres
}

/// Random numbers that are the same on every run (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Normally distributed (Box and Muller).
    mutating func normal(sigma: Double) -> Double {
        let radius = (-2 * log(Double.random(in: 1e-300...1, using: &self))).squareRoot()
        return sigma * radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
}

/// What a refusal says of itself; `nil` where there is none.
func refusal<T>(_ work: () throws -> T) -> String? {
    do {
        _ = try work()
        return nil
    } catch let refusal as LocationRefusal {
        return refusal.code
    } catch {
        return "\(error)"
    }
}
