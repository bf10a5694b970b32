/** Fetches the policy of MTA-STS from its web server. RFC 8461 §3.3. */
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Resolver } from '@postino/dns';
import { orNone } from '../commands/published-facts.ts';

/** Where the web servers are. */
export interface HttpsOptions {
  /** 443 unless given. */
  readonly port?: number;
  /** Authorities in PEM; those of the system unless given. */
  readonly ca?: string;
}

/** Milliseconds for all of it, and octets of a policy. RFC 8461 §3.3 suggests a minute, and 64 KB. */
const PATIENCE = 20_000;
const SIZE_LIMIT = 64 << 10;

/** Where the policy of a domain is. */
export function stsPolicyUrl(domain: string): string {
  return `https://mta-sts.${domain}/.well-known/mta-sts.txt`;
}

/**
 * The text of the policy. Rejects when there is none: what says why can stand in a sentence. Node's `fetch` would ask the
 * system's resolver instead of ours, and follow where it is led.
 */
export async function fetchStsPolicy(
  domain: string,
  resolver: Resolver,
  { port = 443, ca }: HttpsOptions = {},
): Promise<string> {
  const options: RequestOptions = {
    port,
    ...(ca !== undefined && { ca }),
    agent: false,
    lookup: lookupWith(resolver),
    signal: AbortSignal.timeout(PATIENCE),
  };
  const request = get(stsPolicyUrl(domain), options);
  const [response]: IncomingMessage[] = await once(request, 'response');
  try {
    return await textOf(response!);
  } finally {
    request.destroy();
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const { statusCode, headers } = response;
  if (statusCode !== 200) throw new Error(`the web server answers ${statusCode}`);
  const type = headers['content-type'] ?? 'nothing';
  if (!/^text\/plain(?:;|$)/i.test(type)) throw new Error(`it is ${type}, not text/plain`);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response) {
    pieces.push(Buffer.from(piece));
    size += pieces.at(-1)!.length;
    if (size > SIZE_LIMIT) throw new Error('it is too long');
  }
  return Buffer.concat(pieces).toString();
}

function lookupWith(resolver: Resolver): LookupFunction {
  return (name, { all }, answer) =>
    void addressesOf(name, resolver).then(
      (found) => (all ? answer(null, found) : answer(null, found[0]!.address, found[0]!.family)),
      (error: Error) => answer(error, []),
    );
}

async function addressesOf(name: string, resolver: Resolver): Promise<LookupAddress[]> {
  const [v4, v6] = await Promise.all([
    orNone(resolver.resolve4(name)),
    orNone(resolver.resolve6(name)),
  ]);
  if (v4.length + v6.length === 0) throw new Error(`the DNS has no address of ${name}`);
  return [
    ...v4.map((address) => ({ address, family: 4 })),
    ...v6.map((address) => ({ address, family: 6 })),
  ];
}
