/** `--ip ADDRESS`, which may be given more than once. */
import { isIP } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';

export interface WithAddresses {
  readonly ip?: readonly string[];
}

export function ipOption(): Option {
  return new Option('--ip <address>', 'an address of this server; again for more').argParser(
    collect,
  );
}

/** An IP address, or the mistake that it is none. */
export function readIp(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('This is no IP address.');
  return text;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, readIp(text)];
}
