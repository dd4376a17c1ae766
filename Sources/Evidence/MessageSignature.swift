import Crypto
public import Domain

/// Proves to a receiver that a message comes from someone who knows the shared secret.
public enum MessageSignature {
    /// HMAC-SHA256 (RFC 2104) as 64 lower-case hexadecimal digits.
    public static func hmacSHA256(_ message: [UInt8], secret: Secret) -> String {
        let key = SymmetricKey(data: [UInt8](secret.revealed.utf8))
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: key)).hexadecimal
    }
}
