// Which server does a command speak to?
import { connectEmulator, type EmulatorClient } from '../admin-client.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const urlOption = { url: { type: 'string' } } as const;

/** @throws Error when neither --url nor PCA_EMULATOR_URL names one */
export function chosenServer(url: string | undefined): EmulatorClient {
  const address = url ?? process.env['PCA_EMULATOR_URL'];
  if (address === undefined || address === '') throw new Error('name the server by --url or PCA_EMULATOR_URL');
  return connectEmulator(address);
}

/** @throws Error when the text is not a number */
export function numberOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value === '' || !Number.isFinite(number)) throw new Error(`${name} must be a number, not ${value}`);
  return number;
}

/**
 * Reads 300ms, 90s, 12m, 2h or 30d, also with a minus in front.
 * @throws Error that names the option, for another form
 */
export function durationOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, number, unit] = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) ?? [];
  const factor = unit === undefined ? undefined : unitMs[unit];
  if (factor === undefined) throw new Error(`${name} must be a duration such as 300ms, 90s, 12m, 2h or 30d, not ${value}`);
  return Number(number) * factor;
}

/** @throws Error that names the option, when the text is not JSON */
export function jsonOption(name: string, value: string | undefined): unknown {
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw new Error(`${name} must be JSON, not ${value}`);
  }
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
