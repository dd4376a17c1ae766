import Crypto
import Domain

/// SHA-256 (FIPS 180-4), by which everything that must not change unnoticed is named.
public enum ContentHash {
    /// The 32 bytes of the hash of `bytes`.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// The same as 64 lower-case hexadecimal digits.
    public static func sha256Hexadecimal(_ bytes: [UInt8]) -> String { sha256(bytes).hexadecimal }

    /// The hash of what `next` gives, piece by piece, until it gives nothing; as 64 lower-case hexadecimal digits.
    static func sha256Hexadecimal<E>(
        of next: (inout [UInt8]) throws(E) -> Bool
    ) throws(E) -> String {
        var hash = SHA256()
        var piece: [UInt8] = []
        while try next(&piece) { hash.update(data: piece) }
        return Array(hash.finalize()).hexadecimal
    }
}
