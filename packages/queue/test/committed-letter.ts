import { octets } from './letters.ts';

/** The content that belongs to a number: in two pieces, and up to 20 KB long. */
export function letter(number: number): Uint8Array[] {
  const body = `line of ${number}\r\n`.repeat((number * 37) % 1000);
  return [octets(`Subject: ${number}\r\n\r\n`), octets(body)];
}
