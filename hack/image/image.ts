// npm run image: the image of the controller, on this machine.
import { parseArgs } from 'node:util';
import { terminalProgress } from '../control-plane/progress.ts';
import { buildImage } from './build-image.ts';

const help = `Builds dist and the image, with docker, podman or buildah, whichever works here; root on Debian gets buildah installed.

Usage: npm run image -- [FLAGS]

  --tag NAME:TAG    pca-issuer:VERSION unless told, which is what the chart asks for
  --base IMAGE      build upon this one; "own" is made of npm's node and three packages of Debian, and is what is taken
                    where the registry of the Dockerfile's base does not answer
  --archive FILE    write it to a file as well, for docker load, podman load and ctr images import

For two platforms at once, where docker has buildx and a registry is at hand:

  docker buildx build --platform linux/amd64,linux/arm64 --tag REGISTRY/pca-issuer:VERSION --push .`;

const { values } = parseArgs({
  options: { tag: { type: 'string' }, base: { type: 'string' }, archive: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help === true) {
  console.log(help);
} else {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`${signal} received`)));
  try {
    const { engine, tag, base, size } = await buildImage({ ...values, progress: terminalProgress(), signal: stop.signal });
    console.log(`${tag}  ${size} unpacked, on ${base}, in the images of ${engine}`);
  } catch (error) {
    console.error(`image: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
