/** A resolver for those who cannot say themselves that they wait no longer. */
import { DnsError, type Cancel, type RecordType, type Resolver } from '@postino/dns';

/** The same answers; what is not answered when `cancel` fires is trouble: `ECANCELLED`. */
export function impatient(resolver: Resolver, cancel: Cancel): Resolver {
  const wait = <T>(answer: Promise<T>, type: RecordType, name: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new DnsError('ECANCELLED', type, name));
      if (cancel.aborted) giveUp();
      cancel.addEventListener('abort', giveUp);
      answer.then(resolve, reject);
    });
  return {
    resolve4: (name) => wait(resolver.resolve4(name), 'A', name),
    resolve6: (name) => wait(resolver.resolve6(name), 'AAAA', name),
    resolveMx: (name) => wait(resolver.resolveMx(name), 'MX', name),
    resolveTxt: (name) => wait(resolver.resolveTxt(name), 'TXT', name),
    resolvePtr: (name) => wait(resolver.resolvePtr(name), 'PTR', name),
  };
}
