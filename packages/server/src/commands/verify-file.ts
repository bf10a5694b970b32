/** What `postino dkim verify` does: a line for each signature of a message. */
import { createReadStream } from 'node:fs';
import { verify, type DkimResult } from '@postino/dkim';
import { crlfLines } from './crlf-lines.ts';
import type { VerifyOptions } from './dkim.ts';
import { resolverOf } from './resolver-of.ts';
import { answerIsBad, print, printable, printJson, styled } from './terminal.ts';

/** Verifies the message in a file, or in standard input for `-`. */
export async function verifyFile(file: string, options: VerifyOptions): Promise<void> {
  const content = file === '-' ? process.stdin : createReadStream(file);
  const resolver = await resolverOf(options);
  const results = await verify(crlfLines(content), { resolver });
  if (options.json) printJson(results);
  else if (results.length === 0) print('There is no signature.');
  else print(...results.map(lineOf));
  if (!results.some(({ result }) => result === 'pass')) answerIsBad();
}

function lineOf({ result, domain, selector, algorithm, reason }: DkimResult): string {
  const word = styled(result === 'pass' ? 'green' : 'red', result);
  const key = [domain && `d=${domain}`, selector && `s=${selector}`, algorithm && `a=${algorithm}`];
  const told = [...key.filter(Boolean), ...(reason === undefined ? [] : [`(${reason})`])];
  return `${word}  ${printable(told.join(' '))}`;
}
