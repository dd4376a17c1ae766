/// What an ONNX file says about itself: enough to refuse, with a reason, what OpenCV's importer would refuse without
/// one, or die of. Field numbers are those of `onnx.proto3`.
struct ONNXDescription {
    /// OpenCV 4.6 reads networks of this version of the operator set; of newer ones it misreads some operators.
    static let newestOpset = 12
    /// A network for crops of pictures has some thousand nodes at most.
    private static let mostNodes = 20_000
    /// An input or a weight larger than this (1 GB) is a mistake or an attack.
    private static let mostValues = 1 << 28

    private(set) var opset = 0
    private(set) var input = TensorForm(name: "", shape: [])
    private(set) var nodeCount = 0
    /// Empty where a size is not told, 0 where it is open.
    private(set) var outputShapes: [[Int]] = []
    private var initializers: Set<String> = []
    private var declared: [ValueInfo] = []
    let bytes: [UInt8]
    private let name: String

    private struct ValueInfo {
        var name = ""
        var elementType: UInt64 = 0
        /// 0 where the size is open.
        var shape: [Int] = []
    }

    /// - Parameter name: of the file, for errors.
    init(_ bytes: [UInt8], name: String) throws(InferenceError) {
        self.bytes = bytes
        self.name = name
        var graph: Range<Int>?
        do throws(ProtobufReader.Malformed) {
            graph = try readModel()
        } catch {
            throw notONNX
        }
        guard let graph, opset > 0 else { throw notONNX }
        guard opset <= Self.newestOpset else {
            throw InferenceError(
                .opsetTooNew,
                "\(name) needs version \(opset) of ONNX's operators; OpenCV reads up to \(Self.newestOpset)",
                remedy: "Export it again with opset \(Self.newestOpset), for example 'yolo export format=onnx opset=12'"
            )
        }
        do {
            try readGraph(graph)
        } catch let error as InferenceError {
            throw error
        } catch {
            throw notONNX
        }
        guard nodeCount > 0, !outputShapes.isEmpty else { throw notONNX }
        input = try findInput()
    }

    private var notONNX: InferenceError {
        InferenceError(
            .notONNX, "\(name) is no ONNX file, or is damaged",
            remedy: "Give a file that was exported as ONNX, and check that it was copied whole")
    }

    private func unsupported(_ problem: String, remedy: String) -> InferenceError {
        InferenceError(.unsupported, "\(name): \(problem)", remedy: remedy)
    }

