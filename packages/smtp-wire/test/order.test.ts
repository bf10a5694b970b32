import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORDER } from '@postino/smtp-wire';
import { addressed, codes, Driver, greeted } from './session.ts';

const LINES: Readonly<Record<string, string>> = {
  EHLO: 'EHLO c.example',
  HELO: 'HELO c.example',
  MAIL: 'MAIL FROM:<a@b.example>',
  RCPT: 'RCPT TO:<a@b.example>',
  VRFY: 'VRFY a',
  AUTH: 'AUTH PLAIN AGFsZQBzZWNyZXQ=',
};
const VERBS = [
  'EHLO',
  'HELO',
  'MAIL',
  'RCPT',
  'DATA',
  'RSET',
  'NOOP',
  'VRFY',
  'HELP',
  'QUIT',
  'STARTTLS',
  'AUTH',
];
const OPTIONS = { startTls: true, mechanisms: ['PLAIN'], allowPlaintextAuth: true };

/** A session in each phase where commands come. */
const SESSIONS = {
  hello: () => {
    const driver = new Driver(OPTIONS);
    driver.pump();
    return driver;
  },
  ready: () => greeted(OPTIONS),
  mail: () => {
    const driver = greeted(OPTIONS);
    driver.feed('MAIL FROM:<a@b.example>\r\n');
    return driver;
  },
  rcpt: () => addressed(OPTIONS),
  refused: () => {
    const driver = new Driver(OPTIONS);
    driver.server.next();
    driver.server.reject({ code: 554, text: 'no service here' });
    driver.pump();
    return driver;
  },
} as const;

for (const [phase, session] of Object.entries(SESSIONS)) {
  for (const verb of VERBS) {
    const allowed = verb in ORDER[phase as keyof typeof SESSIONS];
    test(`in phase ${phase}, ${verb} is ${allowed ? 'taken' : '503'}`, () => {
      const [code] = codes(session().feed(`${LINES[verb] ?? verb}\r\n`));
      assert.equal(code === 503, !allowed, String(code));
    });
  }
}

test('every phase that the table leads to is in the table', () => {
  for (const moves of Object.values(ORDER)) {
    for (const phase of Object.values(moves)) assert.ok(phase in ORDER, phase);
  }
});
