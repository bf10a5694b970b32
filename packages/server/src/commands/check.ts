/** `postino check`: is all as it should be, here and in the DNS. */
import { nodeResolver } from '@postino/node';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { certificateLook } from '../diagnosis/certificate-look.ts';
import { dnsLooks } from '../diagnosis/dns-looks.ts';
import { fileLooks } from '../diagnosis/file-looks.ts';
import { findingsOf, type Finding, type Look, type Verdict } from '../diagnosis/finding.ts';
import { portLooks } from '../diagnosis/port-looks.ts';
import { configOption, type WithConfig } from './config-option.ts';
import { listsOf } from './dnsbl.ts';
import { ipOption, type WithAddresses } from './ip-option.ts';
import { ownAddresses, publishedFacts } from './published-facts.ts';
import {
  answerIsBad,
  examples,
  print,
  printable,
  printJson,
  progress,
  styled,
  type Style,
} from './terminal.ts';

interface CheckOptions extends WithConfig, WithAddresses {
  readonly json?: boolean;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description(
      'look at files, ports, certificate, DNS and black lists; ends with 2 where something is bad',
    )
    .addOption(configOption())
    .addOption(ipOption())
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples('postino check', 'postino check --ip 192.0.2.25', 'postino check --json'),
    )
    .action(check);
}

async function check({ config: file, ip, json }: CheckOptions): Promise<void> {
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
