// How does a file come into being with all that is in it? Whoever is killed in the midst of it, or finds the disk full, leaves none of its name.
import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, rm, writeFile } from 'node:fs/promises';

/** Writes a new file, whose folder is there. @returns false where there is one of that name already, which stays as it is. */
export async function createWhole(file: string, text: string): Promise<boolean> {
  const whole = `${file}.${randomUUID()}`;
  try {
    await writeFile(whole, text);
    // Not every file system has links.
    await link(whole, file).catch(async (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? Promise.reject(error) : copyFile(whole, file, constants.COPYFILE_EXCL)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}
