/** Delivers so many messages into a mailbox, side by side, and ends. */
import { Maildir } from '@postino/maildir';

const [path = '', who = '', count = '0'] = process.argv.slice(2);
const maildir = await Maildir.open(path);
const texts = Array.from({ length: Number(count) }, (_, n) => `${who} ${n}\r\n`);
await Promise.all(texts.map((text) => maildir.deliver(Buffer.from(text))));
