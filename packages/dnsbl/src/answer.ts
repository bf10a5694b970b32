/**
 * What a list's answers mean.
 */
import { Address4 } from 'ip-address';
import type { Condition } from './list.ts';

/** Where the codes of lists lie. RFC 5782 §2.1. */
const CODES = new Address4('127.0.0.0/8');
/** Where Spamhaus and others say that they do not serve us: a bad question, a public resolver, too many questions. */
const REFUSALS = new Address4('127.255.255.0/24');

/**
 * The answers that are codes. The others say nothing about the client: an address out of 127.0.0.0/8 comes from a domain
 * that was given up and sold, or from a resolver that lies.
 */
export function codesOf(answers: readonly string[]): string[] {
  return answers.filter((answer) => {
    if (!Address4.isValid(answer)) return false;
    const address = new Address4(answer);
    return address.isInSubnet(CODES) && !address.isInSubnet(REFUSALS);
  });
}

/** Whether codes, of which there is at least one, are those that count. */
export function matches(condition: Condition | null, codes: readonly string[]): boolean {
  if (!condition) return true;
  const { negated, every, mask, numbers } = condition;
  const addresses = codes.map((code) => new Address4(code));
  const isOne = (address: Address4): boolean =>
    numbers.some((number) => (mask ? hasBits(address, number) : address.isInSubnet(number)));
  return (every ? addresses.every(isOne) : addresses.some(isOne)) !== negated;
}

function hasBits(address: Address4, mask: Address4): boolean {
  return (address.bigInt() & mask.bigInt()) === mask.bigInt();
}
