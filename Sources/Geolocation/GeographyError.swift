public import Domain

/// A file of geography that cannot be used.
public struct GeographyError: ActionableError, Equatable {
    public var problem: String
    public var remedy: String

    init(_ problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
}
