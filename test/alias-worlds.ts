/** Alias files and recipients, drawn by a seed: all that the format knows, right and wrong, over a few names that meet. */

/** A host of its own, with two domains. */
export interface AliasWorld {
  readonly domains: readonly [string, string];
  readonly aliases: string;
  readonly users: readonly string[];
  readonly addresses: readonly string[];
}

const USERS = ['ale', 'bob', 'eve', 'first-last', 'b.o.b'];
/** Aliases mostly name what stands further on, so that loops are few. */
const NAMES = ['info', 'team', 'news', 'x-y', 'list', 'old', 'ale+x', 'john', ...USERS];
const ABROAD = ['Sales@elsewhere.example', 'a@b.example', '"a b"@b.example', "o'neil@b.example"];
const SPECIAL = [
  ':fail: He moved',
  ':fail: 550 5.1.6 He moved, to Rome',
  ':FAIL:',
  ':defer: Later, please',
  ':defer:',
  ':blackhole:',
  ':unknown:',
  '|/bin/cat',
  '"|/bin/cat -u, x"',
  '/var/mail/x',
  ':include:/etc/hosts',
];
const BROKEN = ['a b', '<bob>', 'Bob Jones <bob@b.example>', 'bob@', '""', '(bob)', 'bob (x)'];

/** The worlds of a seed. */
export function aliasWorlds(seed: number, count: number): AliasWorld[] {
  const draw = new Lots(seed);
  return Array.from({ length: count }, (_, at) => aliasWorld(draw, [`w${at}.org`, `w${at}.net`]));
}

function aliasWorld(draw: Lots, domains: readonly [string, string]): AliasWorld {
  const lines = Array.from({ length: 4 + draw.below(8) }, () => aliasLine(draw, domains));
  const addresses = Array.from({ length: 12 }, () => recipient(draw, domains));
  const aliases = lines.join('\n') + (draw.chance(0.9) ? '\n' : '');
  return { domains, aliases, users: USERS, addresses: [...new Set(addresses)] };
}

function aliasLine(draw: Lots, domains: readonly string[]): string {
  if (draw.chance(0.08)) return draw.from(['# a comment', '', '  ', '#x: bob']);
  const gap = draw.from([': ', ':', ' : ', '\t:\t', ' ']);
  const name = draw.from(NAMES);
  const others = draw.chance(0.9) ? NAMES.slice(NAMES.indexOf(name) + 1) : NAMES;
  const items = aliasItems(draw, others.length > 0 ? others : USERS, domains);
  return `${aliasName(draw, name, domains)}${gap}${items}`;
}

function aliasName(draw: Lots, name: string, domains: readonly string[]): string {
  return draw.weighted([
    [12, () => name],
    [1, () => name.toUpperCase()],
    [1, () => `"${name}"`],
    [2, () => `${name}@${draw.from(domains)}`],
    [1, () => `@${draw.from(domains)}`],
    [1, () => '*'],
    [1, () => '"john doe"'],
  ]);
}

function aliasItems(draw: Lots, names: readonly string[], domains: readonly string[]): string {
  if (draw.chance(0.15)) return draw.from(SPECIAL);
  const items = Array.from({ length: 1 + draw.below(3) }, () =>
    aliasItem(draw, draw.from(names), domains),
  );
  const joint = draw.chance(0.03) ? ', # why\n  ' : draw.from([', ', ',', ' ,', ',\n  ', ',\n\t']);
  return items.join(joint);
}

function aliasItem(draw: Lots, name: string, domains: readonly string[]): string {
  return draw.weighted([
    [8, () => name],
    [1, () => name.toUpperCase()],
    [2, () => `${name}@${draw.from(domains)}`],
    [3, () => draw.from(ABROAD)],
    [0.3, () => `\\${name}`],
    [1, () => `"${name}"`],
    [1, () => `${name}+tag`],
    [0.2, () => draw.from(SPECIAL)],
    [0.3, () => draw.from(BROKEN)],
  ]);
}

function recipient(draw: Lots, [first, second]: readonly [string, string]): string {
  const name = draw.from(NAMES);
  const local = draw.weighted([
    [10, () => name],
    [1, () => name.toUpperCase()],
    [2, () => `${name}${draw.from(['+', '-'])}x`],
    [1, () => `${name}+x-y`],
    [1, () => draw.from(['nobody', '+x', '"john doe"', '"Bob"', 'ale+x+y'])],
  ]);
  return `${local}@${draw.weighted([
    [12, () => first],
    [3, () => second.toUpperCase()],
    [1, () => 'elsewhere.example'],
  ])}`;
}

/** Numbers that only look like chance. */
class Lots {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from 0 on, less than the limit; a linear congruence, of which the high bits are taken. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  chance(share: number): boolean {
    return this.below(1000) < share * 1000;
  }

  from<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  weighted(choices: readonly (readonly [weight: number, make: () => string])[]): string {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let lot = (this.below(10_000) / 10_000) * total;
    for (const [weight, make] of choices) if ((lot -= weight) < 0) return make();
    return choices[0]![1]();
  }
}
