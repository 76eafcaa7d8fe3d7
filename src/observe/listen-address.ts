// Where does a server listen? Go's way of writing it: `:8081`, `127.0.0.1:8081`, `[::1]:8081`, `0` for nowhere.

export type ListenAddress = { readonly host: string | undefined; readonly port: number } | 'off';

/** @returns undefined where `text` is no such address; host undefined means every interface, port 0 any free one. */
export function readListenAddress(text: string): ListenAddress | undefined {
  if (text === '0') return 'off';
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  return { host: bracketed ?? (plain || undefined), port };
}
