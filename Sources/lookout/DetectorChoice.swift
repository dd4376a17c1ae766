import ArgumentParser
import SiteConfiguration

/// Detectors, named on the command line: `motion,smoke`.
struct DetectorChoice: ExpressibleByArgument {
    private let kinds: [DetectorKind]

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let kinds = names.compactMap { DetectorKind(rawValue: String($0)) }
        guard kinds.count == names.count else { return nil }
        self.kinds = kinds
    }

    /// Those of a camera's detectors that were named, in the camera's order.
    func chosen(from settings: CameraSettings) throws(Failure) -> [DetectorKind] {
        let chosen = settings.detect.filter(kinds.contains)
        guard chosen.isEmpty else { return chosen }
        let known = settings.detect.map(\.rawValue).joined(separator: ", ")
        throw Failure(.usage, "camera '\(settings.id)' has no such detector. It has: \(known).")
    }
}

/// Which pictures are decoded, named on the command line.
struct DecodeChoice: ExpressibleByArgument {
    static let allValueStrings = DecodedPictures.allCases.map(\.rawValue)

    let pictures: DecodedPictures

    init?(argument: String) {
        guard let pictures = DecodedPictures(rawValue: argument) else { return nil }
        self.pictures = pictures
    }
}
