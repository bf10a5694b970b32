/** What `postino check` does: all looks side by side, and a line for each finding. */
import { nodeResolver } from '@postino/node';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { certificateLook } from '../diagnosis/certificate-look.ts';
import { dnsLooks } from '../diagnosis/dns-looks.ts';
import { fileLooks } from '../diagnosis/file-looks.ts';
import { findingsOf, type Finding, type Look, type Verdict } from '../diagnosis/finding.ts';
import { portLooks } from '../diagnosis/port-looks.ts';
import type { CheckOptions } from './check.ts';
import { listsOf } from './look-up-lists.ts';
import { ownAddresses, publishedFacts } from './published-facts.ts';
import {
  answerIsBad,
  print,
  printable,
  printJson,
  progress,
  styled,
  type Style,
} from './terminal.ts';

/** Makes all looks and prints what they found. */
export async function runCheck({ config: file, ip, json }: CheckOptions): Promise<void> {
  const config = await loadConfig(file);
  const findings = await findAll(await looksAt(config, ip));
  if (json) printJson(findings);
  else print(...findings.flatMap(linesOf), summary(findings));
  if (findings.some(({ verdict }) => verdict === 'bad')) answerIsBad();
}

async function looksAt(config: Config, ip?: readonly string[]): Promise<Look[]> {
  const resolver = nodeResolver({ servers: config.dns.servers });
  // What is wrong with the key and with the DNS is found by the looks themselves.
  const addresses = await ownAddresses(config, resolver, ip).catch(() => []);
  const facts = await publishedFacts(config, addresses).catch(() =>
    publishedFacts({ ...config, dkim: { ...config.dkim, domain: null } }, addresses),
  );
  return [
    ...fileLooks(config),
    certificateLook(config),
    ...portLooks(config),
    ...dnsLooks(facts, { resolver, lists: listsOf(config.checks.dnsbl.zones) }),
  ];
}

async function findAll(looks: readonly Look[]): Promise<Finding[]> {
  const bar = progress(looks.length);
  const found = await Promise.all(looks.map((look) => findingsOf(look).finally(() => bar.step())));
  bar.end();
  return found.flat();
}

const STYLES: Readonly<Record<Verdict, Style>> = { good: 'green', doubtful: 'yellow', bad: 'red' };

function linesOf({ verdict, what, text, advice }: Finding): string[] {
  const line = `${styled(STYLES[verdict], verdict.padEnd(8))}  ${what}: ${printable(text)}`;
  return advice === undefined ? [line] : [line, `          ${styled('dim', `→ ${advice}`)}`];
}

function summary(findings: readonly Finding[]): string {
  const { good = [], doubtful = [], bad = [] } = Object.groupBy(findings, ({ verdict }) => verdict);
  return `${good.length} good, ${doubtful.length} doubtful, ${bad.length} bad`;
}
