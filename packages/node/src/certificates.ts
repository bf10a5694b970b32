/** The server's certificate and key, from files that are read again when they change. */
import { constants, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Milliseconds between two looks at the files; a look is a `stat` of each, made when a handshake begins. Our choice. */
export const CHECK_EVERY = 1_000;

/**
 * Forward secrecy and AEAD only, the strongest first: TLS 1.3 whole, and of TLS 1.2 what RFC 9325 §4.2 recommends, with
 * ChaCha20 (RFC 7905 §2) beside it.
 */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

export interface CertificateOptions {
  /** The chain, the server's own certificate first: a file's path, or PEM text (it holds `-----BEGIN`). */
  readonly certificate: string;
  /** The key, likewise; left out where `certificate` holds it too. */
  readonly key?: string;
  /** What to offer, in OpenSSL's words, the best first. */
  readonly ciphers?: string;
  /** Milliseconds between two looks at the files. */
  readonly checkEvery?: number;
  /** New files are in use. */
  readonly onReload?: () => void;
  /** New files are no good, so the old certificate stays in use; told once for each change. */
  readonly onError?: (error: Error) => void;
}

/** What a server shows in its handshakes. One object may serve any number of listeners. */
export class Certificates {
  readonly #options: CertificateOptions;
  #context: SecureContext;
  /** The state of the files when they were last read, well or not. */
  #seen: string;
  #nextCheck = 0;
  #checking: Promise<void> | null = null;

  private constructor(options: CertificateOptions, seen: string, context: SecureContext) {
    this.#options = options;
    this.#seen = seen;
    this.#context = context;
  }

  /** Rejects with an error that names the file when one cannot be read or the two do not belong together. */
  static async open(options: CertificateOptions): Promise<Certificates> {
    const seen = await stateOfFiles(options);
    return new Certificates(options, seen, await load(options));
  }

  /** The context for a new handshake, after a look at the files where one is due. */
  async current(): Promise<SecureContext> {
    if (performance.now() >= this.#nextCheck) {
      this.#checking ??= this.#check().finally(() => (this.#checking = null));
      await this.#checking;
    }
    return this.#context;
  }

  /** Reads the files now, changed or not; rejects as `open` does, and then keeps the old. */
  async reload(): Promise<void> {
    this.#seen = await stateOfFiles(this.#options);
    this.#context = await load(this.#options);
  }

  async #check(): Promise<void> {
    if ((await stateOfFiles(this.#options)) !== this.#seen) {
      await this.reload().then(this.#options.onReload, this.#options.onError);
    }
    this.#nextCheck = performance.now() + (this.#options.checkEvery ?? CHECK_EVERY);
  }
}

async function load(options: CertificateOptions): Promise<SecureContext> {
  const { certificate, key = certificate, ciphers = CIPHERS } = options;
  const [chain, keyText] = await Promise.all([readPem(certificate), readPem(key)]);
  const first = parse('certificate', certificate, () => new X509Certificate(chain));
  const privateKey = parse('private key', key, () => privateKeyFrom(keyText));
  if (!first.checkPrivateKey(privateKey)) {
    throw new Error(
      `the private key in ${place(key)} is not that of the first certificate in ${place(certificate)}`,
    );
  }
  return parse('certificate chain', certificate, () => secureContext(chain, privateKey, ciphers));
}

/** OpenSSL would ask at the terminal for a passphrase, and says nothing of use when there is none. */
function privateKeyFrom(text: string): KeyObject {
  if (/^(-----BEGIN|Proc-Type:).*ENCRYPTED/m.test(text)) {
    throw new Error('it is locked with a passphrase');
  }
  return createPrivateKey(text);
}

function secureContext(chain: string, key: KeyObject, ciphers: string): SecureContext {
  return createSecureContext({
    cert: chain,
    key: key.export({ type: 'pkcs8', format: 'pem' }),
    ciphers,
    honorCipherOrder: true,
    minVersion: 'TLSv1.2',
    // RFC 9325 §3.3, §3.5
    secureOptions: constants.SSL_OP_NO_COMPRESSION | constants.SSL_OP_NO_RENEGOTIATION,
  });
}

async function readPem(source: string): Promise<string> {
  if (isText(source)) return source;
  return readFile(source, 'latin1').catch((error: Error) => {
    throw new Error(`cannot read ${source}: ${error.message}`, { cause: error });
  });
}

function parse<T>(what: string, source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`no usable ${what} in ${place(source)}: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Changes whenever a file does; a file that is not there is a state too. */
async function stateOfFiles({ certificate, key }: CertificateOptions): Promise<string> {
  const files = [certificate, key ?? certificate].filter((source) => !isText(source));
  const states = await Promise.all(files.map(stateOf));
  return states.join();
}

function stateOf(file: string): Promise<string> {
  return stat(file).then((s) => `${s.ino} ${s.size} ${s.mtimeMs}`, String);
}

function isText(source: string): boolean {
  return source.includes('-----BEGIN');
}

/** How an error names a source; never the text, which may hold a key. */
function place(source: string): string {
  return isText(source) ? 'the PEM text' : source;
}
