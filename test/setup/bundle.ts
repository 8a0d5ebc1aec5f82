/** Builds the process bundles once before any test: end-to-end tests run what a user runs. */
export default async function bundleBeforeTests(): Promise<void> {
  const { bundleProcesses } = (await import('../../build/bundle.mjs')) as {
    bundleProcesses: () => Promise<void>;
  };
  await bundleProcesses();
}
