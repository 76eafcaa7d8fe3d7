// Do two workloads accept each other? One TLS 1.3 handshake with certificates on both sides, as their proxies do it.
import { duplexPair, type Duplex } from 'node:stream';
import { connect, createSecureContext, createServer, type PeerCertificate, type SecureContext, type Server, type TLSSocket } from 'node:tls';

/** What a proxy holds: its own certificate with the chain that it serves, and the roots that it accepts. */
export interface Credentials {
  /** spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT */
  readonly identity: string;
  readonly keyPem: string;
  /** the workload's certificate first */
  readonly chainPem: string;
  readonly rootsPem: string;
  /** revocation lists, all that it has; Envoy then asks for one of every CA of the peer's chain */
  readonly revocationListsPem?: readonly string[] | undefined;
}

/** Only ends what hangs: both sides are this process, which may have to wait for its turn. */
const patienceMs = 60_000;

/**
 * Shakes hands over a pair of streams, each side proving itself and judging the other by its roots and its name, and lets each
 * read a word of the other: with TLS 1.3 a client learns of its refusal only then.
 * @returns undefined when both accept, else who refused and why.
 */
export async function shakeHands(server: Credentials, client: Credentials): Promise<string | undefined> {
  const [serverEnd, clientEnd] = duplexPair();
  const material = materialOf(server);
  // A server does not pass on by itself that it trusts what is no root; a context does.
  const SNICallback = (_name: string, done: (error: null, context: SecureContext) => void): void => done(null, createSecureContext(material));
  const serving = createServer({ requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3', ...material, SNICallback });
  const calling = connect({
    socket: clientEnd,
    servername: 'workload.mesh',
    minVersion: 'TLSv1.3',
    checkServerIdentity: (_host, certificate) => wrongName(certificate, server.identity),
    ...materialOf(client),
  });
  const served = accept(serving, client.identity).then((trouble) => trouble && `server: ${trouble}`);
  const called = greet(calling).then((trouble) => trouble && `client: ${trouble}`);
  serving.emit('connection', serverEnd);
  calling.once('secureConnect', () => calling.write('hello'));
  try {
    // Who refuses knows first; the other side hears of it, if at all.
    return (await Promise.race([served, called])) ?? (await Promise.all([served, called])).find((trouble) => trouble !== undefined);
  } finally {
    for (const each of [calling, serverEnd, clientEnd] satisfies readonly Duplex[]) each.destroy();
  }
}

/** A proxy trusts each certificate among its roots, also one that is no root. */
function materialOf({ keyPem, chainPem, rootsPem, revocationListsPem }: Credentials): object {
  return { key: keyPem, cert: chainPem, ca: rootsPem, allowPartialTrustChain: true, ...(revocationListsPem === undefined ? {} : { crl: [...revocationListsPem] }) };
}

/** The server's side: judges whom it lets in. @returns what went wrong. */
async function accept(server: Server, identity: string): Promise<string | undefined> {
  const socket = await new Promise<TLSSocket | Error>((resolve) => {
    server.once('secureConnection', resolve);
    server.once('tlsClientError', resolve);
  });
  if (socket instanceof Error) return socket.message;
  // Left to the server it would be a hang-up without a word.
  const refused = socket.authorized ? wrongName(socket.getPeerCertificate(), identity)?.message : String(socket.authorizationError);
  if (refused === undefined) socket.write('hello');
  else socket.destroy();
  return refused ?? greet(socket);
}

/** Waits for the other's word. @returns what went wrong. */
function greet(socket: TLSSocket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`no answer in ${patienceMs / 1000} s`), patienceMs);
    const tell = (trouble: string | undefined) => {
      clearTimeout(timer);
      resolve(trouble);
    };
    socket.once('data', () => tell(undefined));
    socket.on('error', (error) => tell(error.message));
    socket.once('close', () => tell('the connection was closed'));
  });
}

function wrongName({ subjectaltname = 'no name' }: PeerCertificate, identity: string): Error | undefined {
  return subjectaltname === `URI:${identity}` ? undefined : new Error(`the peer is ${subjectaltname}, not ${identity}`);
}
