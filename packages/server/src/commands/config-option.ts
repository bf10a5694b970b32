/** `--config FILE`, which most commands take. */
import { Option } from 'commander';

export interface WithConfig {
  readonly config: string;
}

/** The configuration's file; the one in this folder unless said otherwise. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'the configuration').default('postino.toml');
}
