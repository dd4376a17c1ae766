/// Why a camera is not simply watching: a closed list, so that the operator reads it in their own language.
/// `CameraStatus.cause` holds the particulars beside it.
public enum CameraFault: String, Sendable, Codable, CaseIterable {
    /// 401: the camera wants a user and password, or other ones.
    case unauthorized
    /// 403: the camera knows the user and says no.
    case forbidden
    /// 404: the camera has no such stream.
    case notFound
    /// Another answer that refuses the request (400, 5xx, …).
    case rejected
    /// Nothing listens at that port.
    case connectionRefused
    /// No way to that host, or its name is unknown.
    case unreachable
    case timeout
    /// The camera offers none of the transports asked for.
    case transport
    /// There is sound or data, but no picture.
    case noVideo
    case unsupportedCodec
    /// The address's scheme is not one that Lookout opens.
    case unsupportedAddress
    /// A file or folder that cannot be read, or that holds no pictures.
    case unreadable
    case tooLarge
    /// What arrives is not a stream that can be understood.
    case badStream
    case streamEnded
    /// Packets arrive, but for seconds not one whole picture.
    case noWholePicture
    /// A part of the pictures is broken.
    case brokenPictures
    /// Detectors see the smaller stream, but the main one, of which clips and recordings are made, is lost.
    case evidenceStreamLost
    /// Packets are thrown away because decoding cannot keep up.
    case overloaded
    /// Not yet a first picture since Lookout started.
    case starting
    /// The host's clock was set forward, or the host slept: nobody watched in the time that was left out.
    case clockSet
    /// Pictures arrive, but they do not show what the camera is there for: covered, turned away, black, frozen, …
    case tampered
    /// In the configuration, but no Lookout has watched it.
    case neverWatched
    /// The Lookout that watched it has gone silent.
    case lookoutSilent

    /// One sentence that people read: what is wrong, and what helps.
    public func title(in language: Language) -> String {
        let text = words
        return language == .en ? text.en : text.vi
    }

    private var words: (en: String, vi: String) {
        switch self {
        case .unauthorized:
            (
                "The camera does not accept user and password: correct them in the source address",
                "Camera không chấp nhận tên và mật khẩu: hãy sửa lại trong địa chỉ nguồn"
            )
        case .forbidden:
            (
                "The camera does not let this user see the stream: give it the right in the camera's settings",
                "Camera không cho người dùng này xem luồng: hãy cấp quyền trong phần cài đặt của camera"
            )
        case .notFound:
            (
                "The camera has no stream of that name: look the path up in its settings",
                "Camera không có luồng với tên này: hãy xem lại đường dẫn trong phần cài đặt của camera"
            )
        case .rejected:
            (
                "The camera rejects the request: check the path, and whether it allows another viewer",
                "Camera từ chối yêu cầu: hãy kiểm tra đường dẫn và số người xem mà camera cho phép"
            )
        case .connectionRefused:
            (
                "Nothing answers at that port: check the port, and that the camera's streaming is switched on",
                "Cổng này không trả lời: hãy kiểm tra số cổng và bật chức năng phát luồng của camera"
            )
        case .unreachable:
            (
                "The camera cannot be reached: check address, cable and network",
                "Không kết nối được tới camera: hãy kiểm tra địa chỉ, dây cáp và mạng"
            )
        case .timeout:
            (
                "The camera has gone silent: check that it is on and not overloaded",
                "Camera không gửi gì nữa: hãy kiểm tra xem camera có bật và có bị quá tải không"
            )
        case .transport:
            (
                "The camera does not offer this transport: set another one",
                "Camera không hỗ trợ kiểu truyền này: hãy chọn kiểu khác"
            )
        case .noVideo: ("The stream carries no picture: check the address", "Luồng không có hình: hãy kiểm tra địa chỉ")
        case .unsupportedCodec:
            (
                "The codec is not supported: set the camera to H.264 or H.265",
                "Không hỗ trợ kiểu mã hóa này: hãy đặt camera sang H.264 hoặc H.265"
            )
        case .unsupportedAddress:
            ("This kind of address is not supported: correct it", "Không hỗ trợ loại địa chỉ này: hãy sửa lại")
        case .unreadable:
            (
                "The file or folder cannot be read: check path and rights",
                "Không đọc được tệp hoặc thư mục: hãy kiểm tra đường dẫn và quyền truy cập"
            )
        case .tooLarge:
            ("The pictures are too large: choose a smaller stream", "Hình quá lớn: hãy chọn luồng nhỏ hơn")
        case .badStream:
            (
                "What arrives cannot be understood: restart the camera, or check the address in another player",
                "Không hiểu được dữ liệu nhận được: hãy khởi động lại camera hoặc thử địa chỉ bằng trình xem khác"
            )
        case .streamEnded:
            ("The stream ended; Lookout opens it again", "Luồng đã kết thúc; Lookout sẽ tự mở lại")
        case .noWholePicture:
            (
                "Packets arrive but no whole picture: try transport tcp and a shorter keyframe interval",
                "Có dữ liệu nhưng không có hình trọn vẹn: hãy thử kiểu truyền tcp và khoảng khung khóa ngắn hơn"
            )
        case .brokenPictures:
            (
                "Many pictures are broken: check the network, or set transport tcp",
                "Nhiều hình bị hỏng: hãy kiểm tra mạng hoặc đặt kiểu truyền tcp"
            )
        case .evidenceStreamLost:
            (
                "Watched, but its main stream is lost, so clips and recordings lack it: check the address in source",
                "Vẫn canh, nhưng mất luồng chính nên thiếu đoạn ghi hình: hãy kiểm tra địa chỉ trong source"
            )
        case .overloaded:
            (
                "The machine cannot keep up and leaves pictures out: lower resolution or rate, or use fewer cameras",
                "Máy xử lý không kịp nên bỏ bớt hình: hãy giảm độ phân giải hoặc tốc độ, hoặc bớt camera"
            )
        case .starting: ("The camera has not yet sent a picture", "Camera chưa gửi hình nào")
        case .clockSet:
            (
                "The computer's clock was set, or it slept: check its time service and its power settings",
                "Đồng hồ máy bị chỉnh hoặc máy đã ngủ: hãy kiểm tra dịch vụ giờ và thiết lập nguồn"
            )
        case .tampered:
            (
                "The picture does not show what it should: go and look at the camera",
                "Hình không cho thấy cảnh cần canh: hãy đến kiểm tra camera"
            )
        case .neverWatched:
            (
                "Lookout has never watched it: start `lookout run`",
                "Lookout chưa từng theo dõi camera này: hãy chạy `lookout run`"
            )
        case .lookoutSilent:
            (
                "Lookout was not running: see that `lookout run` is started with the machine and again after a fault",
                "Lookout đã không chạy: hãy để `lookout run` tự chạy cùng máy và chạy lại sau sự cố"
            )
        }
    }
}
