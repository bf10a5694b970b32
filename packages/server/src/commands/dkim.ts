/** `postino dkim keygen` and `postino dkim verify`. */
import { Option, type Command } from 'commander';
import { configOption, type WithConfig } from './config-option.ts';
import type { KeygenOptions } from './dkim-keygen.ts';
import { examples } from './terminal.ts';

export function addDkim(program: Command): void {
  const dkim = program.command('dkim').description('keys to sign with, and signatures');
  addKeygen(dkim);
  addVerify(dkim);
}

function addKeygen(dkim: Command): void {
  dkim
    .command('keygen')
    .description('make a key: writes the file, prints the record for the DNS')
    .requiredOption('--domain <domain>', 'the domain that signs')
    .requiredOption('--key <file>', 'the file to write; never one that is there')
    .option('--selector <name>', 'the name of the key', 'dkim')
    .addOption(
      new Option('--algorithm <name>', 'of the key').choices(['rsa', 'ed25519']).default('rsa'),
    )
    .addHelpText('after', examples('postino dkim keygen --domain example.org --key dkim.key'))
    .action(async (options: KeygenOptions) => {
      const { dkimKeygen } = await import('./dkim-keygen.ts');
      process.stdout.write(await dkimKeygen(options));
    });
}

export interface VerifyOptions extends Partial<WithConfig> {
  readonly json?: boolean;
}

function addVerify(dkim: Command): void {
  dkim
    .command('verify')
    .description('check the signatures of a message; ends with 2 where none is valid')
    .argument('<file>', 'the message, with all its header; - for standard input')
    .addOption(configOption().default(undefined))
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      examples('postino dkim verify message.eml', 'postino dkim verify - <message.eml'),
    )
    .action(async (file: string, options: VerifyOptions) =>
      (await import('./verify-file.ts')).verifyFile(file, options),
    );
}
