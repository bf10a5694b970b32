/**
 * The house behind the names that the conformance runners know: node run-smtp.mjs --impl test/corpora/postino.mjs.
 * Plain JavaScript, since a runner may be started by a Node that strips no types; the packages must be built for that one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Lets a runner that was started without the condition use the sources.
nodeModule.registerHooks?.({
  resolve: (specifier, context, next) =>
    next(specifier, { ...context, conditions: [...context.conditions, '@postino/source'] }),
});
const address = await import('@postino/address');
const idna = await import('@postino/address/idna');
const { PasswdFile } = await import('@postino/passwd-md5');
const { parsePlain, plainServer } = await import('@postino/sasl');
const { decodeUtf8, LineReader, memoryWires } = await import('@postino/wire');
const smtp = await import('@postino/smtp-wire');
const pop3 = await import('@postino/pop3-wire');

export const name = 'postino';

// Addresses and domains. A server takes single labels and what SMTPUTF8 allows by the option.
export const parseMailbox = (text, options) =>
  address.parseMailbox(text, { ...options, singleLabel: true });
export const parsePath = (text, options) =>
  address.parsePath(text, { ...options, singleLabel: true });
export const parseAddressList = (text) => address.parseAddressList(text);
export const toAscii = (domain) => idna.domainToAscii(domain);

// The SMTP grammar.
export function parseSmtpCommand(line) {
  const command = smtp.parseCommand(line);
  if ('fault' in command) return null;
  const { verb, name: host, from, to, params } = command;
  const path = from ?? to;
  // A runner wants the address as text; a quoted local part shows its content.
  const text =
    path &&
    (address.isNullPath(path) ? '' : `${path.localPart}${path.domain && `@${path.domain}`}`);
  return { verb, host, address: text, size: params?.size, params };
}

export function smtpCommandLine(octets) {
  const lines = new LineReader(smtp.DEFAULT_LIMITS.commandLine);
  lines.push(octets);
  const line = lines.next();
  if (!line || line.fault) return null;
  const text = decodeUtf8(line.bytes);
  return text === null ? null : parseSmtpCommand(text);
}

export function parseSmtpReply(text) {
  const reply = smtp.parseReply(text);
  return reply && { code: reply.code, enhanced: reply.status, lines: [reply.text].flat() };
}

// Passwords and SASL.
export async function verifyPassword(encoded, password) {
  if (!/^(\{(PLAIN-MD5|LDAP-MD5|MD5)\})?([\da-f]{32}|[\w+/]{22}==)$/i.test(encoded)) {
    throw Object.assign(new Error(encoded.slice(0, 12)), { code: 'UNSUPPORTED' });
  }
  const folder = mkdtempSync(join(tmpdir(), 'postino-'));
  try {
    writeFileSync(join(folder, 'passwd'), `user:${encoded}::\n`);
    return await (await PasswdFile.open(join(folder, 'passwd'))).verify('user', password);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function decodePlain(initialResponse) {
  const octets = Buffer.from(initialResponse, 'base64');
  if (octets.toString('base64') !== initialResponse) return null;
  const plain = parsePlain(octets);
  return plain && { authzid: plain.authzid, username: plain.user, password: plain.password };
}

// The servers: a machine, its loop, and a pair of wires in memory.
export async function smtpServer({
  hostname,
  localDomains,
  users,
  maxMessageSize,
  authRequiresTls,
  onMessage,
}) {
  const options = {
    hostname,
    maxMessageSize,
    startTls: true,
    mechanisms: ['PLAIN'],
    allowPlaintextAuth: authRequiresTls === false,
  };
  const app = () =>
    receiver({ localDomains, users: new Map(Object.entries(users ?? {})), onMessage });
  return server((wire) => smtp.run(new smtp.SmtpServer(options), wire, app()));
}

function receiver({ localDomains, users, onMessage }) {
  const plain = plainServer({
    verify: (user, password) => users.get(user) === decodeUtf8(password),
  });
  let envelope = { mailFrom: '', rcptTo: [] };
  let content = [];
  const forget = () => {
    envelope = { mailFrom: '', rcptTo: [] };
    content = [];
  };
  return {
    async auth(_mechanism, initial) {
      const step = await plain.start(initial);
      if (step.type === 'challenge') return { challenge: step.bytes };
      return step.type === 'success' ? { user: step.user } : smtp.REPLIES.authenticationFailed;
    },
    async authResponse(response) {
      const step = await plain.step(response);
      return step.type === 'success' ? { user: step.user } : smtp.REPLIES.authenticationFailed;
    },
    mail(from) {
      envelope.mailFrom = address.formatPath(from);
    },
    rcpt(to, _params, { user }) {
      const local =
        to.domain === '' || localDomains.some((domain) => address.sameDomain(domain, to.domain));
      if (!local && !user) return { code: 550, status: '5.7.1', text: 'Relay not permitted' };
      envelope.rcptTo.push(address.formatPath(to));
      return undefined;
    },
    content(bytes) {
      content.push(Buffer.from(bytes));
    },
    message() {
      onMessage({ ...envelope, data: Buffer.concat(content) });
      forget();
    },
    reset: forget,
  };
}

export async function pop3Server({ user, password, messages, apop }) {
  if (apop) return server((wire) => wire.write(Buffer.from('-ERR APOP is not served\r\n')));
  const entries = messages.map((message, index) => ({
    size: message.length,
    uid: `message-${index}`,
  }));
  const app = {
    login: (name, given) =>
      name === user && decodeUtf8(given) === password
        ? { entries }
        : { code: 'AUTH', text: 'Authentication failed.' },
    retrieve: (index) => ({ size: entries[index].size, content: [messages[index]] }),
    update() {},
  };
  return server((wire) => pop3.run(new pop3.Pop3Server({ allowPlaintextAuth: true }), wire, app));
}

function server(serve) {
  const wires = [];
  return {
    connect() {
      const [ours, theirs] = memoryWires();
      wires.push(ours);
      void serve(ours);
      return new Connection(theirs);
    },
    close() {
      for (const wire of wires) wire.destroy();
    },
  };
}

/** A wire as the runners hold it. */
class Connection {
  #wire;
  #listeners = { data: [], close: [], error: [] };

  constructor(wire) {
    this.#wire = wire;
  }

  on(event, listener) {
    this.#listeners[event].push(listener);
    if (event === 'data') void this.#read();
  }

  write(bytes) {
    this.#wire.write(bytes).catch(() => {});
  }

  close() {
    this.#wire.destroy();
    return true;
  }

  async #read() {
    try {
      for (let got = await this.#wire.read(0); got; got = await this.#wire.read(0))
        this.#tell('data', got);
    } catch {
      // Broken is closed too.
    }
    this.#tell('close');
  }

  #tell(event, value) {
    for (const listener of this.#listeners[event]) listener(value);
  }
}
