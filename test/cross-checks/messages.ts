/** Messages that are hard to canonicalize: made up from a fixed seed, and written to look like those that people get. */
import fc from 'fast-check';

/** The same messages in every run. */
const SEED = 6376;

const WORDS = [
  'plain',
  'two  spaces',
  'tab\there',
  ' led',
  'trailed ',
  '\t',
  '',
  ';',
  '=20',
  '"quoted"',
  'é',
  '日本',
];
const word = fc.constantFrom(...WORDS);
const fold = fc.constantFrom(' ', '\t', '\r\n ', '\r\n\t', ' \r\n  ', '\t\r\n \t');
const NAMES = [
  'Subject',
  'To',
  'Cc',
  'Date',
  'X-Other',
  'reply-TO',
  'Message-ID',
  'Received',
  'Content-Type',
];

/** Words with spaces, tabs and folds between them, and never a line of nothing but white space. */
const value = fc
  .array(
    fc.tuple(
      fold,
      word.filter((text) => text.trim() !== ''),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.flat().join(''));

const field = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom(':', ': ', ':\t', ':  '), value)
  .map((parts) => parts.join('').replaceAll(/\r\n[ \t]+(?=\r\n)/g, ''));

const line = fc.oneof(
  { weight: 4, arbitrary: fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('', ' ', '\t', ' \t ', '.', '..', '.dot', 'From ale', '-- '),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'x'.repeat(997),
      `${'long '.repeat(600)}end`,
      `${' '.repeat(700)}far`,
    ),
  },
);

const body = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', '\r\n', '\r\n\r\n\r\n'))
  .map(([lines, end]) => lines.join('\r\n') + end);

const generated = fc
  .tuple(fc.array(field, { maxLength: 8 }), fc.nat(8), body)
  .map(([fields, place, text]) => {
    const all = fields.toSpliced(place, 0, 'From: Ale <ale@example.org>');
    return Buffer.from(`${all.join('\r\n')}\r\n\r\n${text}`);
  });

const HEADER = 'From: ale@example.org\r\nTo: bob@example.com\r\nSubject: hello\r\n';

const WRITTEN: readonly (readonly [string, string])[] = [
  ['no body', `${HEADER}\r\n`],
  ['no blank line', HEADER],
  ['a body of one CRLF', `${HEADER}\r\n\r\n`],
  ['a body of many CRLF', `${HEADER}\r\n${'\r\n'.repeat(9)}`],
  ['a body of white space', `${HEADER}\r\n  \t\r\n \r\n`],
  ['no CRLF at the end', `${HEADER}\r\nhello`],
  ['white space at the end', `${HEADER}\r\nhello \t`],
  ['blank lines at the end', `${HEADER}\r\nhello\r\n\r\n\r\n`],
  ['lines of white space at the end', `${HEADER}\r\nhello\r\n \r\n\t\r\n`],
  [
    'fields twice',
    `To: a@example.com\r\n${HEADER}to:  c@example.com\r\nSUBJECT:again\r\n\r\nhello\r\n`,
  ],
  ['fields without a value', `${HEADER}Cc:\r\nReply-To: \r\nMessage-ID:\t\r\n\r\nhello\r\n`],
  ['fields in UTF-8', `${HEADER}Cc: Zoë <zoë@example.com>\r\n\r\nnaïve\r\n`],
  ['octets that are no text', `${HEADER}\r\n\u00ff\u00fe\u0080 \u0001\u007f\r\n`],
  ['a line of 10,000 octets', `${HEADER}\r\n${'0123456789'.repeat(1000)}\r\n`],
  [
    'a field of 10,000 octets',
    `${HEADER}References:${' <0123456789@example.org>'.repeat(400)}\r\n\r\nhello\r\n`,
  ],
  [
    'a field folded many times',
    `${HEADER}References:${'\r\n <0123456789@example.org>'.repeat(200)}\r\n\r\nhello\r\n`,
  ],
  [
    'a newsletter',
    `Received: from out.example.net (out.example.net [192.0.2.7])\r\n\tby mx.example.com with ESMTPS id 1A;\r\n\tTue, 3 Mar 2026 10:00:00 +0100\r\n` +
      `Date: Tue, 03 Mar 2026 09:59:58 +0000\r\nFrom: =?utf-8?q?Caf=C3=A9?= <news@example.org>\r\nReply-To: <hello@example.org>\r\nTo: bob@example.com\r\n` +
      `Message-ID: <20260303095958.1@example.org>\r\nSubject: =?utf-8?B?8J+MuCBTcHJpbmc=?=\r\n =?utf-8?q?_offers?=\r\nList-Unsubscribe: <https://example.org/u>,\r\n <mailto:u@example.org>\r\n` +
      `MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n\tboundary="=_b1"\r\n\r\nThis is MIME.\r\n--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n` +
      `Spring is here =E2=80=94 and so are we.=20\r\n\r\n-- \r\nCaf=C3=A9\r\n--=_b1\r\nContent-Type: text/html\r\n\r\n<p>Spring   is\there</p>\r\n--=_b1--\r\n\r\n`,
  ],
  [
    'a picture',
    `From: Ale <ale@example.org>\r\nTo: Bob <bob@example.com>\r\nSubject: the picture\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
      `${'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ\r\n'.repeat(60)}\r\n`,
  ],
];

/** One message of the cross-checks. */
export interface Sample {
  readonly title: string;
  readonly message: Buffer;
}

/** All written messages, and so many that are made up. */
export function samples(count: number): Sample[] {
  const made = fc.sample(generated, { seed: SEED, numRuns: count });
  return [
    ...WRITTEN.map(([title, text]) => ({
      title,
      message: Buffer.from(text, title === 'octets that are no text' ? 'latin1' : 'utf8'),
    })),
    ...made.map((message, index) => ({ title: `made up, ${index}`, message })),
  ];
}
