/** Files and folders: there, and with the rights that they should have. */
import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { room } from '@postino/queue';
import type { Config } from '../config/config.ts';
import { messageOf } from '../fault.ts';
import { bad, doubtful, good, type Look } from './finding.ts';

const GROUP_WRITES = 0o020;
const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;

export function fileLooks(config: Config): Look[] {
  const { tls, users, aliases, dkim, data_dir, maildir, domains, limits } = config;
  const passwds = [users.passwd, ...domains.map(({ passwd }) => passwd)];
  const secrets = [...passwds, tls.key ?? tls.certificate, dkim.private_key];
  const aliasFiles = [aliases.file, ...domains.map((domain) => domain.aliases)];
  const mailFolders = [maildir.path, ...domains.map((domain) => domain.maildir)].map(mailFolder);
  return [
    ...each(secrets, (path) => fileLook(path, OTHERS_READ | OTHERS_WRITE | GROUP_WRITES)),
    ...each(aliasFiles, (path) => fileLook(path, OTHERS_WRITE)),
    ...each([data_dir, join(data_dir, 'queue'), ...mailFolders], (path) =>
      folderLook(path, limits.disk_reserve),
    ),
  ];
}

/** One look at each path that is there, however often it is named. */
function each(paths: readonly (string | null)[], look: (path: string) => Look): Look[] {
  return [...new Set(paths)].flatMap((path) => (path === null ? [] : [look(path)]));
}

/** The part of the path that is not of one user. */
function mailFolder(path: string): string {
  return dirname(path.slice(0, path.indexOf('{user}') + 1));
}

function fileLook(path: string, unwanted: number): Look {
  return {
    what: path,
    async run() {
      const fault = await access(path, constants.R_OK).then(() => null, messageOf);
      if (fault !== null) return bad(fault, "make it, or let the server's user read it");
      const { mode } = await stat(path);
      return (mode & unwanted) === 0
        ? good(`its rights are ${octal(mode)}`)
        : bad(`its rights are ${octal(mode)}`, `chmod ${octal(mode & ~unwanted)} ${path}`);
    },
  };
}

function folderLook(path: string, reserve: number): Look {
  return {
    what: path,
    async run() {
      const found = await stat(path).catch(() => null);
      if (found === null)
        return doubtful('it is not there yet', 'the server makes it when it starts');
      return judgeFolder(path, found, reserve);
    },
  };
}

async function judgeFolder(path: string, { mode }: Stats, reserve: number) {
  const fault = await access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => null,
    messageOf,
  );
  if (fault !== null) return bad(fault, "let the server's user write there");
  if (mode & OTHERS_WRITE) return bad('everybody may write there', `chmod o-w ${path}`);
  const free = await room(path);
  return free > reserve
    ? good(`${Math.floor(free / 1024 ** 2)} MB free`)
    : bad('the disk is full', 'make room: no mail is taken');
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}
