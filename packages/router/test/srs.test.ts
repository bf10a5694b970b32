import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { formatPath, parseMailbox, parsePath, type Path } from '@postino/address';
import { srs, SRS_MAX_AGE, type Srs, type SrsHmac, type SrsOptions } from '@postino/router';
import fc from 'fast-check';

const DAY = 86_400_000;
const NOW = 1_700_000_000_000;

function hmac(secret: string): SrsHmac {
  return (text) => createHmac('sha1', secret).update(text).digest();
}

/** A forwarder, as those that the vectors come from. */
function forwarder(options: Partial<SrsOptions> = {}): Srs {
  return srs({ hmacs: [hmac('tops3cr3t')], domain: 'forward.example', now: () => NOW, ...options });
}

function path(text: string): Path {
  const parsed = parsePath(`<${text}>`, { singleLabel: true, smtputf8: true });
  assert.ok(parsed, text);
  return parsed;
}

function forward(rewriter: Srs, text: string): string | null {
  const rewritten = rewriter.forward(path(text));
  return rewritten && formatPath(rewritten).slice(1, -1);
}

function reverse(rewriter: Srs, text: string): string | null {
  const found = rewriter.reverse(path(text));
  return found && formatPath(found).slice(1, -1);
}

// What Mail::SRS 0.31 makes of them with that secret at that time.
const vectors: [sender: string, rewritten: string][] = [
  ['alice@example.com', 'SRS0=PGkz=G3=example.com=alice@forward.example'],
  ['Bob.Smith@Example.ORG', 'SRS0=AP9X=G3=Example.ORG=Bob.Smith@forward.example'],
  ['a=b@example.net', 'SRS0=PV4d=G3=example.net=a=b@forward.example'],
  [
    'SRS0=87d/=XR=example.com=alice@other.example',
    'SRS1=fswM=other.example==87d/=XR=example.com=alice@forward.example',
  ],
  [
    'SRS0+87d/=XR=example.com=alice@other.example',
    'SRS1=TtBY=other.example=+87d/=XR=example.com=alice@forward.example',
  ],
];
for (const [sender, rewritten] of vectors) {
  test(`${sender} there and back`, () => {
    assert.equal(forward(forwarder(), sender), rewritten);
    assert.equal(reverse(forwarder(), rewritten), sender);
    const lower = path(rewritten.toLowerCase());
    assert.equal(
      reverse(forwarder(), formatPath(lower).slice(1, -1))?.toLowerCase(),
      sender.toLowerCase(),
    );
  });
}

test('what was rewritten twice is signed anew, and the first forwarder is kept', () => {
  const again = 'SRS1=1qy/=first.example==87d/=XR=example.com=alice@forward.example';
  assert.equal(
    forward(forwarder(), 'SRS1=abcd=first.example==87d/=XR=example.com=alice@other.example'),
    again,
  );
  assert.equal(reverse(forwarder(), again), 'SRS0=87d/=XR=example.com=alice@first.example');
});

test('other separators', () => {
  for (const separator of ['+', '-', '='] as const) {
    const rewritten = `SRS0${separator}PGkz=G3=example.com=alice@forward.example`;
    assert.equal(forward(forwarder({ separator }), 'alice@example.com'), rewritten);
    assert.equal(reverse(forwarder(), rewritten), 'alice@example.com');
  }
});

test('the null path and our own addresses stay as they are', () => {
  const rewriter = forwarder();
  const nullPath = { localPart: '', domain: '' };
  assert.equal(rewriter.forward(nullPath), nullPath);
  assert.equal(forward(rewriter, 'bob@Forward.Example'), 'bob@Forward.Example');
  assert.equal(rewriter.reverse(nullPath), null);
});

test('three forwarders, and the bounce goes back all the way', () => {
  const [one, two, three] = ['one.example', 'two.example', 'three.example'].map((domain) =>
    forwarder({ domain, hmacs: [hmac(domain)] }),
  ) as [Srs, Srs, Srs];
  const at1 = forward(one, 'a@b.example')!;
  const at3 = forward(three, forward(two, at1)!)!;
  assert.match(at3, /^SRS1=....=one\.example==.*@three\.example$/);
  assert.equal(reverse(three, at3), at1);
  assert.equal(reverse(one, at1), 'a@b.example');
});

