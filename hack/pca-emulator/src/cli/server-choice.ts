// Which server does a command speak to?
import { connectEmulator, type EmulatorClient } from '../admin-client.ts';

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

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
