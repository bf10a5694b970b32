/** A resolver for those who cannot say themselves that they wait no longer. */
import {
  DnsError,
  unlessCancelled,
  type Cancel,
  type RecordType,
  type Resolver,
} from '@postino/dns';

/** The same answers; what is not answered when `cancel` fires is trouble: `ECANCELLED`. */
export function impatient(resolver: Resolver, cancel: Cancel): Resolver {
  const wait = <T>(question: () => Promise<T>, type: RecordType, name: string): Promise<T> =>
    unlessCancelled(question, cancel, () => new DnsError('ECANCELLED', type, name));
  return {
    resolve4: (name) => wait(() => resolver.resolve4(name), 'A', name),
    resolve6: (name) => wait(() => resolver.resolve6(name), 'AAAA', name),
    resolveMx: (name) => wait(() => resolver.resolveMx(name), 'MX', name),
    resolveTxt: (name) => wait(() => resolver.resolveTxt(name), 'TXT', name),
    resolvePtr: (name) => wait(() => resolver.resolvePtr(name), 'PTR', name),
  };
}
