/// A value of the file, with where it stands. Aliases are resolved, merges are carried out, keys are text and occur once.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        /// `isPlain`: written without quotes, so that it may be a number or a truth value.
        case scalar(String, isPlain: Bool)
        case list([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var keyPosition: Position
        var value: YAMLNode
    }

    var position: Position
    var content: Content
    /// Nodes in it, itself included and aliases counted as often as they are used.
    var size: Int
    /// Levels in it; 1 for a scalar.
    var depth: Int

    init(position: Position, content: Content) {
        self.position = position
        self.content = content
        let children: [YAMLNode] =
            switch content {
            case .scalar: []
            case .list(let items): items
            case .mapping(let entries): entries.map(\.value)
            }
        // Saturating: nine lines of aliases of aliases stand for more nodes than a number can hold.
        size = children.reduce(1) { total, child in
            let (sum, overflow) = total.addingReportingOverflow(child.size)
            return overflow ? .max : sum
        }
        depth = 1 + (children.map(\.depth).max() ?? 0)
    }
}
