#!/usr/bin/env node
// The command line: argv -> subcommand, exit code.
import { commands } from './cli/commands.ts';
import { help } from './cli/help.ts';

// `emulator journal | head` closes our output: that is an end, not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const [name = '--help', ...rest] = process.argv.slice(2);

if (name === '--help' || name === '-h' || name === 'help' || rest.includes('--help')) {
  process.stdout.write(help);
} else {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (command === undefined) throw new Error(`there is no command ${name}; known are ${Object.keys(commands).join(', ')}`);
    await command(rest);
  } catch (error) {
    process.stderr.write(`emulator: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
