// The subcommands by name.
import { accessKey } from './access-key.ts';
import { authority } from './authority.ts';
import { clock } from './clock-command.ts';
import { fault, faults } from './fault-commands.ts';
import { hierarchy } from './hierarchy.ts';
import { journal } from './journal-command.ts';
import { role } from './role-command.ts';
import { serve } from './serve.ts';
import { settings } from './settings-command.ts';
import { share, shares } from './share-commands.ts';
import { status } from './status.ts';

export const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  serve,
  hierarchy,
  'access-key': accessKey,
  role,
  share,
  shares,
  fault,
  faults,
  journal,
  status,
  clock,
  ca: authority,
  settings,
};
