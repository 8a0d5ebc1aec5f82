import { EarshotError } from '#protocol';
import { modelsForEngine, type Application } from '#session';

/**
 * A download that failed while listening was to begin, told as what it means: a model is missing or damaged and could
 * not be had. Any other failure is given back as it is.
 */
export async function explainModelFailure(thrown: unknown, application: Application): Promise<unknown> {
  const isDownload =
    thrown instanceof EarshotError && (thrown.code === 'offline' || thrown.code === 'download-failed');
  if (!isDownload) return thrown;
  for (const name of modelsForEngine(application.settings.engine)) {
    const { state } = await application.models.verify(name);
    if (state === 'installed') continue;
    const code = state === 'corrupt' ? 'model-corrupt' : 'model-missing';
    const what = state === 'corrupt' ? 'is damaged' : 'is not installed';
    return new EarshotError(code, `The model ${name} ${what}, and it cannot be fetched. ${thrown.message}`, {
      cause: thrown,
      retryable: true,
    });
  }
  return thrown;
}
