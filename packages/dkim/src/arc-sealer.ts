/**
 * Sealing, while the message flows: the next ARC Set. RFC 8617 §5.1. The sink takes the message as it will be sent, with
 * all that is done to it done, its DKIM-Signature fields included.
 */
import {
  type AuthenticationResult,
  fieldBody,
  formatAuthenticationResults,
  type HeaderBlock,
  parseAuthenticationResults,
} from '@postino/message';
import type { Sink } from '@postino/wire';

import {
  type ArcFields,
  arcFields,
  type ArcSet,
  chainOf,
  hasMembers,
  highestInstance,
  isTerminated,
  MESSAGE_SIGNATURE,
  SEAL,
  sealedFields,
} from './arc-chain.ts';
import { formatArcResults, resultsToSeal } from './arc-results.ts';
import type { ChainStatus } from './arc-set.ts';
import type { BodyHash } from './body-hash.ts';
import { FieldIndex } from './canonical-header.ts';
import { formatSignature } from './format-signature.ts';
import { MAX_ARC_SETS } from './limits.ts';
import { messageInto } from './message-into.ts';
import { MessageParts } from './message-parts.ts';
import { isRefusal } from './result.ts';
import { endSignable, UnsignableError } from './signable.ts';
import { listHeaders, signOver } from './signer.ts';
import {
  checkSigning,
  type DkimSignerOptions,
  SIGNED_HEADERS,
  type Signing,
} from './signer-options.ts';

type AsInDkim = 'domain' | 'selector' | 'key' | 'canonicalization' | 'oversign' | 'now';

export interface ArcSealerOptions extends Pick<DkimSignerOptions, AsInDkim> {
  /** Who made the results: our name in Authentication-Results. RFC 8601 §2.5. */
  readonly authservId: string;
  /**
   * What is sealed. Unless given, it is what all Authentication-Results of the message with our name say; those of others
   * who used it must have gone before, as `stripForged()` of `@postino/message` does.
   */
  readonly results?: readonly AuthenticationResult[];
  /** What the chain of the message came to when it arrived. Unless given, it is what `arc=` of the results says. */
  readonly chain?: ChainStatus;
  /** Fields that are signed where they are there; `SIGNED_HEADERS` and `DKIM-Signature` unless given. */
  readonly headers?: readonly string[];
}

/** RFC 8617 §4.1.2: the signatures that are there should be signed too. */
const ARC_SIGNED_HEADERS: readonly string[] = [...SIGNED_HEADERS, 'DKIM-Signature'];
/** What must not be signed. RFC 8617 §4.1.2. */
const NOT_SIGNED =
  /^(?:authentication-results|arc-(?:authentication-results|message-signature|seal))$/i;

/**
 * A sink for a message that ends in the three fields of the next set, each with its CRLF, to be put above all others. It
 * ends in nothing where no set may be added: the newest seal says `cv=fail`, or there are 50. A bad option is a
 * `TypeError` here and now. `end()` may reject with an `UnsignableError`, also where the message has a chain and nobody
 * says what it came to, or what is said cannot be.
 */
export function arcSealer(options: ArcSealerOptions): Sink<string> {
  return new ArcSealer(options);
}

/** Seals a message: gives what is to be put above it. */
export function seal(
  message: Uint8Array | AsyncIterable<Uint8Array>,
  options: ArcSealerOptions,
): Promise<string> {
  return messageInto(arcSealer(options), message);
}

class ArcSealer implements Sink<string> {
  readonly #options: ArcSealerOptions;
  readonly #signing: Signing;
  readonly #parts = new MessageParts();
  readonly #hash: BodyHash;

