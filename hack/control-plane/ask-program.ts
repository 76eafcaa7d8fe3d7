// One question to one of our small Go tools: JSON in, JSON out.
import { spawn } from 'node:child_process';
import { program, type ProgramName } from './programs.ts';

/** @throws Error with what the program said, where it did not end well. */
export async function askProgram(name: ProgramName, question: object): Promise<unknown> {
  const child = spawn(await program(name), { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = new Promise<number | null>((resolve, reject) => void child.once('error', reject).once('close', resolve));
  child.stdin.on('error', () => {}).end(JSON.stringify(question)); // one that ends without reading says why on stderr
  if ((await ended) !== 0) throw new Error(complaints.trim());
  return JSON.parse(output);
}
