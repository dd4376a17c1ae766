import COpenSSL
import Domain

/// SHA-256 (FIPS 180-4), by which everything that must not change unnoticed is named.
public enum ContentHash {
    /// The 32 bytes of the hash of `bytes`.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256Digest()
        hash.update(bytes)
        return hash.finalise()
    }

    /// The same as 64 lower-case hexadecimal digits.
    public static func sha256Hexadecimal(_ bytes: [UInt8]) -> String { sha256(bytes).hexadecimal }

    /// The hash of what `next` gives, piece by piece, until it gives nothing; as 64 lower-case hexadecimal digits.
    static func sha256Hexadecimal<E>(
        of next: (inout [UInt8]) throws(E) -> Bool
    ) throws(E) -> String {
        var hash = SHA256Digest()
        var piece: [UInt8] = []
        while try next(&piece) { hash.update(piece) }
        return hash.finalise().hexadecimal
    }
}

/// A hash in the making.
@safe private struct SHA256Digest: ~Copyable {
    private let context: OpaquePointer

    init() {
        // Fails only where there is no memory, or where OpenSSL is set up to know no SHA-256: nothing could be kept then.
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            fatalError("OpenSSL gives no SHA-256")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    mutating func update(_ bytes: [UInt8]) {
        let result = unsafe EVP_DigestUpdate(context, bytes, bytes.count)
        precondition(result == 1, "OpenSSL fails to go on with a hash")
    }

    consuming func finalise() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let result = unsafe EVP_DigestFinal_ex(context, &digest, nil)
        precondition(result == 1, "OpenSSL fails to end a hash")
        return digest
    }
}
