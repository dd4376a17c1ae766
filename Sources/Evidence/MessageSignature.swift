import COpenSSL
public import Domain

/// Proves to a receiver that a message comes from someone who knows the shared secret.
public enum MessageSignature {
    /// HMAC-SHA256 (RFC 2104) as 64 lower-case hexadecimal digits.
    public static func hmacSHA256(_ message: [UInt8], secret: Secret) -> String {
        let key = [UInt8](secret.revealed.utf8)
        var code = [UInt8](repeating: 0, count: 32)
        let isDone = unsafe HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil) != nil
        precondition(isDone, "OpenSSL gives no HMAC-SHA256")
        return code.hexadecimal
    }
}
