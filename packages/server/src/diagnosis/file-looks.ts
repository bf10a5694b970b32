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
  const { tls, users, aliases, dkim, data_dir, maildir, limits } = config;
  const secrets = [users.passwd, tls.key ?? tls.certificate, dkim.private_key];
  return [
    ...secrets.flatMap((path) =>
      path === null ? [] : [fileLook(path, OTHERS_READ | OTHERS_WRITE | GROUP_WRITES)],
    ),
    ...(aliases.file === null ? [] : [fileLook(aliases.file, OTHERS_WRITE)]),
    folderLook(data_dir, limits.disk_reserve),
    folderLook(join(data_dir, 'queue'), limits.disk_reserve),
    folderLook(mailFolder(maildir.path), limits.disk_reserve),
  ];
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
