internal import COpenCV

/// A neural network as a function: numbers in, numbers out.
///
/// It runs on the thread that calls it and on no other, so that the same numbers in give the same numbers out, and blocks
/// that thread for as long as it takes. `@unchecked Sendable`: the handle has one owner, and only `run`, which mutates,
/// uses what it points to.
@safe
public struct Network: ~Copyable, @unchecked Sendable {
    private let handle: OpaquePointer
    /// What `run` takes.
    public let input: TensorForm
    /// What `run` gives. A network of several outputs names the layers that make them as OpenCV does.
    public let outputs: [TensorForm]

    /// Reads an ONNX network and tries it on zeros, first in a child process, since a broken file can take the importer
    /// down. Blocks for as long as two runs of it take, and up to a minute for a broken one.
    ///
    /// - Parameters:
    ///   - model: the bytes of the ONNX file: opset 12 at most, one input of fixed size.
    ///   - name: names the file in errors.
    public init(onnx model: [UInt8], name: String) throws(InferenceError) {
        let description = try ONNXDescription(model, name: name)
        let form = description.input
        let loaded = try unsafe Self.load(description.importableModel(), form, name: name)
        input = form
        outputs = unsafe Self.outputForms(of: loaded)
        unsafe handle = unsafe loaded
    }

    deinit { unsafe lookout_network_free(handle) }

    /// - Parameter values: as many numbers as `input` counts, the last dimension closest together.
    /// - Returns: for each of `outputs` its numbers.
    /// - Throws: `.unsupported` where the number of values is wrong, `.failed` where OpenCV fails.
    public mutating func run(_ values: Span<Float>) throws(InferenceError) -> [[Float]] {
        guard values.count == input.count else {
            throw InferenceError(
                .unsupported, "the network takes \(input), not \(values.count) numbers",
                remedy: "Give it \(input.count) numbers")
        }
        let handle = unsafe handle
        let message = unsafe values.withUnsafeBufferPointer { values in
            unsafe withMessage { unsafe lookout_network_run(handle, values.baseAddress, $0, $1) == 0 }
        }
        if let message {
            throw InferenceError(.failed, "the network cannot be run: \(message)", remedy: "Use another model")
        }
        return outputs.indices.map { index in
            let start = unsafe lookout_network_output_values(handle, Int32(index))
            return unsafe Array(UnsafeBufferPointer(start: start, count: outputs[index].count))
        }
    }

    private static func load(
        _ model: [UInt8], _ input: TensorForm, name: String
    ) throws(InferenceError) -> OpaquePointer {
        let shape = input.shape.map(Int32.init)
        var handle: OpaquePointer?
        var outcome = lookout_loading_refused
        let message = unsafe withMessage { text, capacity in
            outcome = unsafe lookout_network_load(
                model, model.count, shape, Int32(shape.count), &handle, text, capacity)
            return outcome == lookout_loading_done
        }
        if let handle = unsafe handle { return unsafe handle }
        guard outcome != lookout_loading_crashed else {
            throw InferenceError(
                .crashed, "\(name): OpenCV died, or took too long, when this network was tried",
                remedy: "The file is damaged or asks for what OpenCV 4.6 cannot do: export it again with opset 12")
        }
        throw InferenceError(
            .refused, "\(name): OpenCV cannot use this network: \(message ?? "it does not say why")",
            remedy: "Export it again with opset 12 and fixed sizes, or use another network")
    }

    private static func outputForms(of handle: OpaquePointer) -> [TensorForm] {
        let count = unsafe lookout_network_output_count(handle)
        return (0..<count).map { index in
            var sizes = [Int32](repeating: 1, count: Int(lookout_most_dimensions))
            let rank = unsafe lookout_network_output_shape(handle, index, &sizes)
            let name = unsafe String(cString: lookout_network_output_name(handle, index))
            return TensorForm(name: name, shape: sizes.prefix(Int(rank)).map(Int.init))
        }
    }
}

/// What a call that failed says, on one line.
///
/// - Parameter call: gets room for a message, and says whether it went well.
/// - Returns: `nil` where it went well.
private func withMessage(_ call: (UnsafeMutablePointer<CChar>?, Int) -> Bool) -> String? {
    var text = [CChar](repeating: 0, count: 512)
    let isDone = unsafe text.withUnsafeMutableBufferPointer { unsafe call($0.baseAddress, $0.count) }
    if isDone { return nil }
    let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
}
