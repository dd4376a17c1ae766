import Glibc
import PixelKernels

/// Pictures in planar YUV 4:2:0 out of a file, all in memory.
struct RawPictures {
    let width: Int
    let height: Int
    let count: Int
    private let bytes: [UInt8]

    private var lumaBytes: Int { width * height }
    private var chromaBytes: Int { (width + 1) / 2 * ((height + 1) / 2) }
    private var pictureBytes: Int { lumaBytes + 2 * chromaBytes }

    init(path: String, width: Int, height: Int) throws(MeasureError) {
        self.width = width
        self.height = height
        guard let file = fopen(path, "rb") else {
            throw MeasureError(problem: "'\(path)' cannot be read", remedy: "Render it first")
        }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = width * height + 2 * ((width + 1) / 2 * ((height + 1) / 2))
        let pictures = ftell(file) / size
        rewind(file)
        guard pictures > 0 else {
            throw MeasureError(problem: "'\(path)' holds no picture of that size", remedy: "Name its size")
        }
        count = pictures
        bytes = [UInt8](unsafeUninitializedCapacity: pictures * size) { buffer, filled in
            filled = fread(buffer.baseAddress, 1, pictures * size, file)
        }
        guard bytes.count == pictures * size else {
            throw MeasureError(problem: "'\(path)' ends early", remedy: "Render it again")
        }
    }

    func withPicture(_ number: Int, _ body: (borrowing PictureView) -> Void) {
        let all = bytes.span
        let start = number * pictureBytes
        let u = start + lumaBytes
        let v = u + chromaBytes
        let (across, down) = ((width + 1) / 2, (height + 1) / 2)
        body(
            PictureView(
                luma: PlaneView(pixels: all.extracting(start..<u), width: width, height: height, stride: width),
                chromaU: PlaneView(pixels: all.extracting(u..<v), width: across, height: down, stride: across),
                chromaV: PlaneView(
                    pixels: all.extracting(v..<v + chromaBytes), width: across, height: down, stride: across),
                range: .limited))
    }
}

/// A file that pictures are written to.
struct OutputPictures {
    private let file: UnsafeMutablePointer<FILE>
    private let path: String

    init(path: String) throws(MeasureError) {
        guard let file = fopen(path, "wb") else {
            throw MeasureError(problem: "'\(path)' cannot be written", remedy: "Name a file in a folder of yours")
        }
        self.file = file
        self.path = path
    }

    func write(_ plane: [UInt8]) throws(MeasureError) {
        guard fwrite(plane, 1, plane.count, file) == plane.count else { throw full() }
    }

    func close() throws(MeasureError) {
        guard fclose(file) == 0 else { throw full() }
    }

    private func full() -> MeasureError {
        MeasureError(problem: "writing to '\(path)' failed", remedy: "See whether the disk is full")
    }
}
