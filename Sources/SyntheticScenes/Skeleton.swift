// SyntheticScenes
