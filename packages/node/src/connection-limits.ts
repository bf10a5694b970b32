/** How many connections there may be, counted over all the listeners that share the object. */
import { ipOctets } from '@postino/wire';

/** Connections at one time. Our choice: some 20 MB of memory. */
export const MAX_CONNECTIONS = 1_000;
/** Connections at one time from one IPv4 address or IPv6 /64. Our choice; Postfix has 50. */
export const MAX_CONNECTIONS_PER_ADDRESS = 100;

export interface ConnectionLimitOptions {
  readonly total?: number;
  readonly perAddress?: number;
}

export class ConnectionLimits {
  readonly #total: number;
  readonly #perAddress: number;
  readonly #counts = new Map<string, number>();
  #open = 0;

  /** A limit that is no positive whole number is a `TypeError`; `Infinity` is none. */
  constructor(options: ConnectionLimitOptions = {}) {
    this.#total = limit('total', options.total ?? MAX_CONNECTIONS);
    this.#perAddress = limit('perAddress', options.perAddress ?? MAX_CONNECTIONS_PER_ADDRESS);
  }

  /** Counts a connection in; gives what counts it out again, or null where there are too many. */
  enter(address: string): (() => void) | null {
    const leave = this.enterUnknown();
    const leaveAddress = leave && this.enterAddress(address);
    if (leaveAddress) {
      return () => {
        leaveAddress();
        leave();
      };
    }
    leave?.();
    return null;
  }

  /** The same for a connection that is not known to be from anywhere yet: in all only. */
  enterUnknown(): (() => void) | null {
    if (this.#open >= this.#total) return null;
    this.#open++;
    return () => void this.#open--;
  }

  /** The same for one that is counted in already, once its address is known. */
  enterAddress(address: string): (() => void) | null {
    const network = networkOf(address);
    const count = this.#counts.get(network) ?? 0;
    if (count >= this.#perAddress) return null;
    this.#counts.set(network, count + 1);
    return () => this.#leave(network);
  }

  #leave(network: string): void {
    const count = (this.#counts.get(network) ?? 1) - 1;
    if (count > 0) this.#counts.set(network, count);
    else this.#counts.delete(network);
  }
}

/** Whoever has one IPv6 address has the 64 bits behind its prefix to choose from. RFC 4291 §2.5.4. */
function networkOf(address: string): string {
  const octets = ipOctets(address);
  return octets?.length === 16 ? octets.subarray(0, 8).join('.') : address;
}

function limit(name: string, value: number): number {
  if (value === Infinity || (Number.isSafeInteger(value) && value > 0)) return value;
  throw new TypeError(`connections.${name} must be a positive whole number, not ${value}`);
}
