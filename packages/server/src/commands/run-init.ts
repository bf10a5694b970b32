/** What `postino init` does: questions, files, and the records to publish. */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { loadConfig } from '../config/load-config.ts';
import { answersFrom, type Questions } from './ask.ts';
import { layFoundation } from './foundation.ts';
import { readName, readUser, type InitOptions } from './init.ts';
import { recordLines } from './print-records.ts';
import { publishedFacts } from './published-facts.ts';
import { print, styled } from './terminal.ts';

/** Writes the files and prints the records; asks for what the options do not say. */
export async function runInit(options: InitOptions): Promise<void> {
  const folder = resolve(options.folder);
  const { password, generated, ...answers } = await answer(options);
  const file = await layFoundation(folder, { ...answers, password, runAs: options.runAs ?? null });
  const facts = await publishedFacts(await loadConfig(file), options.ip ?? []);
  print(
    styled('bold', `The server is set up in ${folder}.`),
    ...(generated ? [`The password of ${answers.user} is ${password}`] : []),
    '',
    styled('bold', 'Publish these records:'),
    ...recordLines(facts),
    '',
    styled('bold', 'And then:'),
    `  postino serve --config ${file}`,
    `  postino check --config ${file}`,
  );
}

async function answer(options: InitOptions) {
  const isTty = process.stdin.isTTY && process.stdout.isTTY;
  const ask: Questions = answersFrom(isTty && !options.passwordStdin);
  const hostname =
    options.hostname ?? (await ask.text('The name of this host (mail.example.org)', readName));
  const domain =
    options.domain ??
    (await ask.text('The domain whose mail comes here', readName, parentOf(hostname)));
  const mail = options.mail ?? (await ask.text('Where the mailboxes lie', String, 'mail'));
  const user = options.user ?? (await ask.text('The first user', readUser, 'postmaster'));
  const given = options.passwordStdin
    ? await ask.passwordFromStdin()
    : await ask.password(`The password of ${user} (empty: one is made)`);
  const password = given || randomBytes(12).toString('base64url');
  return { hostname, domain, mail: join(mail, '{user}'), user, password, generated: given === '' };
}

/** `example.org` of `mail.example.org`; a name of two labels is a domain itself. */
function parentOf(hostname: string): string {
  const labels = hostname.split('.');
  return labels.length > 2 ? labels.slice(1).join('.') : hostname;
}
