/** The part of `tr46` that `idna.ts` uses; the library has no types of its own. */
declare module 'tr46' {
  export interface Options {
    readonly checkHyphens: boolean;
    readonly checkBidi: boolean;
    readonly checkJoiners: boolean;
    readonly useSTD3ASCIIRules: boolean;
    readonly transitionalProcessing: boolean;
  }
  export function toASCII(
    domain: string,
    options: Options & { readonly verifyDNSLength: boolean },
  ): string | null;
  export function toUnicode(domain: string, options: Options): { domain: string; error: boolean };
}
