/**
 * LOGIN, the server's side: obsolete, without an RFC, and what older clients still speak. It is described in
 * draft-murchison-sasl-login-00: the server asks twice, and the client answers with the user, then with the password.
 */

import { MAX_FIELD_OCTETS, isSafe, readIdentity } from './field.ts';
import type { PasswordServerOptions, SaslServer, SaslStep } from './types.ts';
import { verified } from './verified.ts';

// Deviation: the draft has "User Name" and "Password"; these are what servers send and some clients wait for.
const ASK_USER = 'Username:';
const ASK_PASSWORD = 'Password:';

const encoder = new TextEncoder();

/** A server for one exchange of LOGIN; an initial response is taken as the user, as widely sent. */
export function loginServer(options: PasswordServerOptions): SaslServer {
  return new LoginServer(options);
}

class LoginServer implements SaslServer {
  readonly #options: PasswordServerOptions;
  readonly #maxOctets: number;
  #user: string | null = null;

  constructor(options: PasswordServerOptions) {
    this.#options = options;
    this.#maxOctets = options.maxOctets ?? MAX_FIELD_OCTETS;
  }

  start(initial: Uint8Array | null): SaslStep | Promise<SaslStep> {
    return initial ? this.step(initial) : challenge(ASK_USER);
  }

  step(response: Uint8Array): SaslStep | Promise<SaslStep> {
    return this.#user === null ? this.#takeUser(response) : this.#judge(this.#user, response);
  }

  #takeUser(response: Uint8Array): SaslStep {
    this.#user = readIdentity(response, this.#maxOctets);
    return this.#user === null ? { type: 'failure', reason: 'malformed' } : challenge(ASK_PASSWORD);
  }

  #judge(user: string, response: Uint8Array): SaslStep | Promise<SaslStep> {
    this.#user = null;
    if (!isSafe(response, this.#maxOctets)) return { type: 'failure', reason: 'malformed' };
    return verified(this.#options, user, new Uint8Array(response));
  }
}

function challenge(text: string): SaslStep {
  return { type: 'challenge', bytes: encoder.encode(text) };
}
