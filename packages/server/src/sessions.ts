/** Connections into sessions: a machine, its application and the loop, with the limits and the log of the configuration. */
import { Pop3Server, run as runPop3 } from '@postino/pop3-wire';
import { encodeReply, run as runSmtp, SmtpServer } from '@postino/smtp-wire';
import { asciiBytes, type Cancel, type Wire } from '@postino/wire';
import type { Service } from '@postino/node';
import type { Config } from './config/config.ts';
import type { Count } from './count.ts';
import type { Logger } from './log.ts';
import { Pop3Session, type Pop3Services } from './pop3-session.ts';
import { SMTP_REPLIES } from './smtp-replies.ts';
import { SmtpSession, type SmtpServices } from './smtp-session.ts';

/** What sessions need beside their services. */
export interface Surroundings {
  readonly config: Config;
  readonly log: Logger;
  readonly count: Count;
}

/** SMTP for whoever connects. The services are asked for with each session, since they are there only after binding. */
export function smtpService(
  services: () => SmtpServices,
  surroundings: Surroundings,
  { loginNeeded }: { readonly loginNeeded: boolean },
): Service {
  const { config } = surroundings;
  const { hostname, smtp, limits } = config;
  const serve = async (wire: Wire, stop: Cancel): Promise<void> => {
    const sessionLog = begun(surroundings, 'smtp', wire);
    const offer = await services().logins.offer();
    const session = new SmtpSession(services(), { loginNeeded, offer, log: sessionLog });
    const machine = new SmtpServer({
      hostname,
      maxMessageSize: smtp.max_message_size,
      dsn: smtp.dsn,
      chunking: smtp.chunking,
      startTls: config.tls.certificate !== null,
      tls: wire.tls,
      mechanisms: offer.mechanisms,
      allowPlaintextAuth: smtp.allow_plaintext_auth,
      limits: {
        recipients: limits.recipients,
        errors: limits.errors,
        failedLogins: limits.guesses,
      },
      timeouts: { command: limits.line_time, content: limits.line_time },
    });
    const onError = (error: unknown): void => sessionLog.error({ err: error }, 'session');
    const clock = new SessionClock(stop, limits.session_time);
    try {
      const end = await runSmtp(machine, wire, session, { stop: clock.over, onError });
      sessionLog.info({ end }, 'ended');
    } finally {
      clock.clear();
      // A wire that broke leaves the transaction as it was.
      session.reset();
    }
  };
  return { serve, refusal: encodeReply(SMTP_REPLIES.tooManyConnections) };
}

/** POP3 for whoever connects. */
export function pop3Service(services: () => Pop3Services, surroundings: Surroundings): Service {
  const { config } = surroundings;
  const { pop3, limits } = config;
  const serve = async (wire: Wire, stop: Cancel): Promise<void> => {
    const sessionLog = begun(surroundings, 'pop3', wire);
    const offer = await services().logins.offer();
    const machine = new Pop3Server({
      greeting: pop3.greeting,
      implementation: 'Postino',
      expire: 'NEVER', // nothing is removed unless a client asks; RFC 2449 §6.7
      utf8: true,
      startTls: config.tls.certificate !== null,
      tls: wire.tls,
      mechanisms: offer.mechanisms,
      allowPlaintextAuth: pop3.allow_plaintext_auth,
      limits: { failedLogins: limits.guesses },
    });
    const onError = (error: unknown): void => sessionLog.error({ err: error }, 'session');
    const session = new Pop3Session(services(), { offer, log: sessionLog });
    const clock = new SessionClock(stop, limits.session_time);
    try {
      const end = await runPop3(machine, wire, session, { stop: clock.over, onError });
      sessionLog.info({ end }, 'ended');
    } finally {
      clock.clear();
    }
  };
  return {
    serve,
    refusal: asciiBytes('-ERR [SYS/TEMP] Too many connections, please try later.\r\n'),
  };
}

/** Ends a session in good order: when the server stops, or the session has lasted as long as it may. */
class SessionClock {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  /** Fires once. */
  readonly over: Cancel = this.#controller.signal;

  constructor(stop: Cancel, sessionTime: number) {
    const end = (): void => this.#controller.abort();
    stop.addEventListener('abort', end);
    this.#timer = setTimeout(end, sessionTime);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

let sessions = 0;

function begun(
  { log, count }: Surroundings,
  protocol: 'smtp' | 'pop3',
  { peer, local, tls }: Wire,
): Logger {
  count('connections', { protocol, tls: tls === null ? 'no' : 'yes' });
  const session = log.child({ protocol, session: ++sessions, peer: peer.address });
  session.info({ port: local.port, tls: tls !== null }, 'connected');
  return session;
}
