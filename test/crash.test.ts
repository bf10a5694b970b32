/** `kill -9` under load: what was answered 250 is in the mailboxes, whole and once, when the server is back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Site, type User } from './running-server.ts';
import { BODY, killUnderLoad } from './sending-load.ts';

/** How often the server is killed; POSTINO_KILLS asks for more. */
const KILLS = Number(process.env['POSTINO_KILLS'] ?? 4);
const CONNECTIONS = 8;

/** Where an address leads: one mailbox, whose delivery is the commit, or two, which are filled from the queue. */
const LEADS: Readonly<Record<string, readonly User[]>> = {
  'ale@poul.org': ['ale'],
  'info@poul.org': ['ale', 'daniele'],
};

/** How often each message lies in a mailbox; one that is not whole is a failure. */
function stored(site: Site, user: User): Map<string, number> {
  const count = new Map<string, number>();
  for (const text of site.mailbox(user)) {
    const [, id] = /^Subject: (.*)$/m.exec(text) ?? [];
    assert.ok(
      id && text.endsWith(`\n\n${BODY.replaceAll('\r\n', '\n')}`),
      `a message is not whole: ${text}`,
    );
    count.set(id, (count.get(id) ?? 0) + 1);
  }
  return count;
}

test(`${KILLS} times kill -9 under load: nothing that was promised is lost or doubled`, async () => {
  const site = new Site();
  try {
    const promises = await killUnderLoad(site, {
      kills: KILLS,
      connections: CONNECTIONS,
      to: Object.keys(LEADS),
    });
    // The last start replays what was committed and not delivered; a start serves only when it has.
    assert.equal(await (await site.start()).stop(), 0);
    const mailboxes = { ale: stored(site, 'ale'), daniele: stored(site, 'daniele') };
    for (const { id, to } of promises) {
      for (const user of LEADS[to]!)
        assert.equal(mailboxes[user].get(id), 1, `${id} to ${to} for ${user}`);
    }
    for (const [user, box] of Object.entries(mailboxes)) {
      for (const [id, times] of box)
        assert.equal(times, 1, `${id} lies ${times} times in the mailbox of ${user}`);
    }
    assert.ok(promises.length >= 20 * KILLS);
  } finally {
    site.remove();
  }
});
