/** What a file chooser offers; the host looks at the content, not at the name. */
export const RECORDING_TYPES = 'audio/*,.wav,.flac,.mp3,.m4a,.mp4,.aac,.ogg,.opus';
