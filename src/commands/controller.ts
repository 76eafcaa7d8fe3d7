// `pca-issuer controller`: reads its flags, runs the controller until it is told to stop.
import { describeAwsEnvironment } from '../app/aws-environment.ts';
import { startController } from '../app/compose.ts';
import type { EarlyStart } from '../app/early-probes.ts';
import { describeSettings, parseSettings } from '../app/settings.ts';
import { abortOnSignal } from '../app/shutdown.ts';
import { keepMetadataDirect } from '../aws/agents.ts';
import { makeLogger } from '../observe/logger.ts';
import { asksForHelp } from './asks-for-help.ts';

const help = `Signs CertificateRequests that name an AWSPCAIssuer or AWSPCAClusterIssuer.

Usage: pca-issuer controller [FLAGS]

Flags (one dash or two; each may also stand in the environment, --log-level as PCA_ISSUER_LOG_LEVEL):
${describeSettings()}

AWS (the SDK's own variables count; these matter most):
${describeAwsEnvironment()}`;

/** @returns the exit code: 0 stopped in order, 1 failed, 2 called wrongly. */
export async function runController(args: readonly string[], early?: EarlyStart): Promise<number> {
  if (asksForHelp(args)) {
    console.log(help);
    return 0;
  }
  const parsed = parseSettings(args, process.env);
  if (!parsed.ok) {
    for (const problem of parsed.problems) console.error(problem);
    return 2;
  }
  const { settings } = parsed;
  const logger = makeLogger({ level: settings.logLevel, format: settings.logFormat });
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      logger.error(`${event}: a fault of pca-issuer; the process ends`, { error });
      process.exit(1);
    });
  }
  const signal = early?.signal ?? abortOnSignal();
  keepMetadataDirect();
  try {
    const controller = await startController({ settings, logger, signal, early: early?.probes });
    if ((await controller.stopped) === 'in order') return 0;
    logger.error('the lease was lost, so another replica may lead now; this process ends, and its next start stands by');
    return 1;
  } catch (error) {
    logger.error('the controller could not start', { error });
    return 1;
  }
}
