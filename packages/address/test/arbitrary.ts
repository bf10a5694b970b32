/** What the property tests draw from. */

import fc from 'fast-check';

const label = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9-]{0,8}[A-Za-z0-9])?$/);
const uLabel = fc.constantFrom('bücher', 'Bücher', 'письмо', '屋企', 'faß', 'παράδειγμα');
const literal = fc.oneof(
  fc.ipV4().map((address) => `[${address}]`),
  fc.ipV6().map((address) => `[IPv6:${address}]`),
);

/** A domain of one to four labels, or an address literal. */
export const domain: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.oneof(label, uLabel), { minLength: 1, maxLength: 4 })
    .map((labels) => labels.join('.')),
  literal,
);

/** A local part that fits, decoded: anything printable. */
export const localPart: fc.Arbitrary<string> = fc
  .string({ unit: 'grapheme-ascii', maxLength: 12 })
  .chain((ascii) => fc.constantFrom(ascii, `${ascii}é`, `日本${ascii}`));

/** Text of the characters that matter to the grammar, right or wrong. */
export const soup: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...`ab1.-@"\\<>[]:,() _xn\t\0é\u00ad日\ud83d\ude00IPv6f`.split('')),
  maxLength: 24,
});

/** Text that comes near a mailbox. */
export const nearMailbox: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      soup,
      localPart,
      label,
      localPart.map((text) => `"${text}"`),
    ),
    fc.constantFrom('@', '@', '@', '@', '', '@@', '.'),
    fc.oneof(
      domain,
      soup,
      fc.constantFrom(
        '[IPv6:1:2:3:4:5:6:7::]',
        '[IPv6:::]',
        '[01.2.3.4]',
        '[1.2.3]',
        'b.c',
        'b.',
        '[foo:bar]',
      ),
    ),
  )
  .map((parts) => parts.join(''));
