extension ONNXDescription {
    /// The file as OpenCV 4.6 can read it.
    ///
    /// The heads of YOLOv8 and YOLO11 multiply boxes of `1 x 4 x N` by one row of N strides, which this OpenCV cannot:
    /// the row is written four times. Every other file comes back as it is.
    func importableModel() -> [UInt8] {
        guard outputShapes.count == 1, outputShapes[0].count == 3, let cells = outputShapes[0].last, cells > 1,
            let rewritten = try? rewritingModel(cells: cells)
        else { return bytes }
        return rewritten
    }

    private func rewritingModel(cells: Int) throws(ProtobufReader.Malformed) -> [UInt8] {
        try rewriting(bytes.startIndex..<bytes.endIndex) { (field, range) throws(ProtobufReader.Malformed) in
            guard field == 7 else { return nil }
            let factors = try factors(in: range)
            return try rewriting(range) { (field, range) throws(ProtobufReader.Malformed) in
                switch field {
                case 1: try widenedConstant(range, factors, cells)
                case 5: try widenedTensor(range, cells, named: factors)
                default: nil
                }
            }
        }
    }

    /// The message with those of its parts replaced for which `replacement` gives other bytes.
    private func rewriting(
        _ message: Range<Int>,
        _ replacement: (_ field: Int, Range<Int>) throws(ProtobufReader.Malformed) -> [UInt8]?
    ) throws(ProtobufReader.Malformed) -> [UInt8] {
        var written: [UInt8] = []
        var reader = ProtobufReader(bytes, message)
        var start = reader.position
        while let (field, value) = try reader.next() {
            if case .bytes(let range) = value, let content = try replacement(field, range) {
                written += ProtobufReader.block(field, content)
            } else {
                written += bytes[start..<reader.position]
            }
            start = reader.position
        }
        return written
    }

    /// Names of what is multiplied by something.
    private func factors(in graph: Range<Int>) throws(ProtobufReader.Malformed) -> Set<String> {
        var factors: Set<String> = []
        var reader = ProtobufReader(bytes, graph)
        while let (field, value) = try reader.next() {
            guard field == 1, case .bytes(let node) = value else { continue }
            let parts = try parts(of: node)
            if parts.kind == "Mul" { factors.formUnion(parts.inputs) }
        }
        return factors
    }

    private func parts(
        of node: Range<Int>
    ) throws(ProtobufReader.Malformed) -> (kind: String, inputs: [String], output: String?) {
        var parts: (kind: String, inputs: [String], output: String?) = ("", [], nil)
        var reader = ProtobufReader(bytes, node)
        while let (field, value) = try reader.next() {
            guard case .bytes(let range) = value else { continue }
            switch field {
            case 1: parts.inputs.append(text(range))
            case 2: parts.output = text(range)
            case 4: parts.kind = text(range)
            default: break
            }
        }
        return parts
    }

    /// A node that makes a constant row of strides, with four rows instead.
    private func widenedConstant(
        _ node: Range<Int>, _ factors: Set<String>, _ cells: Int
    ) throws(ProtobufReader.Malformed) -> [UInt8]? {
        let parts = try parts(of: node)
        guard parts.kind == "Constant", let output = parts.output, factors.contains(output) else { return nil }
        return try rewriting(node) { (field, range) throws(ProtobufReader.Malformed) in
            guard field == 5 else { return nil }
            return try rewriting(range) { (field, range) throws(ProtobufReader.Malformed) in
                field == 5 ? try widenedTensor(range, cells, named: nil) : nil
            }
        }
    }

    /// - Parameter names: those of which the tensor must have one.
    private func widenedTensor(
        _ tensor: Range<Int>, _ cells: Int, named names: Set<String>?
    ) throws(ProtobufReader.Malformed) -> [UInt8]? {
        let weight = try readWeight(tensor)
        guard weight.elementType == 1, let raw = weight.raw, weight.shape.last == cells,
            weight.shape.reduce(1, *) == cells, names?.contains(weight.name) ?? true
        else { return nil }
        var widened: [UInt8] = []
        for size in [1, 4, cells] { widened += ProtobufReader.number(1, size) }
        widened += ProtobufReader.number(2, 1)
        widened += ProtobufReader.block(8, Array(weight.name.utf8))
        return widened + ProtobufReader.block(9, (0..<4).flatMap { _ in bytes[raw] })
    }
}
