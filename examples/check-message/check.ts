/** A message as it lies in a file: does it come from whom it says? `node check.ts FILE --ip IP --helo NAME --from ADDRESS` */
import { Resolver } from 'node:dns/promises';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseAddressList } from '@postino/address';
import { verify, type DkimResult } from '@postino/dkim';
import { evaluate, type DmarcResult } from '@postino/dmarc';
import type { Resolver as ResolverPort } from '@postino/dns';
import { fieldBody, formatAuthenticationResults, readHeader } from '@postino/message';
import { checkHost, type SpfResult } from '@postino/spf';

export interface Client {
  /** Its address, the name it gave in EHLO, and its MAIL FROM (`''` for `<>`). */
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
}

export interface Verdict {
  readonly spf: SpfResult;
  readonly dkim: readonly DkimResult[];
  readonly dmarc: DmarcResult;
}

/** Reads the file twice, piece by piece: for its header and for its signatures. Its lines must end in CRLF. */
export async function check(
  file: string,
  client: Client,
  resolver: ResolverPort,
): Promise<Verdict> {
  const header = await readHeader(pieces(file));
  const authors = header.findAll('From').flatMap((field) => {
    const list = parseAddressList(fieldBody(field)) ?? [];
    return list.flatMap((one) => ('group' in one ? one.group : one));
  });
  const [spf, dkim] = await Promise.all([
    checkHost({ ...client, resolver, cancel: AbortSignal.timeout(20_000) }),
    verify(pieces(file), { resolver }),
  ]);
  const from = authors.map(({ address }) => address.slice(address.lastIndexOf('@') + 1));
  return { spf, dkim, dmarc: await evaluate({ from, spf, dkim, resolver }) };
}

/** The verdict as the field that a mail server would put above the message. RFC 8601. */
export function describe({ spf, dkim, dmarc }: Verdict, authservId: string): string {
  return formatAuthenticationResults({
    authservId,
    results: [
      { method: 'spf', result: spf.result, properties: { [`smtp.${spf.identity}`]: spf.domain } },
      ...dkim.map(({ result, domain = '', reason }) => ({
        method: 'dkim',
        result,
        properties: { 'header.d': domain },
        ...(reason === undefined ? {} : { reason }),
      })),
      { method: 'dmarc', result: dmarc.result, properties: { 'header.from': dmarc.from } },
    ],
  });
}

const pieces = (file: string): AsyncIterable<Uint8Array> => createReadStream(file);

if (import.meta.main) {
  const text = { type: 'string', default: '' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ip: text, helo: text, from: text },
  });
  const client = { ip: values.ip, helo: values.helo, sender: values.from };
  const verdict = await check(positionals[0]!, client, new Resolver());
  process.stdout.write(describe(verdict, 'localhost'));
  console.log(`DMARC asks for: ${verdict.dmarc.disposition}`);
  process.exitCode = verdict.dmarc.disposition === 'none' ? 0 : 1;
}
