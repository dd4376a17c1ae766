extension Measurement {
    /// What a value of the smoke detector tells, in words for operators; `nil` for any other measurement.
    public func meaning(in language: Language) -> String? {
        if let words = Self.single[name] { return words.said(language) }
        for (suffix, reference) in Self.references where name.hasSuffix(suffix) {
            guard let words = Self.compared[String(name.dropLast(suffix.count))] else { continue }
            return "\(words.said(language)), \(reference.said(language))"
        }
        return nil
    }

    private struct Words {
        var english: String
        var vietnamese: String

        init(_ english: String, _ vietnamese: String) {
            self.english = english
            self.vietnamese = vietnamese
        }

        func said(_ language: Language) -> String { language == .vi ? vietnamese : english }
    }

    private static let references = [
        ("Short", Words("compared with a few pictures ago", "so với vài ảnh trước")),
        ("Long", Words("compared with many pictures ago", "so với nhiều ảnh trước")),
    ]

    /// Measured against an older picture.
    private static let compared: [String: Words] = [
        "mean": Words("change of brightness", "độ sáng thay đổi"),
        "spread": Words("change of texture", "kết cấu thay đổi"),
        "transmission": Words("how much of the background shows through", "mức nền còn nhìn thấy"),
        "airlight": Words("brightness of the veil", "độ sáng của lớp che phủ"),
        "residual": Words("change that a veil does not explain", "thay đổi không do lớp che phủ"),
        "homogeneity": Words("unevenness of the change", "mức không đồng đều của thay đổi"),
        "edgeLoss": Words("softer or sharper edges", "đường nét mờ hoặc rõ hơn"),
        "saturation": Words("change of colourfulness", "độ đậm màu thay đổi"),
        "blue": Words("change of blue", "sắc xanh lam thay đổi"),
        "red": Words("change of red", "sắc đỏ thay đổi"),
        "surround": Words("change beyond that of its surroundings", "thay đổi hơn vùng xung quanh"),
    ]

    private static let single: [String: Words] = [
        "level": Words("brightness", "độ sáng"),
        "texture": Words("texture", "kết cấu"),
        "edges": Words("amount of edges", "mức độ đường nét"),
        "colour": Words("amount of colour", "mức độ màu sắc"),
        "meanLast": Words("change since the last picture", "thay đổi so với ảnh trước"),
        "absoluteLast": Words("movement since the last picture", "chuyển động so với ảnh trước"),
        "meanFive": Words("change since five pictures ago", "thay đổi so với năm ảnh trước"),
        "absoluteFive": Words("movement since five pictures ago", "chuyển động so với năm ảnh trước"),
        "shortOver3": Words("change that lasts over three pictures", "thay đổi kéo dài ba ảnh"),
        "shortOver5": Words("change that lasts over five pictures", "thay đổi kéo dài năm ảnh"),
        "deviationOver5": Words("how much it swells and fades", "mức độ phồng lên và tan đi"),
        "steadinessOver5": Words("how steadily it changes", "mức độ thay đổi đều đặn"),
        "countOver5": Words("pictures on which it is seen", "số ảnh nhìn thấy"),
        "longOver5": Words("lasting change", "thay đổi lâu dài"),
        "longSteadinessOver5": Words("how steady the lasting change is", "mức độ ổn định của thay đổi lâu dài"),
        "before": Words("how much it changed here before", "mức thay đổi tại đây trước đó"),
        "flicker": Words("change from picture to picture", "thay đổi giữa từng ảnh"),
        "areaShort": Words("how much around it changes", "vùng thay đổi xung quanh"),
        "growthShort3": Words("growth over three pictures", "tăng trong ba ảnh"),
        "growthShort6": Words("growth over six pictures", "tăng trong sáu ảnh"),
        "areaLong": Words("how much around it has changed for long", "vùng thay đổi lâu dài xung quanh"),
        "growthLong3": Words("growth of the lasting change", "tăng của thay đổi lâu dài"),
        "above": Words("change above it", "thay đổi phía trên"),
        "below": Words("change below it", "thay đổi phía dưới"),
        "aboveHorizon": Words("height above the horizon", "độ cao so với đường chân trời"),
        "evidence": Words("evidence of smoke gathered over pictures", "bằng chứng khói tích lũy qua các ảnh"),
        "cells": Words("size, in cells of the detector", "kích thước, tính theo ô của bộ phát hiện"),
        "smokeBarShare": Words("bar for smoke, as a share of the usual", "ngưỡng báo khói, so với mức thường"),
        "smokeBarShareBefore": Words(
            "bar for smoke before, as a share of the usual", "ngưỡng báo khói trước đó, so với mức thường"),
        "hourOfDay": Words("hour of the day", "giờ trong ngày"),
        "probability": Words("likelihood of smoke on this picture", "khả năng có khói trên ảnh này"),
    ]
}
