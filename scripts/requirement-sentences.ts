/** Finds the sentences of an RFC that demand something: those with MUST, SHOULD and their kin in capitals. RFC 2119. */

export interface Sentence {
  readonly section: string;
  /** The words of RFC 2119 in it, in their order, each once. */
  readonly words: readonly string[];
  readonly text: string;
}

const DEMAND = /\b(?:MUST|SHALL|SHOULD)(?: NOT)?\b|\bREQUIRED\b|\bRECOMMENDED\b/g;
const SMALL = /\b(?:MUST|SHOULD)(?: NOT)?\b/gi;
/** Sentences about those words. */
const ABOUT = /key words|appear capitalized|meanings of the terms/;
const HEADING = /^(\d+(?:\.\d+)*)\.? +[A-Z"]/;
const PAGE_BREAK = /\n+[^\n]*\[Page \d+\]\n\f?\n?RFC [^\n]*\n+/g;

/** In the order of the text. RFC 1939 is older than RFC 2119: `anyCase` takes its small letters too. */
export function requirementSentences(
  text: string,
  { anyCase }: { readonly anyCase: boolean },
): Sentence[] {
  return paragraphs(text.replaceAll(PAGE_BREAK, '\n')).flatMap(({ section, words: paragraph }) =>
    paragraph
      .split(/(?<=[.!?][)"]?) {1,2}(?=[A-Z"(<\d])/)
      .map((sentence) => ({ section, words: demands(sentence, anyCase), text: sentence }))
      .filter((sentence) => sentence.words.length > 0 && !ABOUT.test(sentence.text)),
  );
}

function demands(sentence: string, anyCase: boolean): string[] {
  const found = sentence.match(anyCase ? SMALL : DEMAND) ?? [];
  return [...new Set(found.map((word) => word.toUpperCase()))];
}

interface Paragraph {
  readonly section: string;
  readonly words: string;
}

function paragraphs(text: string): Paragraph[] {
  const all: Paragraph[] = [];
  let section = '';
  let words = '';
  const end = (): void => {
    if (words !== '') all.push({ section, words });
    words = '';
  };
  for (const line of text.split('\n')) {
    const heading = HEADING.exec(line)?.[1];
    if (heading && !/\.{3}|(?:\. ){3}/.test(line)) {
      end();
      section = heading;
    } else if (line.trim() !== '') words = words === '' ? line.trim() : `${words} ${line.trim()}`;
    else if (/[.:!?)"]$/.test(words)) end();
  }
  end();
  return all;
}
