/// An error that tells its reader what is wrong and what to do about it.
///
/// Each module throws its own type; whoever prints it prints `problem`, then `remedy`, as two sentences.
public protocol ActionableError: Error, CustomStringConvertible {
    /// What is wrong, as a sentence without its full stop, naming the camera, file or key it is about.
    var problem: String { get }
    /// What the reader can do now, as a sentence without its full stop.
    var remedy: String { get }
}

extension ActionableError {
    public var description: String { "\(problem). \(remedy)." }
}
