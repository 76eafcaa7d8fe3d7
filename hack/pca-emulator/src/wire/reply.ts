// What is sent back: a value, so that a fault can still bend it before it leaves.

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or bytes as they are. */
  readonly body: string | Buffer;
}
