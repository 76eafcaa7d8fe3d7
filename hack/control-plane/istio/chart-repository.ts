// Where does `helm repo add istio …` lead where only package registries can be reached? To the charts of the Go module that istiod is built from.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { besideProgram, ensurePrograms } from '../programs.ts';

/** The address that Istio's guides name. */
export const istioCharts = 'https://istio-release.storage.googleapis.com/charts';

export interface ChartRepository extends AsyncDisposable {
  readonly url: string;
}

const run = promisify(execFile);

/** Serves istio/base and istio/istiod on the loopback, as a repository of helm. */
export async function serveIstioCharts(): Promise<ChartRepository> {
  const { helm, istiod } = await ensurePrograms(['helm', 'istiod']);
  const folder = await mkdtemp(join(tmpdir(), 'istio-charts-'));
  for (const chart of ['base', 'istiod']) await run(helm, ['package', besideProgram(istiod, `charts/${chart}`), '--destination', folder]);
  await run(helm, ['repo', 'index', folder]);
  const server = createServer((request, response) => {
    readFile(join(folder, basename(request.url ?? ''))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true });
    },
  };
}
