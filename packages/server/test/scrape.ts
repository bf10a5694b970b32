/** The metrics of a site, as Prometheus asks for them. */
import type { Site } from './site.ts';

/** Asks the port that the log names. */
export async function scrape(
  site: Site,
  path = '/metrics',
): Promise<{ status: number; text: string }> {
  const line = site.log.find(({ service }) => service === 'metrics');
  const response = await fetch(`http://127.0.0.1:${String(line?.['port'])}${path}`);
  return { status: response.status, text: await response.text() };
}
