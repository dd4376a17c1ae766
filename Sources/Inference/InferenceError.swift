public import Domain

/// Why a network cannot be used.
public struct InferenceError: ActionableError, Equatable {
    public enum Code: Sendable, Equatable, CaseIterable {
        /// The file cannot be read.
        case unreadable
        case notONNX
        /// It needs a newer version of ONNX than OpenCV's importer knows.
        case opsetTooNew
        /// An input has no fixed size.
        case dynamicShape
        /// Inputs that are no 32-bit floating point tensors, external data, sizes that contradict each other.
        case unsupported
        /// OpenCV cannot make a network of it.
        case refused
        /// OpenCV died of it, in the process in which it was tried.
        case crashed
        /// It is no object detector of a kind that is known.
        case wrongHead
        /// A run failed.
        case failed
    }

    public var code: Code
    public var problem: String
    public var remedy: String

    public init(_ code: Code, _ problem: String, remedy: String) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }
}
