/** What a server under test tells the bench: its port, and on request what it has used since it was last asked. */
export interface Usage {
  /** Microseconds of CPU, user and system. */
  readonly cpu: number;
  /** Octets resident, the most that were seen. */
  readonly peak: number;
}

export function report(port: number): void {
  let before = process.cpuUsage();
  let peak = 0;
  setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20).unref();
  process.on('message', () => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    process.send?.({ cpu: user + system, peak } satisfies Usage);
    peak = 0;
  });
  process.on('disconnect', () => process.exit());
  process.send?.(port);
}
