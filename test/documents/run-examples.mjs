// Runs each program that is named, in an empty folder of its own, one after the other: together they load the packages
// once. What they listen on takes any free port, and does not keep the process alive. Prints `"file": null`, or the error.
import { mkdtempSync, rmSync } from 'node:fs';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

// oxlint-disable-next-line typescript/unbound-method -- it is called on a server below
const listen = Server.prototype.listen;
Server.prototype.listen = function (options, ...rest) {
  const withAnyPort = typeof options === 'object' && 'port' in options;
  return listen.call(this, withAnyPort ? { ...options, port: 0 } : options, ...rest).unref();
};
for (const file of process.argv.slice(2)) {
  const place = mkdtempSync(join(tmpdir(), 'example-'));
  process.chdir(place);
  const error = await import(file).then(
    () => null,
    (error) => inspect(error),
  );
  process.send({ file, error });
  process.chdir(tmpdir());
  rmSync(place, { recursive: true });
}
process.disconnect();
