/** The servers, as the runners talk to them: a machine, its loop, and a pair of wires in memory. */
import * as address from '@postino/address';
import * as pop3 from '@postino/pop3-wire';
import { plainServer } from '@postino/sasl';
import * as smtp from '@postino/smtp-wire';
import { decodeUtf8, memoryWires } from '@postino/wire';

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
    dsn: true,
    chunking: true,
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
