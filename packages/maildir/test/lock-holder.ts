/** Takes the lock of a mailbox, says so, and holds it until it is killed. */
import { Maildir } from '@postino/maildir';

const maildir = await Maildir.open(process.argv[2]!);
const lock = await maildir.lock();
console.log(lock ? 'held' : 'refused');
setInterval(() => lock, 1000);
