import Domain

extension AlertNotice {
    /// What a template shows in a name's place.
    func value(of name: AlertTemplate.Name, key: String, in language: Language) -> String {
        let text = text(in: language)
        switch name {
        case .headline: return text.headline
        case .description: return text.description
        case .event: return event
        case .key: return key
        case .incident: return incident.rawValue
        case .change: return change.title(in: language)
        case .kind: return kind.rawValue
        case .kindTitle: return kind.title(in: language)
        case .camera: return camera.rawValue
        case .cameraName: return cameraName
        case .zones: return zones.joined(separator: ", ")
        case .severity: return severity.title(in: language)
        case .state: return state.title(in: language)
        case .stage: return fire?.stage ?? ""
        case .start: return start
        case .time: return time
        case .site: return site
        case .confidencePercent: return String(Int((min(max(confidence, 0), 1) * 100).rounded()))
        case .latitude: return fire?.latitude.map { String($0) } ?? ""
        case .longitude: return fire?.longitude.map { String($0) } ?? ""
        case .place: return (language == .vi ? fire?.placeVi : fire?.place) ?? ""
        case .dangerLevel: return dangerLevel.map { String($0) } ?? ""
        case .link: return link ?? ""
        case .answerLink: return answerLink ?? ""
        }
    }
}
