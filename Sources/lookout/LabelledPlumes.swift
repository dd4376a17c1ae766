import Domain
import Foundation

/// Where the smoke of labelled sequences is, picture by picture: `boxes.csv` beside the labels, with the columns `file`,
/// `frame` (from 0), `x1`, `y1`, `x2`, `y2` (pixels).
struct LabelledPlumes {
    private struct Key: Hashable {
        var sequence: String
        var picture: Int
    }

    private var boxes: [Key: (left: Double, top: Double, right: Double, bottom: Double)] = [:]

    /// - Parameter folder: that of the labels. Without the file nothing is known.
    init(folder: String) throws {
        let path = folder + "/boxes.csv"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        let table: CSVTable
        do {
            table = try CSVTable(text)
        } catch {
            throw Failure(.problemFound, "\(path):\(error.line): \(error.text). Mend that line.")
        }
        for (line, fields) in table.rows {
            let sides = ["x1", "y1", "x2", "y2"].compactMap { fields[$0].flatMap(Double.init) }
            guard let file = fields["file"], let picture = fields["frame"].flatMap(Int.init), sides.count == 4 else {
                throw Failure(
                    .problemFound,
                    "\(path):\(line): a row needs file, frame, x1, y1, x2 and y2. Mend it or take it out.")
            }
            let sequence = URL(fileURLWithPath: file).deletingLastPathComponent().lastPathComponent
            let known = boxes[Key(sequence: sequence, picture: picture)]
            boxes[Key(sequence: sequence, picture: picture)] = (
                min(known?.left ?? sides[0], sides[0]), min(known?.top ?? sides[1], sides[1]),
                max(known?.right ?? sides[2], sides[2]), max(known?.bottom ?? sides[3], sides[3])
            )
        }
    }

    /// All smoke of one picture, as fractions of a picture of that size.
    func box(of file: String, picture: Int, width: Int, height: Int) -> Box? {
        let sequence = URL(fileURLWithPath: file).lastPathComponent
        guard let sides = boxes[Key(sequence: sequence, picture: picture)] else { return nil }
        let (width, height) = (Double(width), Double(height))
        return Box(
            x: sides.left / width, y: sides.top / height, width: (sides.right - sides.left) / width,
            height: (sides.bottom - sides.top) / height)
    }
}