  constructor(options: ArcSealerOptions) {
    const { authservId, headers = ARC_SIGNED_HEADERS, oversign = [] } = options;
    const forbidden = [...headers, ...oversign].find((name) => NOT_SIGNED.test(name));
    if (forbidden) throw new TypeError(`an ARC-Message-Signature must not sign ${forbidden}`);
    if (parseAuthenticationResults(`${authservId}; none`)?.authservId !== authservId) {
      throw new TypeError(`not an authserv-id: ${JSON.stringify(authservId)}`);
    }
    this.#options = options;
    this.#signing = checkSigning({ ...options, headers });
    const wanted = { canonicalization: this.#signing.body, hash: 'sha256', length: null };
    this.#hash = this.#parts.body.want(wanted);
  }

  write(bytes: Uint8Array): void {
    this.#parts.write(bytes);
  }

  async end(): Promise<string> {
    const header = endSignable(this.#parts);
    const fields = arcFields(header, MAX_ARC_SETS);
    if (isRefusal(fields) || isTerminated(fields)) return '';
    const instance = highestInstance(fields) + 1;
    if (instance > MAX_ARC_SETS) return '';
    const toSeal = resultsToSeal(this.#valuesOf(header), this.#options.authservId);
    const chain = chainStatus(fields, this.#options.chain ?? toSeal.chain);
    const older = chain === 'pass' ? passingChain(fields) : [];

    const results = formatArcResults(instance, this.#options.authservId, toSeal);
    const message = await this.#signMessage(instance, header);
    const added = { results: asField(results), message: asField(message) };
    const sealed = await this.#seal(instance, chain, sealedFields(older, added));
    return sealed + message + results;
  }

  async abort(): Promise<void> {
    this.#parts.abort();
  }

  /** Values as Authentication-Results has them. */
  #valuesOf(header: HeaderBlock): string[] {
    const { authservId, results } = this.#options;
    if (!results) return header.findAll('Authentication-Results').map(fieldBody);
    return [fieldBody(asField(formatAuthenticationResults({ authservId, results })).field)];
  }

  #signMessage(instance: number, header: HeaderBlock): Promise<string> {
    const signing = this.#signing;
    const fields = new FieldIndex(header);
    const headers = listHeaders(signing, fields);
    const text = formatSignature({
      name: MESSAGE_SIGNATURE,
      before: this.#tags(instance, ['c', `${signing.header}/${signing.body}`]),
      headers: headers.map(({ name }) => name),
      after: [['bh', this.#hash.digest().toString('base64')]],
    });
    return signOver(text, fields.select(headers.map(({ key }) => key)), signing);
  }

  #seal(instance: number, chain: ChainStatus, fields: readonly Uint8Array[]): Promise<string> {
    const before = this.#tags(instance, ['cv', chain]);
    const text = formatSignature({ name: SEAL, before, headers: [], after: [] });
    return signOver(text, fields, { key: this.#signing.key, header: 'relaxed' });
  }

  /** The instance comes first. RFC 8617 §4.1.2, §4.1.3. */
  #tags(instance: number, own: [string, string]): [string, string | number][] {
    const { key, domain, selector, now } = this.#signing;
    return [
      ['i', instance],
      ['a', `${key.asymmetricKeyType}-sha256`],
      own,
      ['d', domain],
      ['s', selector],
      ['t', Math.floor(now() / 1000)],
    ];
  }
}

/** `cv=`: what is said of the chain, where that can be. RFC 8617 §4.4. */
function chainStatus(fields: ArcFields, said: ChainStatus | null): ChainStatus {
  if (hasMembers(fields)) {
    if (said === null) throw new UnsignableError('nobody says what its ARC chain came to');
    if (said === 'none') throw new UnsignableError('it has an ARC chain, which is said not to be');
    return said;
  }
  if (said === null || said === 'none') return 'none';
  throw new UnsignableError(`it has no ARC chain that could be ${said}`);
}

function passingChain(fields: ArcFields): readonly ArcSet[] {
  const sets = chainOf(fields, MAX_ARC_SETS);
  if (isRefusal(sets)) throw new UnsignableError(`its ARC chain cannot be pass: ${sets.reason}`);
  return sets;
}

function asField(text: string): { readonly field: Uint8Array } {
  return { field: Buffer.from(text) };
}
