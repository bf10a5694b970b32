/**
 * Draws the Mermaid fences of the documents as SVG while the site is built: Mermaid itself needs a browser. It knows what
 * the documents use: `stateDiagram-v2`, and `flowchart` with `a[Text]`, `a --> b`, `a -->|text| b` and `subgraph`.
 */
import { instance } from '@viz-js/viz';

const viz = await instance();
const GRAPH = 'bgcolor=transparent; pad=0.1; nodesep=0.35; ranksep=0.45;';
const NODE =
  'node [shape=box, style="rounded", fontname="sans-serif", fontsize=13, margin="0.14,0.08", height=0.3];';
const EDGE = 'edge [fontname="sans-serif", fontsize=11, arrowsize=0.7];';

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
    const stays = own ? `<br/><font point-size="10">${wrapped(own.label, '<br/>')}</font>` : '';
    return `"${name}" [label=<<b>${name}</b>${stays}>];`;
  });
  const edges = arrows
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, label }) => `"${from}" -> "${to}" [label="${wrapped(label, '\\n')}"];`);
  return [...nodes, ...edges].join('\n');
}

function flow(lines) {
  return lines
    .map((line) => {
      const text = line.trim();
      const group = /^subgraph (\w+)(?:\[(.*)\])?$/.exec(text);
      if (group)
        return `subgraph cluster_${group[1]} { label="${group[2] ?? group[1]}"; style="rounded"; fontname="sans-serif"; fontsize=12;`;
      if (text === 'end') return '}';
      const arrow = /^(\S+?)(?:\[(.*?)\])? -->(?:\|(.*?)\|)? (\S+?)(?:\[(.*?)\])?$/.exec(text);
      if (arrow) {
        const [, from, fromText, label = '', to, toText] = arrow;
        return `${node(from, fromText)}${node(to, toText)}"${from}" -> "${to}" [label="${wrapped(label, '\\n')}"];`;
      }
      const alone = /^(\S+?)(?:\[(.*)\])?$/.exec(text);
      return alone && text !== '' ? node(alone[1], alone[2] ?? alone[1]) : '';
    })
    .join('\n');
}

const node = (name, text) =>
  text === undefined ? '' : `"${name}" [label="${text.replaceAll('<br>', '\\n')}"];`;

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
