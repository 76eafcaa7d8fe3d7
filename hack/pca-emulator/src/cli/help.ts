// What `--help` says.
import { faultKinds } from '../faults/fault-kinds.ts';

export const help = `emulator: a double of AWS Private CA and STS. It is not AWS, and its keys are unprotected.

  emulator serve [--port 0] [--host 127.0.0.1] [--state FILE] [--reports FOLDER] [--json] [--quotas | --quota-scale 0.2]
                 [--signing-ms 300] [--idempotency-window-ms 300000] [--rtt-ms 0] [--issue-rtt-ms N] [--get-rtt-ms N]
      Runs until SIGTERM or Ctrl-C. With --json the first line of output is {"url":"…","notice":"…"}.

  emulator hierarchy NAME --account 111122223333 --region eu-central-1 --tier root:RSA_2048 --tier issuing:EC_prime256v1
      Makes a root and the CAs under it and prints their ARNs. The same name always has the same ARNs.
      A tier is NAME:KEY[:OPTION=VALUE…], options commonName, pathLen, validityDays, usageMode, signingAlgorithm, external.

  emulator access-key --account 111122223333 [--user tester]
      Makes an access key and prints it as shell exports, with the endpoints that point an SDK here.

  emulator role ARN [--trust JSON]… [--permission JSON]… [--end-sessions] [--delete]
      Makes a role or replaces it; a role without --permission may do everything in its account. Trust is one of
      {"provider":"https://…","subject":"system:serviceaccount:NAMESPACE:NAME"} and {"principal":"arn:… or SERVICE"}.
      --end-sessions lets all its sessions expire now; --delete takes the role away.
      --pod-identity NAMESPACE/SERVICEACCOUNT associates it, --instance-profile attaches it to the instance.

  emulator share CA --account 444455556666 [--permission NAME]…
      Shares a CA as AWS RAM does, by AWS's managed permissions; the default one unless told.
  emulator shares [--remove ID | --remove-all]

  emulator fault OPERATION KIND [--times 3] [--probability 0.2 [--seed 7]] [--for 30s] [--ca ARN]
                 [--delay-ms N] [--skew 10m] [--status N] [--body JSON]
      Queues trouble. OPERATION may be '*'. It strikes once; with --probability or --for as often as they say; --times
      until-cleared: until it is cleared. --for runs on the virtual clock. A minus is written as in --skew=-10m.
      Kinds:
${kindRows()}
  emulator faults [--clear] [--release] [--operation NAME] [--ca ARN]
      Lists what is left; --clear forgets it, --release lets hanging calls go.

  emulator journal [--follow] [--ca ARN] [--json]
  emulator status [--json]
  emulator clock [--offset-ms N | --advance 12m]
  emulator ca ARN [--status DISABLED] [--signing-ms N] [--certificate-quota N] [--chain-format aws]
  emulator settings [NAME=VALUE…]

The server is chosen by --url or PCA_EMULATOR_URL.

Try it:
  emulator serve --port 4555 --state /tmp/pca.json &
  export PCA_EMULATOR_URL=http://127.0.0.1:4555
  emulator hierarchy mesh --account 111122223333 --region eu-central-1 --tier root:RSA_2048 --tier issuing:RSA_2048
  eval "$(emulator access-key --account 111122223333)"
  emulator fault IssueCertificate lost --times 3
  emulator journal --follow
`;

function kindRows(): string {
  const rows: string[] = [];
  for (let i = 0; i < faultKinds.length; i += 7) rows.push(`        ${faultKinds.slice(i, i + 7).join(', ')}`);
  return rows.join(',\n');
}
