/** The policy of MTA-STS, as a web server shows it, and the record that tells of it. RFC 8461 §3.1, §3.2. */

export interface StsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  /** Names of hosts, in lower case; `*.` stands for one label. */
  readonly mx: readonly string[];
  /** For how many seconds it holds. */
  readonly maxAge: number;
}

/** Whether a text is a record of this version at all; others are passed over. */
export function isStsRecord(text: string): boolean {
  return /^v=STSv1[ \t]*(?:;|$)/.test(text);
}

/** What changes with the policy; null for a record that cannot be used. */
export function idOfStsRecord(text: string): string | null {
  return /;[ \t]*id=([A-Za-z0-9]{1,32})[ \t]*(?:;|$)/.exec(text)?.[1] ?? null;
}

/** The policy of a text; null where it cannot be used. Keys that are not known are passed over, of doubled ones the first counts. */
export function parseStsPolicy(text: string): StsPolicy | null {
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const [, key = '', value = ''] = /^([A-Za-z0-9_.-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    return key === '' ? [] : [[key, value] as const];
  });
  const first = (key: string): string => pairs.find(([name]) => name === key)?.[1] ?? '';
  const mode = (['enforce', 'testing', 'none'] as const).find((mode) => mode === first('mode'));
  const mx = pairs.flatMap(([key, value]) => (key === 'mx' ? [value.toLowerCase()] : []));
  const age = /^\d{1,10}$/.test(first('max_age')) ? Number(first('max_age')) : null;
  const isWhole = first('version') === 'STSv1' && (mx.length > 0 || mode === 'none');
  return mode && age !== null && isWhole ? { mode, mx, maxAge: age } : null;
}

/** Whether the policy names a host. RFC 8461 §4.1. */
export function namesHost({ mx }: StsPolicy, host: string): boolean {
  return mx.some((pattern) =>
    pattern.startsWith('*.') ? host.replace(/^[^.]+/, '*') === pattern : host === pattern,
  );
}
