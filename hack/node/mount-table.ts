// What is mounted below a folder?

/**
 * @param table   /proc/self/mountinfo (proc_pid_mountinfo(5))
 * @returns mount points in the folder and the folder itself, the last that was mounted first.
 */
export function mountPointsUnder(table: string, folder: string): readonly string[] {
  return table
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 8))))
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .toReversed();
}
