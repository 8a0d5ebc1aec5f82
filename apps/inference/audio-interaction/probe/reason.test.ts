import { describe, expect, it } from 'vitest';
import { EarshotError } from '#protocol';
import { reasonOf } from './reason.ts';

const CONTEXT =
  '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n';

describe('why a provider cannot be used', () => {
  it('says what to do where that is known', () => {
    const error = new EarshotError('engine-failed', `The model tower.onnx cannot be loaded: ${CONTEXT}`);
    expect(reasonOf(error)).toMatch(/^no graphics adapter .* Install or update the driver\.$/);
    expect(reasonOf(new Error('Program Cast requires f16 but the device does not support it.'))).toContain(
      '--cache float32',
    );
    expect(
      reasonOf(new Error('OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library')),
    ).toContain('not installed');
  });

  it('is one short line whatever was said', () => {
    expect(reasonOf(new Error('a line\n  and another'))).toBe('a line and another');
    expect(reasonOf(new Error('x'.repeat(5000))).length).toBeLessThanOrEqual(300);
  });
});
