/// What decisions name the detectors by: to be raised with every change that lets one find something else.
public enum DetectorVersion {
    public static let motion = "motion-7"
    public static let smoke = "smoke-5"
    public static let flame = "flame-2"
}
