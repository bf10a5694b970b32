import fc from 'fast-check';

/** Text whose characters are octets, as bytes. */
export function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Octets as text, one character each. */
export function text(...parts: Uint8Array[]): string {
  return Buffer.concat(parts).toString('latin1');
}

/** A message cut at any places. */
export function cut(message: string, places: readonly number[]): Uint8Array[] {
  const edges = [
    ...new Set([0, ...places.map((place) => place % (message.length + 1)), message.length]),
  ];
  edges.sort((one, other) => one - other);
  return edges.slice(1).map((edge, index) => octets(message.slice(edges[index], edge)));
}

/** Pieces that header blocks are made of, well and badly, in any order. */
export const messages: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'Received: from a\r\n\tby b\r\n',
      'Subject: x\r\n',
      'X-Long: ' + 'y'.repeat(40) + '\r\n',
      'From : odd@example.org\r\n',
      'To: lf@example.org\n',
      ' folded\r\n',
      '\t\r\n',
      '\r\n',
      '\n',
      '\r',
      'no field\r\n',
      ':\r\n',
      'Na\x00me: z\r\n',
      '8bit\xe9: z\r\n',
      'half',
      'body\r\n',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