const forged = [
  'SRS0=AAAA=G3=example.com=alice@forward.example',
  'SRS0=PGk=G3=example.com=alice@forward.example',
  'SRS0=PGkzz=G3=example.com=alice@forward.example',
  'SRS0==G3=example.com=alice@forward.example',
  'SRS0=PGkz=G2=example.com=alice@forward.example',
  'SRS0=PGkz=G1=example.com=alice@forward.example',
  'SRS0=PGkz=G3=example.org=alice@forward.example',
  'SRS0=PGkz=G3=example.com=mallory@forward.example',
  'SRS0=PGkz=G3=example.com=alice@other.example',
  'SRS0=PGkz=G3=example.com@forward.example',
  'SRS0=PGkz@forward.example',
  'SRS0@forward.example',
  'SRS1=AAAA=other.example==87d/=XR=example.com=alice@forward.example',
  'SRS1=fswM=other.example=alice@forward.example',
  'SRS1=fswM=else.example==87d/=XR=example.com=alice@forward.example',
  'alice@forward.example',
];
for (const address of forged) {
  test(`forged, or not ours: ${address}`, () => {
    assert.equal(reverse(forwarder(), address), null);
  });
}

test('an address is good for some days, also where the count begins again', () => {
  for (const start of [NOW, 1023 * DAY, 1024 * DAY, 2047 * DAY + 5]) {
    const rewritten = forward(forwarder({ now: () => start }), 'alice@example.com')!;
    const after = (days: number): string | null =>
      reverse(forwarder({ now: () => start + days * DAY }), rewritten);
    assert.equal(after(0), 'alice@example.com');
    assert.equal(after(SRS_MAX_AGE), 'alice@example.com');
    assert.equal(after(SRS_MAX_AGE + 1), null);
    assert.equal(after(-1), null);
    assert.equal(reverse(forwarder({ now: () => start + 3 * DAY, maxAge: 2 }), rewritten), null);
  }
});

test('the secret may change', () => {
  const old = forward(forwarder(), 'alice@example.com')!;
  const changed = forwarder({ hmacs: [hmac('new'), hmac('tops3cr3t')] });
  assert.equal(reverse(changed, old), 'alice@example.com');
  const fresh = forward(changed, 'alice@example.com')!;
  assert.notEqual(fresh, old);
  assert.equal(reverse(changed, fresh), 'alice@example.com');
  assert.equal(reverse(forwarder(), fresh), null);
  assert.equal(reverse(forwarder({ hmacs: [hmac('new')] }), old), null);
});

test('longer hashes', () => {
  const rewriter = forwarder({ hashLength: 8 });
  const rewritten = forward(rewriter, 'alice@example.com')!;
  assert.match(rewritten, /^SRS0=PGkz.{4}=G3=/);
  assert.equal(reverse(rewriter, rewritten), 'alice@example.com');
  assert.equal(reverse(forwarder(), rewritten), null);
});

test('an address that becomes too long for others is not rewritten', () => {
  const fits = `${'x'.repeat(64 - 'SRS0=PGkz=G3=example.com='.length)}@example.com`;
  assert.equal(forward(forwarder(), fits)?.indexOf('@'), 64);
  assert.equal(forward(forwarder(), `x${fits}`), null);
});

test('where a hash was guessed, there is still no address that is none', () => {
  const constant = forwarder({ hmacs: [() => new Uint8Array(20)] });
  assert.equal(reverse(constant, '"SRS0=AAAA=G3=a b=x"@forward.example'), null);
  assert.equal(reverse(constant, 'SRS1=AAAA=a/b==x@forward.example'), null);
  assert.equal(
    reverse(constant, '"SRS0=AAAA=G3=[192.0.2.1]=x y"@forward.example'),
    '"x y"@[192.0.2.1]',
  );
});

test('bad options are our own fault', () => {
  assert.throws(() => forwarder({ domain: 'a b' }), TypeError);
  for (const hashLength of [0, 3, 4.5, 21, Number.NaN])
    assert.throws(() => forwarder({ hashLength }), TypeError, `${hashLength}`);
});

test('property: what is rewritten is an address, and leads back', () => {
  const local = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
  const domain = fc.constantFrom('example.com', 'bücher.example', '[192.0.2.1]', 'x');
  fc.assert(
    fc.property(local, domain, fc.integer({ min: 0, max: 4e12 }), (localPart, host, now) => {
      const quoted = `"${localPart.replace(/["\\]/g, String.raw`\$&`)}"@${host}`;
      const sender = parseMailbox(quoted, { smtputf8: true, singleLabel: true });
      if (!sender || /^srs[01][=+-]/i.test(localPart)) return;
      const rewriter = forwarder({ now: () => now });
      const rewritten = rewriter.forward(sender);
      if (!rewritten) return;
      assert.deepEqual(rewriter.reverse(path(formatPath(rewritten).slice(1, -1))), sender);
    }),
  );
});
