/** Opens a session: greeting, CAPA, STLS, login. */
import { encodeBase64, encodeUtf8, type Wire } from '@postino/wire';
import { Pop3Client } from './client.ts';
import { Pop3ClientLoop, refusal } from './client-loop.ts';
import { Pop3Connection } from './connection.ts';
import type { ConnectPop3Options, Pop3Failure, Pop3Mechanism } from './connection-types.ts';
import { parseCapabilities } from './message-list.ts';

/** A maildrop that is open, or why there is none: nothing is left open then. */
export type ConnectedPop3 =
  | { readonly connection: Pop3Connection }
  | { readonly failure: Pop3Failure };

const UNPROVED: Pop3Failure = { text: 'the server has not proved that it knows the password' };

type Capabilities = ReadonlyMap<string, readonly string[]>;

const NO_TLS: Pop3Failure = { text: 'the server offers no TLS, and without it nobody logs in' };
const NO_LOGIN: Pop3Failure = { text: 'the server offers no way to log in that is known here' };

/** Speaks up to the open maildrop. Nothing that the server or the wire does is thrown: it is the `failure`. */
export async function connectPop3(wire: Wire, options: ConnectPop3Options): Promise<ConnectedPop3> {
  const loop = new Pop3ClientLoop(new Pop3Client(options.limits), wire, options);
  try {
    const failure = (await loop.greeting()) ?? (await open(loop, wire, options));
    if (!failure) return { connection: new Pop3Connection(loop) };
    if (!loop.closed) await loop.say({ verb: 'QUIT' });
    return { failure };
  } catch (error) {
    wire.destroy();
    throw error;
  }
}

async function open(
  loop: Pop3ClientLoop,
  wire: Wire,
  options: ConnectPop3Options,
): Promise<Pop3Failure | null> {
  const { startTls = 'required' } = options;
  let offered = await capabilities(loop);
  if (!wire.tls && startTls !== 'never') {
    if (offered.has('STLS')) {
      const failure = refusal(await loop.startTls());
      if (failure) return failure;
      offered = await capabilities(loop); // what was said before TLS is worth nothing: RFC 2595 §4
    } else if (startTls === 'required') return NO_TLS;
  }
  const { mechanisms = [] } = options;
  const ways = typeof mechanisms === 'function' ? mechanisms(wire.tls) : mechanisms;
  return logIn(loop, offered, { ...options, mechanisms: ways });
}

/** A server that knows no CAPA offers nothing but what RFC 1939 obliges it to. */
async function capabilities(loop: Pop3ClientLoop): Promise<Capabilities> {
  const listed = await loop.list({ verb: 'CAPA' });
  return 'failure' in listed ? new Map() : parseCapabilities(listed.text);
}

async function logIn(
  loop: Pop3ClientLoop,
  offered: Capabilities,
  { login, mechanisms }: ConnectPop3Options & { readonly mechanisms: readonly Pop3Mechanism[] },
): Promise<Pop3Failure | null> {
  const names = offered.get('SASL') ?? [];
  const chosen = mechanisms.find(({ mechanism }) => names.includes(mechanism.toUpperCase()));
  if (chosen) return authenticate(loop, chosen);
  if (!login) return NO_LOGIN;
  const named = refusal(await loop.say({ verb: 'USER', name: login.user }));
  return named ?? refusal(await loop.say({ verb: 'PASS', password: encodeUtf8(login.password) }));
}

/** An initial response of no octets is written `=`. RFC 5034 §4. */
async function authenticate(
  loop: Pop3ClientLoop,
  chosen: Pop3Mechanism,
): Promise<Pop3Failure | null> {
  const first = await chosen.start();
  const initial = first && (first.length === 0 ? '=' : encodeBase64(first));
  const command = { verb: 'AUTH', mechanism: chosen.mechanism.toUpperCase(), initial } as const;
  const failure = refusal(await loop.exchange(command, (challenge) => chosen.step(challenge)));
  return failure ?? (chosen.verified === false ? UNPROVED : null);
}
