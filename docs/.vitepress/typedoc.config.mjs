/** The API reference: a page for each entry of each package. */
import { entries } from './entries.mjs';

export default {
  name: 'API reference',
  plugin: ['typedoc-plugin-markdown', './module-names.mjs'],
  entryPoints: entries.map(({ file }) => file),
  tsconfig: 'tsconfig.json',
  out: 'pages/api',
  router: 'module',
  readme: 'none',
  entryFileName: 'index',
  disableSources: true,
  useHTMLAnchors: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  excludePrivate: true,
  excludeInternal: true,
  validation: { notExported: false, invalidLink: false },
  logLevel: 'Warn',
};
