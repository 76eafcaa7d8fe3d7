// Does somebody want to know how a subcommand is called? With one dash or two, as the flags of aws-privateca-issuer are written.

export function asksForHelp(args: readonly string[]): boolean {
  return args.some((arg) => ['--help', '-h', '-help'].includes(arg));
}
