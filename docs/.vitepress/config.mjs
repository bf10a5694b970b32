import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { drawn } from './diagram.mjs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const pages = `${here}/pages`;
const link = (text, page) => ({ text, link: `/${page}` });
const named = (folder, names) => names.map((name) => link(name, `${folder}/${name}`));

const first = ['smtp-wire', 'pop3-wire', 'maildir', 'passwd-md5', 'dkim', 'spf', 'dnsbl', 'router'];
const then = ['dmarc', 'queue', 'delivery', 'server'];
const foundation = ['wire', 'address', 'message', 'dns', 'sasl', 'files', 'node'];
const reference = existsSync(`${pages}/api`)
  ? readdirSync(`${pages}/api`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'index.md')
      .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(`${pages}/api/`.length, -3))
      .toSorted()
  : [];
const examples = existsSync(`${pages}/examples`)
  ? readdirSync(`${pages}/examples`, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.md'))
      .map((name) => link(name.slice(0, -3), `examples/${name.slice(0, -3)}`))
  : [];

/** As GitHub names headings, so that one link serves both. */
const slugify = (title) =>
  title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

export default defineConfig({
  title: 'Postino',
  description:
    'Composable mail protocol primitives for TypeScript, and a small mail server made of nothing else.',
  srcDir: '.vitepress/pages',
  cleanUrls: true,
  markdown: {
    anchor: { slugify },
    config(md) {
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, at, ...rest) =>
        tokens[at].info.trim() === 'mermaid'
          ? `<div class="diagram" v-pre>${drawn(tokens[at].content)}</div>`
          : fence(tokens, at, ...rest);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      link('Quick start', 'quick-start'),
      link('Embed it', 'embedding'),
      link('Run it', 'set-up'),
      link('Packages', 'packages/smtp-wire'),
      link('API', 'api/'),
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          link('What it is', ''),
          link('Quick start', 'quick-start'),
          link('Embedding guide', 'embedding'),
        ],
      },
      {
        text: 'The server',
        items: [
          link('The set-up, step by step', 'set-up'),
          link('The course, row by row', 'course'),
          link('Configuration reference', 'configuration'),
          link('Running it for real', 'running'),
        ],
      },
      {
        text: 'Coming from',
        items: [
          link('Exim and Dovecot', 'differences'),
          link('Postfix', 'from-postfix'),
          link('nodemailer’s smtp-server', 'from-smtp-server'),
        ],
      },
      {
        text: 'How it is made',
        items: [
          link('The house', 'architecture'),
          link('States', 'states'),
          link('RFC coverage', 'rfc'),
          link('Performance', 'performance'),
          link('Contributing', 'contributing'),
        ],
      },
      {
        text: 'Security',
        items: [
          link('What is promised', 'security'),
          link('Hostile input, answered', 'hostile'),
          link('Limits', 'limits'),
        ],
      },
      { text: 'Packages', items: named('packages', [...first, ...then]) },
      { text: 'Foundation', items: named('packages', foundation) },
      ...(examples.length > 0 ? [{ text: 'Examples', collapsed: true, items: examples }] : []),
      {
        text: 'API reference',
        link: '/api/',
        collapsed: true,
        items: named('api', reference),
      },
    ],
    footer: { message: 'MIT licence.' },
  },
});
