/** Whether the certificate is ours, and for how long. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Certificates } from '@postino/node';
import type { Config } from '../config/config.ts';
import { messageOf } from '../fault.ts';
import { bad, doubtful, good, type Finding, type Look } from './finding.ts';

const DAY = 86_400_000;
/** Days before its end at which a certificate should have been renewed: a third of the 90 that ACME gives. Our choice. */
const RENEWED_BY = 30;

export function certificateLook({ hostname, tls }: Config): Look {
  return {
    what: 'certificate',
    async run() {
      const { certificate, key } = tls;
      if (certificate === null)
        return bad('there is none, so nobody can log in', 'give certificate = "…" in [tls]');
      const fault = await Certificates.open({ certificate, ...(key === null ? {} : { key }) }).then(
        () => null,
        messageOf,
      );
      if (fault !== null) return bad(fault, 'give a certificate and its key in [tls]');
      return judge(new X509Certificate(await readFile(certificate)), hostname);
    },
  };
}

function judge(certificate: X509Certificate, hostname: string): Omit<Finding, 'what'> {
  const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / DAY);
  const until = `good until ${certificate.validTo}`;
  if (days < 0) return bad(`over since ${certificate.validTo}`, 'renew it');
  if (!certificate.checkHost(hostname))
    return bad(`it is not for ${hostname}`, `get one for ${hostname}`);
  if (days < RENEWED_BY)
    return doubtful(`${until}, ${days} days`, 'see why it was not renewed yet');
  if (certificate.checkIssued(certificate))
    return doubtful(
      `${until}, but it is self-made`,
      'get one that others trust, from an ACME service',
    );
  return good(`for ${hostname}, ${until}`);
}