    private mutating func readModel() throws(ProtobufReader.Malformed) -> Range<Int>? {
        var graph: Range<Int>?
        var reader = ProtobufReader(bytes, bytes.startIndex..<bytes.endIndex)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (7, .bytes(let range)): graph = range
            case (8, .bytes(let range)): opset = max(opset, try readOpset(range))
            default: break
            }
        }
        return graph
    }

    /// The version of the standard operators; 0 for those of another domain.
    private func readOpset(_ range: Range<Int>) throws(ProtobufReader.Malformed) -> Int {
        var domain = ""
        var version = 0
        var reader = ProtobufReader(bytes, range)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .bytes(let range)): domain = text(range)
            case (2, .number(let number)): version = Int(clamping: number)
            default: break
            }
        }
        return domain.isEmpty || domain == "ai.onnx" ? version : 0
    }

    private mutating func readGraph(_ range: Range<Int>) throws {
        var reader = ProtobufReader(bytes, range)
        while let (field, value) = try reader.next() {
            guard case .bytes(let range) = value else { continue }
            switch field {
            case 1:
                nodeCount += 1
                guard nodeCount <= Self.mostNodes else {
                    throw unsupported(
                        "it has more than \(Self.mostNodes) nodes", remedy: "Use a smaller network")
                }
            case 5: initializers.insert(try readInitializer(range))
            case 11: declared.append(try readValueInfo(range))
            case 12: outputShapes.append(try readValueInfo(range).shape)
            default: break
            }
        }
    }

    /// Checks that a weight holds as many bytes as its size asks for.
    private func readInitializer(_ range: Range<Int>) throws -> String {
        let weight = try readWeight(range)
        guard !weight.isElsewhere else {
            throw unsupported(
                "its weights lie in another file", remedy: "Export it again with the weights in the ONNX file")
        }
        guard weight.shape.count <= 8, weight.shape.reduce(1.0, { $0 * Double($1) }) <= Double(Self.mostValues) else {
            throw unsupported("the weight '\(weight.name)' has an impossible size", remedy: "Export it again")
        }
        let count = weight.shape.reduce(1, *)
        // Bytes of one element of the types that have a fixed size.
        let sizes: [UInt64: Int] = [1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8]
        if let raw = weight.raw, let size = sizes[weight.elementType], raw.count != count * size {
            throw unsupported(
                "the weight '\(weight.name)' has \(raw.count) bytes where its size asks for \(count * size)",
                remedy: "Export it again, and check that the file was copied whole")
        }
        return weight.name
    }

    struct Weight {
        var name = ""
        var shape: [Int] = []
        var elementType: UInt64 = 0
        /// Where its numbers lie, if they lie there as they are.
        var raw: Range<Int>?
        var isElsewhere = false
    }

    func readWeight(_ range: Range<Int>) throws(ProtobufReader.Malformed) -> Weight {
        var weight = Weight()
        var reader = ProtobufReader(bytes, range)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .number(let size)): weight.shape.append(Int(clamping: size))
            case (1, .bytes(let range)):
                var packed = ProtobufReader(bytes, range)
                while !packed.isAtEnd { weight.shape.append(Int(clamping: try packed.varint())) }
            case (2, .number(let type)): weight.elementType = type
            case (8, .bytes(let range)): weight.name = text(range)
            case (9, .bytes(let range)): weight.raw = range
            case (13, _), (14, .number(1)): weight.isElsewhere = true
            default: break
            }
        }
        return weight
    }

    private func readValueInfo(_ range: Range<Int>) throws(ProtobufReader.Malformed) -> ValueInfo {
        var info = ValueInfo()
        var reader = ProtobufReader(bytes, range)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .bytes(let range)): info.name = text(range)
            case (2, .bytes(let range)):
                guard let tensor = try submessage(1, in: range) else { continue }
                var reader = ProtobufReader(bytes, tensor)
                while let (field, value) = try reader.next() {
                    switch (field, value) {
                    case (1, .number(let type)): info.elementType = type
                    case (2, .bytes(let shape)): info.shape = try readShape(shape)
                    default: break
                    }
                }
            default: break
            }
        }
        return info
    }

    private func readShape(_ range: Range<Int>) throws(ProtobufReader.Malformed) -> [Int] {
        var shape: [Int] = []
        var reader = ProtobufReader(bytes, range)
        while let (field, value) = try reader.next() {
            guard field == 1, case .bytes(let dimension) = value else { continue }
            var size = 0
            var inner = ProtobufReader(bytes, dimension)
            while let (field, value) = try inner.next() {
                if field == 1, case .number(let number) = value { size = Int(clamping: number) }
            }
            shape.append(size)
        }
        return shape
    }

    private func submessage(_ wanted: Int, in range: Range<Int>) throws(ProtobufReader.Malformed) -> Range<Int>? {
        var reader = ProtobufReader(bytes, range)
        while let (field, value) = try reader.next() {
            if field == wanted, case .bytes(let range) = value { return range }
        }
        return nil
    }

    /// The input is what the graph declares and no weight fills; older files declare their weights too.
    private func findInput() throws(InferenceError) -> TensorForm {
        let inputs = declared.filter { !initializers.contains($0.name) }
        guard let info = inputs.first, inputs.count == 1 else {
            throw unsupported(
                "it has \(inputs.count) inputs", remedy: "Export it again, with a picture as its only input")
        }
        guard info.elementType == 1 else {
            throw unsupported(
                "the input '\(info.name)' does not take 32-bit floating point numbers",
                remedy: "Export it with a 32-bit floating point input (no half precision, no integers)")
        }
        guard !info.shape.isEmpty, info.shape.allSatisfy({ $0 > 0 }) else {
            throw InferenceError(
                .dynamicShape, "\(name): the size of the input '\(info.name)' is open",
                remedy: "Export it again with a fixed size and a batch of 1, without dynamic axes")
        }
        guard info.shape.count <= 8, info.shape.reduce(1.0, { $0 * Double($1) }) <= Double(Self.mostValues) else {
            throw unsupported("the input '\(info.name)' is impossibly large", remedy: "Export it with a smaller input")
        }
        return TensorForm(name: info.name, shape: info.shape)
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
