// Preloaded before the tests: every property is tried this many times.
import fc from 'fast-check';

fc.configureGlobal({ numRuns: Number(process.env.POSTINO_RUNS ?? 5000) });
