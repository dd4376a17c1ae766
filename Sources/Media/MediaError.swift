public import Domain
import Glibc

/// What went wrong with a stream, a file or a picture, and what to do about it. Holds no password.
public struct MediaError: ActionableError, Sendable, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// 401: the camera wants a user and password, or other ones.
        case unauthorized
        /// 403: the camera knows the user and says no.
        case forbidden
        /// 404: the camera has no such stream.
        case notFound
        /// Another answer that refuses the request (400, 5xx, …).
        case rejected
        /// Nothing listens at that port.
        case refused
        /// No way to that host, or its name is unknown.
        case unreachable
        case timeout
        /// The camera offers none of the transports asked for.
        case transport
        /// There is sound or data, but no picture.
        case noVideo
        case unsupportedCodec
        /// The address's scheme is not one that Lookout opens.
        case unsupportedAddress
        /// A file or folder that cannot be read, or that holds no pictures.
        case unreadable
        /// Its pictures are larger than `StreamOptions.maximumPixels`.
        case tooLarge
        /// What arrives is not a stream that can be understood.
        case badStream
        /// A live stream that its sender has ended.
        case ended
        /// The host's wall clock was set, by so much that the connection's times are wrong.
        case clockSet
        /// A picture could not be encoded or converted.
        case encoding
        /// A file could not be written: `isDiskFull` tells whether for want of space.
        case storage
        /// The stop flag was raised.
        case stopped
    }

    public let code: Code
    public let problem: String
    public let remedy: String
    /// FFmpeg's own error number, 0 where there is none.
    public let status: Int32

    public init(code: Code, problem: String, remedy: String, status: Int32 = 0) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
        self.status = status
    }

    /// The same for the people who watch the cameras; `nil` for what is no fault of a camera.
    public var cameraFault: CameraFault? {
        switch code {
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .rejected: .rejected
        case .refused: .connectionRefused
        case .unreachable: .unreachable
        case .timeout: .timeout
        case .transport: .transport
        case .noVideo: .noVideo
        case .unsupportedCodec: .unsupportedCodec
        case .unsupportedAddress: .unsupportedAddress
        case .unreadable: .unreadable
        case .tooLarge: .tooLarge
        case .badStream: .badStream
        case .ended: .streamEnded
        case .clockSet: .clockSet
        case .encoding, .storage, .stopped: nil
        }
    }

    /// No space was left on the disk.
    public var isDiskFull: Bool { status == -ENOSPC || status == -EDQUOT }

    /// Whether trying again soon can help; otherwise somebody must change something first.
    public var isTransient: Bool {
        switch code {
        case .refused, .unreachable, .timeout, .badStream, .ended, .clockSet: true
        default: false
        }
    }
}
