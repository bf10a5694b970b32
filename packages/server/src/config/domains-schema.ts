/** The form of `[domains."…"]`: each a domain for itself. */
import { resolve } from 'node:path';
import { parseMailbox } from '@postino/address';
import * as z from 'zod';
import type { Config, DomainConfig } from './config.ts';
import { orNone, readUser, section, separator } from './keys.ts';
import { readHostname } from './values.ts';

/** A domain as the file has it; null stands for what it leaves to the rest of the file. */
export interface GivenDomain extends Omit<DomainConfig, 'maildir' | 'suffix_separators'> {
  /** Its name as it was written. */
  readonly written: string;
  /** Whether `aliases` is there, be it as `""`. */
  readonly saysAliases: boolean;
  readonly maildir: string | null;
  readonly suffix_separators: readonly string[] | null;
}

/** The configuration before domains took what they leave to the rest of it. */
export interface GivenConfig extends Omit<Config, 'domains'> {
  readonly domains: readonly GivenDomain[];
}

/** The sections of all domains, in a file that lies in this folder. */
export function domainsSchema(folder: string): z.ZodType<GivenDomain[], object | undefined> {
  const path = (text: string): string | null => (text === '' ? null : resolve(folder, text));
  const domain = section({
    passwd: z.string().transform(path).prefault(''),
    aliases: z.string().optional(),
    maildir: orNone(readMailFolder, NO_MAIL_FOLDER)
      .transform((text) => text && path(text))
      .prefault(''),
    suffix_separators: z.array(separator).optional(),
    postmaster: orNone(readRecipient, NO_RECIPIENT).prefault(''),
    catch_all: orNone(readRecipient, NO_RECIPIENT).prefault(''),
  });
  return z
    .record(z.string(), domain)
    .prefault({})
    .transform((sections, context) =>
      Object.entries(sections).map(([written, { aliases, suffix_separators, ...given }]) => {
        const name = readHostname(written);
        if (name === null)
          context.addIssue({ code: 'custom', path: [written], message: NO_DOMAIN });
        return {
          ...given,
          written,
          domain: name ?? written,
          saysAliases: aliases !== undefined,
          aliases: path(aliases ?? ''),
          suffix_separators: suffix_separators ?? null,
        };
      }),
    );
}

/** Whether one whole folder name in a path, and only that, is one of these. */
export function isMailFolder(path: string, names: readonly string[]): boolean {
  return (
    path.split('/').filter((name) => names.includes(name)).length === 1 &&
    path.split('{user}').length === 2
  );
}

const NO_DOMAIN = 'this is no domain; write its name, as [domains."example.org"]';
const NO_RECIPIENT = 'no name of a user, and no address; write it as "ann" or as "ann@example.org"';
const NO_MAIL_FOLDER =
  'no path of mailboxes; write "{user}" or "{user}@{domain}" as one whole folder name in it, as "/var/mail/{domain}/{user}"';

function readMailFolder(text: string): string | null {
  return isMailFolder(text, ['{user}', '{user}@{domain}']) ? text : null;
}

function readRecipient(text: string): string | null {
  return readUser(text) !== null && !text.includes('@') ? text : parseMailbox(text) && text;
}
