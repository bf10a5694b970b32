/**
 * Draws the Mermaid fences of the documents as SVG while the site is built: Mermaid itself needs a browser. It knows what
 * the documents use: `stateDiagram-v2`, and arrows of a `flowchart`, such as `a[Text] -->|text| b`.
 */
import { instance } from '@viz-js/viz';

const viz = await instance();
const GRAPH = 'bgcolor=transparent; pad=0.1; nodesep=0.4; ranksep=0.5;';
const NODE =
  'node [shape=box, style="rounded", fontname="Helvetica,Arial,sans-serif", fontsize=15, margin="0.2,0.1", height=0.3];';
// Sizes are larger than what the style sheet shows, since fonts differ in width.
const EDGE = 'edge [fontname="Helvetica,Arial,sans-serif", fontsize=14, arrowsize=0.7];';

export function drawn(mermaid) {
  const [head = '', ...lines] = mermaid.trim().split('\n');
  const body = head.startsWith('stateDiagram') ? states(lines) : flow(lines);
  const direction = /^flowchart (\w\w)/.exec(head)?.[1] ?? 'TB';
  const dot = `digraph { rankdir=${direction}; ${GRAPH} ${NODE} ${EDGE}\n${body}\n}`;
  const svg = viz.renderString(dot, { format: 'svg' });
  return svg
    .slice(svg.indexOf('<svg'))
    .replaceAll(/<title>[^]*?<\/title>/g, '')
    .replace('<svg', '<svg role="img" aria-label="diagram"');
}

/** What leads a state back to itself stands within it. */
function states(lines) {
  const arrows = lines.flatMap((line) => {
    const [, from, to, label = ''] = /^\s*(\S+) --> (\S+?)(?:: (.*))?$/.exec(line) ?? [];
    return from ? [{ from, to, label }] : [];
  });
  const names = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))];
  const nodes = names.map((name) => {
    if (name === '[*]') return `"[*]" [shape=point, width=0.15, label=""];`;
    const own = arrows.find(({ from, to }) => from === name && to === name);
    return `"${name}" [label="${name}${own ? `\\n${wrapped(own.label, '\\n')}` : ''}"];`;
  });
  const edges = arrows
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, label }) => `"${from}" -> "${to}" [label="${spaced(label)}"];`);
  return [...nodes, ...edges].join('\n');
}

function flow(lines) {
  return lines
    .map((line) => {
      const text = line.trim();
      const arrow = /^(\S+?)(?:\[(.*?)\])? -->(?:\|(.*?)\|)? (\S+?)(?:\[(.*?)\])?$/.exec(text);
      if (!arrow) throw new Error(`a line of a diagram that is not understood: ${text}`);
      const [, from, fromText, label = '', to, toText] = arrow;
      return `${node(from, fromText)}${node(to, toText)}"${from}" -> "${to}" [label="${spaced(label)}"];`;
    })
    .join('\n');
}

const node = (name, text) =>
  text === undefined ? '' : `"${name}" [label="${text.replaceAll('<br>', '\\n')}"];`;

/** Beside an arrow, with room to it. */
const spaced = (label) => (label === '' ? '' : ` ${wrapped(label, ' \\n ')} `);

/** At most some 26 characters a line. */
function wrapped(label, lineEnd) {
  const lines = [''];
  for (const word of label.split(' ')) {
    const line = lines.at(-1);
    if (line !== '' && line.length + word.length > 26) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(lineEnd);
}
