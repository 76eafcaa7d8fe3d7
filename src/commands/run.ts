// Which subcommand is meant? Without one, the controller: what the image runs.
import type { EarlyStart } from '../app/early-probes.ts';
import { runController } from './controller.ts';
import { runPreflight } from './preflight.ts';
import { runProbe } from './probe.ts';
import { runRevoke } from './revoke.ts';
import { runVerify } from './verify.ts';

const help = `pca-issuer: a cert-manager issuer for AWS Private CA

Usage: pca-issuer [COMMAND] [FLAGS]

Commands:
  controller   sign CertificateRequests that name an AWSPCAIssuer or AWSPCAClusterIssuer (the default)
  preflight    say what changes when pca-issuer takes over from aws-privateca-issuer; only looks
  verify       prove that istiod and other clusters can work with a cacerts Secret; only looks
  revoke       take one certificate back at AWS, and say who hangs from it
  probe        ask a URL until it answers (what helm test runs)
  version      print the version

pca-issuer COMMAND --help tells the flags.`;

/** @param early what a controller has begun already. @returns the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function run(args: readonly string[], early?: EarlyStart): Promise<number> {
  const [first = 'controller', ...rest] = args;
  if (first === '--help' || first === '-h' || first === 'help') {
    console.log(help);
    return 0;
  }
  if (first === 'version' || first === '--version') {
    console.log(process.env['PCA_ISSUER_VERSION'] ?? 'development');
    return 0;
  }
  if (first === 'controller') return runController(rest, early);
  if (first === 'preflight') return runPreflight(rest);
  if (first === 'verify') return runVerify(rest);
  if (first === 'revoke') return runRevoke(rest);
  if (first === 'probe') return runProbe(rest);
  if (first.startsWith('-')) return runController(args, early);
  console.error(`"${first}" is not a command of pca-issuer.\n\n${help}`);
  return 2;
}
