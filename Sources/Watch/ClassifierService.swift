import Domain
import Foundation
import Inference
import Logging
import SiteConfiguration
import Synchronization

/// What a classifier says of a crop.
struct ClassifierAnswer: Sendable {
    /// Of the question.
    var number: Int
    /// `nil` where it failed or is missing.
    var objects: [DetectedObject]?
}

/// Where answers wait until the camera's strand takes them.
final class AnswerBox: Sendable {
    private let answers = Mutex<[ClassifierAnswer]>([])

    func put(_ answer: ClassifierAnswer) { answers.withLock { $0.append(answer) } }

    func takeAll() -> [ClassifierAnswer] {
        answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
    }
}

/// Looks at crops for all cameras, on one thread of its own: neither a strand nor the cooperative pool ever waits for a
/// network. Each camera has one question to each model in line; a newer one takes its place.
final class ClassifierService: Sendable {
    private struct Question: Sendable {
        var camera: CameraID
        var options: ClassifyOptions
        var crop: PictureCrop
        var number: Int
        var answers: AnswerBox
    }

    private struct State {
        var line: [Question] = []
        var isStopped = false
        var replaced: Int64 = 0
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameter options: what the cameras ask for; read at once, so that the first question does not wait for it.
    init(_ options: [ClassifyOptions], logger: Logger) {
        guard !options.isEmpty else { return }
        let thread = Thread { [self] in work(options, logger) }
        thread.name = "classify"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Questions that a newer one of their camera took the place of.
    var replacedCount: Int64 { state.withLock { $0.replaced } }

    /// Never blocks.
    func ask(
        _ number: Int, about crop: PictureCrop, of camera: CameraID, by options: ClassifyOptions,
        answers: AnswerBox
    ) {
        let question = Question(camera: camera, options: options, crop: crop, number: number, answers: answers)
        let isNew = state.withLock { state in
            if let index = state.line.firstIndex(where: { $0.camera == camera && $0.options == options }) {
                state.line[index] = question
                state.replaced += 1
                return false
            }
            state.line.append(question)
            return true
        }
        if isNew { wake.signal() }
    }

    /// Ends the thread after the crop that it is at.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake.signal()
    }

    private func work(_ options: [ClassifyOptions], _ logger: Logger) {
        var shelf = ModelShelf(logger: logger)
        for options in options { shelf.load(options) }
        while let question = next() {
            let objects = shelf.objects(in: question.crop, by: question.options)
            question.answers.put(ClassifierAnswer(number: question.number, objects: objects))
        }
    }

    private func next() -> Question? {
        while true {
            wake.wait()
            let (question, isStopped) = state.withLock { state in
                (state.isStopped || state.line.isEmpty ? nil : state.line.removeFirst(), state.isStopped)
            }
            if isStopped { return nil }
            if let question { return question }
        }
    }
}

/// The models in use, each read once. Belongs to one thread.
struct ModelShelf {
    private struct Key: Hashable {
        var model: String
        var labels: [String]?
        var minimumConfidence: Double

        init(_ options: ClassifyOptions) {
            (model, labels, minimumConfidence) = (options.model, options.labels, options.minimumConfidence)
        }
    }

    private var slots: [Key: ModelSlot] = [:]
    /// Those that could not be loaded.
    private var failed: Set<Key> = []
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    mutating func load(_ options: ClassifyOptions) {
        let key = Key(options)
        guard slots[key] == nil, !failed.contains(key) else { return }
        do throws(InferenceError) {
            let model = try ObjectModel(options)
            logger.info("classifier '\(options.model)' is ready, sha256 \(model.sha256)")
            slots[key] = ModelSlot(model)
        } catch {
            logger.error("no classifier, so that what moves stays unverified: \(error)")
            failed.insert(key)
        }
    }

    /// `nil` where the classifier is missing or fails.
    mutating func objects(in crop: PictureCrop, by options: ClassifyOptions) -> [DetectedObject]? {
        load(options)
        guard let slot = slots[Key(options)] else { return nil }
        do throws(InferenceError) {
            let objects = try slot.objects(in: crop)
            slot.isFailing = false
            return objects
        } catch {
            if !slot.isFailing { logger.error("what moves stays unverified: \(error)") }
            slot.isFailing = true
            return nil
        }
    }
}

/// Holds a model, which itself cannot be copied, where copies are made. Belongs to one thread.
final class ModelSlot {
    private var model: ObjectModel
    /// Whether the last run failed.
    var isFailing = false

    init?(_ model: consuming ObjectModel?) {
        guard let model else { return nil }
        self.model = model
    }

    func objects(in crop: PictureCrop) throws(InferenceError) -> [DetectedObject] {
        try model.classifier.objects(in: crop)
    }
}
