"""Whisper's log-mel, and the same with the running maximum of a stream."""

import torch
import whisper
from whisper.audio import HOP_LENGTH, N_FFT, mel_filters

CHUNK = 6400
FRAMES = 40


def log_spectrogram(audio: torch.Tensor) -> torch.Tensor:
    """log10 of the mel spectrogram before the maximum is applied: [128, frames]; `whisper.log_mel_spectrogram`'s first half."""
    stft = torch.stft(audio, N_FFT, HOP_LENGTH, window=torch.hann_window(N_FFT), return_complex=True)
    power = stft[..., :-1].abs() ** 2
    return torch.clamp(mel_filters(audio.device, 128) @ power, min=1e-10).log10()


def clamp_and_scale(log_spec: torch.Tensor, maximum: torch.Tensor) -> torch.Tensor:
    return (torch.maximum(log_spec, maximum - 8.0) + 4.0) / 4.0


def whole_mel(audio: torch.Tensor) -> torch.Tensor:
    """What Whisper computes for the whole signal; checks that the two halves above are Whisper's own."""
    mel = whisper.log_mel_spectrogram(audio, n_mels=128)
    own = log_spectrogram(audio)
    assert torch.allclose(mel, clamp_and_scale(own, own.max()), atol=1e-6)
    return mel


def streaming_mel(audio: torch.Tensor, chunk: int = CHUNK) -> list[torch.Tensor]:
    """The mel of each chunk [128, chunk / 160] as a stream hears it: all of the past, nothing of the future, the maximum so far."""
    chunks, maximum = [], torch.tensor(-10.0)
    for end in range(chunk, audio.shape[0] + 1, chunk):
        history = audio[max(0, end - 2 * chunk) : end]
        frames = log_spectrogram(history)[:, -chunk // HOP_LENGTH :]
        maximum = torch.maximum(maximum, frames.max())
        chunks.append(clamp_and_scale(frames, maximum))
    return chunks


def whole_chunks(audio: torch.Tensor) -> list[torch.Tensor]:
    mel = whole_mel(audio)
    return list(mel[:, : mel.shape[1] // FRAMES * FRAMES].split(FRAMES, dim=1))
